// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;

/**
 * Whether a node of a cluster has all of the ledger: of a key that there is nowhere it says so only then, and else that another node
 * may have it, as an error.
 */
public final class Wholeness {
    private Wholeness() {}

    /**
     * Makes sure of it, so that what the node does not have is not there.
     *
     * @throws io.contextgraph.ledger.LedgerException where the ledger is on its way to another node, or is there
     */
    static void require(Redis redis, Keys keys) {
        if (redis.isCluster()) {
            boolean ignored = redis.call(client -> client.exists(keys.nothing()));
        }
    }

    /**
     * Asks on a connection of one's own, behind what was sent there.
     *
     * @return how many answers that has
     */
    public static int ask(Redis redis, Keys keys, Connection connection) {
        if (!redis.isCluster()) {
            return 0;
        }
        connection.sendCommand(Protocol.Command.EXISTS, keys.nothing());
        return 1;
    }
}
