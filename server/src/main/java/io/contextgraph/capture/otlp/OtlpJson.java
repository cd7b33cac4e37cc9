// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.event.Json;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Requests as OTLP/JSON: one, an array of them, and what other programs put around their parts. */
final class OtlpJson implements SpanForm {
    /** Where the records of one kind stand in a resource. */
    private record Signal(String scopes, String records) {}

    private static final List<Signal> SPANS = Stream.of("scopeSpans", "instrumentationLibrarySpans")
            .map(scopes -> new Signal(scopes, "spans"))
            .toList();
    private static final List<Signal> LOGS = Stream.of("scopeLogs", "instrumentationLibraryLogs")
            .map(scopes -> new Signal(scopes, "logRecords"))
            .toList();

    @Override
    public void walk(JsonNode json, OtlpFound into) {
        JsonNode named = OtlpEnvelope.named(json);
        new Walk(into).value(OtlpEnvelope.requests(named));
        OtlpEnvelope.others(named).forEach(other -> into.skip(other.what(), other.count()));
    }

    /** Takes a record. */
    private interface Found {
        void record(JsonNode json, ObjectNode context, String pointer);
    }

    private record Walk(OtlpFound into) {
        void value(JsonNode json) {
            if (json.isArray()) {
                for (int i = 0; i < json.size(); i++) {
                    into.request();
                    request(json.get(i), "/" + i);
                }
            } else {
                into.request();
                request(json, "");
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
                each(request, field, pointer, (resource, at) -> signals(SPANS, resource, at, into::span));
            }
            known |= request.has("resourceLogs");
            each(request, "resourceLogs", pointer, (resource, at) -> signals(LOGS, resource, at, into::log));
            if (!known) {
                refuse(pointer, "a request must have an array \"resourceSpans\" or \"batches\"");
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
                refuse(at, "\"" + field + "\" must be an array");
            }
        }

        private void signals(List<Signal> signals, JsonNode resource, String pointer, Found to) {
            for (Signal signal : signals) {
                each(resource, signal.scopes(), pointer, (scope, at) -> records(signal, resource, scope, at, to));
            }
            // Some leave out the scopes where there is but one.
            records(signals.getFirst(), resource, resource, pointer, to);
        }

        private void records(Signal signal, JsonNode resource, JsonNode scope, String pointer, Found to) {
            if (scope.has(signal.records())) {
                ObjectNode context = context(resource, scope);
                each(scope, signal.records(), pointer, (json, at) -> to.record(json, context, at));
            }
        }

        private void refuse(String pointer, String reason) {
            into.refuse(pointer, new IllegalArgumentException(reason));
        }
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
