// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much of its memory Redis uses.
 *
 * @param usedBytes in use
 * @param maxBytes its {@code maxmemory}; 0: no limit, and then nothing is ever high or full
 */
public record MemoryUse(long usedBytes, long maxBytes) {
    /** Share of {@code maxmemory} from which on somebody should act, in percent. */
    public static final int HIGH_PERCENT = 80;

    /** Share of {@code maxmemory} from which on nothing new is taken, in percent. */
    public static final int FULL_PERCENT = 90;

    /** How pressing it is. */
    public enum Level {
        NORMAL,
        HIGH,
        FULL
    }

    /** What the fields of {@code INFO} tell of it; empty where one is not shown. */
    static Optional<MemoryUse> of(Map<String, String> info) {
        OptionalLong used = ServerFacts.number(info, "used_memory");
        OptionalLong max = ServerFacts.number(info, "maxmemory");
        return used.isPresent() && max.isPresent()
                ? Optional.of(new MemoryUse(used.getAsLong(), max.getAsLong()))
                : Optional.empty();
    }

    /** In percent, rounded down; 0 without a limit. */
    public int percent() {
        return maxBytes == 0 ? 0 : Math.toIntExact(Math.min(100_000, usedBytes * 100 / maxBytes));
    }

    /** How pressing it is. */
    public Level level() {
        int percent = percent();
        return percent >= FULL_PERCENT ? Level.FULL : percent >= HIGH_PERCENT ? Level.HIGH : Level.NORMAL;
    }
}
