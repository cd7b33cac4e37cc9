// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.message.Message;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** One conversation of a bakery, in each of the forms in which libraries write it. */
class SpanMessagesTest {
    private static final List<String> CONVERSATION = List.of(
            "in system: Be short.",
            "in user: Is there rye?",
            "in assistant: look(bread=rye, shelves=[1, 2])",
            "in tool: loaves=3",
            "out assistant: Yes, three.");

    private static List<String> said(String payload) {
        ObjectNode json = (ObjectNode) Json.MAPPER.readTree(payload);
        ObjectNode before = json.deepCopy();
        List<Message> messages = messages(json);
        assertThat(json).isEqualTo(before);
        return messages.stream()
                .map(m -> (m.direction() == Message.Direction.IN ? "in " : "out ") + m.role() + ": " + m.plain())
                .toList();
    }

    private static List<Message> messages(ObjectNode json) {
        ObjectNode attributes =
                json.path("attributes") instanceof ObjectNode object ? object : Json.MAPPER.createObjectNode();
        SpanFacts facts = new SpanFacts(json.path("name").asString(""), attributes);
        return Stream.of(Message.Direction.values())
                .flatMap(direction -> SpanMessages.of(json, facts, direction).stream())
                .toList();
    }

    private static List<String> ofAttributes(String attributes) {
        return said("{\"name\":\"s\",\"attributes\":" + attributes + "}");
    }

    private static String quoted(String json) {
        return Json.MAPPER.writeValueAsString(json);
    }

    private static final String INPUT = """
            [{"role":"user","parts":[{"type":"text","content":"Is there rye?"}]},
             {"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"look",
               "arguments":{"bread":"rye","shelves":[1,2]}}]},
             {"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":{"loaves":3}}]}]""";
    private static final String OUTPUT = """
            [{"role":"assistant","parts":[{"type":"text","content":"Yes, three."}],"finish_reason":"stop"}]""";
    private static final String SYSTEM = """
            [{"type":"text","content":"Be short."}]""";

    @Test
    void messagesAsJsonText() {
        assertThat(ofAttributes("{\"gen_ai.system_instructions\":" + quoted(SYSTEM) + ",\"gen_ai.input.messages\":"
                        + quoted(INPUT) + ",\"gen_ai.output.messages\":" + quoted(OUTPUT) + "}"))
                .isEqualTo(CONVERSATION);
    }

    @Test
    void messagesAsStructure() {
        assertThat(ofAttributes("{\"gen_ai.system_instructions\":" + SYSTEM + ",\"gen_ai.input.messages\":" + INPUT
                        + ",\"gen_ai.output.messages\":" + OUTPUT + "}"))
                .isEqualTo(CONVERSATION);
    }

    @Test
    void flatAttributesOfOpenllmetry() {
        assertThat(ofAttributes("""
                {"gen_ai.prompt.0.role":"system","gen_ai.prompt.0.content":"Be short.",
                 "gen_ai.prompt.1.role":"user","gen_ai.prompt.1.content":"[{\\"type\\":\\"text\\",\\"text\\":\\"Is there rye?\\"}]",
                 "gen_ai.prompt.2.role":"assistant","gen_ai.prompt.2.tool_calls.0.id":"c1",
                 "gen_ai.prompt.2.tool_calls.0.name":"look",
                 "gen_ai.prompt.2.tool_calls.0.arguments":"{\\"bread\\":\\"rye\\",\\"shelves\\":[1,2]}",
                 "gen_ai.prompt.3.role":"tool","gen_ai.prompt.3.content":"{\\"loaves\\":3}","gen_ai.prompt.3.tool_call_id":"c1",
                 "gen_ai.completion.0.role":"assistant","gen_ai.completion.0.content":"Yes, three.",
                 "gen_ai.completion.0.finish_reason":"stop"}""")).isEqualTo(CONVERSATION);
    }

    @Test
    void flatAttributesOfOpeninference() {
        assertThat(ofAttributes("""
                {"input.value":"{\\"messages\\":[]}","output.value":"{\\"id\\":\\"r1\\"}",
                 "llm.input_messages.0.message.role":"system","llm.input_messages.0.message.content":"Be short.",
                 "llm.input_messages.1.message.role":"user",
                 "llm.input_messages.1.message.contents.0.message_content.type":"text",
                 "llm.input_messages.1.message.contents.0.message_content.text":"Is there rye?",
                 "llm.input_messages.2.message.role":"assistant",
                 "llm.input_messages.2.message.tool_calls.0.tool_call.function.name":"look",
                 "llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments":"{\\"bread\\":\\"rye\\",\\"shelves\\":[1,2]}",
                 "llm.input_messages.3.message.role":"tool","llm.input_messages.3.message.content":"{\\"loaves\\":3}",
                 "llm.output_messages.0.message.role":"assistant","llm.output_messages.0.message.content":"Yes, three."}""")).isEqualTo(CONVERSATION);
    }

