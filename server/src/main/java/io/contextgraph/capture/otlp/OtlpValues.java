// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.text.FreeNames;
import io.contextgraph.event.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what spans and log records of OTLP/JSON are made of. Forms that differ between exporters become one: ids
 * hexadecimal, enums by their protobuf names, 64-bit times as text, attributes as a plain JSON object.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} when an id or a time cannot be read; the message says which.
 *
 * <p><b>Source.</b> opentelemetry-proto, common/v1; JSON mapping of protocol buffers.
 */
final class OtlpValues {
    /** The last nanosecond whose millisecond can be written as an RFC 3339 time. */
    private static final BigInteger LAST_NANO = new BigInteger("253402300799999999999");

    /** What is longer than that is no time, and not worth the memory to say so. */
    private static final int MOST_DIGITS = 40;

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,39}");

    private static final Pattern NUMBER =
            Pattern.compile("-?(?:0|[1-9][0-9]{0,39})(?:\\.[0-9]{1,39})?(?:[eE][+-]?[0-9]{1,3})?");

    private OtlpValues() {}

    static <T> T required(String what, String field, Optional<T> value) {
        return value.orElseThrow(() -> new IllegalArgumentException(what + " must have a " + field));
    }

    static Optional<String> traceId(JsonNode record) {
        return id("traceId", OtlpIds::trace, record);
    }

    static Optional<String> spanId(JsonNode record, String field) {
        return id(field, OtlpIds::span, record);
    }

    private interface IdForm {
        Optional<String> read(JsonNode node);
    }

    private static Optional<String> id(String field, IdForm form, JsonNode record) {
        try {
            return form.read(record.path(field));
        } catch (OtlpValueException invalid) {
            throw invalid.of(field);
        }
    }

    /** 0, null and absent mean that there is none. */
    static Optional<BigInteger> nanos(JsonNode record, String field) {
        return time(record, field, BigInteger.ONE, "nanoseconds since 1970");
    }

    /**
     * A time in other units, as nanoseconds.
     *
     * @param unit how many nanoseconds it has
     * @param what the field must be, for messages
     */
    static Optional<BigInteger> time(JsonNode record, String field, BigInteger unit, String what) {
        JsonNode node = record.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        BigInteger nanos;
        try {
            BigDecimal exact = new BigDecimal(node.asString(""));
            if (exact.precision() > MOST_DIGITS || Math.abs((long) exact.scale()) > MOST_DIGITS) {
                throw new NumberFormatException("more digits than a time has");
            }
            nanos = exact.toBigIntegerExact().multiply(unit);
        } catch (ArithmeticException | NumberFormatException notANumber) {
            OtlpValueException invalid = new OtlpValueException(field + " must be " + what, node.toString());
            Throwable ignored = invalid.initCause(notANumber);
            throw invalid;
        }
        if (nanos.signum() < 0 || nanos.compareTo(LAST_NANO) > 0) {
            throw new IllegalArgumentException(
                    field + " must be from 0 to " + LAST_NANO.divide(unit) + ": " + nanos.divide(unit));
        }
        return Optional.of(nanos).filter(value -> value.signum() > 0);
    }

    static JsonNode enumName(JsonNode value, List<String> names, String prefix) {
        if (value.canConvertToInt() && value.intValue() >= 0 && value.intValue() < names.size()) {
            return Json.MAPPER.getNodeFactory().stringNode(names.get(value.intValue()));
        }
        String long1 = prefix + value.asString("");
        return names.contains(long1) ? Json.MAPPER.getNodeFactory().stringNode(long1) : value;
    }

    /** A copy of {@code object}, an event or a link, in the form that all encodings have in common. */
    static ObjectNode plainAttributes(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        if (copy.has("attributes")) {
            copy.set("attributes", attributes(copy.path("attributes")));
        }
        JsonNode time = copy.path("timeUnixNano");
        if (time.isNumber()) {
            copy.put("timeUnixNano", time.asString());
        }
        plainId(copy, "traceId", OtlpIds::trace);
        plainId(copy, "spanId", OtlpIds::span);
        return copy;
    }

    /** What is no id stays as it is: it costs nothing here. */
    private static void plainId(ObjectNode object, String field, IdForm form) {
        try {
            form.read(object.path(field)).ifPresent(id -> object.put(field, id));
        } catch (IllegalArgumentException noId) {
            return;
        }
    }

    /**
     * Key-value pairs as an object; of a key that is there twice, the first keeps the name. What is an object already is
     * taken as it is, and what is no pair has no name.
     */
    static ObjectNode attributes(JsonNode list) {
        ObjectNode plain = Json.MAPPER.createObjectNode();
        if (list.isObject()) {
            list.forEachEntry((key, any) -> plain.set(key, value(any)));
            return plain;
        }
        FreeNames names = new FreeNames(plain::has);
        for (JsonNode pair : list.isArray() ? list.values() : of(list)) {
            plain.set(names.like(pair.path("key").asString("")), pair.isObject() ? value(pair.path("value")) : pair);
        }
        return plain;
    }

    private static List<JsonNode> of(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? List.of() : List.of(value);
    }

    /** A value as plain JSON. */
    static JsonNode value(JsonNode any) {
        if (any.has("stringValue")) {
            return any.get("stringValue");
        }
        if (any.has("boolValue")) {
            return any.get("boolValue");
        }
        if (any.has("doubleValue")) {
            return number(any.get("doubleValue"));
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
        // Bytes, or a kind that is newer than this reader: as it is.
        return any.isMissingNode() || (any.isObject() && any.isEmpty()) ? Json.MAPPER.nullNode() : any;
    }

    /** A 64-bit integer, which exporters write as text or as a number. What is longer stays a text. */
    static JsonNode integer(JsonNode value) {
        String text = value.stringValue("");
        return INTEGER.matcher(text).matches() ? Json.MAPPER.getNodeFactory().numberNode(new BigInteger(text)) : value;
    }

    /** A number that may be written as text; {@code NaN} and {@code Infinity} are always. */
    private static JsonNode number(JsonNode value) {
        String text = value.stringValue("");
        return NUMBER.matcher(text).matches() ? Json.MAPPER.readTree(text) : value;
    }
}
