// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which node a ledger is found on, and what is said where it is not found. */
class ClusterNodesIT {
    private final RedisCluster cluster = RedisCluster.start(Duration.ofSeconds(1), List.of());

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), ClusterNodesIT.class, "no Redis 8 is installed");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    /** A ledger that a node has. */
    private String prefixAt(RunningRedis node) {
        return IntStream.range(0, 1000)
                .mapToObj(n -> "{p" + n + "}:")
                .filter(prefix -> cluster.owner(prefix) == node)
                .findFirst()
                .orElseThrow();
    }

    private RedisSettings settings(String prefix) {
        return ClusterLedgers.settings(cluster, prefix, Engine.SORTED_SET)
                .withDurability(new DurabilitySettings(Durability.MEMORY, 1, Duration.ofSeconds(9)));
    }

    private static void append(RedisLedger ledger, long from, long to, Durability level) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsMatching(
                        failed -> failed instanceof LedgerException refused && refused.reason() == Reason.UNAVAILABLE)
                .until(() -> ledger.log().append(Events.appends(from, to), level).outcomes().stream()
                        .allMatch(Appended.class::isInstance));
    }

    @Test
    void aLedgerIsFoundFromAnyNode() {
        for (RunningRedis node : cluster.nodes()) {
            for (int n = 0; n < 5; n++) {
                RedisSettings settings =
                        settings("{p" + n + "}:").withUrl(node.url()).withCluster(new ClusterSettings(true, List.of()));
                try (RedisLedger ledger = RedisLedger.connect(settings)) {
                    assertThat(ledger.order().read(0, 10)).isEmpty();
                }
            }
        }
    }

    /** Whoever knew the ledger when all other nodes were there needs none of those that it was told of in the beginning. */
    @Test
    void allNodesOfALedgerMayBeReplacedOneAfterTheOther() {
        RunningRedis first = cluster.nodes().getFirst();
        RedisSettings settings = settings(prefixAt(first)).withCluster(new ClusterSettings(true, List.of()));
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            append(ledger, 1, 100, Durability.REPLICATED);
            List<RecordedEvent> recorded = ledger.order().read(0, 1000);
            RunningRedis replica = cluster.replicaOf(first);
            first.kill();
            assertThat(cluster.awaitTakenOver(settings.prefix(), first)).isSameAs(replica);
            cluster.forget(first);
            append(ledger, 101, 110, Durability.MEMORY);

            RunningRedis added = cluster.addReplica(replica);
            append(ledger, 111, 120, Durability.REPLICATED);
            replica.kill();
            assertThat(cluster.awaitTakenOver(settings.prefix(), replica)).isSameAs(added);
            append(ledger, 121, 130, Durability.MEMORY);
            assertThat(ledger.order().read(0, 100)).isEqualTo(recorded);
            cluster.forget(replica);
        }
        RedisSettings anew = settings.withUrl(cluster.url());
        assertThat(LedgerAudit.assertWhole(anew).seq()).isEqualTo(130);
    }

    /** It waits inside of Redis when its node is told to follow another one. */
    @Test
    void aConsumerThatWaitsGoesOnAtTheOtherNode() throws Exception {
        RunningRedis first = cluster.nodes().getFirst();
        RedisSettings settings = settings(prefixAt(first));
        try (RedisLedger ledger = RedisLedger.connect(settings);
                Consumer consumer = ledger.feed("group").open("one")) {
            append(ledger, 1, 10, Durability.REPLICATED);
            List<Delivery> before = consumer.poll(100, Duration.ZERO);
            assertThat(before).hasSize(10);
            consumer.acknowledge(before.stream().map(Delivery::position).toList());
            CompletableFuture<List<Delivery>> waiting = new CompletableFuture<>();
            Thread ignored = Thread.ofVirtual().start(() -> {
                try {
                    waiting.complete(consumer.poll(100, Duration.ofSeconds(60)));
                } catch (LedgerException refused) {
                    waiting.completeExceptionally(refused);
                }
            });
            RunningRedis second = cluster.switchOver(settings.prefix());
            assertThat(second).isNotSameAs(first);
            append(ledger, 11, 11, Durability.MEMORY);
            assertThat(waiting.get(30, TimeUnit.SECONDS)).hasSize(1);
        }
    }

    @Test
    void whoeverIsNotToldThatItIsAClusterIsToldWhatToDo() {
        RunningRedis first = cluster.nodes().getFirst();
        String elsewhere = prefixAt(cluster.nodes().get(1));
        assertThatThrownBy(() -> RedisLedger.connect(
                        settings(elsewhere).withUrl(first.url()).withCluster(ClusterSettings.OFF)))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .hasMessageContaining("set redis.cluster to true");
        for (RunningRedis node : cluster.nodes()) {
            assertThatThrownBy(() ->
                            RedisLedger.connect(settings("").withUrl(node.url()).withCluster(ClusterSettings.OFF)))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("redis.cluster")
                    .hasMessageContaining("{ledger}:");
        }
        // As it was: all of the ledger is where the address leads.
        try (RedisLedger ledger = RedisLedger.connect(
                settings(prefixAt(first)).withUrl(first.url()).withCluster(ClusterSettings.OFF))) {
            append(ledger, 1, 10, Durability.MEMORY);
            assertThat(ledger.order().read(0, 100)).hasSize(10);
        }
    }

    @Test
    void aRedisThatIsNoClusterIsNotTakenForOne() {
        RedisSettings alone = RedisSettings.defaults(RedisServers.any())
                .withPrefix("{alone}:")
                .withCluster(new ClusterSettings(true, List.of()));
        assertThatThrownBy(() -> RedisLedger.connect(alone))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .hasMessageContaining("redis.cluster is true, and ")
                .hasMessageContaining(" is no node of a cluster");
    }
}
