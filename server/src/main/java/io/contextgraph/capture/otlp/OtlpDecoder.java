// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.Whom;
import io.contextgraph.dialect.Fact;
import io.contextgraph.dialect.LogFact;
import io.contextgraph.dialect.LogFacts;
import io.contextgraph.dialect.SpanFacts;
import io.contextgraph.event.Json;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one span or one log record of OTLP/JSON. Forms that differ between exporters become one, see
 * {@link OtlpValues}. Nothing else changes, nothing is left out.
 *
 * <p><b>Source.</b> opentelemetry-proto, trace/v1 and logs/v1.
 */
final class OtlpDecoder {
    private static final List<String> KINDS = List.of(
            "SPAN_KIND_UNSPECIFIED",
            "SPAN_KIND_INTERNAL",
            "SPAN_KIND_SERVER",
            "SPAN_KIND_CLIENT",
            "SPAN_KIND_PRODUCER",
            "SPAN_KIND_CONSUMER");
    private static final List<String> CODES = List.of("STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR");

    /** Fields that are read by name; every other field of a span goes into the payload as it is. */
    private static final Set<String> KNOWN = Set.of(
            "traceId",
            "spanId",
            "parentSpanId",
            "name",
            "kind",
            "startTimeUnixNano",
            "endTimeUnixNano",
            "attributes",
            "events",
            "links",
            "status");

    private static final List<String> SEVERITIES = Stream.concat(
                    Stream.of("SEVERITY_NUMBER_UNSPECIFIED"),
                    Stream.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
                            .flatMap(level -> Stream.of("", "2", "3", "4").map(n -> "SEVERITY_NUMBER_" + level + n)))
            .toList();

    /** The same of a log record. */
    private static final Set<String> KNOWN_OF_LOGS = Set.of(
            "traceId",
            "spanId",
            "timeUnixNano",
            "observedTimeUnixNano",
            "eventName",
            "severityNumber",
            "severityText",
            "body",
            "attributes");

    private OtlpDecoder() {}

