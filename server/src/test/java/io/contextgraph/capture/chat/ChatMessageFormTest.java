// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.file.Runs;
import io.contextgraph.capture.format.Format;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatMessageFormTest {
    private static final String ASKS = "{\"role\":\"user\",\"content\":\"Weigh rye and salt.\"}";
    private static final String CALLS = "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"I do.\"},"
            + "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"scale\",\"input\":{\"of\":\"rye\"}},"
            + "{\"type\":\"tool_use\",\"id\":\"t2\",\"name\":\"scale\",\"input\":{\"of\":\"salt\"}}]}";
    private static final String RESULTS =
            "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"2 kg\"},"
                    + "{\"type\":\"tool_result\",\"tool_use_id\":\"t2\",\"is_error\":true,\"content\":\"off\"}%s]}";
    private static final String SAYS =
            "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"Two kilos.\"}]}";

    @TempDir
    private Path folder = Path.of("");

    private Path file(String content) {
        return Captured.write(folder, "chat.json", content);
    }

    private static String messages(String... messages) {
        return "{\"system\":\"You weigh.\",\"messages\":[" + String.join(",", messages) + "]}";
    }

    @Test
    void partsOfMessagesAreCallsAndResults() {
        Captured captured = Captured.read(file(messages(ASKS, CALLS, RESULTS.formatted(""), SAYS)));
        assertThat(captured.format).isEqualTo(Format.ANTHROPIC);
        assertThat(captured.table())
                .containsExactly(
                        "system.session_start assistant - - - 00:00:00.000 -",
                        "observation.input assistant <0 - - 00:00:01.000 -",
                        "llm.chat assistant <1 - completed 00:00:02.000 -",
                        "tool.execute assistant <2 scale completed 00:00:02.000 00:00:03.000",
                        "tool.execute assistant <2 scale failed 00:00:02.000 00:00:03.000",
                        "llm.chat assistant <4 - completed 00:00:04.000 -");
        assertThat(captured.events.get(3).payload().orElseThrow().json())
                .startsWith("{\"arguments\":{\"of\":\"rye\"},")
                .contains("\"content\":\"2 kg\"");
        assertThat(captured.events.stream().map(Event::traceId).distinct()).hasSize(2);
    }

    @Test
    void aUserWhoSaysSomethingBesideResultsIsHeard() {
        Captured captured = Captured.read(
                file(messages(ASKS, CALLS, RESULTS.formatted(",{\"type\":\"text\",\"text\":\"And hurry.\"}"), SAYS)));
        assertThat(captured.table())
                .containsSubsequence(
                        "tool.execute assistant <2 scale failed 00:00:02.000 00:00:03.000",
                        "observation.input assistant <4 - - 00:00:03.000 -",
                        "llm.chat assistant <5 - completed 00:00:04.000 -");
    }

    @Test
    void resultsThatCameLaterAreEventsOfTheirOwn() {
        for (String more : List.of("", ",{\"type\":\"text\",\"text\":\"And hurry.\"}")) {
            InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
            assertThat(Runs.run(ledger, file(messages(ASKS, CALLS))).added()).isEqualTo(5);
            String grown = messages(ASKS, CALLS, RESULTS.formatted(more), SAYS);
            ImportSummary later = Runs.run(ledger, file(grown));
            assertThat(later.notes()).isEmpty();
            assertThat(later.conflicts() + later.refusedTotal()).isZero();
            assertThat(later.added()).isEqualTo(more.isEmpty() ? 3 : 4);
            List<Event> results = ledger.read(0, 20).stream()
                    .map(RecordedEvent::event)
                    .filter(event -> event.type().value().equals("tool.result"))
                    .toList();
            assertThat(results).hasSize(2);
            assertThat(results.get(0).status()).contains(EventStatus.COMPLETED);
            assertThat(results.get(1).status()).contains(EventStatus.FAILED);
            assertThat(results.stream().map(Event::parentId).distinct()).hasSize(2);
            assertThat(Runs.run(ledger, file(grown)).added()).isZero();
        }
    }

    @Test
    void messagesOneALineAreReadTheSame() {
        Captured captured = Captured.read(file(String.join("\n", ASKS, CALLS, RESULTS.formatted(""), SAYS)));
        assertThat(captured.format).isEqualTo(Format.OPENAI_MESSAGES);
        assertThat(captured.events)
                .extracting(event -> event.type().value())
                .containsExactly("observation.input", "llm.chat", "tool.execute", "tool.execute", "llm.chat");
    }

    private static final String USER = "{\"type\":\"message\",\"role\":\"user\",\"content\":\"How hot?\"}";
    private static final String CALL_1 =
            "{\"type\":\"function_call\",\"id\":\"fc_1\",\"call_id\":\"c1\",\"name\":\"oven\",\"arguments\":\"{\\\"n\\\":1}\"}";
    private static final String CALL_2 =
            "{\"type\":\"function_call\",\"id\":\"fc_2\",\"call_id\":\"c2\",\"name\":\"oven\",\"arguments\":\"{\\\"n\\\":2}\"}";
    private static final String OUTPUT_1 = "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"200\"}";
    private static final String OUTPUT_2 =
            "{\"type\":\"function_call_output\",\"call_id\":\"c2\",\"output\":\"Error: cold\"}";
    private static final String SEARCH = "{\"type\":\"web_search_call\",\"id\":\"ws_1\",\"status\":\"failed\"}";

    @Test
    void itemsAreCallsAndTheirOutputs() {
        Captured captured = Captured.read(
                file("[" + String.join(",", USER, CALL_1, CALL_2, OUTPUT_2, OUTPUT_1, SEARCH, SAYS) + "]"));
        assertThat(captured.format).isEqualTo(Format.OPENAI_RESPONSES);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "observation.input assistant - - - 00:00:00.000 -",
                        "tool.execute assistant <0 oven completed 00:00:01.000 00:00:04.000",
                        "tool.execute assistant <0 oven failed 00:00:02.000 00:00:03.000",
                        "tool.execute assistant <2 web_search failed 00:00:05.000 -",
                        "llm.chat assistant <3 - completed 00:00:06.000 -");
        assertThat(captured.events.get(1).payload().orElseThrow().json()).startsWith("{\"arguments\":{\"n\":1},");
    }

    @Test
    void itemsOneALineGrowLikeAnyChat() {
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        assertThat(Runs.run(ledger, file(USER + "\n" + CALL_1 + "\n")).added()).isEqualTo(2);
        ImportSummary later = Runs.run(ledger, file(String.join("\n", USER, CALL_1, OUTPUT_1, SAYS)));
        assertThat(later.added()).isEqualTo(2);
        assertThat(later.notes()).isEmpty();
        assertThat(ledger.read(0, 10).stream()
                        .map(event -> event.event().sessionId())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aResponseHasItsTimeItsNameAndWhatItTells() {
        Captured captured = Captured.read(file("{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1772355600,"
                + "\"status\":\"failed\",\"model\":\"small\",\"instructions\":\"You know ovens.\",\"input\":\"How hot?\","
                + "\"error\":{\"code\":\"server_error\"},\"output\":[" + CALL_1 + "]}"));
        assertThat(captured.format).isEqualTo(Format.OPENAI_RESPONSES);
        assertThat(captured.table())
                .containsExactly(
                        "system.run small - - failed 09:00:00.000 -",
                        "system.session_start small - - - 09:00:00.000 -",
                        "observation.input small <1 - - 09:00:00.000 -",
                        "tool.execute small <2 oven pending 09:00:00.000 -");
        assertThat(captured.events.getFirst().sessionId().value()).isEqualTo("resp_1:small");
        assertThat(captured.events.getFirst().payload().orElseThrow().json()).contains("server_error");
        assertThat(captured.events.stream().map(Event::id).map(EventId::toString))
                .doesNotHaveDuplicates();
    }
}