    @Test
    void elementsAreInTheOrderOfTheirNumbers() {
        StringBuilder attributes = new StringBuilder("{\"gen_ai.completion.0.content\":\"done\"");
        for (int i = 11; i >= 0; i--) {
            attributes.append(",\"gen_ai.prompt." + i + ".content\":\"m" + i + "\"");
        }
        assertThat(ofAttributes(attributes + "}"))
                .startsWith("in user: m0", "in user: m1", "in user: m2")
                .endsWith("in user: m11", "out assistant: done");
    }

    @Test
    void vercel() {
        assertThat(ofAttributes("""
                {"ai.prompt.messages":"[{\\"role\\":\\"system\\",\\"content\\":\\"Be short.\\"},{\\"role\\":\\"user\\",\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"Is there rye?\\"}]},{\\"role\\":\\"assistant\\",\\"content\\":[{\\"type\\":\\"tool-call\\",\\"toolCallId\\":\\"c1\\",\\"toolName\\":\\"look\\",\\"input\\":{\\"bread\\":\\"rye\\",\\"shelves\\":[1,2]}}]},{\\"role\\":\\"tool\\",\\"content\\":[{\\"type\\":\\"tool-result\\",\\"toolCallId\\":\\"c1\\",\\"output\\":{\\"type\\":\\"json\\",\\"value\\":{\\"loaves\\":3}}}]}]",
                 "ai.response.text":"Yes, three."}""")).isEqualTo(CONVERSATION);
        assertThat(ofAttributes("""
                {"ai.prompt":"{\\"system\\":\\"Be short.\\",\\"prompt\\":\\"Is there rye?\\"}",
                 "ai.response.toolCalls":"[{\\"toolCallId\\":\\"c1\\",\\"toolName\\":\\"look\\",\\"args\\":\\"{\\\\\\"bread\\\\\\":\\\\\\"rye\\\\\\"}\\"}]"}"""))
                .containsExactly("in system: Be short.", "in user: Is there rye?", "out assistant: look(bread=rye)");
        assertThat(ofAttributes("""
                {"ai.prompt":"{\\"prompt\\":\\"Is there rye?\\"}","ai.response.text":"I look.",
                 "ai.response.toolCalls":"[{\\"toolName\\":\\"look\\",\\"args\\":{\\"bread\\":\\"rye\\"}}]"}"""))
                .containsExactly("in user: Is there rye?", "out assistant: I look.\nlook(bread=rye)");
    }

    @Test
    void spanEventsOfEachMessage() {
        assertThat(said("""
                {"name":"chat m","attributes":{},"events":[
                 {"name":"gen_ai.system.message","attributes":{"content":"Be short."}},
                 {"name":"gen_ai.user.message","attributes":{"content":"[{\\"text\\":\\"Is there rye?\\"}]"}},
                 {"name":"gen_ai.assistant.message","attributes":{"tool_calls":"[{\\"id\\":\\"c1\\",\\"type\\":\\"function\\",\\"function\\":{\\"name\\":\\"look\\",\\"arguments\\":\\"{\\\\\\"bread\\\\\\":\\\\\\"rye\\\\\\",\\\\\\"shelves\\\\\\":[1,2]}\\"}}]"}},
                 {"name":"gen_ai.tool.message","attributes":{"gen_ai.event.content":"{\\"content\\":\\"{\\\\\\"loaves\\\\\\":3}\\",\\"id\\":\\"c1\\"}"}},
                 {"name":"exception","attributes":{"exception.message":"no"}},
                 {"name":"gen_ai.choice","attributes":{"finish_reason":"stop","message":"[{\\"text\\":\\"Yes, three.\\"}]"}}]}""")).isEqualTo(CONVERSATION);
    }

