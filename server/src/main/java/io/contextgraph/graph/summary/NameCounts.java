// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.summary;

import io.contextgraph.event.Json;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How often names came.
 *
 * <p><b>Shape.</b> As JSON: {@code {"named": {name: count}, "others": count}}.
 *
 * @param named the most frequent names, most frequent first, then in the order of the names
 * @param others how often all other names came together
 */
public record NameCounts(Map<String, Long> named, long others) {
    /** Most names that are told. */
    public static final int MAX_NAMES = 50;

    public NameCounts {
        named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
    }

    /** The most frequent of these. */
    static NameCounts of(Map<String, Long> counts, long others) {
        Map<String, Long> most = counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_NAMES)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Long::sum, LinkedHashMap::new));
        long all = others + sum(counts);
        return new NameCounts(most, all - sum(most));
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** As JSON. */
    public ObjectNode json() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        ObjectNode names = json.putObject("named");
        named.forEach((name, count) -> names.put(name, count.longValue()));
        return json.put("others", others);
    }

    static NameCounts read(String text) {
        JsonNode json = Json.MAPPER.readTree(text);
        Map<String, Long> named = new LinkedHashMap<>();
        json.required("named").forEachEntry((name, count) -> named.put(name, count.longValue()));
        return new NameCounts(named, json.required("others").longValue());
    }
}
