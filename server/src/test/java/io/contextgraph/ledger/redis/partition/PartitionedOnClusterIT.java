// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerContracts;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import io.contextgraph.ledger.router.PartitionedFixture;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisCluster;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A ledger of three partitions in a cluster of three masters and three replicas is held to what every ledger must do. */
class PartitionedOnClusterIT extends LedgerContracts {
    private static final int PARTITIONS = 3;

    private static @Nullable RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start(Duration.ofSeconds(1), List.of());
    }

    @AfterAll
    static void stop() {
        cluster().close();
    }

    private static RedisCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    @Override
    protected PartitionedFixture empty() {
        RedisSettings settings = RedisSettings.defaults(cluster().url())
                .withEngine(Engine.SORTED_SET)
                .withPrefix("test-" + UUID.randomUUID() + ":")
                .withCluster(new ClusterSettings(true, List.of()));
        List<RedisSettings> partitions = RedisPartitions.of(settings, List.of(), PARTITIONS);
        return PartitionedFixture.of(PARTITIONS, n -> RedisFixture.connect(partitions.get(n)));
    }

    /** Nothing is shared: each partition is on a master of its own. */
    @Test
    void eachPartitionIsOnAMasterOfItsOwn() {
        try (PartitionedFixture ledger = empty()) {
            assertThat(ledger.parts().stream()
                            .map(part -> cluster()
                                    .owner(((RedisFixture) part).settings().prefix())
                                    .port()))
                    .doesNotHaveDuplicates();
            List<Event> events = IntStream.range(0, 300)
                    .mapToObj(n -> Events.event(n, "session-" + n))
                    .toList();
            List<AppendOutcome> outcomes = ledger.log()
                    .append(events.stream().map(Append::of).toList(), Durability.MEMORY)
                    .outcomes();
            assertThat(outcomes).hasOnlyElementsOfType(AppendOutcome.Appended.class);
            assertThat(ledger.partitions().stream()
                            .mapToLong(partition -> partition.order().head().seq()))
                    .allMatch(count -> count > 50);
        }
    }
}