    @Test
    void spanEventsOfWholeConversations() {
        assertThat(said("{\"name\":\"chat m\",\"attributes\":{},\"events\":[{\"name\":"
                        + "\"gen_ai.client.inference.operation.details\",\"attributes\":{\"gen_ai.system_instructions\":"
                        + SYSTEM + ",\"gen_ai.input.messages\":" + INPUT + ",\"gen_ai.output.messages\":"
                        + quoted(OUTPUT) + "}}]}"))
                .isEqualTo(CONVERSATION);
        assertThat(said("""
                {"name":"chat m","attributes":{},"events":[
                 {"name":"gen_ai.content.prompt","attributes":{"gen_ai.prompt":"[{\\"role\\":\\"user\\",\\"content\\":\\"Is there rye?\\"}]"}},
                 {"name":"gen_ai.content.completion","attributes":{"gen_ai.completion":"[{\\"role\\":\\"assistant\\",\\"content\\":\\"Yes.\\"}]"}}]}""")).containsExactly("in user: Is there rye?", "out assistant: Yes.");
    }

    @Test
    void logEvents() {
        assertThat(
                        said(
                                "{\"name\":\"gen_ai.user.message\",\"attributes\":{},\"body\":{\"content\":\"Is there rye?\"}}"))
                .containsExactly("in user: Is there rye?");
        assertThat(said("{\"attributes\":{\"event.name\":\"gen_ai.choice\"},\"body\":{\"index\":0,\"finish_reason\":"
                        + "\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"Yes, three.\"}}}"))
                .containsExactly("out assistant: Yes, three.");
        String beside =
                "{\"name\":\"gen_ai.choice\",\"body\":{\"index\":0,\"message\":%s,\"tool_calls\":[{\"id\":\"c1\",\"type\":"
                        + "\"function\",\"function\":{\"name\":\"stock\",\"arguments\":\"{\\\"bread\\\":\\\"rye\\\"}\"}}]}}";
        assertThat(said(beside.formatted("{\"role\":\"assistant\"}")))
                .containsExactly("out assistant: stock(bread=rye)");
        assertThat(said(beside.formatted("{\"content\":\"I look.\"}")))
                .containsExactly("out assistant: I look.\nstock(bread=rye)");
        assertThat(said("{\"name\":\"gen_ai.client.inference.operation.details\",\"attributes\":"
                        + "{\"gen_ai.system_instructions\":" + SYSTEM + ",\"gen_ai.input.messages\":" + INPUT
                        + ",\"gen_ai.output.messages\":" + OUTPUT + "}}"))
                .isEqualTo(CONVERSATION);
        assertThat(
                        said(
                                "{\"name\":\"x\",\"attributes\":{},\"body\":{\"input\":{\"messages\":[{\"role\":\"user\",\"content\":"
                                        + "{\"content\":\"[{\\\"text\\\":\\\"Is there rye?\\\"}]\"}}]},\"output\":{\"messages\":[{\"role\":"
                                        + "\"assistant\",\"content\":{\"message\":\"Yes, three.\",\"finish_reason\":\"stop\"}}]}}}"))
                .containsExactly("in user: Is there rye?", "out assistant: Yes, three.");
        assertThat(said("{\"name\":\"oven\",\"attributes\":{},\"body\":\"The oven is hot.\"}"))
                .containsExactly("out output: The oven is hot.");
    }

    @Test
    void eventsOfPrograms() {
        assertThat(said("{\"name\":\"claude_code.user_prompt\",\"attributes\":{\"prompt\":\"Is there rye?\"},\"body\":"
                        + "\"claude_code.user_prompt\"}"))
                .containsExactly("in user: Is there rye?");
        assertThat(said("{\"name\":\"codex.tool_result\",\"attributes\":{\"arguments\":\"{\\\"bread\\\":\\\"rye\\\"}\","
                        + "\"output\":\"three\"}}"))
                .containsExactly("in tool: bread=rye", "out tool: three");
        assertThat(said(
                        "{\"name\":\"gemini_cli.api_response\",\"attributes\":{\"response_text\":\"Yes, three.\"},\"body\":"
                                + "\"API response.\"}"))
                .containsExactly("out assistant: Yes, three.");
        assertThat(said("{\"name\":\"gemini_cli.config\",\"attributes\":{},\"body\":\"CLI configuration.\"}"))
                .isEmpty();
    }

