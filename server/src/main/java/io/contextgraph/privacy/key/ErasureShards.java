// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.event.Json;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map.Entry;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Erasures as a store keeps them that writes whole documents: one for each first digit of pseudonyms. All are made with the
 * store, so that one that is not there is missed. They only grow: one that became shorter was replaced by an older one.
 *
 * <p><b>Shape.</b> <code>{"p1_0f1e...":[steps]}</code>, as {@link KeyStoreJson} has them.
 *
 * <p><b>Units and bounds.</b> About 150 bytes for each erased subject.
 */
public final class ErasureShards {
    /** All digits, one for each document, in the order of pseudonyms. */
    public static final String DIGITS = "0123456789abcdef";

    private ErasureShards() {}

    /** Where the erasures of a pseudonym are. */
    public static char digit(Pseudonym pseudonym) {
        return pseudonym.digits().charAt(0);
    }

    /** One in which nobody is. */
    public static NavigableMap<Pseudonym, Erasures> none() {
        return Collections.emptyNavigableMap();
    }

    public static byte[] write(NavigableMap<Pseudonym, Erasures> all) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        all.forEach((pseudonym, erasures) -> json.set(pseudonym.toString(), KeyStoreJson.write(erasures)));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Reads it back; empty for anything else. */
    public static Optional<NavigableMap<Pseudonym, Erasures>> read(byte[] content) {
        NavigableMap<Pseudonym, Erasures> all = new TreeMap<>();
        try {
            JsonNode json = Json.MAPPER.readTree(new String(content, StandardCharsets.UTF_8));
            for (Entry<String, JsonNode> entry : json.properties()) {
                Optional<Erasures> erasures = Pseudonym.parse(entry.getKey())
                        .flatMap(pseudonym -> KeyStoreJson.readErasures(pseudonym, entry.getValue()));
                if (erasures.isEmpty()) {
                    return Optional.empty();
                }
                Erasures ignored = all.put(erasures.get().pseudonym(), erasures.get());
            }
        } catch (JacksonException other) {
            return Optional.empty();
        }
        return Optional.of(Collections.unmodifiableNavigableMap(all));
    }

    /** What is known of a pseudonym. */
    public static Erasures of(NavigableMap<Pseudonym, Erasures> all, Pseudonym pseudonym) {
        return all.getOrDefault(pseudonym, Erasures.none(pseudonym));
    }

    /** The same, with other erasures of one pseudonym. */
    public static NavigableMap<Pseudonym, Erasures> with(NavigableMap<Pseudonym, Erasures> all, Erasures erasures) {
        NavigableMap<Pseudonym, Erasures> more = new TreeMap<>(all);
        Erasures ignored = more.put(erasures.pseudonym(), erasures);
        return more;
    }

    /** Whether nothing is missing that was there before. */
    public static boolean includes(NavigableMap<Pseudonym, Erasures> all, NavigableMap<Pseudonym, Erasures> before) {
        return before.values().stream().allMatch(older -> {
            List<Erasures.Step> steps = of(all, older.pseudonym()).steps();
            return steps.size() >= older.steps().size();
        });
    }
}
