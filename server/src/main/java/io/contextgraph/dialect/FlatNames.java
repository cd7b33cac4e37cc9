// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import io.contextgraph.event.Json;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists that are spread over attributes, such as {@code gen_ai.prompt.0.tool_calls.1.name}. */
final class FlatNames {
    private static final int MAX_DIGITS = 6;

    /** Deeper names stay one name: no library nests so deep. */
    private static final int MAX_DEPTH = 32;

    private FlatNames() {}

    /** The list whose elements' attributes begin with {@code name} and a number; empty when there are none. */
    static Optional<JsonNode> list(ObjectNode attributes, String name) {
        ObjectNode tree = Json.MAPPER.createObjectNode();
        String start = name + ".";
        attributes.forEachEntry((attribute, value) -> {
            if (attribute.startsWith(start)) {
                put(tree, attribute.substring(start.length()), value);
            }
        });
        return Optional.of(lists(tree)).filter(JsonNode::isArray);
    }

    private static void put(ObjectNode tree, String path, JsonNode value) {
        ObjectNode at = tree;
        String rest = path;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            int dot = rest.indexOf('.');
            String head = rest.substring(0, Math.max(0, dot));
            if (head.isEmpty() || (at.has(head) && !at.get(head).isObject())) {
                break;
            }
            at = at.get(head) instanceof ObjectNode child ? child : at.putObject(head);
            rest = rest.substring(dot + 1);
        }
        at.set(rest, value);
    }

    /** Objects whose names are all numbers become arrays, by number. */
    private static JsonNode lists(JsonNode node) {
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        Map<Integer, JsonNode> elements = new TreeMap<>();
        ObjectNode fields = Json.MAPPER.createObjectNode();
        object.forEachEntry((name, value) -> {
            fields.set(name, lists(value));
            if (isIndex(name)) {
                JsonNode ignored = elements.put(Integer.valueOf(name), fields.get(name));
            }
        });
        if (elements.isEmpty() || elements.size() != fields.size()) {
            return fields;
        }
        ArrayNode array = Json.MAPPER.createArrayNode();
        elements.values().forEach(array::add);
        return array;
    }

    private static boolean isIndex(String name) {
        return !name.isEmpty() && name.length() <= MAX_DIGITS && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