    @Test
    void toolsInEachDialect() {
        List<String> call = List.of("in tool: bread=rye", "out tool: loaves=3");
        assertThat(ofAttributes("{\"gen_ai.tool.call.arguments\":\"{\\\"bread\\\":\\\"rye\\\"}\","
                        + "\"gen_ai.tool.call.result\":{\"loaves\":3}}"))
                .isEqualTo(call);
        assertThat(ofAttributes("{\"ai.toolCall.args\":\"{\\\"bread\\\":\\\"rye\\\"}\","
                        + "\"ai.toolCall.result\":\"{\\\"loaves\\\":3}\"}"))
                .isEqualTo(call);
        assertThat(ofAttributes(
                        "{\"traceloop.entity.input\":\"{\\\"args\\\":[],\\\"kwargs\\\":{\\\"bread\\\":\\\"rye\\\"}}\","
                                + "\"traceloop.entity.output\":\"\\\"three\\\"\"}"))
                .containsExactly("in input: bread=rye", "out output: three");
        assertThat(
                        ofAttributes(
                                "{\"input.value\":\"{\\\"bread\\\":\\\"rye\\\"}\",\"output.value\":"
                                        + "\"{\\\"content\\\":[{\\\"type\\\":\\\"text\\\",\\\"text\\\":\\\"three\\\"}],\\\"isError\\\":false}\"}"))
                .containsExactly("in input: bread=rye", "out output: three");
    }

    /** A field may be called as a field of messages is. */
    @Test
    void argumentsLoseNothing() {
        List<String> arguments = List.of(
                "path=a.txt, content=rye",
                "to=cook, message=rye",
                "prompt=a loaf, size=2",
                "messages=[a, b], urgent=true",
                "text=rye, path=a.txt",
                "type=file, path=a.txt",
                "value=3, type=weight");
        for (String expected : arguments) {
            String json = expected.replaceAll("([a-z.]+)=", "\"$1\":")
                    .replaceAll(":([a-z][a-z. ]*)", ":\"$1\"")
                    .replace("\"true\"", "true")
                    .replace("[a, b]", "[\"a\",\"b\"]");
            assertThat(ofAttributes("{\"gen_ai.tool.call.arguments\":{" + json + "}}"))
                    .containsExactly("in tool: " + expected);
            assertThat(ofAttributes("{\"input.value\":" + quoted("{" + json + "}") + "}"))
                    .containsExactly("in input: " + expected);
        }
    }

    /** What was said twice was said twice. */
    @Test
    void messagesThatAreAlike() {
        String yes = "{\"role\":\"user\",\"content\":\"Yes.\"}";
        assertThat(ofAttributes("{\"gen_ai.input.messages\":[" + yes + "," + yes + "]}"))
                .containsExactly("in user: Yes.", "in user: Yes.");
    }

    @Test
    void callsThatStandTwiceAreOne() {
        assertThat(
                        ofAttributes(
                                "{\"gen_ai.output.messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\","
                                        + "\"name\":\"look\",\"input\":{}}],\"tool_calls\":[{\"name\":\"look\",\"args\":{}}]}]}"))
                .containsExactly("out assistant: look()");
    }

    @Test
    void whatLangchainWrites() {
        String message =
                "{\"lc\":1,\"type\":\"constructor\",\"id\":[\"langchain\",\"schema\",\"messages\",\"HumanMessage\"],"
                        + "\"kwargs\":{\"content\":\"Is there rye?\",\"type\":\"human\"}}";
        assertThat(ofAttributes(
                        "{\"input.value\":" + quoted("{\"messages\":[[" + message + "]]}") + ",\"output.value\":"
                                + quoted("{\"generations\":[[{\"text\":\"Yes.\",\"message\":"
                                        + message.replace("HumanMessage", "AIMessage")
                                                .replace("human", "ai")
                                                .replace("Is there rye?", "Yes.")
                                        + "}]],\"llm_output\":{}}")
                                + "}"))
                .containsExactly("in user: Is there rye?", "out assistant: Yes.");
        assertThat(ofAttributes("{\"traceloop.entity.input\":"
                        + quoted("{\"inputs\":{\"messages\":[" + message
                                + "]},\"tags\":[],\"metadata\":{},\"kwargs\":{}}")
                        + ",\"traceloop.entity.output\":"
                        + quoted("{\"outputs\":\"Yes.\",\"kwargs\":{\"tags\":[]}}") + "}"))
                .containsExactly("in user: Is there rye?", "out output: Yes.");
    }

    @Test
    void whatGoogleWrites() {
        assertThat(ofAttributes("{\"gcp.vertex.agent.llm_request\":"
                        + quoted(
                                "{\"model\":\"m\",\"config\":{\"system_instruction\":\"Be short.\"},\"contents\":[{\"role\":"
                                        + "\"user\",\"parts\":[{\"text\":\"Is there rye?\"}]},{\"role\":\"model\",\"parts\":[{\"function_call\":"
                                        + "{\"name\":\"look\",\"args\":{\"bread\":\"rye\",\"shelves\":[1,2]}}}]},{\"role\":\"user\",\"parts\":"
                                        + "[{\"function_response\":{\"name\":\"look\",\"response\":{\"loaves\":3}}}]}]}")
                        + ",\"gcp.vertex.agent.llm_response\":"
                        + quoted(
                                "{\"content\":{\"parts\":[{\"text\":\"Yes, three.\"}],\"role\":\"model\"},\"usage\":1}")
                        + "}"))
                .isEqualTo(CONVERSATION);
    }

