// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.Optional;

/**
 * How the commands of the module Search look to the access rules of Redis.
 *
 * <p><b>Source.</b> {@code COMMAND INFO FT.SEARCH}: the position of its first key.
 */
public enum SearchGeneration {
    /** Search 2, the module of Redis Stack: an index is a key of the command, to be read and written. */
    TWO("2"),
    /** Search 8, a part of Redis 8: no keys; the module asks for the right to read the documents of the index. */
    EIGHT("8");

    private final String configName;

    SearchGeneration(String configName) {
        this.configName = configName;
    }

    /** The name on the command line. */
    public String configName() {
        return configName;
    }

    /** Reads the exact name; empty for anything else. */
    public static Optional<SearchGeneration> parse(String text) {
        for (SearchGeneration generation : values()) {
            if (generation.configName.equals(text)) {
                return Optional.of(generation);
            }
        }
        return Optional.empty();
    }
}