    /**
     * Reads a span.
     *
     * @param context {@code resource}, {@code scope} and schema addresses, the same for all spans of a scope
     * @param whom spans are about
     * @throws IllegalArgumentException when ids or times cannot be read; the message says which
     */
    static OtlpSpan span(JsonNode json, ObjectNode context, Whom whom, String place) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("a span must be an object");
        }
        String traceId = OtlpValues.required("a span", "traceId", OtlpValues.traceId(json));
        String spanId = OtlpValues.required("a span", "spanId", OtlpValues.spanId(json, "spanId"));
        BigInteger start =
                OtlpValues.required("a span", "startTimeUnixNano", OtlpValues.nanos(json, "startTimeUnixNano"));
        Optional<BigInteger> end = OtlpValues.nanos(json, "endTimeUnixNano");
        ObjectNode attributes = OtlpValues.attributes(json.path("attributes"));
        SpanFacts facts = new SpanFacts(json.path("name").asString(""), attributes);

        ObjectNode payload = Json.MAPPER.createObjectNode();
        payload.set("name", json.path("name").isMissingNode() ? Json.MAPPER.nullNode() : json.path("name"));
        if (json.has("kind")) {
            payload.set("kind", OtlpValues.enumName(json.path("kind"), KINDS, "SPAN_KIND_"));
        }
        if (json.path("status") instanceof ObjectNode status && !status.isEmpty()) {
            ObjectNode normal = status.deepCopy();
            if (status.has("code")) {
                normal.set("code", OtlpValues.enumName(status.path("code"), CODES, "STATUS_CODE_"));
            }
            payload.set("status", normal);
        }
        payload.put("start_unix_nano", start.toString());
        end.ifPresent(nanos -> payload.put("end_unix_nano", nanos.toString()));
        usage(facts).ifPresent(usage -> payload.set("usage", usage));
        payload.set("attributes", attributes);
        withAttributes(json.path("events")).ifPresent(events -> payload.set("events", events));
        withAttributes(json.path("links")).ifPresent(links -> payload.set("links", links));
        json.forEachEntry((name, value) -> {
            if (!KNOWN.contains(name)) {
                payload.set(isTaken(name, payload, context) ? name + "#2" : name, value);
            }
        });
        payload.setAll(context);
        return new OtlpSpan(
                place,
                traceId,
                spanId,
                OtlpValues.spanId(json, "parentSpanId"),
                start,
                end,
                attributes,
                facts,
                about(attributes, context, whom),
                payload);
    }

    /**
     * Reads a log record.
     *
     * @param context as for spans
     * @throws IllegalArgumentException when ids or times cannot be read; the message says which
     */
    static OtlpLog log(JsonNode json, ObjectNode context, Whom whom, String place) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("a log record must be an object");
        }
        Optional<String> traceId = OtlpValues.traceId(json);
        Optional<String> spanId = OtlpValues.spanId(json, "spanId");
        Optional<BigInteger> time = OtlpValues.nanos(json, "timeUnixNano");
        Optional<BigInteger> observed = OtlpValues.nanos(json, "observedTimeUnixNano");
        BigInteger start =
                OtlpValues.required("a log record", "timeUnixNano or an observedTimeUnixNano", time.or(() -> observed));
        ObjectNode attributes = OtlpValues.attributes(json.path("attributes"));

        ObjectNode payload = Json.MAPPER.createObjectNode();
        String event = OtlpLog.name(json);
        payload.put("name", event);
        traceId.ifPresent(id -> payload.put("trace_id", id));
        spanId.ifPresent(id -> payload.put("span_id", id));
        if (json.has("severityNumber")) {
            payload.set("severity", OtlpValues.enumName(json.path("severityNumber"), SEVERITIES, "SEVERITY_NUMBER_"));
        }
        if (json.has("severityText")) {
            payload.set("severity_text", json.path("severityText"));
        }
        time.ifPresent(nanos -> payload.put("time_unix_nano", nanos.toString()));
        observed.ifPresent(nanos -> payload.put("observed_unix_nano", nanos.toString()));
        if (json.hasNonNull("body")) {
            payload.set("body", OtlpValues.value(json.path("body")));
        }
        payload.set("attributes", attributes);
        json.forEachEntry((name, value) -> {
            if (!KNOWN_OF_LOGS.contains(name) && !(name.equals("name") && value.equals(payload.path("name")))) {
                payload.set(isTaken(name, payload, context) ? name + "#2" : name, value);
            }
        });
        About about = about(attributes, context, whom);
        String digest = OtlpDigest.log(payload, about.digest());
        LogFacts said = new LogFacts(event, attributes);
        usage(said).ifPresent(usage -> payload.set("usage", usage));
        said.text(LogFact.MODEL).ifPresent(model -> payload.put("model", model));
        payload.setAll(context);
        return new OtlpLog(
                place, traceId, spanId, start, new SpanFacts("", attributes), said, about, digest, 1, payload);
    }

    private static Optional<ObjectNode> usage(LogFacts said) {
        ObjectNode usage = Json.MAPPER.createObjectNode();
        said.number(LogFact.INPUT_TOKENS).ifPresent(tokens -> usage.put("input_tokens", tokens));
        said.number(LogFact.OUTPUT_TOKENS).ifPresent(tokens -> usage.put("output_tokens", tokens));
        return usage.isEmpty() ? Optional.empty() : Optional.of(usage);
    }

    /** Its own attributes say it, else those of its resource. */
    private static About about(ObjectNode attributes, ObjectNode context, Whom whom) {
        return whom.of(attributes, context.path("resource").path("attributes"));
    }

    /** Whether a payload keeps the name for something else. */
    private static boolean isTaken(String name, ObjectNode payload, ObjectNode context) {
        return payload.has(name) || context.has(name) || OtlpDigest.isDerived(name);
    }

    /** Events or links, with their attributes as plain objects; empty when there are none. */
    private static Optional<ArrayNode> withAttributes(JsonNode list) {
        if (!list.isArray() || list.isEmpty()) {
            return Optional.empty();
        }
        ArrayNode plain = Json.MAPPER.createArrayNode();
        for (JsonNode item : list) {
            if (item instanceof ObjectNode object) {
                plain.add(OtlpValues.plainAttributes(object));
            } else {
                plain.add(item);
            }
        }
        return Optional.of(plain);
    }

    /** Tokens under one pair of names, whatever the convention of the exporter; empty when it counted none. */
    private static Optional<ObjectNode> usage(SpanFacts facts) {
        ObjectNode usage = Json.MAPPER.createObjectNode();
        facts.number(Fact.INPUT_TOKENS).ifPresent(tokens -> usage.set("input_tokens", tokens));
        facts.number(Fact.OUTPUT_TOKENS).ifPresent(tokens -> usage.set("output_tokens", tokens));
        return usage.isEmpty() ? Optional.empty() : Optional.of(usage);
    }
}
