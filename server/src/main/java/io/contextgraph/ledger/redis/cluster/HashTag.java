// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import java.util.Optional;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * What a cluster looks at, of the names of all keys of a ledger, to tell where they are.
 *
 * <p><b>Source.</b> Redis Cluster specification: what stands between the first brace that opens and the next one that closes, where that
 * is not empty.
 *
 * @param text between the braces
 */
record HashTag(String text) {
    /** That of all names with a prefix; empty where it has none, so that each name has a place of its own. */
    static Optional<HashTag> of(String prefix) {
        int open = prefix.indexOf('{');
        int close = prefix.indexOf('}', open + 1);
        return open < 0 || close <= open + 1
                ? Optional.empty()
                : Optional.of(new HashTag(prefix.substring(open + 1, close)));
    }

    int slot() {
        return JedisClusterCRC16.getSlot(text);
    }
}
