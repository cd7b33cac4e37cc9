// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import io.contextgraph.ledger.router.PartitionedFixture;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Between ledgers in Redis, whose partitions share one server. */
class RepartitionIT {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                RepartitionIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    private static LedgerFixture empty(URI server, Engine engine, int partitions) {
        RedisSettings settings =
                RedisSettings.defaults(server).withEngine(engine).withPrefix("test-" + UUID.randomUUID() + ":");
        if (partitions == 1) {
            return RedisFixture.connect(settings);
        }
        List<RedisSettings> all = RedisPartitions.of(settings, List.of(), partitions);
        return PartitionedFixture.of(partitions, n -> RedisFixture.connect(all.get(n)));
    }

    @Nested
    class WithSearch extends RepartitionContract {
        @Override
        LedgerFixture empty(int partitions) {
            return RepartitionIT.empty(RedisServers.withSearch().orElseThrow(), Engine.SEARCH, partitions);
        }
    }

    @Nested
    class InSortedSets extends RepartitionContract {
        @Override
        LedgerFixture empty(int partitions) {
            return RepartitionIT.empty(RedisServers.seven(), Engine.SORTED_SET, partitions);
        }
    }
}
