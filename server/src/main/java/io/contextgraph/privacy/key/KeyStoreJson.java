// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON in which stores keep wrapped keys and erasures.
 *
 * <p><b>Shape.</b> <code>{"wrapper":"local","version":1,"ciphertext":"..."}</code>; <code>[{"step":"intended",
 * "generation":1,"at":"..."}]</code>.
 */
public final class KeyStoreJson {
    private static final String WRAPPER = "wrapper";
    private static final String VERSION = "version";
    private static final String CIPHERTEXT = "ciphertext";
    private static final String STEP = "step";
    private static final String GENERATION = "generation";
    private static final String AT = "at";

    private KeyStoreJson() {}

    public static ObjectNode write(WrappedKey key) {
        return Json.MAPPER
                .createObjectNode()
                .put(WRAPPER, key.wrapper())
                .put(VERSION, key.version())
                .put(CIPHERTEXT, key.ciphertext());
    }

    /** Reads it back; empty for anything else. */
    public static Optional<WrappedKey> readKey(JsonNode json) {
        try {
            return Optional.of(new WrappedKey(
                    json.required(WRAPPER).stringValue(),
                    json.required(VERSION).intValue(),
                    json.required(CIPHERTEXT).stringValue()));
        } catch (JacksonException | IllegalArgumentException other) {
            return Optional.empty();
        }
    }

    public static ArrayNode write(Erasures erasures) {
        ArrayNode steps = Json.MAPPER.createArrayNode();
        for (Erasures.Step step : erasures.steps()) {
            ObjectNode ignored = steps.addObject()
                    .put(STEP, step.kind().wireName())
                    .put(GENERATION, step.generation())
                    .put(AT, Times.format(step.at()));
        }
        return steps;
    }

    /** Reads it back; empty for anything else. */
    public static Optional<Erasures> readErasures(Pseudonym pseudonym, JsonNode json) {
        try {
            List<Erasures.Step> steps = new ArrayList<>();
            for (JsonNode step : json.asArray()) {
                steps.add(new Erasures.Step(
                        Erasures.Kind.parse(step.required(STEP).stringValue()).orElseThrow(),
                        step.required(GENERATION).intValue(),
                        Times.parse(step.required(AT).stringValue()).orElseThrow()));
            }
            return Optional.of(new Erasures(pseudonym, steps));
        } catch (JacksonException | IllegalArgumentException | NoSuchElementException other) {
            return Optional.empty();
        }
    }
}
