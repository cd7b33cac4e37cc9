// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class LedgerAuditForSearchIT extends LedgerAuditContract {
    /** Of its own: an audit reads every key that there is. */
    private static Optional<RunningRedis> redis = Optional.empty();

    LedgerAuditForSearchIT() {
        super(redis.orElseThrow().url(), Engine.SEARCH);
    }

    @BeforeAll
    static void start() {
        Skips.unless(
                RedisServers.searchArguments().isPresent()
                        && RedisServers.installed(8).isPresent(),
                LedgerAuditForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
        redis = Optional.of(RunningRedis.start(
                RedisServers.installed(8).orElseThrow(),
                RedisServers.searchArguments().orElseThrow()));
    }

    @AfterAll
    static void stop() {
        redis.ifPresent(RunningRedis::close);
    }
}
