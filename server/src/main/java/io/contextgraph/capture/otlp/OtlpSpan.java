// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.About;
import io.contextgraph.dialect.Fact;
import io.contextgraph.dialect.LogEvents;
import io.contextgraph.dialect.SpanFacts;
import io.contextgraph.event.EventStatus;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
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
 * @param facts what name and attributes say in the dialect of the exporter
 * @param about whom it is about
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
        SpanFacts facts,
        About about,
        ObjectNode payload)
        implements OtlpRecord {

    @Override
    public String key() {
        return traceId + ":" + spanId;
    }

    /** The event type; {@code system.span} when it is no agent, model or tool work. */
    String type() {
        return facts.type();
    }

    /** Whether a dialect says that it is work of its own, even if of an unknown kind. */
    boolean ofItsOwnKind() {
        return facts.ofItsOwnKind();
    }

    /** Whether messages stand in it, or what a tool was given or gave back. */
    boolean speaks() {
        return facts.has(
                        Fact.INSTRUCTIONS,
                        Fact.INPUT_MESSAGES,
                        Fact.OUTPUT_MESSAGES,
                        Fact.ARGUMENTS,
                        Fact.RESULT,
                        Fact.INPUT,
                        Fact.OUTPUT)
                || payload.path("events")
                        .valueStream()
                        .anyMatch(event -> event.path("name").asString("").startsWith(LogEvents.PREFIX));
    }

    Optional<String> tool() {
        return facts.text(Fact.TOOL);
    }

    Optional<String> provider() {
        return facts.text(Fact.PROVIDER);
    }

    Optional<String> model() {
        return facts.text(Fact.MODEL);
    }

    /** The first rule that matches; an exception event alone is no failure, and neither is a child's. */
    EventStatus status() {
        String code = payload.path("status").path("code").asString("");
        String message = payload.path("status").path("message").asString("");
        Optional<String> error = attribute("error.type");
        String reported =
                facts.reportsFailure() ? facts.text(Fact.FAILURE_MESSAGE).orElse("") : "";
        if (OtlpRecord.isTimeout(error.orElse("") + " " + message + " " + reported)) {
            return EventStatus.TIMEOUT;
        }
        if (code.equals("STATUS_CODE_ERROR") || error.isPresent() || facts.reportsFailure()) {
            return EventStatus.FAILED;
        }
        return endNanos.isEmpty() ? EventStatus.RUNNING : EventStatus.COMPLETED;
    }

    Optional<Instant> end() {
        return endNanos.map(OtlpRecord::instant);
    }

    /** A scalar attribute that is not empty. */
    Optional<String> attribute(String name) {
        JsonNode value = attributes.path(name);
        return value.isValueNode() && !value.isNull()
                ? Optional.of(value.asString()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }
}
