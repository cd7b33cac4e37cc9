// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.OtherLog;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.PrunedFixture;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.epoch.PositionPrunedException;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A ledger that moves is the same ledger: what the new one assigns is new, what the first one assigned is kept, and
 * everything else is equal.
 */
abstract class ExportImportContract {
    private static final EventQuery EVERYTHING = EventQuery.builder().build();
    private static final int MIXED = 1700;
    private static final Set<String> ASSIGNED = Set.of(
            EventFields.GLOBAL_POSITION,
            EventFields.SEQ,
            EventFields.SESSION_SEQ,
            EventFields.RECORDED_AT,
            EventFields.LEDGER_ID,
            EventFields.PARTITION,
            EventFields.EPOCH);

    private final List<PartitionFixture> open = new ArrayList<>();

    @TempDir
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private PartitionFixture source;

    /** An empty ledger where the history begins. */
    abstract PartitionFixture from();

    /** An empty ledger where it moves to. */
    abstract PartitionFixture to();

    /** Looks through a ledger and fails with everything that is wrong in it. */
    abstract void assertWhole(PartitionFixture ledger);

    @BeforeEach
    final void open() {
        source = opened(from());
    }

    @AfterEach
    final void close() {
        open.reversed().forEach(PartitionFixture::close);
    }

    private PartitionFixture opened(PartitionFixture ledger) {
        open.add(ledger);
        return ledger;
    }

    private static void append(PartitionFixture ledger, List<Event> events) {
        for (int from = 0; from < events.size(); from += 100) {
            List<Append> batch = events.subList(from, Math.min(from + 100, events.size())).stream()
                    .map(Append::of)
                    .toList();
            assertThat(ledger.log().append(batch, Durability.MEMORY).outcomes()).hasSize(batch.size());
        }
    }

    /** Every optional field, payloads of all kinds, names that are hard to write, parents before and after. */
    static List<Event> history() {
        List<Event> events = new ArrayList<>(Events.mixed(MIXED));
        List<EventStatus> statuses = List.of(EventStatus.values());
        List<String> payloads = List.of(
                "{}",
                "{\"n\":[1.50,-0.0,1E+400,12345678901234567890,0.1],\"null\":null,\"\":\"\"}",
                "{\"text\":\"" + "lorem ipsum \uD83D\uDE00 \\n \\u0000 \\\"x\\\" ".repeat(4000) + "\"}",
                "{\"text\":\""
                        + IntStream.range(0, 200)
                                .mapToObj(i -> UUID.nameUUIDFromBytes(new byte[] {(byte) i})
                                        .toString())
                                .reduce("", String::concat)
                        + "\"}",
                "{\"line\u2028separator\":\"\u2029\",\"b\":2,\"a\":1}");
        for (int i = 0; i < 3 * Events.HOSTILE_NAMES.size(); i++) {
            String name = Events.HOSTILE_NAMES.get(i % Events.HOSTILE_NAMES.size());
            long n = MIXED + 1L + i;
            events.add(Event.builder(
                            Events.id(n),
                            new EventType("agent.step_" + i % 7),
                            Events.BASE.minusSeconds(i * 7919L % 1000).plusMillis(i),
                            new SessionId(name))
                    .agentId(name)
                    .traceId(name)
                    .payloadRef("ref " + name)
                    .toolName(name)
                    .parentId(Events.id(n + (i % 2 == 0 ? 1 : -1)))
                    .endedAt(Events.BASE.plusSeconds(1000 + i))
                    .status(statuses.get(i % statuses.size()))
                    .schemaVersion(i % 3 + 1)
                    .importanceHint(i % 10 + 1)
                    .payload(i % 6 == 5 ? null : payload(payloads.get(i % 6)))
                    .build());
        }
        return events;
    }

    /** In the form in which whatever reads events keeps them. */
    private static Payload payload(String json) {
        return new Payload(Json.MAPPER.writeValueAsString(Json.MAPPER.readTree(json)));
    }

