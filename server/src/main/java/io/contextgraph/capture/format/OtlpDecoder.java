// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one span of OTLP/JSON. Forms that differ between exporters become one: ids hexadecimal, enums by their
 * protobuf names, 64-bit times as text, attributes as a plain JSON object. Nothing else changes, nothing is left out.
 *
 * <p><b>Source.</b> opentelemetry-proto, trace/v1; JSON mapping of protocol buffers.
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

    /** The last nanosecond whose millisecond can be written as an RFC 3339 time. */
    private static final BigInteger LAST_NANO = new BigInteger("253402300799999999999");

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

    private OtlpDecoder() {}

    /**
     * Reads a span.
     *
     * @param context {@code resource}, {@code scope} and schema addresses, the same for all spans of a scope
     * @throws IllegalArgumentException when ids or times cannot be read; the message says which
     */
    static OtlpSpan span(JsonNode json, ObjectNode context, String place) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("a span must be an object");
        }
        String traceId = required("traceId", id("traceId", OtlpIds::trace, json));
        String spanId = required("spanId", id("spanId", OtlpIds::span, json));
        BigInteger start = required("startTimeUnixNano", nanos(json, "startTimeUnixNano"));
        Optional<BigInteger> end = nanos(json, "endTimeUnixNano");
        ObjectNode attributes = attributes(json.path("attributes"));

        ObjectNode payload = Json.MAPPER.createObjectNode();
        payload.set("name", json.path("name").isMissingNode() ? Json.MAPPER.nullNode() : json.path("name"));
        if (json.has("kind")) {
            payload.set("kind", enumName(json.path("kind"), KINDS, "SPAN_KIND_"));
        }
        if (json.path("status") instanceof ObjectNode status && !status.isEmpty()) {
            ObjectNode normal = status.deepCopy();
            if (status.has("code")) {
                normal.set("code", enumName(status.path("code"), CODES, "STATUS_CODE_"));
            }
            payload.set("status", normal);
        }
        payload.put("start_unix_nano", start.toString());
        end.ifPresent(nanos -> payload.put("end_unix_nano", nanos.toString()));
        usage(attributes).ifPresent(usage -> payload.set("usage", usage));
        payload.set("attributes", attributes);
        withAttributes(json.path("events")).ifPresent(events -> payload.set("events", events));
        withAttributes(json.path("links")).ifPresent(links -> payload.set("links", links));
        json.forEachEntry((name, value) -> {
            if (!KNOWN.contains(name)) {
                payload.set(name, value);
            }
        });
        payload.setAll(context);
        return new OtlpSpan(
                place,
                traceId,
                spanId,
                id("parentSpanId", OtlpIds::span, json),
                start,
                end,
                attributes,
                Optional.ofNullable(context.path("resource")
                                .path("attributes")
                                .path("service.name")
                                .stringValue(null))
                        .filter(name -> !name.isEmpty()),
                payload);
    }

    private static <T> T required(String field, Optional<T> value) {
        return value.orElseThrow(() -> new IllegalArgumentException("a span must have a " + field));
    }

    private interface IdForm {
        Optional<String> read(JsonNode node);
    }

    private static Optional<String> id(String field, IdForm form, JsonNode span) {
        try {
            return form.read(span.path(field));
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(field + " " + invalid.getMessage(), invalid);
        }
    }

    /** 0, null and absent mean that there is none. */
    private static Optional<BigInteger> nanos(JsonNode span, String field) {
        JsonNode node = span.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        BigInteger nanos;
        try {
            nanos = new BigDecimal(node.asString("")).toBigIntegerExact();
        } catch (ArithmeticException | NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    field + " must be nanoseconds since 1970: " + Texts.shown(node.toString()), notANumber);
        }
        if (nanos.signum() < 0 || nanos.compareTo(LAST_NANO) > 0) {
            throw new IllegalArgumentException(field + " must be from 0 to " + LAST_NANO + ": " + nanos);
        }
        return Optional.of(nanos).filter(value -> value.signum() > 0);
    }

    private static JsonNode enumName(JsonNode value, List<String> names, String prefix) {
        if (value.canConvertToInt() && value.intValue() >= 0 && value.intValue() < names.size()) {
            return Json.MAPPER.getNodeFactory().stringNode(names.get(value.intValue()));
        }
        String long1 = prefix + value.asString("");
        return names.contains(long1) ? Json.MAPPER.getNodeFactory().stringNode(long1) : value;
    }

    /** Events or links, with their attributes as plain objects; empty when there are none. */
    private static Optional<ArrayNode> withAttributes(JsonNode list) {
        if (!list.isArray() || list.isEmpty()) {
            return Optional.empty();
        }
        ArrayNode plain = Json.MAPPER.createArrayNode();
        for (JsonNode item : list) {
            if (item instanceof ObjectNode object) {
                plain.add(plainAttributes(object));
            } else {
                plain.add(item);
            }
        }
        return Optional.of(plain);
    }

    /** A copy of {@code object} whose {@code attributes} are a plain object. */
    static ObjectNode plainAttributes(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        if (copy.has("attributes")) {
            copy.set("attributes", attributes(copy.path("attributes")));
        }
        JsonNode time = copy.path("timeUnixNano");
        if (time.isNumber()) {
            copy.put("timeUnixNano", time.asString());
        }
        return copy;
    }

    /** Key-value pairs as an object; of a key that is there twice, the first keeps the name. */
    private static ObjectNode attributes(JsonNode list) {
        ObjectNode plain = Json.MAPPER.createObjectNode();
        for (JsonNode pair : list) {
            String key = pair.path("key").asString("");
            String free = key;
            for (int n = 2; plain.has(free); n++) {
                free = key + "#" + n;
            }
            plain.set(free, value(pair.path("value")));
        }
        return plain;
    }

    private static JsonNode value(JsonNode any) {
        if (any.has("stringValue")) {
            return any.get("stringValue");
        }
        if (any.has("boolValue")) {
            return any.get("boolValue");
        }
        if (any.has("doubleValue")) {
            return any.get("doubleValue");
        }
        if (any.has("intValue")) {
            return integer(any.get("intValue"));
        }
        if (any.has("arrayValue")) {
            ArrayNode plain = Json.MAPPER.createArrayNode();
            any.get("arrayValue").path("values").forEach(item -> plain.add(value(item)));
            return plain;
        }
        if (any.has("kvlistValue")) {
            return attributes(any.get("kvlistValue").path("values"));
        }
        // Bytes, an empty value, or a kind that is newer than this reader: as it is.
        return any.isMissingNode() ? Json.MAPPER.nullNode() : any;
    }

    /** A 64-bit integer, which exporters write as text or as a number. */
    private static JsonNode integer(JsonNode value) {
        try {
            return value.isString()
                    ? Json.MAPPER.getNodeFactory().numberNode(new BigInteger(value.stringValue()))
                    : value;
        } catch (NumberFormatException notANumber) {
            return value;
        }
    }

    /** Tokens under one pair of names, whatever the convention of the exporter; empty when it counted none. */
    private static Optional<ObjectNode> usage(ObjectNode attributes) {
        ObjectNode usage = Json.MAPPER.createObjectNode();
        tokens(attributes, usage, "input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt");
        tokens(attributes, usage, "output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion");
        return usage.isEmpty() ? Optional.empty() : Optional.of(usage);
    }

    private static void tokens(ObjectNode attributes, ObjectNode usage, String name, String older, String inference) {
        for (String attribute : List.of("gen_ai.usage." + name, older, inference)) {
            if (attributes.path(attribute).isNumber()) {
                usage.set(name, attributes.path(attribute));
                return;
            }
        }
    }
}
