// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.RecordDigest;
import io.contextgraph.event.Json;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The digest of what makes a span or a log record the same in every encoding: its ids and everything that it says
 * itself, without its resource and scope, which the stations on its way add to, without what was derived from it, and
 * without values that protocol buffers leave out.
 */
final class OtlpDigest {
    /** What stood around the record, where a form has more there than OTLP. */
    static final String AROUND = "around";

    private static final Set<String> DERIVED = Set.of("usage", "provider", "model");

    private static final Set<String> NOT_ITS_OWN = Stream.concat(
                    DERIVED.stream(),
                    Stream.of("resource", "scope", "schema_url", "resource_schema_url", AROUND, Mark.FIELD))
            .collect(Collectors.toUnmodifiableSet());

    /** Numbers that may be written as texts. */
    private static final Set<String> NUMBERS =
            Set.of("flags", "droppedAttributesCount", "droppedEventsCount", "droppedLinksCount");

    private static final Set<String> DEFAULTS =
            Set.of("", "0", "STATUS_CODE_UNSET", "SPAN_KIND_UNSPECIFIED", "SEVERITY_NUMBER_UNSPECIFIED");

    private static final String BODY = "body";

    private OtlpDigest() {}

    /** Whether a field of the payload is derived from others. */
    static boolean isDerived(String field) {
        return DERIVED.contains(field);
    }

    static String span(OtlpSpan span) {
        ObjectNode record = own(span.payload());
        record.put("trace_id", span.traceId());
        record.put("span_id", span.spanId());
        span.parentId().ifPresent(id -> record.put("parent_id", id));
        return span.about().digest().of(withoutDefaults(record));
    }

    /** The digest of a log record, whose ids stand in its payload; nothing in its body is left out. */
    static String log(ObjectNode payload, RecordDigest digest) {
        ObjectNode record = own(payload);
        JsonNode body = record.remove(BODY);
        ObjectNode kept = withoutDefaults(record);
        if (body != null) {
            kept.set(BODY, body);
        }
        return digest.of(kept);
    }

    private static ObjectNode own(ObjectNode payload) {
        ObjectNode record = Json.MAPPER.createObjectNode();
        payload.forEachEntry((name, value) -> {
            if (!NOT_ITS_OWN.contains(name)) {
                record.set(name, value);
            }
        });
        return record;
    }

    /** A copy without defaults, here and in status, events and links; attributes stay as they are. */
    private static ObjectNode withoutDefaults(ObjectNode message) {
        ObjectNode copy = Json.MAPPER.createObjectNode();
        message.forEachEntry((name, value) -> {
            JsonNode kept = name.equals("attributes") ? value : messages(name, value);
            if (!isDefault(kept)) {
                copy.set(name, kept);
            }
        });
        return copy;
    }

    private static JsonNode messages(String name, JsonNode value) {
        if (value instanceof ObjectNode object) {
            return withoutDefaults(object);
        }
        if (value.isArray()) {
            ArrayNode copies = Json.MAPPER.createArrayNode();
            for (JsonNode item : List.copyOf(value.values())) {
                copies.add(messages(name, item));
            }
            return copies;
        }
        return NUMBERS.contains(name) ? OtlpValues.integer(value) : value;
    }

    private static boolean isDefault(JsonNode value) {
        return value.isContainer() ? value.isEmpty() : value.isNull() || DEFAULTS.contains(value.asString());
    }
}
