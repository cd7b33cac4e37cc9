// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ops.Metrics;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import io.contextgraph.testing.TcpProxy;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** A primary with a replica behind one address that moves from the one to the other. */
class FailoverIT {
    private final ReplicatedRedis redis = ReplicatedRedis.start();
    private final RunningRedis primary = redis.first();
    private final RunningRedis replica = redis.second();
    private final TcpProxy address = redis.address();

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), FailoverIT.class, "no Redis 8 is installed");
    }

    @BeforeEach
    void open() {
        ledger = RedisLedger.connect(settings());
    }

    @AfterEach
    void close() {
        ledger.close();
        redis.close();
    }

    private RedisSettings settings() {
        return redis.settings();
    }

    private RedisSettings impatient() {
        return settings().withDurability(new DurabilitySettings(Durability.MEMORY, 1, Duration.ofMillis(100)));
    }

    private AppendResult replicated(List<Append> events) {
        return ledger.log().append(events, Durability.REPLICATED);
    }

    private void promoteReplica() {
        primary.kill();
        try (Jedis jedis = new Jedis(replica.url())) {
            String ignored = jedis.replicaofNoOne();
        }
        address.moveTo(replica.port());
        address.cutAll();
    }

    @Test
    void theReplicaIsWatchedAndSoAreTheFilesOfThePrimary() {
        AppendResult ignored = replicated(Events.appends(1, 20));
        Metrics metrics = new Metrics();
        ledger.watch(metrics);
        assertThat(metrics.scrape())
                .contains("contextgraph_redis_replicas_online 1.0")
                .containsPattern("contextgraph_redis_replica_lag_bytes \\d+\\.")
                .containsPattern("contextgraph_redis_replica_silent_seconds [01]\\.0")
                .contains("contextgraph_redis_file_ok{file=\"append_write\"} 1.0")
                .contains("contextgraph_redis_file_ok{file=\"append_rewrite\"} 1.0")
                .contains("contextgraph_redis_file_ok{file=\"snapshot\"} 1.0")
                .containsPattern("contextgraph_redis_append_file_bytes [1-9]")
                .containsPattern("contextgraph_redis_append_file_base_bytes \\d")
                .containsPattern("contextgraph_redis_snapshot_age_seconds \\d")
                .containsPattern("contextgraph_redis_memory_used_bytes [1-9]")
                .containsPattern("contextgraph_redis_clients_connected [1-9]")
                .contains("contextgraph_redis_keys_evicted 0.0");
        replica.kill();
        Awaitility.await()
                .untilAsserted(() -> assertThat(metrics.scrape()).contains("contextgraph_redis_replicas_online 0.0"));
        primary.kill();
        Awaitility.await()
                .untilAsserted(() -> assertThat(metrics.scrape()).contains("contextgraph_redis_replicas_online NaN"));
    }

    @Test
    void whatAReplicaConfirmedSurvivesTheLossOfThePrimary() {
        List<Append> before = Events.appends(1, 200);
        AppendResult confirmed = replicated(before);
        assertThat(confirmed.reached()).isEqualTo(Durability.REPLICATED);
        assertThat(confirmed.outcomes()).hasSize(200).allMatch(Appended.class::isInstance);
        List<RecordedEvent> recorded = ledger.order().read(0, 1000);
        Consumer consumer = ledger.feed("group").open("one");
        assertThat(consumer.poll(50, Duration.ZERO)).hasSize(50);

        promoteReplica();

        try (RedisLedger after = RedisLedger.connect(settings())) {
            assertThat(after.order().read(0, 1000)).isEqualTo(recorded);
            List<AppendOutcome> again =
                    after.log().append(before, Durability.FSYNC).outcomes();
            assertThat(again.stream()
                            .map(outcome -> ((Duplicate) outcome).receipt().position()))
                    .containsExactlyElementsOf(
                            recorded.stream().map(RecordedEvent::position).toList());
            assertThat(after.log()
                            .append(Events.appends(201, 210), Durability.FSYNC)
                            .outcomes())
                    .allMatch(Appended.class::isInstance);
            // What the group was given and had not acknowledged is known to the replica, too.
            assertThat(after.feed("group").progress().pending()).isEqualTo(50);
        }
        // Whoever was connected goes on by itself once the broken connections have been used up.
        assertThat(deliveredAgain(consumer)).isEqualTo(50);
        consumer.close();
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(210);
    }

    /** A consumer begins with what it had not acknowledged; its first call may find its connection broken. */
    private static int deliveredAgain(Consumer consumer) {
        List<Delivery> again;
        try {
            again = consumer.poll(50, Duration.ZERO);
        } catch (LedgerException brokenConnection) {
            assertThat(brokenConnection.reason()).isEqualTo(Reason.UNAVAILABLE);
            again = consumer.poll(50, Duration.ZERO);
        }
        return again.size();
    }

    @Test
    void withoutAReplicaTheLevelIsNotReachedAndTheRepetitionIsADuplicate() {
        Event event = Events.full(1, "s");
        // While it writes its first append-only file it would refuse to stop.
        replica.kill();
        try (RedisLedger impatient = RedisLedger.connect(impatient())) {
            assertThatThrownBy(() -> impatient.log().append(List.of(Append.of(event)), Durability.REPLICATED))
                    .isInstanceOfSatisfying(LedgerException.class, e -> {
                        assertThat(e.reason()).isEqualTo(Reason.DURABILITY_NOT_REACHED);
                        assertThat(e).hasMessageContaining("1 local disk and 0 of 1 replicas confirmed");
                    });
        }
        assertThat(ledger.check().onlineReplicas()).isZero();
        replica.restart();
        AppendResult later = replicated(List.of(Append.of(event)));
        assertThat(later.reached()).isEqualTo(Durability.REPLICATED);
        assertThat(later.outcomes()).hasOnlyElementsOfType(Duplicate.class);
        assertThat(ledger.check().onlineReplicas()).isEqualTo(1);
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(1);
    }

    @Test
    void anAddressThatLeadsToAReplicaTakesNothingUntilItIsPromoted() {
        AppendResult ignored = replicated(Events.appends(1, 10));
        address.moveTo(replica.port());
        address.cutAll();
        try (RedisLedger misled = RedisLedger.connect(settings())) {
            for (Durability level : Durability.values()) {
                assertThatThrownBy(() -> misled.log().append(Events.appends(11, 11), level))
                        .isInstanceOfSatisfying(
                                LedgerException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.READ_ONLY));
            }
            assertThat(misled.order().read(0, 100)).hasSize(10);
            promoteReplica();
            try (RedisLedger after = RedisLedger.connect(settings())) {
                assertThat(after.log()
                                .append(Events.appends(11, 11), Durability.FSYNC)
                                .outcomes())
                        .hasOnlyElementsOfType(Appended.class);
            }
        }
    }
}
