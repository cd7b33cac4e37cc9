// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import io.contextgraph.event.Json;
import io.contextgraph.event.Surrogates;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Replaces in a value what JSON and Unicode do not have, and counts it. */
public final class Replacement {
    private final boolean alsoHalves;
    private long notFinite;
    private long halves;

    private Replacement(boolean alsoHalves) {
        this.alsoHalves = alsoHalves;
    }

    /** A value that can be written, and what of it is not as it was. */
    public record Value(JsonNode json, Replaced replaced) {}

    /**
     * Changes {@code json} in its place.
     *
     * @param halves whether halves of characters are replaced too; else they stay
     */
    public static Value in(JsonNode json, boolean halves) {
        Replacement replacement = new Replacement(halves);
        JsonNode whole = replacement.of(json);
        return new Value(whole, new Replaced(replacement.notFinite, replacement.halves));
    }

    private JsonNode of(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object(object);
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode ignored = array.set(i, of(array.get(i)));
            }
        } else if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
            notFinite++;
            return Json.MAPPER.getNodeFactory().stringNode(Double.toString(node.doubleValue()));
        } else if (alsoHalves && node.isString() && Surrogates.isBroken(node.stringValue())) {
            return Json.MAPPER.getNodeFactory().stringNode(text(node.stringValue()));
        }
        return node;
    }

    private void object(ObjectNode object) {
        boolean broken = false;
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            broken |= alsoHalves && Surrogates.isBroken(entry.getKey());
            object.set(entry.getKey(), of(entry.getValue()));
        }
        if (broken) {
            rename(object);
        }
    }

    /** Names that become the same by it are told apart by a number. */
    private void rename(ObjectNode object) {
        Map<String, JsonNode> before = new LinkedHashMap<>();
        object.forEachEntry(before::put);
        object.removeAll();
        FreeNames names = new FreeNames(name -> object.has(name) || before.containsKey(name));
        before.forEach((name, value) -> object.set(Surrogates.isBroken(name) ? names.like(text(name)) : name, value));
    }

    private String text(String broken) {
        halves += Surrogates.count(broken);
        return Surrogates.replaced(broken);
    }
}
