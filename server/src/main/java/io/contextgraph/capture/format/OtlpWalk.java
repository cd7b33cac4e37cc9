// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.Json;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Walks through the requests of one value and reads each span in them, and each log record that is an event. One that
 * cannot be read is refused.
 */
final class OtlpWalk {
    /** What reads a record. */
    private interface Decoder {
        OtlpRecord read(JsonNode json, ObjectNode context, String place);
    }

    /** Where the records of one kind stand in a resource, and which of them are read. */
    private record Signal(String scopes, String records, Predicate<JsonNode> which, Decoder decoder) {}

    private static final Signal SPANS = new Signal("scopeSpans", "spans", json -> true, OtlpDecoder::span);
    private static final Signal OLD_SPANS =
            new Signal("instrumentationLibrarySpans", "spans", json -> true, OtlpDecoder::span);
    private static final Signal LOGS = new Signal("scopeLogs", "logRecords", OtlpLog::isEvent, OtlpDecoder::log);

    private final Unit unit;
    private final Emitter out;
    private final Consumer<OtlpRecord> into;

    OtlpWalk(Unit unit, Emitter out, Consumer<OtlpRecord> into) {
        this.unit = unit;
        this.out = out;
        this.into = into;
    }

    void walk() {
        if (unit.json().isArray()) {
            for (int i = 0; i < unit.json().size(); i++) {
                request(unit.json().get(i), "/" + i);
            }
        } else {
            request(unit.json(), "");
        }
    }

    private void request(JsonNode request, String pointer) {
        if (request.path("trace").isObject()) {
            request(request.path("trace"), pointer + "/trace");
            return;
        }
        String field = request.has("batches") ? "batches" : "resourceSpans";
        boolean logs = request.path("resourceLogs").isArray();
        if (!request.path(field).isArray() && (request.has(field) || !logs)) {
            out.refuse(unit.at(pointer), "a request must have an array \"resourceSpans\" or \"batches\"");
        }
        for (int i = 0; i < request.path(field).size(); i++) {
            JsonNode resource = request.path(field).get(i);
            scopes(resource.has("scopeSpans") ? SPANS : OLD_SPANS, resource, pointer + "/" + field + "/" + i);
        }
        for (int i = 0; logs && i < request.path("resourceLogs").size(); i++) {
            scopes(LOGS, request.path("resourceLogs").get(i), pointer + "/resourceLogs/" + i);
        }
    }

    private void scopes(Signal signal, JsonNode resource, String pointer) {
        JsonNode scopes = resource.path(signal.scopes());
        for (int i = 0; i < scopes.size(); i++) {
            ObjectNode context = context(resource, scopes.get(i));
            JsonNode records = scopes.get(i).path(signal.records());
            String folder = pointer + "/" + signal.scopes() + "/" + i + "/" + signal.records() + "/";
            for (int j = 0; j < records.size(); j++) {
                if (signal.which().test(records.get(j))) {
                    record(signal, records.get(j), context, unit.at(folder + j));
                }
            }
        }
    }

    private void record(Signal signal, JsonNode json, ObjectNode context, String place) {
        OtlpRecord record;
        try {
            record = signal.decoder().read(json, context, place);
        } catch (IllegalArgumentException invalid) {
            out.refuse(place, String.valueOf(invalid.getMessage()));
            return;
        }
        into.accept(record);
    }

    private static ObjectNode context(JsonNode resource, JsonNode scope) {
        ObjectNode context = Json.MAPPER.createObjectNode();
        if (resource.path("resource") instanceof ObjectNode object) {
            context.set("resource", OtlpValues.plainAttributes(object));
        }
        JsonNode library = scope.has("scope") ? scope.path("scope") : scope.path("instrumentationLibrary");
        if (library instanceof ObjectNode object) {
            context.set("scope", OtlpValues.plainAttributes(object));
        }
        if (scope.path("schemaUrl").isString()) {
            context.set("schema_url", scope.path("schemaUrl"));
        }
        if (resource.path("schemaUrl").isString()) {
            context.set("resource_schema_url", resource.path("schemaUrl"));
        }
        return context;
    }
}