    private static List<RecordedEvent> all(PartitionFixture ledger) {
        List<RecordedEvent> slim = ledger.order().read(0, Integer.MAX_VALUE);
        List<RecordedEvent> whole = new ArrayList<>();
        for (int from = 0; from < slim.size(); from += 500) {
            List<RecordedEvent> part = slim.subList(from, Math.min(from + 500, slim.size()));
            Map<EventId, Payload> payloads =
                    ledger.log().payloads(part.stream().map(e -> e.event().id()).toList());
            ledger.log().withOriginals(part).stream()
                    .map(e -> e.withPayload(
                            Optional.ofNullable(payloads.get(e.event().id()))))
                    .forEach(whole::add);
        }
        return whole;
    }

    /** Each file was exported by the version of its time: what a ledger has exported, every later version takes in. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void anExportOfEachStorageFormatImports(int format) throws IOException, URISyntaxException {
        Path file = Path.of(
                Objects.requireNonNull(ExportImportContract.class.getResource("/exports/format-" + format + ".ndjson"))
                        .toURI());
        PartitionFixture ledger = from();
        open.add(ledger);
        ImportSummary imported = Runs.run(ledger, file);
        List<JsonNode> lines =
                Files.readAllLines(file).stream().map(Json.MAPPER::readTree).toList();
        assertThat(imported.added()).isEqualTo(lines.size()).isGreaterThan(30);
        List<RecordedEvent> stands = ledger.order().read(0, Integer.MAX_VALUE);
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = lines.get(i);
            assertThat(stands.get(i).event().id().toString())
                    .isEqualTo(line.required("event_id").stringValue());
            assertThat(stands.get(i).seq()).isEqualTo(line.required("seq").longValue());
            assertThat(stands.get(i).sessionSeq())
                    .isEqualTo(line.required("session_seq").longValue());
            EventId id = EventId.of(line.required("event_id").stringValue());
            JsonNode stored = Json.MAPPER.readTree(
                    EventJson.toJson(ledger.log().find(id).found().orElseThrow())
                            .toString());
            for (String name : line.propertyNames()) {
                if (!EventFields.OF_STORE.contains(name) || name.equals(EventFields.CONTENT_HASH)) {
                    assertThat(stored.get(name)).as(name).isEqualTo(line.get(name));
                }
            }
            assertThat(stored.get(EventFields.ORIGINAL)).isEqualTo(original(line));
        }
    }

    /** What the first ledger that had the event assigned. */
    private static JsonNode original(JsonNode line) {
        ObjectNode assigned = Json.MAPPER.createObjectNode();
        for (String name : line.propertyNames()) {
            if (ASSIGNED.contains(name)) {
                assigned.set(name, line.get(name));
            }
        }
        return line.has(EventFields.ORIGINAL) ? line.get(EventFields.ORIGINAL) : assigned;
    }

    private static List<SessionSummary> directory(PartitionFixture ledger) {
        return ledger.sessions().list(1000, Optional.empty()).items();
    }

    private static ExportSummary export(PartitionFixture ledger, EventQuery filters, Path file, ExportProgress progress)
            throws IOException {
        return export(ledger, filters, file, progress, false);
    }

    private static ExportSummary export(
            PartitionFixture ledger, EventQuery filters, Path file, ExportProgress progress, boolean skipping)
            throws IOException {
        try (ExportFile target = ExportFile.resume(file, ledger, filters, skipping)) {
            ExportSummary done = new ExportRun(ledger, filters, skipping).run(target.last(), target.out(), progress);
            target.sync();
            return done;
        }
    }

    private Path exported(PartitionFixture ledger, String name) throws IOException {
        Path file = folder.resolve(name);
        Head head = ledger.order().head();
        ExportSummary done = export(ledger, EVERYTHING, file, ExportProgress.NONE);
        assertThat(done)
                .isEqualTo(new ExportSummary(
                        List.of(new ExportSummary.Part(
                                head.seq(), 1, head.seq(), head, sourceOf(ledger), Pruning.Extent.NONE)),
                        Files.size(file),
                        List.of(),
                        0));
        return file;
    }

    private static Optional<Original.Source> sourceOf(PartitionFixture ledger) {
        return ExportRun.source(ledger.epochs().now().identity());
    }

    private static Original assigned(RecordedEvent event, PartitionFixture ledger) {
        return new Original(event.position(), event.seq(), event.sessionSeq(), event.recordedAt(), sourceOf(ledger));
    }

