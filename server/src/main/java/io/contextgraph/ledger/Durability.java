// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How safe an acknowledged event is, from least to most. */
public enum Durability {
    /** Redis has it in memory; its persistence settings decide what a crash loses. */
    MEMORY,
    /** Redis has confirmed that it is synced to the local disk. */
    FSYNC,
    /** The configured number of replicas have confirmed it as well. */
    REPLICATED;

    /** Whether this level is as safe as {@code other} or safer. */
    public boolean covers(Durability other) {
        return compareTo(other) >= 0;
    }

    /** The name on the wire, in lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All of them. */
    public static List<String> wireNames() {
        return Stream.of(values()).map(Durability::wireName).toList();
    }

    /** Reads the exact wire name; empty for anything else. */
    public static Optional<Durability> parse(String text) {
        for (Durability level : values()) {
            if (level.wireName().equals(text)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }
}
