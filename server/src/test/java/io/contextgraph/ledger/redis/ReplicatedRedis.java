// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Two servers of Redis 8 that follow each other, and one address that leads to the first until it is moved.
 *
 * @param first the primary to begin with
 * @param second its replica
 * @param address what clients connect to
 */
record ReplicatedRedis(RunningRedis first, RunningRedis second, TcpProxy address) implements AutoCloseable {
    static ReplicatedRedis start() {
        List<String> arguments = new ArrayList<>(List.of("--appendfsync", "always", "--repl-diskless-sync-delay", "0"));
        RedisServers.searchArguments().ifPresent(arguments::addAll);
        RunningRedis first = RunningRedis.start(RedisServers.installed(8).orElseThrow(), arguments);
        return new ReplicatedRedis(first, first.replica(), TcpProxy.to(first.port()));
    }

    /** At the address, with a replica that must confirm. */
    RedisSettings settings() {
        return RedisSettings.defaults(address.inFrontOf(first.url()))
                .withDurability(new DurabilitySettings(Durability.MEMORY, 1, Duration.ofSeconds(9)));
    }

    @Override
    public void close() {
        address.close();
        second.close();
        first.close();
    }
}
