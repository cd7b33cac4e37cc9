// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What a fence says: up to which generation the keys of a person were erased. */
public final class FenceHeight {
    private FenceHeight() {}

    /**
     * Reads one.
     *
     * @param key of the fence, for messages
     * @param text what is stored; null where there is no fence
     * @throws io.contextgraph.ledger.LedgerException when it is no number
     */
    public static OptionalInt read(String key, @Nullable String text) {
        if (text == null) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException damaged) {
            throw RedisErrors.corrupt(key + " is no generation of a key", damaged);
        }
    }
}
