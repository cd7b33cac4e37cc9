// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.dialect.Dialects.Form;
import io.contextgraph.dialect.Dialects.Kind;
import io.contextgraph.dialect.Dialects.Name;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Json;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class DialectsTest {
    private static SpanFacts span(String name, String... pairs) {
        ObjectNode attributes = Json.MAPPER.createObjectNode();
        for (int i = 0; i < pairs.length; i += 2) {
            attributes.put(pairs[i], pairs[i + 1]);
        }
        return new SpanFacts(name, attributes);
    }

    private static String type(String name, String... pairs) {
        SpanFacts span = span(name, pairs);
        return span.type() + (span.ofItsOwnKind() ? "" : ", not of its own");
    }

    private static String tool(String name, String... pairs) {
        SpanFacts span = span(name, pairs);
        return span.type() + " " + span.text(Fact.TOOL).orElse("-");
    }

    private static String agent(String name, String... pairs) {
        SpanFacts span = span(name, pairs);
        return span.type() + " " + span.text(Fact.AGENT).orElse("-");
    }

    /** Each row alone makes of a span what the table says, in any case. */
    @Test
    void everyRowHolds() {
        for (Kind kind : Dialects.KINDS) {
            String value = kind.value().equals(Dialects.ANY_OTHER) ? "something else" : kind.value();
            boolean silent = kind.type().equals(Dialects.NOTHING) || kind.type().equals(Dialects.SPAN);
            String expected = silent ? "system.span, not of its own" : kind.type();
            assertThat(type("s", kind.attribute(), value)).as("%s", kind).isEqualTo(expected);
            assertThat(type("s", kind.attribute(), value.toUpperCase(java.util.Locale.ROOT)))
                    .as("%s", kind)
                    .isEqualTo(expected);
        }
        for (Kind hint : Dialects.HINTS) {
            assertThat(type("s", hint.attribute(), "x")).as("%s", hint).isEqualTo(hint.type());
        }
        for (Form form : Dialects.FORMS) {
            String name =
                    form.form().replaceAll("<mcp__name>", "mcp__oven__heat").replaceAll("<(name|word)>", "x");
            assertThat(type(name)).as("%s", form).isEqualTo(form.type());
        }
    }

    @Test
    void typesAreTypes() {
        Stream<String> types = Stream.concat(
                Stream.concat(Dialects.KINDS.stream(), Dialects.HINTS.stream()).map(Kind::type),
                Stream.concat(Dialects.FORMS.stream(), Dialects.NAMING.stream()).map(Form::type));
        assertThat(types.filter(type -> !type.equals(Dialects.NOTHING)))
                .allSatisfy(type -> assertThat(EventType.parse(type)).as(type).isPresent());
    }

    @Test
    void rowsAreThereOnce() {
        assertThat(Dialects.KINDS).doesNotHaveDuplicates();
        assertThat(Dialects.KINDS.stream().map(kind -> kind.attribute() + "=" + kind.value()))
                .doesNotHaveDuplicates();
        assertThat(Dialects.NAMES).doesNotHaveDuplicates();
        assertThat(Dialects.KINDS).containsAll(Dialects.NAMED_BY_SPAN);
        assertThat(Dialects.NAMES.stream().map(Name::fact).distinct()).containsExactlyInAnyOrder(Fact.values());
    }

    @Test
    void whatAnAttributeSaysGoesBeforeTheNameAndTheNameBeforeWhatIsThere() {
        assertThat(type("execute_tool x", "gen_ai.operation.name", "chat")).isEqualTo("llm.chat");
        assertThat(type("execute_tool x", "gen_ai.request.model", "m")).isEqualTo("tool.execute");
        assertThat(type("s", "gen_ai.request.model", "m", "gen_ai.agent.name", "cook"))
                .isEqualTo("llm.chat");
        assertThat(type("s", "traceloop.span.kind", "task", "gen_ai.agent.name", "cook"))
                .isEqualTo("system.span, not of its own");
    }

    @Test
    void ofTwoDialectsTheOneThatKnowsAKindDecides() {
        assertThat(type("s", "gen_ai.operation.name", "knead", "openinference.span.kind", "TOOL"))
                .isEqualTo("tool.execute");
        assertThat(type("s", "openinference.span.kind", "CHAIN", "traceloop.span.kind", "agent"))
                .isEqualTo("agent.invoke");
        assertThat(type("s", "openinference.span.kind", "UNKNOWN", "llm.model_name", "m"))
                .isEqualTo("llm.chat");
    }

    @Test
    void anUnknownKindIsWorkOfItsOwn() {
        assertThat(type("chat m", "gen_ai.operation.name", "knead", "gen_ai.agent.name", "cook"))
                .isEqualTo("system.span");
        assertThat(type("s", "openinference.span.kind", "DECISION")).isEqualTo("system.span");
        assertThat(type("GET", "http.request.method", "GET")).isEqualTo("system.span, not of its own");
    }

    @Test
    void namesThatOnlyLookAlike() {
        assertThat(type("chat with us now")).isEqualTo("system.span, not of its own");
        assertThat(type("execute_tool")).isEqualTo("system.span, not of its own");
        assertThat(type("tools/list")).isEqualTo("system.span, not of its own");
        assertThat(type("planning")).isEqualTo("system.span, not of its own");
    }

    @Test
    void tools() {
        assertThat(tool("execute_tool weigh flour")).isEqualTo("tool.execute weigh flour");
        assertThat(tool("tools/call weigh", "mcp.method.name", "tools/call")).isEqualTo("tool.execute weigh");
        assertThat(tool("mcp__oven__heat")).isEqualTo("tool.execute mcp__oven__heat");
        assertThat(tool("mcp__oven__heat", "gen_ai.operation.name", "execute_tool"))
                .isEqualTo("tool.execute mcp__oven__heat");
        assertThat(tool("ai.toolCall", "ai.operationId", "ai.toolCall", "ai.toolCall.name", "weigh"))
                .isEqualTo("tool.execute weigh");
        assertThat(tool("x", "traceloop.span.kind", "tool", "traceloop.entity.name", "weigh"))
                .isEqualTo("tool.execute weigh");
        assertThat(tool("weigh.tool", "traceloop.span.kind", "tool")).isEqualTo("tool.execute weigh");
        assertThat(tool("weigh", "openinference.span.kind", "TOOL")).isEqualTo("tool.execute weigh");
        assertThat(tool("weigh", "langfuse.observation.type", "tool")).isEqualTo("tool.execute weigh");
        assertThat(tool("Cookbook", "openinference.span.kind", "RETRIEVER")).isEqualTo("tool.execute -");
        assertThat(tool("s", "gen_ai.operation.name", "execute_tool")).isEqualTo("tool.execute -");
        assertThat(tool("weigh.task", "traceloop.span.kind", "task", "traceloop.entity.name", "weigh"))
                .isEqualTo("system.span -");
    }

    @Test
    void spansOfClaudeCode() {
        assertThat(type("claude_code.interaction", "span.type", "interaction")).isEqualTo("agent.invoke");
        assertThat(type("claude_code.llm_request", "gen_ai.request.model", "m")).isEqualTo("llm.chat");
        assertThat(tool("claude_code.tool", "tool_name", "Bash")).isEqualTo("tool.execute Bash");
        assertThat(agent("claude_code.tool", "agent_id", "a-2")).isEqualTo("tool.execute a-2");
        assertThat(type("claude_code.tool.execution")).isEqualTo("system.span, not of its own");
        assertThat(type("claude_code.hook")).isEqualTo("system.span, not of its own");
        assertThat(tool("other", "tool_name", "Bash")).isEqualTo("system.span -");
    }

    @Test
    void agents() {
        assertThat(agent("invoke_agent Pastry Cook")).isEqualTo("agent.invoke Pastry Cook");
        assertThat(agent("s", "gen_ai.agent.name", "cook", "gen_ai.agent.id", "a-1"))
                .isEqualTo("agent.invoke a-1");
        assertThat(agent("cook.agent", "traceloop.span.kind", "agent")).isEqualTo("agent.invoke cook");
        assertThat(agent("x", "traceloop.span.kind", "agent", "traceloop.entity.name", "cook"))
                .isEqualTo("agent.invoke cook");
        assertThat(agent("x", "traceloop.span.kind", "tool", "traceloop.entity.name", "weigh"))
                .isEqualTo("tool.execute -");
        assertThat(agent("x", "openinference.span.kind", "AGENT", "graph.node.id", "cook"))
                .isEqualTo("agent.invoke cook");
        assertThat(agent("cook", "langfuse.observation.type", "agent")).isEqualTo("agent.invoke cook");
        assertThat(agent("x", "ai.operationId", "ai.generateText", "ai.telemetry.functionId", "cook"))
                .isEqualTo("llm.chat cook");
    }

    @Test
    void theModelMayStandInTheName() {
        assertThat(span("chat tiny-1").text(Fact.MODEL)).contains("tiny-1");
        assertThat(span("chat tiny-1", "gen_ai.response.model", "tiny-1b").text(Fact.MODEL))
                .contains("tiny-1b");
    }

    @Test
    void usageInsideOfJsonText() {
        SpanFacts span = span("s", "langfuse.observation.usage_details", "{\"input\":412,\"output\":27,\"total\":439}");
        assertThat(span.number(Fact.INPUT_TOKENS).map(JsonNode::intValue)).contains(412);
        assertThat(span.number(Fact.OUTPUT_TOKENS).map(JsonNode::intValue)).contains(27);
        assertThat(span("s", "langfuse.observation.usage_details", "many").number(Fact.INPUT_TOKENS))
                .isEmpty();
    }

    @Test
    void failures() {
        assertThat(span("s", "langfuse.observation.level", "ERROR").reportsFailure())
                .isTrue();
        assertThat(span("s", "langfuse.observation.level", "WARNING").reportsFailure())
                .isFalse();
        assertThat(span("s", "gen_ai.tool.status", "Error").reportsFailure()).isTrue();
    }
}
