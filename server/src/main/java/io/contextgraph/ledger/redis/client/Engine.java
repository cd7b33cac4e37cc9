// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.Optional;

/** How events are indexed. A ledger is written by one engine for all its life. */
public enum Engine {
    /** Sorted sets and string documents: any Redis from 7.0 up. */
    SORTED_SET("sorted-set"),
    /** JSON documents and a search index: Redis 8, or any server with the JSON and Search modules. */
    SEARCH("search");

    private final String configName;

    Engine(String configName) {
        this.configName = configName;
    }

    /** The name in settings, in answers and in the ledger itself. */
    public String configName() {
        return configName;
    }

    /** Reads the exact name; empty for anything else. */
    public static Optional<Engine> parse(String text) {
        for (Engine engine : values()) {
            if (engine.configName.equals(text)) {
                return Optional.of(engine);
            }
        }
        return Optional.empty();
    }
}
