// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.capture.record.Whom;
import io.contextgraph.event.Json;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Walks through the requests of one value and reads each span in them, and each log record that is an event. One that
 * cannot be read is refused.
 */
final class OtlpWalk {
    /** What reads a record. */
    private interface Decoder {
        OtlpRecord read(JsonNode json, ObjectNode context, Whom whom, String place);
    }

    /** Where the records of one kind stand in a resource, and which of them are read. */
    private record Signal(String scopes, String records, Predicate<JsonNode> which, Decoder decoder) {}

    private static final List<Signal> SPANS = Stream.of("scopeSpans", "instrumentationLibrarySpans")
            .map(scopes -> new Signal(scopes, "spans", json -> true, OtlpDecoder::span))
            .toList();
    private static final List<Signal> LOGS = Stream.of("scopeLogs", "instrumentationLibraryLogs")
            .map(scopes -> new Signal(scopes, "logRecords", OtlpLog::isEvent, OtlpDecoder::log))
            .toList();

    private final Unit unit;
    private final Emitter out;
    private final Whom whom;
    private final Consumer<OtlpRecord> into;

    OtlpWalk(Unit unit, Emitter out, Whom whom, Consumer<OtlpRecord> into) {
        this.whom = whom;
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
        boolean known = false;
        if (request.path("trace").isObject()) {
            request(request.path("trace"), pointer + "/trace");
            known = true;
        }
        for (String field : List.of("resourceSpans", "batches")) {
            known |= request.has(field);
            each(request, field, pointer, (resource, at) -> signals(SPANS, resource, at));
        }
        known |= request.has("resourceLogs");
        each(request, "resourceLogs", pointer, (resource, at) -> signals(LOGS, resource, at));
        if (!known) {
            out.refuse(unit.at(pointer), "a request must have an array \"resourceSpans\" or \"batches\"");
        }
    }

    /** Each object under {@code field}, and where it stands; one alone needs no array around it. */
    private void each(JsonNode parent, String field, String pointer, BiConsumer<JsonNode, String> to) {
        JsonNode value = parent.path(field);
        String at = pointer + "/" + field;
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                to.accept(value.get(i), at + "/" + i);
            }
        } else if (value.isObject()) {
            to.accept(value, at);
        } else if (!value.isMissingNode() && !value.isNull()) {
            out.refuse(unit.at(at), "\"" + field + "\" must be an array");
        }
    }

    private void signals(List<Signal> signals, JsonNode resource, String pointer) {
        for (Signal signal : signals) {
            each(resource, signal.scopes(), pointer, (scope, at) -> records(signal, resource, scope, at));
        }
        // Some leave out the scopes where there is but one.
        records(signals.getFirst(), resource, resource, pointer);
    }

    private void records(Signal signal, JsonNode resource, JsonNode scope, String pointer) {
        if (scope.has(signal.records())) {
            ObjectNode context = context(resource, scope);
            each(scope, signal.records(), pointer, (json, at) -> {
                if (signal.which().test(json)) {
                    record(signal, json, context, unit.at(at));
                }
            });
        }
    }

    private void record(Signal signal, JsonNode json, ObjectNode context, String place) {
        OtlpRecord record;
        try {
            record = signal.decoder().read(json, context, whom, place);
        } catch (OtlpValueException wrong) {
            out.refuse(place, wrong.rule() + out.quoted(": ", wrong.value()));
            return;
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