    @Test
    void itemsOfResponses() {
        assertThat(ofAttributes("{\"gen_ai.input.messages\":[{\"type\":\"message\",\"role\":\"user\",\"content\":"
                        + "[{\"type\":\"input_text\",\"text\":\"Is there rye?\"},{\"type\":\"input_image\",\"image_url\":\"data:\"}]},"
                        + "{\"type\":\"function_call\",\"name\":\"look\",\"arguments\":\"{}\"},"
                        + "{\"type\":\"function_call_output\",\"output\":\"three\"}]}"))
                .containsExactly("in user: Is there rye?\n[image]", "in user: look()", "in tool: three");
    }

    @Test
    void retrievedDocuments() {
        assertThat(ofAttributes(
                        "{\"input.value\":\"rye\",\"output.value\":\"{}\",\"retrieval.documents.0.document.content\":"
                                + "\"Rye needs time.\",\"retrieval.documents.0.document.score\":0.5,"
                                + "\"retrieval.documents.1.document.content\":\"And warmth.\"}"))
                .containsExactly("in input: rye", "out output: Rye needs time.\nAnd warmth.");
    }

    @Test
    void textsThatWereCut() {
        String cut = quoted(INPUT.substring(0, INPUT.indexOf("there rye") + 5));
        assertThat(ofAttributes("{\"gen_ai.input.messages\":" + cut + "}")).containsExactly("in user: Is there");
        assertThat(ofAttributes(
                        "{\"gen_ai.input.messages\":" + quoted(INPUT.substring(0, INPUT.indexOf("arguments"))) + "}"))
                .containsExactly("in user: Is there rye?", "in assistant: look()");
    }

    @Test
    void textsThatOnlyLookLikeJson() {
        assertThat(ofAttributes("{\"input.value\":\"[draft] bake\",\"output.value\":\"{'loaves': 3}\"}"))
                .containsExactly("in input: [draft] bake", "out output: {'loaves': 3}");
        assertThat(ofAttributes("{\"input.value\":\"[\",\"output.value\":\"}{\"}"))
                .containsExactly("in input: [", "out output: }{");
    }

    @Test
    void hostileInputIsText() {
        assertThat(ofAttributes("{\"input.value\":\"" + "[[".repeat(100_000) + ",".repeat(100_000) + "\"}"))
                .hasSize(1);
        assertThat(ofAttributes("{\"gen_ai.prompt" + ".0".repeat(20_000) + "\":\"deep\"}"))
                .hasSize(1);
    }

    /** Two of them are alike, and each may stand among the instructions. */
    @Test
    void manyMessagesInEachForm() {
        int count = 25_000;
        StringBuilder list = new StringBuilder("[");
        StringBuilder flat = new StringBuilder("{\"x\":0");
        StringBuilder events = new StringBuilder("{\"name\":\"s\",\"attributes\":{},\"events\":[");
        for (int i = 0; i < count; i++) {
            String content = "\"content\":\"m" + i / 2 + "\"";
            String comma = i == 0 ? "" : ",";
            list.append(comma).append("{\"role\":\"user\",").append(content).append("}");
            flat.append(",\"gen_ai.prompt." + i + "." + content.substring(1));
            events.append(comma).append("{\"name\":\"gen_ai.user.message\",\"attributes\":{" + content + "}}");
        }
        String instructions = list.toString().replace("user", "system") + "]";
        assertThat(messages("{\"attributes\":{\"gen_ai.system_instructions\":" + instructions
                        + ",\"gen_ai.input.messages\":" + quoted(list + "]") + "}}"))
                .isEqualTo(2 * count);
        assertThat(messages("{\"attributes\":" + flat + "}}")).isEqualTo(count);
        assertThat(messages(events + "]}")).isEqualTo(count);
    }

    private static int messages(String payload) {
        return messages((ObjectNode) Json.MAPPER.readTree(payload)).size();
    }

    @Test
    void nothingSaid() {
        assertThat(said("{}")).isEmpty();
        assertThat(said("{\"name\":null,\"attributes\":[],\"events\":3}")).isEmpty();
        assertThat(ofAttributes("{\"gen_ai.prompt.name\":\"x\",\"input.value\":\" \",\"output.value\":null}"))
                .isEmpty();
    }
}
