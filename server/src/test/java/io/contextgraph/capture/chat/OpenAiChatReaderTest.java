// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.capture.record.Options;
import io.contextgraph.capture.record.RunName;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenAiChatReaderTest {
    private static final String ROW = """
            [{"task_id":7,"trial":1,"traj":[
             {"role":"system","content":"Be kind."},
             {"role":"user","content":"Where is my parcel?"},
             {"role":"assistant","content":"","function_call":null,"tool_calls":[
               {"id":"c1","type":"function","function":{"name":"track","arguments":"{\\"n\\":1}"}},
               {"id":"c1","type":"function","function":{"name":"order","arguments":"not json"}}]},
             {"role":"tool","tool_call_id":"c1","name":"order","content":"Error: no order"},
             {"role":"tool","tool_call_id":"c1","name":"track","content":"on its way"},
             {"role":"tool","tool_call_id":"lost","name":"ghost","content":"who asked?"},
             {"role":"assistant","content":"On its way.","tool_calls":[]},
             {"role":"user","content":"And the other?"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c1","function":{"name":"track","arguments":"{}"}}]}]}]
            """;

    @TempDir
    private Path folder = Path.of("");

    private Captured read(String name, String json) {
        return Captured.read(Captured.write(folder, name, json));
    }

    @Test
    void aTranscriptWithoutTimes() {
        Captured captured = read("shop.json", ROW);
        assertThat(captured.format).isEqualTo(Format.TAU_BENCH);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "system.session_start assistant - - - 00:00:00.000 -",
                        "observation.input assistant <0 - - 00:00:01.000 -",
                        "llm.chat assistant <1 - completed 00:00:02.000 -",
                        "tool.execute assistant <2 track completed 00:00:02.000 00:00:04.000",
                        "tool.execute assistant <2 order failed 00:00:02.000 00:00:03.000",
                        "tool.execute assistant <4 ghost completed 00:00:05.000 00:00:05.000",
                        "llm.chat assistant <5 - completed 00:00:06.000 -",
                        "observation.input assistant <6 - - 00:00:07.000 -",
                        "llm.chat assistant <7 - completed 00:00:08.000 -",
                        "tool.execute assistant <8 track pending 00:00:08.000 -");
        assertThat(captured.events.stream().map(e -> e.sessionId().value()).distinct())
                .containsExactly("tau-bench:7:1");
        assertThat(captured.events.stream().map(Event::traceId).distinct())
                .containsExactly(
                        DerivedIds.trace("tau-bench:7:1", 0),
                        DerivedIds.trace("tau-bench:7:1", 1),
                        DerivedIds.trace("tau-bench:7:1", 2));
        assertThat(captured.places.get(4)).isEqualTo("/0/traj/2");
        assertThat(Objects.toString(EventJson.toJson(captured.events.get(4))))
                .startsWith(
                        "{\"event_id\":\"" + RunName.eventId("tau-bench:7:1", "2:1")
                                + "\",\"event_type\":\"tool.execute\",\"occurred_at\":\"2025-01-01T00:00:02.000Z\","
                                + "\"session_id\":\"tau-bench:7:1\",\"agent_id\":\"assistant\",\"trace_id\":\""
                                + DerivedIds.trace("tau-bench:7:1", 1) + "\",\"payload_ref\":\""
                                + captured.events.get(4).payloadRef()
                                + "\",\"tool_name\":\"order\",\"parent_event_id\":\""
                                + RunName.eventId("tau-bench:7:1", "2")
                                + "\",\"ended_at\":\"2025-01-01T00:00:03.000Z\",\"status\":\"failed\",\"schema_version\":1,"
                                + "\"importance_hint\":7,\"payload\":{\"arguments\":\"not json\",\"call\":{\"id\":\"c1\","
                                + "\"type\":\"function\",\"function\":{\"name\":\"order\",\"arguments\":\"not json\"}},"
                                + "\"time\":\"synthetic\",\"content\":\"Error: no order\",\"result\":{\"role\":\"tool\","
                                + "\"tool_call_id\":\"c1\",\"name\":\"order\",\"content\":\"Error: no order\"},\"capture\":{\"record\":");
    }

    @Test
    void theSameFileGivesTheSameHashesAndAnotherStartDoesNot() {
        String hashes = hashes(read("shop.json", ROW));
        assertThat(hashes(read("shop.json", ROW))).isEqualTo(hashes);
        assertThat(hashes(Captured.read(folder.resolve("shop.json"), Options.sessionPrefix("other"))))
                .isNotEqualTo(hashes);
    }

    private static String hashes(Captured captured) {
        return captured.events.stream().map(EventJson::hash).toList().toString();
    }

    @Test
    void errorTextsCountOnlyWhereThatIsAskedFor() {
        Captured captured = Captured.read(Captured.write(folder, "shop.json", ROW), Options.errorTextIsNoFailure());
        assertThat(captured.table().get(4)).contains("order completed");
    }

    @Test
    void simulationsHaveTimesModelsAndErrorFlags() {
        Captured captured = read("any.name", """
                {"info":{"agent_info":{"llm":"model-x"}},"simulations":[{"id":"5e55","messages":[
                 {"role":"assistant","content":"Hi!","timestamp":"2025-08-01T16:16:37.295213"},
                 {"role":"user","content":"Check it.","timestamp":"2025-08-01T16:16:38.281204"},
                 {"role":"assistant","content":null,"timestamp":"2025-08-01T16:16:40.5","tool_calls":[
                  {"id":"k","name":"look","arguments":{"a":1},"requestor":"assistant"}],"usage":{"prompt_tokens":3}},
                 {"role":"tool","id":"k","content":"Error in the text only","error":false,
                  "timestamp":"2025-08-01T16:16:41+00:00"},
                 {"role":"user","content":null,"timestamp":"2025-08-01T16:16:42","tool_calls":[
                  {"id":"k","name":"press","arguments":{},"requestor":"user"}]},
                 {"role":"tool","id":"k","content":"no","error":true,"timestamp":"2025-08-01T16:16:43"}]}]}
                """);
        assertThat(captured.format).isEqualTo(Format.TAU2);
        assertThat(captured.table())
                .containsExactly(
                        "llm.chat model-x - - completed 16:16:37.295 16:16:37.295",
                        "observation.input model-x <0 - - 16:16:38.281 -",
                        "llm.chat model-x <1 - completed 16:16:38.281 16:16:40.500",
                        "tool.execute model-x <2 look completed 16:16:40.500 16:16:41.000",
                        "tool.execute user <3 press failed 16:16:42.000 16:16:43.000");
        assertThat(captured.events.get(0).sessionId().value()).isEqualTo("5e55");
        assertThat(captured.json()).doesNotContain("synthetic");
    }

    @Test
    void bareMessagesAndRowsOfMessages() {
        String one = "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}";
        String session = session(read("chat.json", "[" + one + "]"));
        assertThat(session).matches("chat-[0-9a-f]{12}");
        assertThat(session(read("other.json", "{\"messages\":[" + one + "]}"))).isEqualTo(session);
        Captured lines = read("chat.jsonl", ("{\"messages\":[" + one + "]}\n").repeat(2));
        assertThat(lines.events).extracting(e -> e.sessionId().value()).containsExactly(session, session);
        assertThat(lines.places).containsExactly("line 1 /messages/0", "line 2 /messages/0");
    }

    private static String session(Captured captured) {
        return captured.events.getFirst().sessionId().value();
    }

    @Test
    void whatIsNoMessageIsRefusedAndTheRestIsRead() {
        Captured captured = read("chat.json", """
                [{"role":"user","content":"a"}, 5, {"content":"no role"}, {"role":"judge"}, {"role":"user","content":"b"}]
                """);
        assertThat(captured.events).hasSize(2);
        assertThat(captured.refused())
                .containsExactly(
                        "/1: a message must be an object with a \"role\"",
                        "/2: a message must be an object with a \"role\"",
                        "/3: unknown role judge");
    }

    /** An odd name costs neither the call nor its result nor the parent of what follows. */
    @Test
    void namesThatNoToolCanHaveGoToThePayload() {
        Captured captured = read("chat.json", """
                [{"role":"user","content":"a"},
                 {"role":"assistant","content":null,"tool_calls":[
                  {"id":"1","function":{"name":"","arguments":"{}"}},
                  {"id":"2","function":{"name":"__secret","arguments":"{}"}},
                  {"id":"3","function":{"name":"two\\nlines","arguments":"{}"}},
                  {"id":"4","function":{"arguments":"{}"}}]},
                 {"role":"tool","tool_call_id":"3","content":"c"},
                 {"role":"tool","tool_call_id":"1","content":"a"},
                 {"role":"tool","tool_call_id":"2","content":"b"},
                 {"role":"tool","tool_call_id":"4","content":"d"},
                 {"role":"assistant","content":"Done."}]
                """);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "observation.input assistant - - - 00:00:00.000 -",
                        "llm.chat assistant <0 - completed 00:00:01.000 -",
                        "tool.execute assistant <1 - completed 00:00:01.000 00:00:03.000",
                        "tool.execute assistant <1 - completed 00:00:01.000 00:00:04.000",
                        "tool.execute assistant <1 - completed 00:00:01.000 00:00:02.000",
                        "tool.execute assistant <1 - completed 00:00:01.000 00:00:05.000",
                        "llm.chat assistant <5 - completed 00:00:06.000 -");
        assertThat(captured.events.subList(2, 6))
                .extracting(event -> Json.MAPPER
                        .readTree(event.payload().orElseThrow().json())
                        .at("/capture/tool_name")
                        .asString("none"))
                .containsExactly("", "__secret", "two\nlines", "none");
    }

    @Test
    void theMessagesOfAFileAreOneConversationUpToALimit() {
        String line = "{\"role\":\"user\",\"content\":\"hello\"}\n";
        Path file = Captured.write(folder, "talk.jsonl", line.repeat(4) + "{\"role\":\n" + line);
        Captured all = Captured.read(file);
        assertThat(all.format).isEqualTo(Format.OPENAI_MESSAGES);
        assertThat(all.events.stream().map(e -> e.sessionId().value()))
                .hasSize(5)
                .containsOnly(session(all));
        assertThat(all.refusals).hasSize(1);
        Captured some = Captured.read(file, Options.maxBytes(80, 100));
        assertThat(some.events).hasSize(2);
        assertThat(some.refused())
                .contains("line 3: messages that stand one a line must not have more than 80 characters together: from "
                        + "here on 3 are left out");
    }

    @Test
    void messagesOfSeveralConversationsStayApart() {
        String line = "{\"conversation_id\":\"%s\",\"role\":\"user\",\"content\":\"hello\"}";
        String lines = String.join("\n", line.formatted("a"), line.formatted("b"), line.formatted("a"), "");
        for (String text : List.of(lines, "[" + lines.strip().replace("\n", ",") + "]")) {
            assertThat(read("talks.jsonl", text).events)
                    .extracting(e -> e.sessionId().value())
                    .containsExactly("a", "a", "b");
        }
        String unnamed = "{\"role\":\"system\",\"content\":\"Be kind.\"}\n";
        assertThat(session(read("talk.jsonl", unnamed + line.formatted("a") + "\n")))
                .isEqualTo("a");
        assertThat(read("talks.jsonl", unnamed + lines).events)
                .extracting(e -> e.sessionId().value())
                .hasSize(4)
                .contains("a", "b");
    }

    @Test
    void whatIsNoMessageCostsItselfAlone() {
        Captured captured = read("talk.json", "[{\"saved\":1},{\"role\":\"user\",\"content\":\"hello\"}]");
        assertThat(captured.refused()).containsExactly("/0: a message must be an object with a \"role\"");
        assertThat(captured.table()).containsExactly("observation.input assistant - - - 00:00:01.000 -");
    }

    @Test
    void resultsOfCallsOfOneIdComeInTheOrderOfTheCalls() {
        for (String id : List.of("\"\"", "\"c\"", "null", "7")) {
            String call = "{\"id\":" + id + ",\"function\":{\"name\":\"look\",\"arguments\":\"{}\"}}";
            String calls = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + call + "," + call + "]}";
            String result = "{\"role\":\"tool\",\"name\":\"look\",\"tool_call_id\":" + id + ",\"content\":\"%s\"}";
            Captured captured = read(
                    "talk.json",
                    "[" + String.join(",", calls, calls, result.formatted("first"), result.formatted("second")) + "]");
            assertThat(captured.events.stream()
                            .filter(e -> e.type().value().equals("tool.execute"))
                            .map(e -> EventJson.toJson(e).at("/payload/content").asString("-")))
                    .as(id)
                    .containsExactly("-", "-", "first", "second");
        }
    }

    @Test
    void whatTheNameOfARunDoesNotSayIsTold() {
        String messages = ",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
        for (String told : List.of(
                "\"id\":\"" + "x".repeat(300) + "\"",
                "\"id\":{\"$oid\":\"5f\"}",
                "\"conversation_id\":\"c\",\"thread_id\":\"t\"",
                "\"conversation_id\":\"c\",\"model\":\"m\"",
                "\"model\":\"m\"")) {
            Captured captured = read("row.jsonl", "{" + told + messages);
            assertThat(captured.events)
                    .as(told)
                    .extracting(e -> e.type().value())
                    .containsExactly("system.run", "observation.input");
            assertThat(EventJson.toJson(captured.events.getFirst())
                            .path("payload")
                            .toString())
                    .startsWith("{" + told);
        }
        for (String nothing : List.of("\"id\":\"\"", "\"id\":null", "\"id\":NaN", "\"id\":4,\"model\":\"m\"")) {
            assertThat(read("row.jsonl", "{" + nothing + messages).events)
                    .as(nothing)
                    .hasSize(1);
        }
        assertThat(session(read("row.jsonl", "{\"id\":NaN" + messages))).startsWith("chat-");
    }
}
