// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import java.util.List;
import java.util.function.Consumer;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Looks through the names of the keys of a ledger.
 *
 * <p>A node of a cluster tells of the keys that it has, whether or not others have more of the ledger. Only of a key that there is
 * nowhere does it say so: none where all of the ledger is there, else that another node may have it.
 */
public final class KeyScan {
    private KeyScan() {}

    /**
     * Every key whose name begins so; some of them twice, perhaps.
     *
     * @param size about how many at once
     * @throws LedgerException where they cannot all be told, because another node of a cluster has some of them, or has taken over
     */
    public static void of(Redis redis, Keys keys, String beginning, int size, Consumer<List<String>> chunk) {
        ScanParams params = new ScanParams().match(Keys.glob(beginning + "*")).count(size);
        long moves = redis.moves();
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> part = part(redis, keys, cursor, params);
            if (redis.moves() != moves) {
                throw new LedgerException(
                        Reason.UNAVAILABLE, "the ledger has gone to another node while its keys were looked through");
            }
            if (!part.getResult().isEmpty()) {
                chunk.accept(part.getResult());
            }
            cursor = part.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    }

    private static ScanResult<String> part(Redis redis, Keys keys, String from, ScanParams params) {
        if (!redis.isCluster()) {
            return redis.call(client -> client.scan(from, params));
        }
        return redis.pipelined(p -> {
            // Where these have no answer, the pipeline has none.
            Response<Boolean> before = p.exists(keys.nothing());
            Response<ScanResult<String>> found = p.scan(from, params);
            Response<Boolean> after = p.exists(keys.nothing());
            return () -> {
                if (before.get() || after.get()) {
                    throw new LedgerException(Reason.CORRUPT, keys.nothing() + " is there");
                }
                return found.get();
            };
        });
    }
}
