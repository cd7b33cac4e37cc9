// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import io.contextgraph.ledger.router.PartitionedFixture;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RunningRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A master of three dies: its sessions cannot be written to until its replica has taken over, all others go on. */
class PartitionedFailoverIT {
    private static final int PARTITIONS = 3;
    private static final int AWAY = 1;

    private final List<EventId> acknowledged = new ArrayList<>();
    private long number;

    private static String session(PartitionedFixture ledger, int partition) {
        return IntStream.iterate(0, n -> n + 1)
                .mapToObj(n -> "session-" + n)
                .filter(name -> ledger.partitionOf(new SessionId(name)).number() == partition)
                .findFirst()
                .orElseThrow();
    }

    private void append(PartitionedFixture ledger, String session) {
        Event event = Events.event(++number, session);
        AppendResult result = ledger.log().append(List.of(Append.of(event)), Durability.REPLICATED);
        assertThat(result.outcomes()).hasOnlyElementsOfType(AppendOutcome.Appended.class);
        acknowledged.add(event.id());
    }

    @Test
    void oneMasterDiesAndTheOthersGoOn() {
        try (RedisCluster cluster = RedisCluster.start(Duration.ofSeconds(2), List.of())) {
            RedisSettings settings = RedisSettings.defaults(cluster.url())
                    .withEngine(Engine.SORTED_SET)
                    .withDurability(new DurabilitySettings(Durability.MEMORY, 1, Duration.ofSeconds(5)))
                    .withCluster(new ClusterSettings(true, List.of()));
            List<RedisSettings> partitions = RedisPartitions.of(settings, List.of(), PARTITIONS);
            try (PartitionedFixture ledger =
                    PartitionedFixture.of(PARTITIONS, n -> RedisFixture.connect(partitions.get(n)))) {
                List<String> sessions = IntStream.range(0, PARTITIONS)
                        .mapToObj(n -> session(ledger, n))
                        .toList();
                for (int i = 0; i < 30; i++) {
                    append(ledger, sessions.get(i % PARTITIONS));
                }
                RunningRedis master = cluster.owner(partitions.get(AWAY).prefix());
                master.kill();

                assertThatThrownBy(() -> append(ledger, sessions.get(AWAY)))
                        .isInstanceOfSatisfying(LedgerException.class, e -> {
                            assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
                            assertThat(e.told().orElse("")).startsWith("partition " + AWAY + ": ");
                        });
                for (int there : List.of(0, 2)) {
                    append(ledger, sessions.get(there));
                }
                assertThatThrownBy(() ->
                                ledger.search().search(EventQuery.builder().build()))
                        .isInstanceOf(LedgerException.class)
                        .hasMessageStartingWith("partition " + AWAY + ": ");

                RunningRedis promoted =
                        cluster.awaitTakenOver(partitions.get(AWAY).prefix(), master);
                assertThat(promoted.port()).isNotEqualTo(master.port());
                // Nobody is restarted: whoever has failed goes on by itself. What was acknowledged is there.
                Event next = Events.event(++number, sessions.get(AWAY));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .ignoreExceptionsInstanceOf(LedgerException.class)
                        .until(() ->
                                ledger.log().append(List.of(Append.of(next)), Durability.MEMORY).outcomes().stream()
                                        .noneMatch(AppendOutcome.Refused.class::isInstance));
                List<EventId> there = ledger
                        .search()
                        .search(EventQuery.builder().limit(1000).build())
                        .events()
                        .stream()
                        .map(event -> event.event().id())
                        .toList();
                assertThat(there).containsAll(acknowledged).contains(next.id()).doesNotHaveDuplicates();
                List<RecordedEvent> ofIt = ledger.partitions().get(AWAY).order().read(0, 1000);
                assertThat(ofIt.stream().map(RecordedEvent::seq))
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, ofIt.size()).boxed().toList());
            }
        }
    }
}
