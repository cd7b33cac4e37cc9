// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.Mark;
import io.contextgraph.event.Json;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Traces as Jaeger gives them back: spans with microseconds, typed tags, and references to other spans.
 *
 * <p><b>Shape.</b> The parent is the first span of the same trace that it is a child of; other references are links. Kind
 * and status are read from the tags that Jaeger writes for them, which stay among the attributes.
 *
 * <p><b>Source.</b> jaeger-idl, the JSON of its query service; OpenTelemetry specification, OpenTelemetry to Jaeger
 * transformation.
 */
final class JaegerForm implements SpanForm {
    private static final BigInteger NANOS_PER_MICRO = BigInteger.valueOf(1000);
    private static final int TRACE_DIGITS = 32;
    private static final int SPAN_DIGITS = 16;
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]+");

    /** Fields that are read by name; every other one is kept as it is. */
    private static final Set<String> KNOWN = Set.of(
            "traceID",
            "spanID",
            "parentSpanID",
            "operationName",
            "references",
            "startTime",
            "duration",
            "tags",
            "logs",
            "processID",
            "process");

    @Override
    public Optional<Mark.Lossy> lossy() {
        return Optional.of(Mark.Lossy.JAEGER);
    }

    @Override
    public void walk(JsonNode json, OtlpFound into) {
        into.request();
        if (json.isArray()) {
            for (int i = 0; i < json.size(); i++) {
                answer(json.get(i), "/" + i, into);
            }
        } else {
            answer(json, "", into);
        }
    }

    /** What the query service answers, or one of its traces alone. */
    private static void answer(JsonNode answer, String pointer, OtlpFound into) {
        if (!answer.has("data")) {
            trace(answer, pointer, into);
            return;
        }
        JsonNode data = answer.path("data");
        if (!data.isArray()) {
            into.refuse(pointer + "/data", new IllegalArgumentException("\"data\" must be an array of traces"));
        }
        for (int i = 0; i < data.size(); i++) {
            trace(data.get(i), pointer + "/data/" + i, into);
        }
        into.skip(
                "errors that Jaeger tells of its answer", answer.path("errors").size());
    }

    private static void trace(JsonNode trace, String pointer, OtlpFound into) {
        JsonNode spans = trace.path("spans");
        if (!spans.isArray()) {
            into.refuse(pointer, new IllegalArgumentException("a trace must have an array \"spans\""));
            return;
        }
        for (int i = 0; i < spans.size(); i++) {
            String at = pointer + "/spans/" + i;
            try {
                JsonNode span = spans.get(i);
                into.span(span(span), context(span, trace), at);
            } catch (IllegalArgumentException wrong) {
                into.refuse(at, wrong);
            }
        }
    }

    private static ObjectNode context(JsonNode span, JsonNode trace) {
        ObjectNode context = Json.MAPPER.createObjectNode();
        JsonNode process = span.path("process").isObject()
                ? span.path("process")
                : trace.path("processes").path(span.path("processID").asString(""));
        ArrayNode tags = Json.MAPPER.createArrayNode();
        if (process.has("serviceName")) {
            tags.add(pair("service.name", process.path("serviceName")));
        }
        tags.addAll(tags(process.path("tags")));
        if (!tags.isEmpty()) {
            context.set("resource", attributes(tags));
        }
        if (trace.path("warnings").isArray() && !trace.path("warnings").isEmpty()) {
            context.putObject(OtlpDigest.AROUND).set("warnings", trace.path("warnings"));
        }
        return context;
    }

    private static ObjectNode attributes(ArrayNode pairs) {
        return Json.MAPPER.createObjectNode().set("attributes", OtlpValues.attributes(pairs));
    }

    private static ObjectNode span(JsonNode span) {
        if (!span.isObject()) {
            throw new IllegalArgumentException("a span must be an object");
        }
        ObjectNode record = Json.MAPPER.createObjectNode();
        JsonNode traceId = padded(span.path("traceID"), TRACE_DIGITS);
        record.set("traceId", traceId);
        record.set("spanId", padded(span.path("spanID"), SPAN_DIGITS));
        record.set("name", span.path("operationName"));
        times(span, record);
        ArrayNode tags = tags(span.path("tags"));
        record.set("attributes", tags);
        said(tags, record);
        references(span, traceId, record);
        events(span.path("logs"), record);
        span.forEachEntry((name, value) -> {
            if (!KNOWN.contains(name) && !value.isNull()) {
                record.set(name, value);
            }
        });
        return record;
    }

    private static void times(JsonNode span, ObjectNode record) {
        BigInteger start = OtlpValues.required("a span", "startTime", micros(span, "startTime"));
        record.put("startTimeUnixNano", start);
        if (span.hasNonNull("duration")) {
            BigInteger duration = OtlpValues.time(span, "duration", NANOS_PER_MICRO, "microseconds")
                    .orElse(BigInteger.ZERO);
            record.put("endTimeUnixNano", start.add(duration));
        }
    }

    private static Optional<BigInteger> micros(JsonNode json, String field) {
        return OtlpValues.time(json, field, NANOS_PER_MICRO, "microseconds since 1970");
    }

    /** Jaeger may leave out the zeros that an id begins with. */
    private static JsonNode padded(JsonNode id, int digits) {
        String text = id.stringValue("");
        boolean isShort = text.length() < digits && HEX.matcher(text).matches();
        return isShort ? Json.MAPPER.getNodeFactory().stringNode("0".repeat(digits - text.length()) + text) : id;
    }

    /** Tags as pairs of OTLP, with values of the types that they are said to have. */
    private static ArrayNode tags(JsonNode tags) {
        ArrayNode pairs = Json.MAPPER.createArrayNode();
        for (JsonNode tag : tags) {
            pairs.add(pair(tag.path("key").asString(""), value(tag)));
        }
        return pairs;
    }

    private static ObjectNode pair(String key, JsonNode value) {
        return Json.MAPPER.createObjectNode().put("key", key).set("value", value);
    }

    private static JsonNode value(JsonNode tag) {
        JsonNode value = tag.path("value");
        String kind = switch (tag.path("type").asString("")) {
            case "int64" -> "intValue";
            case "float64" -> "doubleValue";
            default -> "stringValue";
        };
        return value.isMissingNode()
                ? Json.MAPPER.nullNode()
                : OtlpValues.value(Json.MAPPER.createObjectNode().set(kind, value));
    }

    /** What tags say that is no attribute in OTLP. */
    private static void said(ArrayNode tags, ObjectNode record) {
        tag(tags, "span.kind").ifPresent(kind -> record.put("kind", kind.toUpperCase(Locale.ROOT)));
        Optional<String> error = tag(tags, "error").filter("true"::equals).map(ignored -> "ERROR");
        ObjectNode status = Json.MAPPER.createObjectNode();
        tag(tags, "otel.status_code")
                .map(code -> code.toUpperCase(Locale.ROOT))
                .or(() -> error)
                .ifPresent(code -> status.put("code", code));
        tag(tags, "otel.status_description").ifPresent(text -> status.put("message", text));
        if (!status.isEmpty()) {
            record.set("status", status);
        }
    }

    private static Optional<String> tag(ArrayNode tags, String key) {
        return tags.valueStream()
                .filter(tag -> tag.path("key").asString("").equals(key))
                .map(tag -> tag.path("value").asString(""))
                .findFirst();
    }

    private static void references(JsonNode span, JsonNode traceId, ObjectNode record) {
        ArrayNode links = Json.MAPPER.createArrayNode();
        if (span.hasNonNull("parentSpanID")) {
            record.set("parentSpanId", padded(span.path("parentSpanID"), SPAN_DIGITS));
        }
        for (JsonNode reference : span.path("references")) {
            JsonNode trace = padded(reference.path("traceID"), TRACE_DIGITS);
            JsonNode id = padded(reference.path("spanID"), SPAN_DIGITS);
            String kind = reference.path("refType").asString("");
            if (kind.equals("CHILD_OF") && trace.equals(traceId) && !record.has("parentSpanId")) {
                record.set("parentSpanId", id);
            } else if (!id.equals(record.path("parentSpanId"))) {
                ObjectNode link = links.addObject();
                link.set("traceId", trace);
                link.set("spanId", id);
                link.putObject("attributes").put("refType", kind);
            }
        }
        if (!links.isEmpty()) {
            record.set("links", links);
        }
    }

    private static void events(JsonNode logs, ObjectNode record) {
        ArrayNode events = Json.MAPPER.createArrayNode();
        for (JsonNode log : logs) {
            ObjectNode event = events.addObject();
            ArrayNode fields = tags(log.path("fields"));
            Optional<String> name = Stream.of("event", "message")
                    .flatMap(key -> tag(fields, key).stream())
                    .findFirst();
            micros(log, "timestamp").ifPresent(nanos -> event.put("timeUnixNano", nanos));
            name.ifPresent(text -> event.put("name", text));
            event.set("attributes", fields);
        }
        if (!events.isEmpty()) {
            record.set("events", events);
        }
    }
}
