// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.OtherLog;
import io.contextgraph.ledger.PrunedFixture;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.testing.Events;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class ExportRunTest {
    private static final EventQuery EVERYTHING = EventQuery.builder().build();

    private final InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @TempDir
    private Path folder = Path.of("");

    private void write(List<Event> events) {
        for (int from = 0; from < events.size(); from += EventLog.MAX_BATCH) {
            write(events.subList(from, Math.min(from + EventLog.MAX_BATCH, events.size())).stream()
                    .map(Append::of));
        }
    }

    private void write(Stream<Append> appends) {
        AppendResult ignored = ledger.append(appends.toList(), Durability.MEMORY);
    }

    private ExportSummary run(Partition ledger, EventQuery filters) throws IOException {
        return new ExportRun(ledger, filters, false).run(List.of(), out, ExportProgress.NONE);
    }

    private ExportSummary run(EventQuery filters) throws IOException {
        return run(ledger, filters);
    }

    private static ExportSummary.Part part(ExportSummary summary) {
        assertThat(summary.parts()).hasSize(1);
        return summary.parts().getFirst();
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private Optional<Original.Source> source() {
        return ExportRun.source(ledger.epochs().now().identity());
    }

    private List<EventId> ids() {
        return lines().stream()
                .map(line -> EventId.of(
                        Json.MAPPER.readTree(line).required("event_id").stringValue()))
                .toList();
    }

    @Test
    void everythingIsWrittenInCommitOrderWithPayloadsAndPlaces() throws IOException {
        write(Events.mixed(1203));
        Event imported = Events.full(5000, "imported");
        Original original = new Original(new Position(5, 0), 2, 1, Instant.EPOCH, Optional.empty());
        write(Stream.of(Append.imported(imported, Optional.of(original))));

        ExportSummary summary = run(EVERYTHING);

        List<String> expected = ledger.read(0, 2000).stream()
                .map(event -> ledger.find(event.event().id()).found().orElseThrow())
                .map(event -> {
                    ObjectNode json = EventJson.toJson(event);
                    EventJson.source(json, source().orElseThrow());
                    return json.toString();
                })
                .toList();
        assertThat(lines()).isEqualTo(expected);
        assertThat(lines().getLast())
                .contains("\"payload\":{\"text\":\"a \\\"quoted\\\" word\",\"n\":1.50}")
                .endsWith("\"original\":{\"global_position\":\"5-0\",\"seq\":2,\"session_seq\":1,"
                        + "\"recorded_at\":\"1970-01-01T00:00:00.000Z\"},\"ledger_id\":\""
                        + ledger.epochs().now().identity().id().orElseThrow() + "\",\"partition\":0,\"epoch\":1}");
        assertThat(summary)
                .isEqualTo(new ExportSummary(
                        List.of(new ExportSummary.Part(1204, 1, 1204, ledger.head(), source(), Pruning.Extent.NONE)),
                        out.size(),
                        List.of(),
                        0));
    }

    @Test
    void nothingIsNothing() throws IOException {
        assertThat(run(EVERYTHING))
                .isEqualTo(new ExportSummary(
                        List.of(new ExportSummary.Part(0, 0, 0, Head.EMPTY, Optional.empty(), Pruning.Extent.NONE)),
                        0,
                        List.of(),
                        0));
        write(Events.mixed(3));
        assertThat(run(EventQuery.builder().agentId("nobody").build()).events()).isZero();
        assertThat(out.size()).isZero();
    }

    /** An export begins with what is there, and says what is not. */
    @Test
    void whatIsGoneIsTold() throws IOException {
        write(Events.mixed(5));
        Pruned ignored = PrunedFixture.prune(ledger, "s1", ledger.read(0, 2));
        ExportSummary summary = run(EVERYTHING);
        assertThat(summary.events()).isEqualTo(3);
        assertThat(part(summary).firstSeq()).isEqualTo(3);
        assertThat(part(summary).pruned()).isEqualTo(ledger.pruning().extent());
        assertThat(part(summary).pruned().events()).isEqualTo(2);
        assertThat(part(run(EventQuery.builder()
                                .sessionId(new SessionId("never"))
                                .build()))
                        .pruned())
                .isEqualTo(Pruning.Extent.NONE);
    }

    static EventQuery.Builder[] everyFilter() {
        return new EventQuery.Builder[] {
            EventQuery.builder().sessionId(new SessionId("session-1")),
            EventQuery.builder().agentId("agent-2"),
            EventQuery.builder().traceId("trace-3"),
            EventQuery.builder().type(new TypeFilter("tool.*")),
            EventQuery.builder().type(new TypeFilter("model.call")),
            EventQuery.builder().toolName("tool-0"),
            EventQuery.builder().status(EventStatus.FAILED),
            EventQuery.builder().parentId(Events.id(2)),
            EventQuery.builder().from(Events.BASE.plusMillis(300)),
            EventQuery.builder().to(Events.BASE.plusMillis(300)),
            EventQuery.builder().minImportance(8),
            EventQuery.builder()
                    .agentId("agent-1")
                    .status(EventStatus.COMPLETED)
                    .from(Events.BASE.plusMillis(100))
        };
    }

    @Test
    void aSelectionIsWhatEveryFilterMatchesWhetherOrNotTheIndexAnswers() throws IOException {
        write(Events.mixed(3000));
        for (EventQuery.Builder filter : everyFilter()) {
            EventQuery query = filter.build();
            List<EventId> expected = ledger.read(0, 3000).stream()
                    .map(RecordedEvent::event)
                    .filter(query::matches)
                    .map(Event::id)
                    .toList();
            assertThat(expected).isNotEmpty();
            out.reset();
            assertThat(run(query).events()).isEqualTo(expected.size());
            assertThat(ids()).as(query.toString()).isEqualTo(expected);

            List<EventQuery> asked = new ArrayList<>();
            EventSearch slow = page -> {
                // The last question is what has gone.
                if (page.limit() > 1) {
                    asked.add(page);
                }
                if (page.cursor().isPresent()) {
                    throw new LedgerException(Reason.INCOMPLETE, "not within its time");
                }
                return ledger.search(page);
            };
            out.reset();
            assertThat(run(new OtherLog(ledger, ledger, slow), query).events()).isEqualTo(expected.size());
            assertThat(ids()).as("%s, index too slow", query).isEqualTo(expected);
            assertThat(asked).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void aSelectionHasWhatIsNotInTheIndexAnyMore() throws IOException {
        write(Events.mixed(1200));
        ColdFixture.cool(ledger.trimming(), 700);
        for (EventQuery.Builder filter : everyFilter()) {
            EventQuery query = filter.build();
            List<EventId> expected = ledger.read(0, 1200).stream()
                    .map(RecordedEvent::event)
                    .filter(query::matches)
                    .map(Event::id)
                    .toList();
            out.reset();
            assertThat(run(query).events()).isEqualTo(expected.size());
            assertThat(ids()).as(query.toString()).isEqualTo(expected);
        }
    }

    @Test
    void whatIsAppendedMeanwhileIsLeftOut() throws IOException {
        write(Events.mixed(1500));
        Head before = ledger.head();
        List<Event> later = new ArrayList<>(Events.mixed(4000).subList(1500, 4000));
        EventLog busy = new Log() {
            @Override
            public List<RecordedEvent> read(long afterSeq, int max) {
                write(later.subList(0, 100));
                later.subList(0, 100).clear();
                return ledger.read(afterSeq, max);
            }
        };
        EventSearch alsoBusy = query -> {
            write(later.subList(0, 100));
            later.subList(0, 100).clear();
            return ledger.search(query);
        };
        ExportSummary summary = run(new OtherLog(ledger, busy), EVERYTHING);
        assertThat(part(summary).asOf()).isEqualTo(before);
        assertThat(ids())
                .isEqualTo(Events.mixed(4000).subList(0, 1500).stream()
                        .map(Event::id)
                        .toList());

        Head now = ledger.head();
        assertThat(now.seq()).isGreaterThan(1500);
        EventQuery agent = EventQuery.builder().agentId("agent-1").build();
        out.reset();
        assertThat(part(run(new OtherLog(ledger, ledger, alsoBusy), agent)).asOf())
                .isEqualTo(now);
        assertThat(ids())
                .isEqualTo(ledger.read(0, (int) now.seq()).stream()
                        .map(RecordedEvent::event)
                        .filter(agent::matches)
                        .map(Event::id)
                        .toList());
        assertThat(ledger.head().seq()).isGreaterThan(now.seq());
    }

    @Test
    void goesOnAfterAnyEvent() throws IOException {
        write(Events.mixed(1300));
        for (EventQuery query :
                List.of(EVERYTHING, EventQuery.builder().agentId("agent-1").build())) {
            out.reset();
            run(query);
            List<String> whole = lines();
            for (int after : List.of(1, 2, whole.size() - 1, whole.size())) {
                EventId last = EventId.of(Json.MAPPER
                        .readTree(whole.get(after - 1))
                        .required("event_id")
                        .stringValue());
                out.reset();
                ExportSummary rest = new ExportRun(ledger, query, false)
                        .run(ledger.find(last).found().stream().toList(), out, ExportProgress.NONE);
                assertThat(lines()).isEqualTo(whole.subList(after, whole.size()));
                assertThat(rest.events()).isEqualTo(whole.size() - after);
            }
        }
    }

    @Test
    void whatWasErasedIsNoDamageAndTheRestIsWrittenSealed() throws IOException {
        write(List.of(Events.about(1, "s", 1, 1), Events.about(2, "s", 2, 1)));
        assertThat(ledger.personal().raise(Events.pseudonym(2), 1)).isEqualTo(1);
        assertThat(ledger.personal().forget(Events.pseudonym(2), List.of(new PersonalEvent(2, Events.id(2)))))
                .isEqualTo(1);
        ExportSummary summary = run(EVERYTHING);
        assertThat(summary.damagedTotal()).isZero();
        assertThat(Json.MAPPER.readTree(lines().getFirst()).required("payload"))
                .isEqualTo(Json.MAPPER.readTree(
                        Events.sealed(1, Events.pseudonym(1), 1).json()));
        assertThat(Json.MAPPER.readTree(lines().getLast()).has("payload")).isFalse();
    }

    @Test
    void anEventThatIsNotWhatItsHashSaysIsWrittenAndNamed() throws IOException {
        Payload payload = new Payload("{\"n\":1}");
        write(List.of(
                Events.builder(1, "s").payload(payload).build(),
                Events.builder(2, "s").payload(payload).build(),
                Events.event(3, "s")));
        EventLog lossy = new Log() {
            @Override
            public Map<EventId, Payload> payloads(Collection<EventId> ids) {
                Map<EventId, Payload> some = new HashMap<>(ledger.payloads(ids));
                some.remove(Events.id(2));
                return some;
            }
        };
        ExportSummary summary = run(new OtherLog(ledger, lossy), EVERYTHING);
        assertThat(summary.damaged()).containsExactly(Events.id(2));
        assertThat(summary.damagedTotal()).isEqualTo(1);
        assertThat(ids()).containsExactly(Events.id(1), Events.id(2), Events.id(3));
        ImportSummary imported =
                Runs.run(new InMemoryLedger(Captured.CLOCK), Captured.write(folder, "lossy", out.toByteArray()));
        assertThat(imported.added()).isEqualTo(2);
        assertThat(imported.files().getFirst().refusals().stream().map(Captured::line))
                .containsExactly("line 2: invalid event " + Events.id(2) + ", 1 fault [/content_hash altered]");
    }

    @Test
    void whatTheLedgerCannotAnswerIsAnErrorBehindWholeLines() {
        write(Events.mixed(1700));
        EventLog failing = new Log() {
            @Override
            public Map<EventId, Payload> payloads(Collection<EventId> ids) {
                if (ids.contains(Events.id(777))) {
                    throw new LedgerException(Reason.UNAVAILABLE, "away");
                }
                return ledger.payloads(ids);
            }
        };
        ExportRun run = new ExportRun(new OtherLog(ledger, failing), EVERYTHING, false);
        assertThatThrownBy(() -> run.run(List.of(), out, ExportProgress.NONE)).isInstanceOf(LedgerException.class);
        assertThat(part(run.soFar()).lastSeq()).isEqualTo(ids().size()).isLessThan(777);
        assertThat(run.soFar().bytes()).isEqualTo(out.size());

        EventSearch lost = query -> {
            throw new LedgerException(Reason.UNAVAILABLE, "away");
        };
        assertThatThrownBy(() -> run(
                        new OtherLog(ledger, ledger, lost),
                        EventQuery.builder().agentId("agent-1").build()))
                .isInstanceOf(LedgerException.class);
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left");
            }
        };
        assertThatThrownBy(() -> new ExportRun(ledger, EVERYTHING, false).run(List.of(), full, ExportProgress.NONE))
                .hasMessage("no space left");
    }

    @Test
    void fewLargePayloadsAreHeldAtOnce() throws IOException {
        List<Event> events = new ArrayList<>();
        String text = "x".repeat(200_000);
        for (int n = 1; n <= 120; n++) {
            events.add(Events.builder(n, "s")
                    .payload(new Payload("{\"text\":\"" + text + "\"}"))
                    .build());
        }
        for (int n = 121; n <= 700; n++) {
            events.add(Events.event(n, "s"));
        }
        write(events);
        List<Integer> chars = new ArrayList<>();
        EventLog watched = new Log() {
            @Override
            public Map<EventId, Payload> payloads(Collection<EventId> ids) {
                Map<EventId, Payload> found = ledger.payloads(ids);
                chars.add(
                        found.values().stream().mapToInt(p -> p.json().length()).sum());
                return found;
            }
        };
        assertThat(run(new OtherLog(ledger, watched), EVERYTHING).events()).isEqualTo(700);
        assertThat(chars).allMatch(sum -> sum <= 4 << 20);
        assertThat(chars.size()).isLessThan(20);
    }

    @Test
    void anExportMakesTheSameLedgerAgain() throws IOException {
        write(Events.mixed(2100));
        run(EVERYTHING);
        List<String> first = lines();
        InMemoryLedger second = new InMemoryLedger(Captured.CLOCK);
        Path file = Captured.write(folder, "export", out.toByteArray());
        assertThat(Runs.run(second, file).added()).isEqualTo(2100);
        assertThat(Runs.run(second, file).duplicates()).isEqualTo(2100);
        assertThat(second.head().seq()).isEqualTo(2100);

        List<RecordedEvent> before = ledger.read(0, 2100);
        List<RecordedEvent> after = second.withOriginals(second.read(0, 2100));
        for (int i = 0; i < before.size(); i++) {
            RecordedEvent old = before.get(i);
            RecordedEvent moved = after.get(i);
            assertThat(moved.event()).isEqualTo(old.event());
            assertThat(moved.seq()).isEqualTo(old.seq());
            assertThat(moved.sessionSeq()).isEqualTo(old.sessionSeq());
            assertThat(moved.contentHash()).isEqualTo(old.contentHash());
            assertThat(moved.original())
                    .contains(new Original(old.position(), old.seq(), old.sessionSeq(), old.recordedAt(), source()));
        }
        // A ledger further on, an event still says what the first one assigned.
        out.reset();
        run(second, EVERYTHING);
        InMemoryLedger third = new InMemoryLedger(Captured.CLOCK);
        assertThat(Runs.run(third, Captured.write(folder, "again", out.toByteArray()))
                        .added())
                .isEqualTo(2100);
        assertThat(third.withOriginals(third.read(0, 2100)).stream().map(RecordedEvent::original))
                .containsExactlyElementsOf(
                        after.stream().map(RecordedEvent::original).toList());
        assertThat(first).hasSize(2100);
    }

    /** Hands everything on. */
    private class Log implements EventLog, EventOrder {
        @Override
        public AppendResult append(List<Append> appends, Durability atLeast) {
            return ledger.append(appends, atLeast);
        }

        @Override
        public Lookup find(EventId id) {
            return ledger.find(id);
        }

        @Override
        public Map<EventId, Payload> payloads(Collection<EventId> ids) {
            return ledger.payloads(ids);
        }

        @Override
        public Map<EventId, Original> originals(Collection<EventId> ids) {
            return ledger.originals(ids);
        }

        @Override
        public List<RecordedEvent> read(long afterSeq, int max) {
            return ledger.read(afterSeq, max);
        }

        @Override
        public Head head() {
            return ledger.head();
        }
    }
}
