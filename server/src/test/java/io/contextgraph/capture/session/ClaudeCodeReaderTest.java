// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.file.Runs;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ClaudeCodeReaderTest {
    private static final String SESSION = "bakery-session";

    @TempDir
    private Path folder = Path.of("");

    private final InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);

    private static String uuid(int n) {
        return "00000000-0000-4000-8000-%012d".formatted(n);
    }

    /** A row: number 0 as parent is none. */
    private static String row(int n, int parent, String type, String more) {
        return "{\"uuid\":\"" + uuid(n) + "\",\"parentUuid\":" + (parent == 0 ? "null" : "\"" + uuid(parent) + "\"")
                + ",\"sessionId\":\"" + SESSION + "\",\"type\":\"" + type
                + "\",\"timestamp\":\"2026-03-01T08:00:%02d.000Z\"".formatted(n) + more + "}";
    }

    private static String user(int n, int parent, String content) {
        return row(n, parent, "user", ",\"message\":{\"role\":\"user\",\"content\":" + content + "}");
    }

    private static String model(int n, int parent, String blocks) {
        return row(
                n,
                parent,
                "assistant",
                ",\"message\":{\"id\":\"msg_" + (n / 10)
                        + "\",\"role\":\"assistant\",\"usage\":{\"output_tokens\":7},\"content\":[" + blocks + "]}");
    }

    private static String text(String text) {
        return "{\"type\":\"text\",\"text\":\"" + text + "\"}";
    }

    private static String call(String id, String tool) {
        return "{\"type\":\"tool_use\",\"id\":\"" + id + "\",\"name\":\"" + tool + "\",\"input\":{\"prompt\":\"" + id
                + "?\"}}";
    }

    private static String result(String id, boolean failed) {
        return "{\"type\":\"tool_result\",\"tool_use_id\":\"" + id + "\",\"content\":\"came back\",\"is_error\":"
                + failed + "}";
    }

    private Path file(String name, String... rows) {
        return Captured.write(folder, name, String.join("\n", rows) + "\n");
    }

    private static Event stored(InMemoryLedger ledger, int n) {
        return ledger.find(EventId.of(uuid(n))).found().orElseThrow().event();
    }

    private Event stored(int n) {
        return stored(ledger, n);
    }

    private static JsonNode payload(Event event) {
        return Json.MAPPER.readTree(event.payload().orElseThrow().json());
    }

    @Test
    void rowsAreEventsUnderTheirOwnIds() {
        Captured captured = Captured.read(file(
                "s.jsonl",
                "{\"type\":\"summary\",\"summary\":\"Ovens\",\"leafUuid\":\"" + uuid(9) + "\"}",
                user(1, 0, "\"Why is it cold?\""),
                model(10, 1, "{\"type\":\"thinking\",\"thinking\":\"Look.\"}"),
                model(11, 10, text("I look.")),
                model(12, 11, call("t1", "Read")),
                row(13, 12, "progress", ",\"data\":{}"),
                user(14, 13, "[" + result("t1", true) + "]"),
                model(20, 14, text("It is off.")),
                user(21, 20, "[" + text("Turn it on.") + "]")));
        assertThat(captured.format).isEqualTo(Format.CLAUDE_CODE);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "observation.input claude-code - - - 08:00:01.000 -",
                        "llm.chat claude-code <0 - completed 08:00:10.000 -",
                        "llm.chat claude-code <1 - completed 08:00:11.000 -",
                        "tool.execute claude-code <2 Read failed 08:00:12.000 08:00:14.000",
                        "llm.chat claude-code <3 - completed 08:00:20.000 -",
                        "observation.input claude-code <4 - - 08:00:21.000 -");
        assertThat(captured.events)
                .extracting(event -> event.id().toString())
                .containsExactly(uuid(1), uuid(10), uuid(11), uuid(12), uuid(20), uuid(21));
        assertThat(captured.events)
                .extracting(event -> event.sessionId().value())
                .containsOnly(SESSION);
        assertThat(captured.events.stream().map(Event::traceId).distinct()).hasSize(2);
        assertThat(captured.events.get(4).traceId())
                .isEqualTo(captured.events.get(0).traceId());
        assertThat(captured.skipped).isEqualTo(Map.of("rows of type summary", 1L, "rows of type progress", 1L));
        assertThat(captured.places.getFirst()).isEqualTo("line 2");
    }

    @Test
    void usageThatRowsOfOneAnswerRepeatCountsOnce() {
        Captured captured = Captured.read(file(
                "s.jsonl",
                user(1, 0, "\"Go\""),
                model(10, 1, text("I go.")),
                model(11, 10, call("t1", "Walk")),
                model(20, 11, text("There."))));
        assertThat(payload(captured.events.get(1)).path("message").has("usage")).isTrue();
        JsonNode second = payload(captured.events.get(2)).path("row").path("message");
        assertThat(second.has("usage")).isFalse();
        assertThat(second.path("usage_repeated").path("output_tokens").intValue())
                .isEqualTo(7);
        assertThat(payload(captured.events.get(3)).path("message").has("usage")).isTrue();
    }

    @Test
    void severalCallsOfOneRowHaveDerivedIds() {
        Captured captured = Captured.read(file(
                "s.jsonl",
                user(1, 0, "\"Go\""),
                model(10, 1, text("Both.") + "," + call("a", "Left") + "," + call("b", "Right")),
                user(11, 10, "[" + result("b", false) + "," + result("a", false) + "]"),
                model(20, 11, call("c", "Left") + "," + call("d", "Right"))));
        assertThat(captured.table())
                .containsExactly(
                        "observation.input claude-code - - - 08:00:01.000 -",
                        "llm.chat claude-code <0 - completed 08:00:10.000 -",
                        "tool.execute claude-code <1 Left completed 08:00:10.000 08:00:11.000",
                        "tool.execute claude-code <1 Right completed 08:00:10.000 08:00:11.000",
                        "llm.chat claude-code <2 - completed 08:00:20.000 -",
                        "tool.execute claude-code <4 Left pending 08:00:20.000 -",
                        "tool.execute claude-code <4 Right pending 08:00:20.000 -");
        assertThat(captured.events.get(2).id().toString())
                .isEqualTo(DerivedIds.record("claude-code", uuid(10), "1"))
                .isNotEqualTo(captured.events.get(3).id().toString());
    }

    @Test
    void aSubAgentIsStartedByTheCallThatNamesItOrTellsItWhatToDo() {
        Path main = file(
                "main.jsonl",
                user(1, 0, "\"Ask two helpers.\""),
                model(10, 1, call("t1", "Task")),
                model(11, 10, call("t2", "Agent")),
                user(12, 11, "[" + result("t1", false) + "]")
                        .replace(
                                "\"type\":\"user\"", "\"type\":\"user\",\"toolUseResult\":{\"agentId\":\"helper-1\"}"));
        Path one =
                file("agent-1.jsonl", sidechain(30, 0, "helper-1", "Whatever"), sidechain(31, 30, "helper-1", "more"));
        Path two = file("agent-2.jsonl", sidechain(32, 0, "helper-2", "t2?"));
        assertThat(Runs.run(ledger, one, two, main).refusedTotal()).isZero();
        assertThat(stored(30).parentId()).contains(EventId.of(uuid(10)));
        assertThat(stored(30).agentId()).isEqualTo("helper-1");
        assertThat(stored(31).parentId()).contains(EventId.of(uuid(30)));
        assertThat(stored(32).parentId()).contains(EventId.of(uuid(11)));
        assertThat(Captured.read(one).events.getFirst().parentId()).isEmpty();
        assertThat(Runs.run(ledger, one).added()).isZero();
    }

    private static String sidechain(int n, int parent, String agent, String text) {
        return user(n, parent, "\"" + text + "\"")
                .replace("\"type\":\"user\"", "\"type\":\"user\",\"isSidechain\":true,\"agentId\":\"" + agent + "\"");
    }

    @Test
    void aSessionThatHasGrownAddsOnlyWhatIsNew() {
        String ask = user(1, 0, "\"What time is it?\"");
        String asks = model(10, 1, call("t1", "Clock"));
        String noon = user(11, 10, "[" + result("t1", false) + "]");
        Path file = file("s.jsonl", ask, asks);
        assertThat(Runs.run(ledger, file).added()).isEqualTo(2);
        assertThat(stored(10).status()).contains(EventStatus.PENDING);

        file = file("s.jsonl", ask, asks, noon, model(20, 11, text("Noon.")));
        ImportSummary grown = Runs.run(ledger, file);
        assertThat(grown.conflicts() + grown.refusedTotal()).isZero();
        assertThat(grown.added()).isEqualTo(2);
        assertThat(stored(11).type().value()).isEqualTo("tool.result");
        assertThat(stored(11).parentId()).contains(EventId.of(uuid(10)));
        assertThat(stored(20).parentId()).contains(EventId.of(uuid(10)));

        ImportSummary again = Runs.run(ledger, file);
        assertThat(again.added() + again.conflicts()).isZero();
        assertThat(again.duplicates()).isEqualTo(4);
    }

    @Test
    void aShorterCopyInTheSameImportTakesNothingAway() {
        String ask = user(1, 0, "\"What time is it?\"");
        String asks = model(10, 1, call("t1", "Clock"));
        String noon = user(11, 10, "[" + result("t1", false) + "]");
        Path early = file("a.jsonl", ask, asks);
        Path late = file("b.jsonl", ask, asks, noon);
        for (List<Path> order : List.of(List.of(early, late), List.of(late, early))) {
            InMemoryLedger fresh = new InMemoryLedger(Captured.CLOCK);
            ImportSummary summary = Runs.run(fresh, order.toArray(Path[]::new));
            assertThat(summary.added()).isEqualTo(2);
            assertThat(summary.conflicts()).isZero();
            assertThat(summary.events()).isEqualTo(4);
            assertThat(stored(fresh, 10).status()).contains(EventStatus.COMPLETED);
        }
    }

    @Test
    void aResultWithoutItsCallIsAnEventOfItsOwn() {
        Captured captured = Captured.read(
                file("s.jsonl", user(1, 0, "[" + result("lost", false) + "]"), model(10, 1, text("Well."))));
        assertThat(captured.table())
                .containsExactly(
                        "tool.execute claude-code - - completed 08:00:01.000 -",
                        "llm.chat claude-code <0 - completed 08:00:10.000 -");
    }

    /** A session that is resumed in another file has its own id in all rows, also in those that it has copied. */
    @Test
    void aRowThatWasCopiedIntoAnotherSessionIsTheSameEvent() {
        String ask = user(1, 0, "\"Go\"");
        Path first = file("a.jsonl", ask);
        Path resumed = file(
                "b.jsonl",
                ask.replace(SESSION, "z-" + SESSION),
                model(10, 1, text("I go.")).replace(SESSION, "z-" + SESSION));
        ImportSummary summary = Runs.run(ledger, resumed, first);
        assertThat(summary.conflicts() + summary.refusedTotal()).isZero();
        assertThat(summary.added()).isEqualTo(2);
        assertThat(stored(1).sessionId().value()).isEqualTo(SESSION);
        assertThat(stored(10).sessionId().value()).isEqualTo("z-" + SESSION);
        assertThat(stored(10).parentId()).contains(EventId.of(uuid(1)));
    }

    @Test
    void whatIsNoMessageCostsItself() {
        Captured captured = Captured.read(file(
                "s.jsonl",
                user(1, 0, "\"Go\"").replace("2026-03-01T08:00:01.000Z", "yesterday"),
                "{\"type\":\"user\",\"sessionId\":\"s\",\"message\":{\"content\":\"x\"}}",
                "{\"type\":\"file-history-snapshot\",\"messageId\":\"m\",\"snapshot\":{}}",
                user(2, 1, "\"\""),
                user(3, 2, "\"Come\"")));
        assertThat(captured.refused())
                .containsExactly(
                        "line 1: a message of a session must have a \"timestamp\" as RFC 3339 has it",
                        "line 2: a message of a session must have a \"uuid\" and a \"sessionId\"");
        assertThat(captured.skipped)
                .isEqualTo(Map.of("rows of type file-history-snapshot", 1L, "messages without content", 1L));
        assertThat(captured.events).hasSize(1);
    }

    @Test
    void aCallThatWaitsTooLongIsRecordedBeforeItsAnswer() {
        String much = "x".repeat(3 << 20);
        Captured captured = Captured.read(file(
                "s.jsonl",
                user(1, 0, "\"Go\""),
                model(10, 1, call("t1", "Wait")),
                user(11, 10, "\"" + much + "\""),
                user(12, 11, "\"" + much + "\""),
                user(13, 12, "\"" + much + "\""),
                user(14, 13, "[" + result("t1", false) + "]")));
        assertThat(captured.events)
                .extracting(event -> event.type().value())
                .containsExactly(
                        "observation.input",
                        "tool.execute",
                        "observation.input",
                        "observation.input",
                        "observation.input",
                        "tool.result");
        assertThat(captured.events.get(1).status()).contains(EventStatus.PENDING);
        assertThat(captured.events.get(5).parentId())
                .contains(captured.events.get(1).id());
    }

    @Test
    void aCallWhoseResultCannotBeReadIsRecordedWithoutIt() {
        String broken = user(3, 2, "[" + result("t1", false) + "]").replace("2026-03-01T08:00:03.000Z", "soon");
        Captured captured =
                Captured.read(file("s.jsonl", user(1, 0, "\"Look.\""), model(2, 1, call("t1", "Read")), broken));
        assertThat(captured.refused()).hasSize(1);
        assertThat(captured.table())
                .containsExactly(
                        "observation.input claude-code - - - 08:00:01.000 -",
                        "tool.execute claude-code <0 Read pending 08:00:02.000 -");
    }

    @Test
    void aResultThatStandsTwiceClosesItsCallOnce() {
        String answer = user(3, 2, "[" + result("t1", false) + "]");
        Captured captured = Captured.read(
                file("s.jsonl", user(1, 0, "\"Look.\""), model(2, 1, call("t1", "Read")), answer, answer));
        assertThat(captured.table())
                .containsExactly(
                        "observation.input claude-code - - - 08:00:01.000 -",
                        "tool.execute claude-code <0 Read completed 08:00:02.000 08:00:03.000");
    }
}
