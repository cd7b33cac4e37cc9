// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.file.ExportRun;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.file.Runs;
import io.contextgraph.capture.record.Options;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventDecoder;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class NdjsonReaderTest {
    @TempDir
    private Path folder = Path.of("");

    private static String event(int number, String session, String content) {
        return "{\"event_id\":\"00000000-0000-0000-0000-%012d\",\"event_type\":\"a.b\",".formatted(number)
                + "\"occurred_at\":\"2026-01-01T00:00:00Z\",\"session_id\":\"" + session
                + "\",\"agent_id\":\"a\",\"trace_id\":\"t\",\"payload\":{\"content\":\"" + content + "\"}}";
    }

    private Captured read(String content) {
        return Captured.read(Captured.write(folder, "events", content));
    }

    private static List<Integer> numbers(Captured captured) {
        return captured.events.stream()
                .map(e -> (int) e.id().value().getLeastSignificantBits())
                .map(n -> Integer.parseInt(Integer.toHexString(n)))
                .toList();
    }

    @Test
    void linesOfAnyEndAndBlankOnes() {
        Captured captured =
                read("\uFEFF" + event(1, "s", "x") + "\r\n\n  \n" + event(2, "s", "y") + "\n" + event(3, "s", "z"));
        assertThat(captured.format).isEqualTo(Format.EVENTS);
        assertThat(captured.refused()).isEmpty();
        assertThat(numbers(captured)).containsExactly(1, 2, 3);
        assertThat(captured.places).containsExactly("line 1", "line 4", "line 5");
    }

    @Test
    void oneBadLineStopsNothing() {
        String five =
                "{\"event_id\":\"no\",\"event_type\":\"No\",\"occurred_at\":\"now\",\"session_id\":\"__global__\","
                        + "\"agent_id\":\"\",\"trace_id\":\"t\",\"payload_ref\":\"p\"}";
        Captured captured = read(String.join(
                "\n",
                event(1, "s", "x"),
                "{\"event_id\": oops}",
                event(2, "__global__", "x"),
                five,
                event(3, "s", "x".repeat(300 * 1024)),
                "[]",
                "42",
                event(4, "two\\nlines", "x"),
                event(5, "\\\"{a|b}*\\\" \uD83D\uDE00", "x"),
                event(6, "s", "x").substring(0, 40),
                event(7, "s", "x")));
        assertThat(numbers(captured)).containsExactly(1, 5, 7);
        assertThat(captured.events.get(1).sessionId().value()).isEqualTo("\"{a|b}*\" \uD83D\uDE00");
        assertThat(captured.refused().stream().map(r -> r.replaceAll("(malformed JSON at column [0-9]+):.*", "$1")))
                .containsExactly(
                        "line 2: malformed JSON at column 14",
                        "line 3: invalid event 00000000-0000-0000-0000-000000000002, 1 fault [/session_id invalid_id]",
                        "line 4: invalid event no, 5 faults [/event_id not_a_uuid, /event_type not_a_type, "
                                + "/occurred_at not_a_time, /session_id invalid_id, /agent_id invalid_id]",
                        "line 5: an event must not have more than 262144 bytes, has 307379 [ too_large]",
                        "lines 6 to 7: 2 values, each JSON, but no known trace format: no object in it",
                        "line 8: invalid event 00000000-0000-0000-0000-000000000004, 1 fault [/session_id invalid_id]",
                        "line 10: the line is cut at its end: malformed JSON at column 41");
    }

    @Test
    void payloadsAreWhatTheProducerWrote() {
        String numbers = event(1, "s", "x").replace("\"x\"", "[-0.0,0.0,1.0,1E+2,NaN]");
        String halves = event(2, "s", "x").replace("\"x\"", "{\"\\ud83d\":1}");
        Captured captured = read(numbers + "\n" + halves + "\n");
        assertThat(captured.json()).contains("[-0.0,0.0,1.0,1E+2,\"NaN\"]");
        assertThat(captured.refusals).hasSize(1);
        assertThat(captured.refusals.getFirst().faults().getFirst().code()).isEqualTo("characters");
    }

    @Test
    void anEventAboutAPersonIsReadAndOneWhoseEnvelopeNamesThePersonIsRefused() {
        String personal = event(1, "s", "hello").replace("\"trace_id\"", "\"data_subject_id\":\"mara.m\",\"trace_id\"");
        String naming =
                event(2, "for Mara.M", "hello").replace("\"trace_id\"", "\"data_subject_id\":\"mara.m\",\"trace_id\"");
        Captured captured = read(personal + "\n" + naming + "\n");
        assertThat(captured.events).hasSize(1);
        assertThat(captured.refusals.getFirst().faults()).hasSize(1).allSatisfy(fault -> {
            assertThat(fault.pointer()).isEqualTo("/session_id");
            assertThat(fault.code()).isEqualTo("names_subject");
            assertThat(fault.message().toLowerCase(Locale.ROOT)).doesNotContain("mara");
        });
    }

    @Test
    void aBrokenFirstLineDoesNotHideTheRest() {
        assertThat(numbers(read("{\"event_id\": oops}\n" + event(1, "s", "x")))).containsExactly(1);
        assertThat(numbers(read("not json at all\n" + event(1, "s", "x") + "\n")))
                .containsExactly(1);
    }

    @Test
    void aLineThatIsTooLongIsPassedOver() {
        Path file = Captured.write(
                folder,
                "events",
                event(1, "s", "x") + "\n" + event(2, "s", "x".repeat(200_000)) + "\n" + event(3, "s", "x"));
        Captured captured = Captured.read(file, Options.maxBytes(1 << 30, 100_000));
        assertThat(numbers(captured)).containsExactly(1, 3);
        assertThat(captured.refused()).containsExactly("line 2: a line must not have more than 100000 bytes");
    }

    @Test
    void aCutGzipKeepsTheLinesBeforeTheCut() {
        StringBuilder content = new StringBuilder();
        for (int i = 1; i <= 2000; i++) {
            content.append(event(i, "s", Sha256.hex(Integer.toString(i).getBytes(StandardCharsets.UTF_8))))
                    .append('\n');
        }
        byte[] whole = Captured.gzip(content.toString().getBytes(StandardCharsets.UTF_8));
        Captured captured = Captured.read(Captured.write(folder, "cut.gz", Arrays.copyOf(whole, whole.length * 3 / 4)));
        assertThat(captured.events.size()).isBetween(1000, 1999);
        assertThat(captured.refused())
                .containsExactly(
                        "line " + (captured.events.size() + 1) + ": the gzip stream is cut; the lines before are kept");
    }

    @Test
    void aSmallGzipCutInTheMiddleKeepsWhatStandsBeforeTheCut() {
        StringBuilder content = new StringBuilder();
        for (int i = 1; i <= 500; i++) {
            content.append(event(i, "s", "x " + i)).append('\n');
        }
        byte[] whole = Captured.gzip(content.toString().getBytes(StandardCharsets.UTF_8));
        Captured captured = Captured.read(Captured.write(folder, "cut.gz", Arrays.copyOf(whole, whole.length / 2)));
        assertThat(captured.events.size()).isBetween(100, 499);
        assertThat(captured.refusals).hasSize(1);
    }

    @Test
    void anExportCanBeImportedAgain() {
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        Path file = Captured.write(folder, "a", event(1, "s", "x") + "\n" + event(2, "s", "y"));
        assertThat(Runs.run(ledger, file).added()).isEqualTo(2);

        String export = ledger.read(0, 10).stream()
                .map(recorded -> {
                    RecordedEvent whole =
                            ledger.find(recorded.event().id()).found().orElseThrow();
                    ObjectNode json = EventJson.toJson(whole);
                    json.put("occurred_at_epoch_ms", whole.event().occurredAt().toEpochMilli());
                    return Json.MAPPER.writeValueAsString(json);
                })
                .collect(Collectors.joining("\n"));
        ImportSummary again = Runs.run(ledger, Captured.write(folder, "b", export));
        assertThat(again.duplicates()).isEqualTo(2);
        assertThat(again.refusedTotal()).isZero();
    }

    private static final UUID LEDGER = UUID.fromString("01234567-0123-4123-8123-0123456789ab");
    private static final Original FIRST = new Original(
            new Position(1_600_000_000_000L, 3), 40, 7, Instant.parse("2020-09-13T12:26:40.000Z"), Optional.empty());

    /** An event as an export has it. */
    private static ObjectNode exported(int number) {
        ObjectNode json = (ObjectNode) Json.MAPPER.readTree(event(number, "s", "x"));
        Event event = new EventDecoder(EventLimits.DEFAULTS, Captured.CLOCK).decode(json);
        return EventJson.toJson(new RecordedEvent(
                event, FIRST.position(), FIRST.seq(), FIRST.sessionSeq(), FIRST.recordedAt(), EventJson.hash(event)));
    }

    private String refusal(ObjectNode line) {
        Captured captured = read(event(8, "s", "x") + "\n" + line);
        assertThat(numbers(captured)).containsExactly(8);
        return captured.refused().getFirst().replaceFirst("line 2: invalid event [-0-9]+, ", "");
    }

    @Test
    void whatALedgerAssignedIsTheOriginal() {
        ObjectNode earlier = exported(2);
        Original before = new Original(new Position(5, 0), 2, 1, Instant.EPOCH, Optional.empty());
        earlier.set("original", EventJson.toJson(before));
        ObjectNode nulls = exported(3);
        nulls.putNull("seq").putNull("session_seq").putNull("recorded_at").putNull("global_position");
        nulls.putNull("original");
        Captured captured = read(exported(1) + "\n" + earlier + "\n" + nulls + "\n" + event(4, "s", "x"));
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.originals)
                .containsExactly(Optional.of(FIRST), Optional.of(before), Optional.empty(), Optional.empty());
        // The same event, whatever stands beside it.
        assertThat(captured.events.getFirst())
                .isEqualTo(read(event(1, "s", "x")).events.getFirst());
    }

    /** With the ledger that it was, whichever wrote the line. */
    @Test
    void theLedgerThatAssignedItIsPartOfTheOriginal() {
        Original.Source source = new Original.Source(LEDGER, 0, 3);
        ObjectNode line = exported(1);
        EventJson.source(line, source);
        Original first = new Original(
                FIRST.position(), FIRST.seq(), FIRST.sessionSeq(), FIRST.recordedAt(), Optional.of(source));
        ObjectNode moved = exported(2);
        EventJson.source(moved, new Original.Source(UUID.randomUUID(), 0, 1));
        moved.set("original", EventJson.toJson(first));
        Captured captured = read(line + "\n" + moved);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.originals).containsExactly(Optional.of(first), Optional.of(first));
    }

    /** Where that ledger has several partitions, its positions name theirs, and so does the original. */
    @Test
    void thePositionIsKeptAsItsLedgerNamedIt() {
        Original.Source source = new Original.Source(LEDGER, 12, 3);
        ObjectNode line = exported(1).put("global_position", "1767225600000-7@12");
        Captured captured =
                read(line + "\n" + withSource(exported(2).put("global_position", "1767225600000-7@12"), source));
        assertThat(captured.refused()).isEmpty();
        Position position = new Position(1_767_225_600_000L, 7, 12);
        assertThat(captured.originals)
                .containsExactly(
                        Optional.of(new Original(
                                position, FIRST.seq(), FIRST.sessionSeq(), FIRST.recordedAt(), Optional.empty())),
                        Optional.of(new Original(
                                position, FIRST.seq(), FIRST.sessionSeq(), FIRST.recordedAt(), Optional.of(source))));
    }

    private static ObjectNode withSource(ObjectNode line, Original.Source source) {
        EventJson.source(line, source);
        return line;
    }

    @Test
    void whatALedgerAssignedComesWholeAndWellFormedOrTheLineIsRefused() {
        ObjectNode two = exported(1);
        two.remove(List.of("seq", "recorded_at"));
        assertThat(refusal(two)).isEqualTo("2 faults [/seq required, /recorded_at required]");

        ObjectNode bad = exported(1);
        bad.put("global_position", "7").put("seq", "1").put("session_seq", 1.5).put("recorded_at", "yesterday");
        bad.put("event_type", "No").put("occurred_at_epoch_ms", "soon");
        assertThat(refusal(bad))
                .isEqualTo("5 faults [/event_type not_a_type, /global_position invalid_value, /seq type,"
                        + " /session_seq type, /recorded_at invalid_value]");

        assertThat(refusal(exported(1).put("seq", 3))).isEqualTo("1 fault [/seq out_of_range]");
        assertThat(refusal(exported(1).put("seq", 1L << 54))).isEqualTo("1 fault [/seq out_of_range]");
        assertThat(refusal(exported(1).put("seq", 0))).isEqualTo("1 fault [/seq out_of_range]");
        assertThat(refusal(exported(1).put("global_position", "9007199254740993-0")))
                .isEqualTo("1 fault [/seq out_of_range]");

        assertThat(refusal(exported(1).put("original", "x"))).isEqualTo("1 fault [/original type]");
        ObjectNode nested = exported(1);
        nested.putObject("original").put("seq", 1).put("sequence", 1).put("recorded_at", 7);
        assertThat(refusal(nested))
                .isEqualTo("4 faults [/original/sequence unknown_field, /original/global_position required,"
                        + " /original/session_seq required, /original/recorded_at type]");
        assertThat(refusal(exported(1).put("ledger_id", "x").put("partition", 0).put("epoch", 1)))
                .isEqualTo("1 fault [/ledger_id invalid_value]");
        assertThat(refusal(exported(1).put("partition", 0).put("epoch", 1)))
                .isEqualTo("1 fault [/ledger_id invalid_value]");
        assertThat(refusal(exported(1)
                        .put("ledger_id", LEDGER.toString())
                        .put("partition", 0)
                        .put("epoch", 0)))
                .isEqualTo("1 fault [/ledger_id invalid_value]");
        assertThat(refusal(exported(1)
                        .put("global_position", "1767225600000-7@1")
                        .put("ledger_id", LEDGER.toString())
                        .put("partition", 2)
                        .put("epoch", 1)))
                .isEqualTo("1 fault [/global_position contradiction]");
        ObjectNode alone = (ObjectNode) Json.MAPPER.readTree(event(1, "s", "x"));
        alone.put("epoch", 1);
        assertThat(refusal(alone))
                .isEqualTo("4 faults [/global_position required, /seq required, /session_seq required,"
                        + " /recorded_at required]");
        ObjectNode both = exported(1).put("seq", 0);
        both.set("original", EventJson.toJson(FIRST));
        assertThat(refusal(both)).isEqualTo("1 fault [/seq out_of_range]");
    }

    @Test
    void whatWasAlteredSinceItWasExportedIsRefused() {
        assertThat(refusal(exported(1).put("agent_id", "other"))).isEqualTo("1 fault [/content_hash altered]");
        ObjectNode slim = exported(1);
        slim.remove("payload");
        assertThat(refusal(slim)).isEqualTo("1 fault [/content_hash altered]");
        assertThat(refusal(exported(1).put("content_hash", 7))).isEqualTo("1 fault [/content_hash altered]");
        assertThat(refusal(exported(1).put("occurred_at_epoch_ms", 1767225600001L)))
                .isEqualTo("1 fault [/occurred_at_epoch_ms contradiction]");
        assertThat(read(event(1, "s", "x") + "\n" + exported(2).put("occurred_at_epoch_ms", 1767225600000L))
                        .refused())
                .isEmpty();
        // Without a hash there is nothing to hold it against.
        ObjectNode unhashed = exported(2).put("agent_id", "other");
        unhashed.remove("content_hash");
        assertThat(read(event(1, "s", "x") + "\n" + unhashed).refused()).isEmpty();
    }

    @Test
    void whatALedgerHasTakenIsNotMeasuredAgain() {
        int most = EventLimits.DEFAULTS.maxEventBytes();
        String largest = event(1, "s", "");
        largest = event(1, "s", "x".repeat(most - largest.length()));
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        assertThat(Runs.run(ledger, Captured.write(folder, "a", largest)).added())
                .isEqualTo(1);
        byte[] line = ExportRun.line(
                ledger.find(ledger.read(0, 1).getFirst().event().id()).found().orElseThrow(),
                ExportRun.source(ledger.epochs().now().identity()));
        assertThat(line.length).isGreaterThan(most);
        InMemoryLedger other = new InMemoryLedger(Captured.CLOCK);
        assertThat(Runs.run(other, Captured.write(folder, "b", line)).added()).isEqualTo(1);
    }

    @Test
    void arraysAndAnswersOfTheServerAreReadToo() {
        String both = event(1, "s", "x") + "," + event(2, "s", "y");
        assertThat(numbers(read("[" + both + "]"))).containsExactly(1, 2);
        Captured answer = read("{\n\"events\":[" + both + "]}");
        assertThat(numbers(answer)).containsExactly(1, 2);
        assertThat(answer.places).containsExactly("/events/0", "/events/1");
    }
}
