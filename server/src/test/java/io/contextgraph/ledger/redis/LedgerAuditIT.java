// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

class LedgerAuditIT extends LedgerAuditContract {
    /** Of its own: an audit reads every key that there is. */
    private static final RunningRedis REDIS = RunningRedis.start(RedisServers.bundled(), List.of());

    LedgerAuditIT() {
        super(REDIS.url(), Engine.SORTED_SET);
    }

    @AfterAll
    static void stop() {
        REDIS.close();
    }
}
