// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.Mark;
import io.contextgraph.event.Json;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Spans as SDKs print them, and as programs dump the objects of an SDK: a span, an array of them, or an object with
 * {@code spans}; ids in {@code context} or beside the name, hexadecimal or decimal; times as text or as nanoseconds.
 *
 * <p><b>Source.</b> The console exporter of opentelemetry-python; files of any-agent and of strands-evals.
 */
final class SdkDumpForm implements SpanForm {
    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
    private static final String TIME = "nanoseconds since 1970, or a time with an offset as RFC 3339 has it";

    /** Fields that are read by name; every other one is kept as it is. */
    private static final Set<String> KNOWN = Set.of(
            "context",
            "trace_id",
            "span_id",
            "parent",
            "parent_id",
            "parent_span_id",
            "name",
            "kind",
            "start_time",
            "end_time",
            "status",
            "attributes",
            "events",
            "span_events",
            "links",
            "resource",
            "scope",
            "instrumentation_scope");

    @Override
    public Optional<Mark.Lossy> lossy() {
        return Optional.of(Mark.Lossy.SDK_DUMP);
    }

    @Override
    public void walk(JsonNode json, OtlpFound into) {
        into.request();
        value(json, "", into);
    }

    private static void value(JsonNode json, String pointer, OtlpFound into) {
        if (json.isArray()) {
            for (int i = 0; i < json.size(); i++) {
                value(json.get(i), pointer + "/" + i, into);
            }
        } else if (json.path("spans").isArray()) {
            value(json.path("spans"), pointer + "/spans", into);
            json.propertyNames().stream()
                    .filter(name -> !name.equals("spans"))
                    .forEach(name -> into.skip("fields beside the spans: " + name, 1));
        } else {
            try {
                into.span(span(json), context(json), pointer);
            } catch (IllegalArgumentException wrong) {
                into.refuse(pointer, wrong);
            }
        }
    }

    private static ObjectNode context(JsonNode span) {
        ObjectNode context = Json.MAPPER.createObjectNode();
        if (span.path("resource") instanceof ObjectNode resource) {
            ObjectNode plain = OtlpValues.plainAttributes(resource);
            String address = plain.path("schema_url").asString("");
            context.set("resource", plain.without("schema_url"));
            if (!address.isEmpty()) {
                context.put("resource_schema_url", address);
            }
        }
        Stream.of("scope", "instrumentation_scope")
                .map(span::path)
                .filter(JsonNode::isObject)
                .findFirst()
                .ifPresent(scope -> context.set("scope", OtlpValues.plainAttributes((ObjectNode) scope)));
        return context;
    }

    private static ObjectNode span(JsonNode span) {
        if (!span.isObject()) {
            throw new IllegalArgumentException("a span must be an object");
        }
        ObjectNode record = Json.MAPPER.createObjectNode();
        record.set("traceId", id(span, "trace_id"));
        record.set("spanId", id(span, "span_id"));
        record.set("parentSpanId", parent(span));
        record.set("name", span.path("name"));
        if (span.path("kind").isString()) {
            record.put("kind", constant(span.path("kind").stringValue()));
        }
        record.put("startTimeUnixNano", OtlpValues.required("a span", "start_time", time(span, "start_time")));
        time(span, "end_time").ifPresent(nanos -> record.put("endTimeUnixNano", nanos));
        status(span.path("status"), record);
        record.set("attributes", span.path("attributes"));
        events(span, record);
        links(span.path("links"), record);
        for (String object : List.of("context", "parent")) {
            rest(span.path(object), Set.of("trace_id", "span_id")).ifPresent(rest -> record.set(object, rest));
        }
        span.forEachEntry((name, value) -> {
            if (!KNOWN.contains(name)) {
                record.set(name, value);
            }
        });
        return record;
    }

    private static JsonNode id(JsonNode span, String field) {
        return span.path("context").has(field) ? span.path("context").path(field) : span.path(field);
    }

    private static JsonNode parent(JsonNode span) {
        return Stream.of(
                        span.path("parent_id"),
                        span.path("parent_span_id"),
                        span.path("parent").path("span_id"))
                .filter(id -> !id.isMissingNode() && !id.isNull())
                .findFirst()
                .orElse(Json.MAPPER.nullNode());
    }

    /** {@code SpanKind.INTERNAL}, {@code StatusCode.OK}, {@code ok}: a constant, as its language prints it. */
    private static String constant(String text) {
        return text.substring(text.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
    }

    private static void status(JsonNode status, ObjectNode record) {
        if (!status.isObject()) {
            return;
        }
        ObjectNode normal = Json.MAPPER.createObjectNode();
        status.forEachEntry((name, value) -> {
            boolean isCode = name.equals("status_code") || name.equals("code");
            if (isCode && value.isString()) {
                normal.put("code", constant(value.stringValue()));
            } else if (!value.isNull()) {
                normal.set(isCode ? "code" : name.equals("description") ? "message" : name, value);
            }
        });
        if (!normal.isEmpty()) {
            record.set("status", normal);
        }
    }

    private static void events(JsonNode span, ObjectNode record) {
        ArrayNode events = Json.MAPPER.createArrayNode();
        for (String field : List.of("events", "span_events")) {
            for (JsonNode event : span.path(field)) {
                ObjectNode normal = Json.MAPPER.createObjectNode();
                if (event instanceof ObjectNode named) {
                    time(named, "timestamp").ifPresent(nanos -> normal.put("timeUnixNano", nanos));
                    normal.setAll(named.deepCopy().without("timestamp"));
                    events.add(normal);
                } else {
                    events.add(event);
                }
            }
        }
        if (!events.isEmpty()) {
            record.set("events", events);
        }
    }

    private static void links(JsonNode links, ObjectNode record) {
        ArrayNode all = Json.MAPPER.createArrayNode();
        for (JsonNode link : links) {
            if (link instanceof ObjectNode named) {
                ObjectNode normal = all.addObject();
                normal.set("traceId", id(named, "trace_id"));
                normal.set("spanId", id(named, "span_id"));
                rest(named.path("context"), Set.of("trace_id", "span_id"))
                        .ifPresent(rest -> normal.set("context", rest));
                normal.setAll(named.deepCopy().without(List.of("context", "trace_id", "span_id")));
            } else {
                all.add(link);
            }
        }
        if (!all.isEmpty()) {
            record.set("links", all);
        }
    }

    /** What an object has beside some fields, and says something. */
    private static Optional<ObjectNode> rest(JsonNode object, Set<String> known) {
        ObjectNode rest = Json.MAPPER.createObjectNode();
        object.forEachEntry((name, value) -> {
            if (!known.contains(name) && !value.isNull() && !value.asString("").equals("[]")) {
                rest.set(name, value);
            }
        });
        return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
    }

    private static Optional<BigInteger> time(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.stringValue("").contains("T")) {
            return OtlpValues.time(json, field, BigInteger.ONE, TIME);
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(value.stringValue());
            return Optional.of(BigInteger.valueOf(time.toEpochSecond())
                    .multiply(NANOS_PER_SECOND)
                    .add(BigInteger.valueOf(time.getNano())));
        } catch (DateTimeException noTime) {
            OtlpValueException wrong = new OtlpValueException(field + " must be " + TIME, value.stringValue());
            Throwable ignored = wrong.initCause(noTime);
            throw wrong;
        }
    }
}
