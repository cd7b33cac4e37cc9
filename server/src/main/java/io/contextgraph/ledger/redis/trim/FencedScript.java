// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.FencedException;
import java.util.List;

/** A script that works only for whoever has the lease. */
public record FencedScript(Redis redis, Script script) {
    /** @throws FencedException where the lease counts no longer */
    public Object run(Fence fence, List<byte[]> names, List<byte[]> arguments) {
        try {
            return redis.write(script, names, arguments);
        } catch (LedgerException refused) {
            if (RedisErrors.isFenced(refused)) {
                throw new FencedException("the lease " + fence.number() + " of " + fence.owner() + " counts no longer");
            }
            throw refused;
        }
    }
}
