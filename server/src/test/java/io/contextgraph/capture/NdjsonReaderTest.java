// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
                        "line 7: invalid event, 1 fault [ type]",
                        "line 8: invalid event 00000000-0000-0000-0000-000000000004, 1 fault [/session_id invalid_id]",
                        "line 10: malformed JSON at column 41");
    }

    @Test
    void anEventAboutAPersonIsRefusedUntilItCanBeSealed() {
        String personal = event(1, "s", "hello").replace("\"trace_id\"", "\"data_subject_id\":\"mara\",\"trace_id\"");
        Captured captured = read(personal + "\n" + event(2, "s", "hello") + "\n");
        assertThat(captured.events).hasSize(1);
        assertThat(captured.refusals.getFirst().faults().getFirst().code()).isEqualTo("privacy_unavailable");
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
        Captured captured = Captured.read(file, CaptureOptions.DEFAULTS.withMaxBytes(1 << 30, 100_000));
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
                    RecordedEvent whole = ledger.find(recorded.event().id()).orElseThrow();
                    ObjectNode json = EventJson.toJson(whole);
                    json.put("occurred_at_epoch_ms", whole.event().occurredAt().toEpochMilli());
                    return Json.MAPPER.writeValueAsString(json);
                })
                .collect(Collectors.joining("\n"));
        ImportSummary again = Runs.run(ledger, Captured.write(folder, "b", export));
        assertThat(again.duplicates()).isEqualTo(2);
        assertThat(again.refusedTotal()).isZero();
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
