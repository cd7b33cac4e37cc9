// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.EventStatus;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One span, read: what the rules of {@link OtlpReader} look at, and everything it says as {@code payload}.
 *
 * @param place where it stands in the file
 * @param traceId 32 digits
 * @param spanId 16 digits
 * @param parentId 16 digits, if it has a parent
 * @param startNanos since 1970
 * @param endNanos since 1970, if it has ended
 * @param attributes its own attributes as plain JSON
 * @param serviceName of its resource
 * @param payload name, kind, status, attributes, events, links, resource, scope, unknown fields
 */
record OtlpSpan(
        String place,
        String traceId,
        String spanId,
        Optional<String> parentId,
        BigInteger startNanos,
        Optional<BigInteger> endNanos,
        ObjectNode attributes,
        Optional<String> serviceName,
        ObjectNode payload) {

    private static final BigInteger NANOS_PER_MILLI = BigInteger.valueOf(1_000_000);
    private static final Pattern TIMEOUT = Pattern.compile("time[ _-]?out|timed[ _-]?out|deadline");

    private static final Map<String, String> TYPE_OF_OPERATION = Map.of(
            "invoke_agent", "agent.invoke",
            "create_agent", "agent.create",
            "execute_tool", "tool.execute",
            "chat", "llm.chat",
            "text_completion", "llm.completion",
            "generate_content", "llm.generate",
            "embeddings", "llm.embed",
            "call_llm", "llm.chat");

    /** Kinds of OpenInference; a kind that is not here is work of its own and becomes {@code system.span}. */
    private static final Map<String, String> TYPE_OF_KIND = Map.of(
            "AGENT", "agent.invoke",
            "TOOL", "tool.execute",
            "LLM", "llm.chat",
            "EMBEDDING", "llm.embed",
            "RETRIEVER", "tool.execute");

    private static final List<String> FRAMEWORK_KINDS = List.of("CHAIN", "UNKNOWN");

    /** The trace id and the span id: unique. */
    String key() {
        return traceId + ":" + spanId;
    }

    /** The event type; empty for spans that are no agent, model or tool work. */
    Optional<String> type() {
        Optional<String> operation = attribute("gen_ai.operation.name");
        if (operation.isPresent()) {
            return operation.map(name -> TYPE_OF_OPERATION.getOrDefault(name, "system.span"));
        }
        Optional<String> kind = attribute("openinference.span.kind").map(k -> k.toUpperCase(Locale.ROOT));
        if (kind.isPresent()) {
            return kind.filter(k -> !FRAMEWORK_KINDS.contains(k)).map(k -> TYPE_OF_KIND.getOrDefault(k, "system.span"));
        }
        return first("gen_ai.request.model", "llm.model_name").map(model -> "llm.chat");
    }

    Optional<String> session() {
        return first("gen_ai.conversation.id", "session.id", "gcp.vertex.agent.session_id");
    }

    Optional<String> agent() {
        return first("gen_ai.agent.id", "gen_ai.agent.name");
    }

    Optional<String> tool() {
        return first("gen_ai.tool.name", "tool.name");
    }

    /** The first rule that matches; an exception event alone is no failure, and neither is a child's. */
    EventStatus status() {
        String code = payload.path("status").path("code").asString("");
        String message = payload.path("status").path("message").asString("");
        Optional<String> error = attribute("error.type");
        if (TIMEOUT.matcher((error.orElse("") + " " + message).toLowerCase(Locale.ROOT))
                .find()) {
            return EventStatus.TIMEOUT;
        }
        if (code.equals("STATUS_CODE_ERROR")
                || error.isPresent()
                || attribute("gen_ai.tool.status")
                        .filter("error"::equalsIgnoreCase)
                        .isPresent()) {
            return EventStatus.FAILED;
        }
        return endNanos.isEmpty() ? EventStatus.RUNNING : EventStatus.COMPLETED;
    }

    Instant start() {
        return instant(startNanos);
    }

    Optional<Instant> end() {
        return endNanos.map(OtlpSpan::instant);
    }

    private static Instant instant(BigInteger nanos) {
        return Instant.ofEpochMilli(nanos.divide(NANOS_PER_MILLI).longValueExact());
    }

    /** The first of {@code names} that has a value. */
    Optional<String> first(String... names) {
        for (String name : names) {
            Optional<String> value = attribute(name);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    /** A scalar attribute that is not empty. */
    Optional<String> attribute(String name) {
        JsonNode value = attributes.path(name);
        return value.isValueNode() && !value.isNull()
                ? Optional.of(value.asString()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }
}
