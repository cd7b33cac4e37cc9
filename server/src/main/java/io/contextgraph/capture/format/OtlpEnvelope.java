// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.Json;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The forms in which exporters write OTLP/JSON: a request, a {@code ResourceSpans}, a {@code ResourceLogs} or a span
 * without one, names with underscores; and what of them is neither a span nor an event.
 */
public final class OtlpEnvelope {
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

    /** The kinds of a metric, each with its points. */
    private static final List<String> METRICS = List.of("gauge", "sum", "histogram", "exponentialHistogram", "summary");

    private OtlpEnvelope() {}

    /** Things that are no events: what they are called, and how many. */
    public record Others(String what, long count) {}

    /** A value of OTLP with the names of its JSON mapping, which all else here expects. */
    public static JsonNode named(JsonNode json) {
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
    public static JsonNode requests(JsonNode json) {
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
            return of("resourceSpans", of("scopeSpans", of("spans", named)));
        }
        if (named.has("scopeLogs")) {
            return of("resourceLogs", named);
        }
        if (hasEvents(named)) {
            return named;
        }
        boolean other = !named.has("resourceSpans") && !others(named).isEmpty();
        return other ? Json.MAPPER.createObjectNode().set("resourceSpans", Json.MAPPER.createArrayNode()) : named;
    }

    private static JsonNode of(String field, JsonNode only) {
        return Json.MAPPER
                .createObjectNode()
                .set(field, Json.MAPPER.createArrayNode().add(only));
    }

    /** In OTLP all that a user names is a value. */
    private static JsonNode camelCase(JsonNode json) {
        if (json instanceof ObjectNode object) {
            ObjectNode named = Json.MAPPER.createObjectNode();
            object.forEachEntry((name, value) -> named.set(
                    UNDERSCORE.matcher(name).replaceAll(found -> found.group(1).toUpperCase(Locale.ROOT)),
                    camelCase(value)));
            return named;
        }
        if (json instanceof ArrayNode array) {
            ArrayNode elements = Json.MAPPER.createArrayNode();
            array.forEach(element -> elements.add(camelCase(element)));
            return elements;
        }
        return json;
    }

    /** Whether there are log records in a value of OTLP that are events. */
    public static boolean hasEvents(JsonNode json) {
        for (JsonNode request : json.isArray() ? json : List.of(json)) {
            if (leaves(request, "Logs", "logRecords").valueStream().anyMatch(OtlpLog::isEvent)) {
                return true;
            }
        }
        return false;
    }

    /** What in a value of OTLP is neither a span nor an event; kinds of which there is none are left out. */
    public static List<Others> others(JsonNode json) {
        long points = 0;
        long logs = 0;
        long profiles = 0;
        for (JsonNode request : json.isArray() ? json : List.of(json)) {
            for (JsonNode metric : leaves(request, "Metrics", "metrics")) {
                points += METRICS.stream()
                        .mapToLong(kind -> metric.path(kind).path("dataPoints").size())
                        .sum();
            }
            logs += leaves(request, "Logs", "logRecords")
                    .valueStream()
                    .filter(log -> !OtlpLog.isEvent(log))
                    .count();
            profiles += leaves(request, "Profiles", "profiles").size();
        }
        return Stream.of(
                        new Others("metric data points", points),
                        new Others("log records", logs),
                        new Others("profiles", profiles))
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
