// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By which names nodes tell of each other. */
class ClusterEndpointsIT {
    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), ClusterEndpointsIT.class, "no Redis 8 is installed");
    }

    /** Every call is answered, whether the connection was there before or not: what was executed nowhere is sent again. */
    @ParameterizedTest
    @ValueSource(strings = {"ip", "hostname", "unknown-endpoint"})
    void aLedgerIsFollowedToWhereNodesSayThatItIs(String preferred) {
        List<String> arguments =
                List.of("--cluster-preferred-endpoint-type", preferred, "--cluster-announce-hostname", "localhost");
        try (RedisCluster cluster = RedisCluster.start(Duration.ofSeconds(15), arguments)) {
            RedisSettings settings = ClusterLedgers.settings(cluster, "{p0}:", Engine.SORTED_SET);
            try (RedisLedger ledger = RedisLedger.connect(settings)) {
                for (int n = 0; n < 3; n++) {
                    for (Durability level : List.of(Durability.MEMORY, Durability.FSYNC)) {
                        long from = 1 + 20L * n + (level == Durability.FSYNC ? 10 : 0);
                        List<Append> events = LongStream.range(from, from + 10)
                                .mapToObj(i -> Append.of(Events.full(i, "session-" + i % 3)))
                                .toList();
                        assertThat(ledger.log().append(events, level).outcomes())
                                .allMatch(Appended.class::isInstance);
                        assertThat(ledger.order().read(0, 100)).hasSize((int) from + 9);
                        cluster.migrate("{p0}:", cluster.anotherMaster("{p0}:")).finish();
                    }
                }
            }
        }
    }
}