    /** All but what a ledger assigns by its own clock. */
    private static void assertSame(PartitionFixture moved, PartitionFixture source, List<Original> originals) {
        List<RecordedEvent> expected = all(source);
        List<RecordedEvent> found = all(moved);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            RecordedEvent before = expected.get(i);
            RecordedEvent after = found.get(i);
            assertThat(after.event()).isEqualTo(before.event());
            assertThat(after.contentHash()).isEqualTo(before.contentHash());
            assertThat(after.seq()).isEqualTo(before.seq());
            assertThat(after.sessionSeq()).isEqualTo(before.sessionSeq());
            assertThat(after.position()).isGreaterThan(before.position());
            assertThat(after.original()).contains(originals.get(i));
            if (i % 97 == 0) {
                assertThat(moved.log().find(after.event().id()).found()).contains(after);
            }
        }
        assertThat(directory(moved)).isEqualTo(directory(source));
        for (EventQuery.Builder query : List.of(
                EventQuery.builder(),
                EventQuery.builder().sessionId(new SessionId("session-1")),
                EventQuery.builder().sessionId(new SessionId("a|b")),
                EventQuery.builder().agentId("日本語"),
                EventQuery.builder().toolName("back\\").type(new TypeFilter("agent.*")),
                EventQuery.builder().status(EventStatus.TIMEOUT).minImportance(5))) {
            for (EventQuery.Order order : EventQuery.Order.values()) {
                EventQuery asked = query.order(order).limit(1000).build();
                assertThat(ids(moved, asked)).isEqualTo(ids(source, asked)).isNotEmpty();
            }
        }
    }

    private static List<EventId> ids(PartitionFixture ledger, EventQuery query) {
        return ledger.search().search(query).events().stream()
                .map(e -> e.event().id())
                .toList();
    }

    @Test
    void aLedgerThatMovesAndMovesOnIsTheSame() throws IOException {
        append(source, history());
        List<RecordedEvent> first = all(source);
        List<Original> originals = first.stream().map(e -> assigned(e, source)).toList();
        Path export = exported(source, "first.ndjson");

        PartitionFixture second = opened(to());
        ImportSummary moved = Runs.run(second, export);
        assertThat(moved.added()).isEqualTo(first.size());
        assertThat(moved.refusedTotal() + moved.conflicts()).isZero();
        assertSame(second, source, originals);
        assertWhole(second);

        Head head = second.order().head();
        ImportSummary again = Runs.run(second, export);
        assertThat(again.duplicates()).isEqualTo(first.size());
        assertThat(again.added()).isZero();
        assertThat(second.order().head()).isEqualTo(head);
        assertSame(second, source, originals);

        PartitionFixture third = opened(from());
        assertThat(Runs.run(third, exported(second, "second.ndjson")).added()).isEqualTo(first.size());
        assertSame(third, second, originals);
        assertWhole(third);

        // What has come home changes nothing there.
        assertThat(Runs.run(source, exported(third, "third.ndjson")).duplicates())
                .isEqualTo(first.size());
        assertThat(all(source)).isEqualTo(first);
    }

    @Test
    void aSelectionMovesWithItsPlaces() throws IOException {
        append(source, history());
        for (EventQuery.Builder filter : ExportRunTest.everyFilter()) {
            EventQuery query = filter.build();
            Path file = folder.resolve("selection.ndjson");
            long done = export(source, query, file, ExportProgress.NONE).events();
            List<RecordedEvent> expected =
                    all(source).stream().filter(e -> query.matches(e.event())).toList();
            assertThat(done).isEqualTo(expected.size()).isPositive();
            assertThat(Files.readAllBytes(file))
                    .asString(UTF_8)
                    .isEqualTo(expected.stream()
                            .map(e -> new String(ExportRun.line(e, sourceOf(source)), UTF_8))
                            .reduce("", String::concat));
            Files.delete(file);
        }
        Path file = folder.resolve("session.ndjson");
        EventQuery session =
                EventQuery.builder().sessionId(new SessionId("session-2")).build();
        long done = export(source, session, file, ExportProgress.NONE).events();
        PartitionFixture target = opened(to());
        assertThat(Runs.run(target, file).added()).isEqualTo(done);
        List<RecordedEvent> moved = all(target);
        assertThat(moved).allMatch(e -> e.sessionSeq() == e.seq());
        assertThat(moved)
                .allMatch(e -> e.sessionSeq() == e.original().orElseThrow().sessionSeq());
        assertThat(moved.stream().map(e -> e.original().orElseThrow()).toList())
                .isEqualTo(all(source).stream()
                        .filter(e -> session.matches(e.event()))
                        .map(e -> assigned(e, source))
                        .toList());
    }

    @Test
    void anExportBesideWritersEndsAndGoesOnAnywhere() throws Exception {
        List<Event> events = Events.mixed(12_000);
        append(source, events.subList(0, 2000));
        AtomicBoolean exporting = new AtomicBoolean(true);
        CountDownLatch writing = new CountDownLatch(3);
        PartitionFixture writers = opened(source.another());
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int n = 2000; n < events.size() && (exporting.get() || writing.getCount() > 0); n += 10) {
                append(writers, events.subList(n, n + 10));
                writing.countDown();
            }
        });
        Path file = folder.resolve("beside.ndjson");
        ExportSummary done = export(source, EVERYTHING, file, (seq, ofSeq, written) -> {
            try {
                // So that writers are in the middle of it.
                writing.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        exporting.set(false);
        writer.join();
        long head = source.order().head().seq();
        long asOf = done.parts().getFirst().asOf().seq();
        assertThat(head).isGreaterThan(asOf);
        assertThat(done.events()).isEqualTo(asOf);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize((int) asOf);

        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length * 2 / 3));
        ExportSummary rest = export(source, EVERYTHING, file, ExportProgress.NONE);
        assertThat(rest.parts().getFirst().lastSeq()).isEqualTo(head);
        assertThat(Files.readAllLines(file).subList(0, lines.size())).isEqualTo(lines);
        PartitionFixture target = opened(to());
        assertThat(Runs.run(target, file).added()).isEqualTo(head);
        assertThat(all(target).stream().map(RecordedEvent::event))
                .containsExactlyElementsOf(
                        all(source).stream().map(RecordedEvent::event).toList());
    }

    private void assertRefused(EventQuery query, Path file, RecordedEvent earliest) throws IOException {
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> export(source, query, file, ExportProgress.NONE))
                .isInstanceOfSatisfying(
                        PositionPrunedException.class,
                        gone -> assertThat(gone.earliest()).isEqualTo(new Head(earliest.seq(), earliest.position())));
        assertThat(file).hasBinaryContent(before);
    }

    private Path beginning(String name, List<RecordedEvent> events) throws IOException {
        return Files.writeString(
                folder.resolve(name),
                events.stream()
                        .map(e -> new String(ExportRun.line(e, sourceOf(source)), UTF_8))
                        .reduce("", String::concat));
    }

    private static List<String> ids(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> Json.MAPPER
                        .readTree(line)
                        .required(EventFields.EVENT_ID)
                        .stringValue())
                .toList();
    }

    private static List<String> ids(List<RecordedEvent> events) {
        return events.stream().map(e -> e.event().id().toString()).toList();
    }

    @Test
    void whatIsPrunedBehindTheEndOfAFileIsNotPassedOverInSilence() throws IOException {
        append(source, Events.mixed(40));
        List<RecordedEvent> events = all(source);
        EventQuery agent =
                EventQuery.builder().agentId(events.get(2).event().agentId()).build();
        Path whole = beginning("whole.ndjson", events.subList(0, 25));
        Path cut = beginning("cut.ndjson", events.subList(0, 10));
        List<RecordedEvent> of = events.subList(0, 22).stream()
                .filter(e -> agent.matches(e.event()))
                .toList();
        Path some = beginning("some.ndjson", of);
        assertThat(of.getLast().seq()).isGreaterThan(20);
        Pruned ignored = PrunedFixture.prune(source, "a", events.subList(0, 20));
        byte[] before = Files.readAllBytes(cut);
        assertThatThrownBy(() -> export(source, EVERYTHING, cut, ExportProgress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ends with event " + Events.id(10) + ", which is gone from this ledger")
                .hasMessageContaining("--skip-pruned");
        assertThat(cut).hasBinaryContent(before);
        assertThat(export(source, EVERYTHING, whole, ExportProgress.NONE).events())
                .isEqualTo(15);
        assertThat(ids(whole)).isEqualTo(ids(events));
        Path part = beginning("part.ndjson", events.subList(0, 25));
        ignored = PrunedFixture.prune(source, "b", events.subList(26, 30));
        assertRefused(EVERYTHING, part, events.get(29));
        assertRefused(agent, some, events.get(29));
        assertThat(export(source, EVERYTHING, cut, ExportProgress.NONE, true).events())
                .isEqualTo(16);
        assertThat(ids(cut))
                .isEqualTo(Stream.of(events.subList(0, 10), events.subList(20, 26), events.subList(30, 40))
                        .flatMap(part1 -> ids(part1).stream())
                        .toList());
        assertThat(export(source, EVERYTHING, part, ExportProgress.NONE, true).events())
                .isEqualTo(11);
        long left = export(source, agent, some, ExportProgress.NONE, true).events();
        assertThat(ids(some))
                .hasSize(of.size() + (int) left)
                .isEqualTo(Stream.of(events.subList(0, 26), events.subList(30, 40))
                        .flatMap(List::stream)
                        .filter(e -> agent.matches(e.event()))
                        .map(e -> e.event().id().toString())
                        .toList());
    }

    /** Of what is pruned while an export is on its way, it lacks nothing that it has not come to. */
    @Test
    void whatIsPrunedBeforeAnExportComesToItIsNotPassedOverInSilence() throws IOException {
        append(source, Events.mixed(1200));
        List<RecordedEvent> events = all(source);
        EventQuery searched = EventQuery.builder().from(Instant.EPOCH).build();
        AtomicBoolean behind = new AtomicBoolean();
        Path file = folder.resolve("behind.ndjson");
        assertThat(export(source, EVERYTHING, file, (seq, ofSeq, written) -> {
                            if (seq > 700 && behind.compareAndSet(false, true)) {
                                Pruned ignored = PrunedFixture.prune(source, "a", events.subList(0, 100));
                            }
                        })
                        .events())
                .isEqualTo(1200);
        AtomicBoolean ahead = new AtomicBoolean();
        ExportProgress pruning = (seq, ofSeq, written) -> {
            if (ahead.compareAndSet(false, true)) {
                Pruned ignored = PrunedFixture.prune(source, "b", events.subList(650, 700));
            }
        };
        Path begun = folder.resolve("ahead.ndjson");
        assertThatThrownBy(() -> export(source, EVERYTHING, begun, pruning))
                .isInstanceOfSatisfying(
                        PositionPrunedException.class,
                        gone -> assertThat(gone.earliest().seq()).isEqualTo(700));
        // What had gone before an export begins is not among what it promises.
        assertThat(export(source, EVERYTHING, folder.resolve("anew.ndjson"), ExportProgress.NONE)
                        .events())
                .isEqualTo(1050);
        ahead.set(false);
        ExportProgress more = (seq, ofSeq, written) -> {
            if (ahead.compareAndSet(false, true)) {
                Pruned ignored = PrunedFixture.prune(source, "c", events.subList(1100, 1150));
            }
        };
        assertThatThrownBy(() -> export(source, searched, folder.resolve("some.ndjson"), more))
                .isInstanceOf(PositionPrunedException.class);
    }

    @Test
    void numbersStayThoseOfTheFileWhereTheLedgerFailsMeanwhile() throws IOException {
        append(source, history());
        Path export = exported(source, "first.ndjson");
        PartitionFixture target = opened(to());
        int[] calls = {0};
        EventLog unsteady = new UnsteadyLog(target.log(), () -> calls[0]++ % 3 == 1);
        assertThat(Runs.run(new OtherLog(target, unsteady), export).refusedTotal())
                .isZero();
        assertThat(calls[0]).isGreaterThan(2);
        assertThat(all(target).stream().map(RecordedEvent::original))
                .containsExactlyElementsOf(all(source).stream()
                        .map(e -> Optional.of(assigned(e, source)))
                        .toList());
        assertThat(all(target))
                .allMatch(e -> e.seq() == e.original().orElseThrow().seq());
    }
}
