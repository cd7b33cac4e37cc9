// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import io.contextgraph.event.Json;
import io.contextgraph.tracing.OwnTraces;
import io.contextgraph.tracing.Tracing;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks for traces of Context Graphs in what is brought, also by a collector: our own are left out, and a request that brings any is
 * not traced.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class BroughtTraces {
    private static final List<String> RESOURCES = List.of("resourceSpans", "resource_spans");
    private static final List<String> SCOPES =
            List.of("scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans");

    private final OwnTraces own;
    private final Tracing tracing;

    /** @param tracing forgets the requests that bring traces of a Context Graph */
    public BroughtTraces(OwnTraces own, Tracing tracing) {
        this.own = own;
        this.tracing = tracing;
    }

    /**
     * What is there.
     *
     * @param rest the request without our own spans
     * @param own how many these are
     */
    record Sorted(JsonNode rest, long own) {}

    /** Whether a mark is that of this server, or of another one on its ledger. */
    boolean isOwn(String mark) {
        return own.look().test(mark);
    }

    /** Looks through a request of OTLP/JSON, which stays as it is. */
    Sorted sort(JsonNode request) {
        Predicate<String> isOwn = own.look();
        JsonNode rest = request;
        long count = 0;
        for (String field : RESOURCES) {
            JsonNode resources = request.path(field);
            ArrayNode others = Json.MAPPER.createArrayNode();
            long found = 0;
            for (JsonNode resource : resources.isArray() ? resources : List.of(resources)) {
                String mark = mark(resource);
                if (!mark.isEmpty()) {
                    tracing.forgetRequest();
                }
                if (!mark.isEmpty() && isOwn.test(mark)) {
                    found += spans(resource);
                } else {
                    others.add(resource);
                }
            }
            if (found > 0 && rest instanceof ObjectNode object) {
                ObjectNode without = object.objectNode();
                without.setAll(object);
                without.set(field, others);
                rest = without;
                count += found;
            }
        }
        return new Sorted(rest, count);
    }

    /** That of a resource; empty where it has none. */
    private static String mark(JsonNode resource) {
        for (JsonNode attribute : resource.path("resource").path("attributes")) {
            if (attribute.path("key").asString("").equals(OwnTraces.ATTRIBUTE)) {
                JsonNode value = attribute.path("value");
                return value.path(value.has("stringValue") ? "stringValue" : "string_value")
                        .asString("");
            }
        }
        return "";
    }

    private static long spans(JsonNode resource) {
        long count = 0;
        for (String field : SCOPES) {
            for (JsonNode scope : resource.path(field)) {
                count += scope.path("spans").size();
            }
        }
        return count;
    }
}
