// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The master of a ledger is lost, and a replica takes over by itself. */
class ClusterFailoverIT {
    private static final String PREFIX = "{p0}:";

    /** Whoever asks waits no longer for an answer, whatever it is. */
    private static final Duration LONGEST = Duration.ofSeconds(6);

    /** Far more than a failover takes. */
    private static final int MOST_REFUSALS = 2000;

    private final RedisCluster cluster = RedisCluster.start(Duration.ofSeconds(1), List.of("--appendfsync", "always"));

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), ClusterFailoverIT.class, "no Redis 8 is installed");
    }

    @BeforeEach
    void open() {
        ledger = RedisLedger.connect(settings());
    }

    @AfterEach
    void close() {
        ledger.close();
        cluster.close();
    }

    private RedisSettings settings() {
        return ClusterLedgers.settings(cluster, PREFIX, Engine.SORTED_SET)
                .withDurability(new DurabilitySettings(Durability.MEMORY, 1, Duration.ofSeconds(9)));
    }

    private List<AppendOutcome> append(List<Append> events, Durability level) {
        return ledger.log().append(events, level).outcomes();
    }

    /** Asks until it is answered; each answer comes in time, and says that it may come right by itself. */
    private static <T> T answered(Supplier<T> ask) {
        for (int refusals = 0; refusals < MOST_REFUSALS; refusals++) {
            long began = System.nanoTime();
            try {
                return ask.get();
            } catch (LedgerException refused) {
                assertThat(refused.reason()).as(refused.toString()).isEqualTo(Reason.UNAVAILABLE);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONGEST);
        }
        throw new AssertionError("no answer after " + MOST_REFUSALS + " refusals");
    }

    @Test
    void whatAReplicaConfirmedIsThereAndWorkGoesOnByItself() {
        List<Append> before = Events.appends(1, 200);
        assertThat(append(before, Durability.REPLICATED)).hasSize(200).allMatch(Appended.class::isInstance);
        List<RecordedEvent> recorded = ledger.order().read(0, 1000);
        Consumer consumer = ledger.feed("group").open("one");
        assertThat(consumer.poll(50, Duration.ZERO)).hasSize(50);

        RunningRedis master = cluster.owner(PREFIX);
        master.kill();

        assertThat(answered(() -> append(Events.appends(201, 210), Durability.FSYNC)))
                .allMatch(Appended.class::isInstance);
        assertThat(cluster.owner(PREFIX)).isNotSameAs(master);
        assertThat(answered(() -> ledger.order().read(0, 200))).isEqualTo(recorded);
        assertThat(answered(() -> append(before, Durability.FSYNC)).stream()
                        .map(outcome -> ((Duplicate) outcome).receipt().position()))
                .containsExactlyElementsOf(
                        recorded.stream().map(RecordedEvent::position).toList());
        assertThat(answered(() -> consumer.poll(50, Duration.ZERO)))
                .extracting(Delivery::position)
                .containsExactlyElementsOf(
                        recorded.stream().limit(50).map(RecordedEvent::position).toList());
        consumer.close();
        assertThat(ledger.check().reachable()).isTrue();

        // The lost one comes back as a replica, and confirms again.
        master.restart();
        cluster.awaitWhole();
        assertThat(answered(() -> append(Events.appends(211, 220), Durability.REPLICATED)))
                .allMatch(Appended.class::isInstance);
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(220);
    }

    /** As of any Redis: what only the disk of the lost one had is lost with it; nobody was told that a replica has it. */
    @Test
    void whatNoReplicaHadIsNotThereAndIsTakenAnew() {
        List<Append> kept = Events.appends(1, 50);
        assertThat(append(kept, Durability.REPLICATED)).allMatch(Appended.class::isInstance);
        RunningRedis master = cluster.owner(PREFIX);
        RunningRedis replica = cluster.replicaOf(master);
        cluster.cutOff(replica);
        List<Append> lost = Events.appends(51, 60);
        assertThat(append(lost, Durability.FSYNC)).allMatch(Appended.class::isInstance);
        master.kill();
        replica.signal("CONT");

        List<AppendOutcome> again = answered(() -> append(lost, Durability.FSYNC));
        assertThat(again).allMatch(Appended.class::isInstance);
        assertThat(answered(() -> append(kept, Durability.FSYNC))).allMatch(Duplicate.class::isInstance);
        cluster.awaitWhole();
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(60);
    }

    /** The node that wrote it may have it on its disk, and so may its replica: the ledger is on its way to others. */
    @Test
    void whatGoesToAnotherNodeWhileItIsWaitedForIsNotConfirmed() {
        assertThat(append(Events.appends(1, 10), Durability.REPLICATED)).allMatch(Appended.class::isInstance);
        RunningRedis master = cluster.owner(PREFIX);
        RunningRedis replica = cluster.replicaOf(master);
        RunningRedis target = cluster.anotherMaster(PREFIX);
        replica.signal("STOP");
        List<Append> more = Events.appends(11, 20);
        CompletableFuture<List<AppendOutcome>> waiting = new CompletableFuture<>();
        Thread ignored = Thread.ofVirtual().start(() -> {
            try {
                waiting.complete(append(more, Durability.REPLICATED));
            } catch (LedgerException refused) {
                waiting.completeExceptionally(refused);
            }
        });
        Awaitility.await().until(() -> ledger.order().head().seq() == 20);
        RedisCluster.Migration migration = cluster.migrate(PREFIX, target);
        replica.signal("CONT");
        assertThat(waiting)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .withMessageContaining("ASK");
        migration.finish();
        assertThat(answered(() -> append(more, Durability.REPLICATED))).allMatch(Duplicate.class::isInstance);
        cluster.awaitWhole();
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(20);
    }

    /** Each is sent until it is answered, while the ledger goes to and fro between two nodes. */
    @Test
    void noAppendIsLostOrMadeTwiceWhereNodesTakeOverInAgreement() throws Exception {
        List<Writer> writers = new ArrayList<>();
        for (Durability level : Durability.values()) {
            writers.add(new Writer(writers.size(), level));
            writers.add(new Writer(writers.size(), level));
        }
        for (int i = 0; i < 4; i++) {
            RunningRedis ignored = cluster.switchOver(PREFIX);
            cluster.awaitWhole();
            for (Writer writer : writers) {
                writer.awaitMore();
            }
        }
        long sent = 0;
        for (Writer writer : writers) {
            sent += writer.end();
        }
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(sent);
    }

    /** Sends one batch after the other. */
    private final class Writer {
        private final int number;
        private final Durability level;
        private final Thread thread = Thread.ofVirtual().unstarted(this::run);
        private volatile boolean ended;
        private final AtomicLong sent = new AtomicLong();
        private volatile @Nullable Throwable failure;

        Writer(int number, Durability level) {
            this.number = number;
            this.level = level;
            thread.start();
        }

        private void run() {
            try {
                while (!ended) {
                    long from = number * 1_000_000L + sent.get() + 1;
                    List<Append> batch = Events.appends(from, from + 9);
                    boolean taken = answeredOrRepeated(batch);
                    assertThat(taken).isTrue();
                    sent.addAndGet(10);
                }
            } catch (Throwable e) {
                failure = e;
            }
        }

        private boolean answeredOrRepeated(List<Append> batch) {
            for (int refusals = 0; refusals < MOST_REFUSALS; refusals++) {
                try {
                    return append(batch, level).stream()
                            .allMatch(outcome -> outcome instanceof Appended || outcome instanceof Duplicate);
                } catch (LedgerException refused) {
                    assertThat(refused.reason())
                            .as(refused.toString())
                            .isIn(Reason.UNAVAILABLE, Reason.DURABILITY_NOT_REACHED);
                }
            }
            return false;
        }

        void awaitMore() {
            long before = sent.get();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> failure != null || sent.get() > before + 50);
        }

        long end() throws InterruptedException {
            ended = true;
            thread.join();
            Throwable failed = failure;
            if (failed != null) {
                throw new AssertionError("writer " + number + " at " + level, failed);
            }
            return sent.get();
        }
    }
}
