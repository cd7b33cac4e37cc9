// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.event.Json;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The forms in which exporters write OTLP/JSON: a request, a {@code ResourceSpans}, a {@code ResourceLogs} or a span
 * without one, names with underscores; and what of them is neither a span nor an event.
 */
final class OtlpEnvelope {
    private static final Pattern UNDERSCORE = Pattern.compile("_([a-z])");

    /** Names that say that all names are written so. */
    private static final List<String> UNDERSCORED = List.of(
            "resource_spans",
            "scope_spans",
            "scope_logs",
            "start_time_unix_nano",
            "resource_metrics",
            "resource_logs",
            "resource_profiles");

    /** Names that are written alike in both ways, or are of those that another program has put around. */
    private static final List<String> AROUND = List.of("trace", "batches", "resourceSpans", "resourceLogs");

    private static final List<String> BARE_SPAN = List.of("traceId", "spanId", "startTimeUnixNano");

    private static final List<String> OTHER_SIGNALS =
            List.of("resourceMetrics", "resourceProfiles", "scopeMetrics", "scopeProfiles");

    /** What a record has in itself where nothing is around it. */
    private static final Set<String> CONTEXT = Set.of("resource", "scope");

    /** The kinds of a metric, each with its points. */
    private static final List<String> METRICS = List.of("gauge", "sum", "histogram", "exponentialHistogram", "summary");

    private OtlpEnvelope() {}

    /** Things that are no events: what they are called, and how many. */
    record Others(String what, long count) {}

    /** A value of OTLP with the names of its JSON mapping, which all else here expects. */
    static JsonNode named(JsonNode json) {
        if (!(json instanceof ArrayNode array)) {
            return isUnderscored(json) ? camelCase(json) : json;
        }
        ArrayNode elements = Json.MAPPER.createArrayNode();
        array.forEach(element -> elements.add(named(element)));
        return elements;
    }

    private static boolean isUnderscored(JsonNode json) {
        return UNDERSCORED.stream().anyMatch(json::has)
                || AROUND.stream()
                        .map(json::path)
                        .flatMap(parts -> parts.isArray() ? parts.valueStream() : Stream.of(parts))
                        .anyMatch(part -> part.isObject() && isUnderscored(part));
    }

    /** The request, or the requests, that a value stands for. */
    static JsonNode requests(JsonNode json) {
        if (!(json instanceof ArrayNode array)) {
            return request(json);
        }
        ArrayNode requests = Json.MAPPER.createArrayNode();
        array.forEach(element -> requests.add(request(element)));
        return requests;
    }

    private static JsonNode request(JsonNode json) {
        if (!(json instanceof ObjectNode named)) {
            return json;
        }
        if (named.has("scopeSpans") || named.has("instrumentationLibrarySpans")) {
            return of("resourceSpans", named);
        }
        if (BARE_SPAN.stream().allMatch(named::has)) {
            ObjectNode context = ownContext(named);
            ObjectNode scope = of("spans", withoutContext(named));
            if (context.has("scope")) {
                scope.set("scope", context.path("scope"));
            }
            ObjectNode resource = of("scopeSpans", scope);
            if (context.has("resource")) {
                resource.set("resource", context.path("resource"));
            }
            return of("resourceSpans", resource);
        }
        if (named.has("scopeLogs")) {
            return of("resourceLogs", named);
        }
        boolean known = named.has("resourceSpans") || named.has("resourceLogs");
        boolean other = !known && OTHER_SIGNALS.stream().anyMatch(named::has);
        return other ? Json.MAPPER.createObjectNode().set("resourceSpans", Json.MAPPER.createArrayNode()) : named;
    }

    /** Resource and scope of a record that has them in itself. */
    static ObjectNode ownContext(ObjectNode record) {
        ObjectNode context = Json.MAPPER.createObjectNode();
        for (String field : CONTEXT) {
            if (record.path(field) instanceof ObjectNode object) {
                context.set(field, OtlpValues.plainAttributes(object));
            }
        }
        return context;
    }

    /** The record without them, and without a duration that only repeats its times. */
    static ObjectNode withoutContext(ObjectNode record) {
        ObjectNode own = Json.MAPPER.createObjectNode();
        record.forEachEntry((name, value) -> {
            boolean context = CONTEXT.contains(name) && value.isObject();
            if (!context && !(name.equals("durationNano") && isDuration(record))) {
                own.set(name, value);
            }
        });
        return own;
    }

    private static boolean isDuration(ObjectNode record) {
        try {
            Optional<BigInteger> start = OtlpValues.nanos(record, "startTimeUnixNano");
            Optional<BigInteger> end = OtlpValues.nanos(record, "endTimeUnixNano");
            BigInteger duration = OtlpValues.nanos(record, "durationNano").orElse(BigInteger.ZERO);
            return start.isPresent()
                    && end.filter(start.get().add(duration)::equals).isPresent();
        } catch (IllegalArgumentException noTimes) {
            return false;
        }
    }

    private static ObjectNode of(String field, JsonNode only) {
        return Json.MAPPER
                .createObjectNode()
                .set(field, Json.MAPPER.createArrayNode().add(only));
    }

    /** In OTLP all that a user names is a value. */
    private static JsonNode camelCase(JsonNode json) {
        if (json instanceof ObjectNode object) {
            ObjectNode named = Json.MAPPER.createObjectNode();
            object.forEachEntry((name, value) -> named.set(camelCase(name), camelCase(value)));
            return named;
        }
        if (json instanceof ArrayNode array) {
            ArrayNode elements = Json.MAPPER.createArrayNode();
            array.forEach(element -> elements.add(camelCase(element)));
            return elements;
        }
        return json;
    }

    /** A name as its JSON mapping has it. */
    static String camelCase(String name) {
        return UNDERSCORE.matcher(name).replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT));
    }

    /** What in a value of OTLP is neither a span nor an event; kinds of which there is none are left out. */
    static List<Others> others(JsonNode json) {
        long points = 0;
        long profiles = 0;
        for (JsonNode request : json.isArray() ? json : List.of(json)) {
            for (JsonNode metric : leaves(request, "Metrics", "metrics")) {
                points += METRICS.stream()
                        .mapToLong(kind -> metric.path(kind).path("dataPoints").size())
                        .sum();
            }
            profiles += leaves(request, "Profiles", "profiles").size();
        }
        return Stream.of(new Others("metric data points", points), new Others("profiles", profiles))
                .filter(kind -> kind.count() > 0)
                .toList();
    }

    /** What stands under {@code resourceX[].scopeX[].leaf[]}, or under {@code scopeX[].leaf[]}. */
    private static ArrayNode leaves(JsonNode request, String signal, String leaf) {
        ArrayNode leaves = Json.MAPPER.createArrayNode();
        JsonNode resources = request.path("resource" + signal);
        for (JsonNode resource : resources.isMissingNode() ? List.of(request) : elements(resources)) {
            Stream.of(
                            List.of(resource),
                            elements(resource.path("scope" + signal)),
                            elements(resource.path("instrumentationLibrary" + signal)))
                    .flatMap(List::stream)
                    .forEach(scope -> leaves.addAll(elements(scope.path(leaf))));
        }
        return leaves;
    }

    /** One alone needs no array around it. */
    private static List<JsonNode> elements(JsonNode list) {
        return list.isArray() ? List.copyOf(list.values()) : list.isObject() ? List.of(list) : List.of();
    }
}
