// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.trim.SecondLock;
import org.jspecify.annotations.Nullable;

/**
 * Tries once whether this Redis has a {@code XTRIM} with {@code ACKED} that keeps what a group has not acknowledged and
 * takes what all have: on a stream of its own, in the form that trimming uses. What the documentation or the version says
 * counts for nothing: with {@code ~} it takes nothing before 8.2.7.
 *
 * <p><b>Threads.</b> Safe for threads; several may try at the same time.
 */
final class AckedProbe {
    private static final String EXACT = "=";
    private static final int ENTRIES = 4;

    private final Redis redis;
    private final String key;
    private final Script script = TrimScript.of("", "trim/probe");
    private volatile @Nullable SecondLock found;

    AckedProbe(Redis redis, Keys keys) {
        this.redis = redis;
        this.key = keys.probe();
    }

    /**
     * What was found; tries where that is not known.
     *
     * @throws LedgerException when Redis cannot be asked
     */
    SecondLock lock() {
        SecondLock known = found;
        if (known == null) {
            known = tried(EXACT, ENTRIES);
            found = known;
        }
        return known;
    }

    /** Tries again the next time. */
    void forget() {
        found = null;
    }

    /**
     * Tries a form.
     *
     * @param way {@code =} or {@code ~}
     */
    SecondLock tried(String way, int entries) {
        String form = "XTRIM MINID " + way + " with ACKED";
        try {
            String wrong = Keys.text((byte[]) redis.write(
                    script, EventCodec.arguments(key), EventCodec.arguments(way, Integer.toString(entries))));
            return wrong.isEmpty()
                    ? new SecondLock(true, form + " keeps what a group has not acknowledged")
                    : new SecondLock(false, form + ": " + wrong);
        } catch (LedgerException denied) {
            if (RedisErrors.isDenied(denied)) {
                return new SecondLock(false, form + ": not tried: " + denied.getMessage());
            }
            throw denied;
        }
    }
}
