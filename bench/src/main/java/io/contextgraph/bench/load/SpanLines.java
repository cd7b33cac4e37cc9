// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Json;
import java.util.stream.LongStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Spans of an agent as OTLP/JSON, as a collector writes them: a request a line, a trace by the end of its spans. An
 * agent's span is above chats and calls of tools in turn; {@value Workload#SESSION_LENGTH} spans are a conversation.
 */
public final class SpanLines {
    static final int PER_REQUEST = 20;
    private static final int PER_TRACE = Workload.TRACE_LENGTH;
    private static final int DIGITS = 16;

    private SpanLines() {}

    /** A request with the spans {@code first} to {@code first + PER_REQUEST}. */
    static String request(long first) {
        return request(first, PER_REQUEST).toString();
    }

    /** The same with so many, whether or not they end with a trace. */
    static ObjectNode request(long first, int count) {
        ObjectNode request = Json.MAPPER.createObjectNode();
        ObjectNode resource = request.putArray("resourceSpans").addObject();
        ArrayNode process = resource.putObject("resource").putArray("attributes");
        put(process, "service.name", "shop-assistant");
        put(process, "service.version", "4.2.1");
        put(process, "telemetry.sdk.language", "python");
        ObjectNode scope = resource.putArray("scopeSpans").addObject();
        scope.putObject("scope").put("name", "shop.agents").put("version", "1.4.0");
        ArrayNode spans = scope.putArray("spans");
        LongStream.range(first, first + count).forEach(number -> {
            // Last of its trace, as an exporter sends spans when they end.
            long root = number / PER_TRACE * PER_TRACE;
            if (number == root + PER_TRACE - 1) {
                root(spans, root);
            } else {
                child(spans, root, number + 1);
            }
        });
        return request;
    }

    private static void root(ArrayNode spans, long number) {
        String agent = Workload.agentOf(number);
        ArrayNode attributes = span(spans, number, number, number + PER_TRACE, "invoke_agent " + agent);
        put(attributes, "gen_ai.operation.name", "invoke_agent");
        put(attributes, "gen_ai.agent.name", agent);
        put(attributes, "gen_ai.agent.description", Prose.text(number, 150));
        put(attributes, "gen_ai.input.messages", messages("user", number, 200));
    }

    private static void child(ArrayNode spans, long root, long number) {
        boolean chat = (number - root) % 2 == 1;
        String tool = Workload.event(number | 1).toolName().orElseThrow();
        ArrayNode attributes =
                span(spans, root, number, number + 1, chat ? "chat small-chat-1" : "execute_tool " + tool);
        if (chat) {
            put(attributes, "gen_ai.operation.name", "chat");
            put(attributes, "gen_ai.provider.name", "example");
            put(attributes, "gen_ai.request.model", "small-chat-1");
            put(attributes, "gen_ai.usage.input_tokens", 1000 + number % 1000);
            put(attributes, "gen_ai.usage.output_tokens", number % 500);
            put(attributes, "gen_ai.input.messages", messages("user", number, 150));
            put(attributes, "gen_ai.output.messages", messages("assistant", ~number, 80));
        } else {
            put(attributes, "gen_ai.operation.name", "execute_tool");
            put(attributes, "gen_ai.tool.name", tool);
            put(attributes, "gen_ai.tool.call.id", "call_" + number);
            put(attributes, "gen_ai.tool.call.arguments", arguments(number));
            put(attributes, "gen_ai.tool.call.result", Prose.text(number, 300));
        }
    }

    private static ArrayNode span(ArrayNode spans, long root, long number, long end, String name) {
        ObjectNode span = spans.addObject();
        span.put("traceId", hex(root, 2 * DIGITS)).put("spanId", hex(number, DIGITS));
        if (number != root) {
            span.put("parentSpanId", hex(root, DIGITS));
        }
        span.put("name", name).put("kind", number == root ? 1 : 3);
        span.put("startTimeUnixNano", nanos(number)).put("endTimeUnixNano", nanos(end));
        ArrayNode attributes = span.putArray("attributes");
        put(attributes, "gen_ai.conversation.id", Workload.sessionOf(number).value());
        span.putObject("status");
        return attributes;
    }

    private static String hex(long number, int digits) {
        return Workload.event(number).id().toString().replace("-", "").substring(0, digits);
    }

    private static String nanos(long number) {
        return Workload.at(number).toEpochMilli() + "000000";
    }

    private static String messages(String role, long number, int chars) {
        ArrayNode messages = Json.MAPPER.createArrayNode();
        ObjectNode message = messages.addObject().put("role", role);
        message.putArray("parts").addObject().put("type", "text").put("content", Prose.text(number, chars));
        return messages.toString();
    }

    /** What a model passes to a tool: JSON as text. */
    static String arguments(long number) {
        return Json.MAPPER
                .createObjectNode()
                .put("order", "W" + number)
                .put("reason", Prose.text(number, 30))
                .toString();
    }

    private static void put(ArrayNode attributes, String key, String value) {
        attributes.addObject().put("key", key).putObject("value").put("stringValue", value);
    }

    private static void put(ArrayNode attributes, String key, long value) {
        attributes.addObject().put("key", key).putObject("value").put("intValue", Long.toString(value));
    }
}
