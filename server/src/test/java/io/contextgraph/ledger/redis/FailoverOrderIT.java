// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Receipt;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import io.contextgraph.testing.TcpProxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * Two servers send batches of many runs at each level, one after the other, while the primary is lost, comes back as a
 * replica, and is made the primary again: each time by a Redis that has never seen the scripts.
 */
class FailoverOrderIT {
    private static final int BATCH = 1000;
    private static final int PER_CALLER = 10_000_000;

    /** As many as a pool has broken connections after a failover, and some for what comes with it. */
    private static final int MOST_ATTEMPTS = 20;

    private static final Set<Reason> REPEATED =
            Set.of(Reason.UNAVAILABLE, Reason.READ_ONLY, Reason.DURABILITY_NOT_REACHED);

    private final ReplicatedRedis redis = ReplicatedRedis.start();
    private final RunningRedis first = redis.first();
    private final RunningRedis second = redis.second();
    private final TcpProxy address = redis.address();

    /** Whoever has got an error waits until the address leads to a primary again. */
    private final ReentrantReadWriteLock moving = new ReentrantReadWriteLock();

    /** One for each answer; one for each that a replica has confirmed; one for each error. */
    private final Semaphore answers = new Semaphore(0);

    private final Semaphore replicated = new Semaphore(0);
    private final Semaphore refused = new Semaphore(0);
    private final AtomicInteger failovers = new AtomicInteger();
    private volatile boolean done;

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), FailoverOrderIT.class, "no Redis 8 is installed");
    }

    @AfterEach
    void close() {
        redis.close();
    }

    private RedisSettings settings() {
        return redis.settings();
    }

    /**
     * A batch whose caller knows what became of it.
     *
     * @param failovers how many there had been at least when it was answered
     */
    private record Sent(long from, List<AppendOutcome> outcomes, int failovers) {}

    /** Sends one batch after the other, each until it is answered. */
    private final class Caller {
        private final int number;
        private final RedisLedger ledger;
        private final Durability level;
        private final List<Sent> sent = new ArrayList<>();
        private int repeated;

        Caller(int number, RedisLedger ledger, Durability level) {
            this.number = number;
            this.ledger = ledger;
            this.level = level;
        }

        /** Once more when all is over: what comes after the last failover is whole. */
        void run() {
            try {
                boolean last = false;
                for (long from = 1L + (long) number * PER_CALLER; !last; from += BATCH) {
                    last = done;
                    send(from);
                }
            } finally {
                answers.release(PER_CALLER);
                replicated.release(PER_CALLER);
                refused.release(PER_CALLER);
            }
        }

        private List<Append> batch(long from) {
            return LongStream.range(from, from + BATCH)
                    .mapToObj(n -> Append.of(Events.event(n, n % 2 == 0 ? "shared-" + n % 5 : "own-" + number)))
                    .toList();
        }

        private void send(long from) {
            List<Append> batch = batch(from);
            List<LedgerException> errors = new ArrayList<>();
            while (errors.size() < MOST_ATTEMPTS) {
                int before = failovers.get();
                try {
                    sent.add(new Sent(from, ledger.log().append(batch, level).outcomes(), before));
                    answers.release();
                    if (level == Durability.REPLICATED) {
                        replicated.release();
                    }
                    return;
                } catch (LedgerException e) {
                    assertThat(e.reason()).as(e.toString()).isIn(REPEATED);
                    errors.add(e);
                    repeated++;
                    refused.release();
                    awaitPrimary();
                }
            }
            throw new AssertionError("not answered in " + MOST_ATTEMPTS + " attempts: " + errors);
        }

        /** @param last how many failovers there were in all */
        void assertKept(Map<EventId, Receipt> kept, int last) {
            Position before = Position.START;
            for (Sent batch : sent) {
                assertThat(batch.outcomes()).hasSize(BATCH);
                boolean mustBeThere = level == Durability.REPLICATED || batch.failovers() == last;
                for (int i = 0; i < BATCH; i++) {
                    EventId id = Events.id(batch.from() + i);
                    AppendOutcome outcome = batch.outcomes().get(i);
                    assertThat(outcome.eventId()).isEqualTo(id);
                    assertThat(outcome).isInstanceOfAny(Appended.class, Duplicate.class);
                    Receipt there = kept.get(id);
                    if (mustBeThere) {
                        assertThat(receipt(outcome)).as("%s %s", level, id).isEqualTo(there);
                    }
                    if (there != null) {
                        assertThat(there.position()).as("%s %s", level, id).isGreaterThan(before);
                        before = there.position();
                    }
                }
            }
        }

        private static Receipt receipt(AppendOutcome outcome) {
            return outcome instanceof Duplicate duplicate ? duplicate.receipt() : ((Appended) outcome).receipt();
        }
    }

    @Test
    void whicheverRedisTakesOverEveryBatchKeepsItsOrder() throws Exception {
        List<Caller> callers = new ArrayList<>();
        try (RedisLedger one = RedisLedger.connect(settings());
                RedisLedger other = RedisLedger.connect(settings());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Durability level : Durability.values()) {
                callers.add(new Caller(callers.size(), one, level));
                callers.add(new Caller(callers.size(), other, level));
            }
            List<Future<?>> running = new ArrayList<>();
            callers.forEach(caller -> running.add(threads.submit(caller::run)));
            try {
                awaitNext(replicated);
                answers.acquire(callers.size());
                failOver(this::lose);
                first.restart();
                replicate(first, second);
                awaitNext(replicated);
                failOver(this::handOver);
                awaitNext(replicated);
            } finally {
                done = true;
            }
            for (Future<?> caller : running) {
                caller.get();
            }
        }
        Map<EventId, Receipt> kept = new HashMap<>();
        LedgerAudit.assertWhole(
                settings(),
                event -> kept.put(
                        event.event().id(),
                        new Receipt(event.position(), event.seq(), event.sessionSeq(), event.recordedAt())));
        callers.forEach(caller -> caller.assertKept(kept, failovers.get()));
        assertThat(callers.stream().mapToInt(caller -> caller.repeated).sum()).isPositive();
    }

    /** What has been until now does not count. */
    private static void awaitNext(Semaphore semaphore) {
        int ignored = semaphore.drainPermits();
        semaphore.acquireUninterruptibly();
    }

    private void failOver(Runnable change) {
        moving.writeLock().lock();
        try {
            change.run();
            address.cutAll();
            failovers.incrementAndGet();
        } finally {
            moving.writeLock().unlock();
        }
    }

    /** The first one is gone in the middle of what it does. */
    private void lose() {
        first.kill();
        promote(second);
        address.moveTo(second.port());
    }

    /** The second one goes on as a replica, and refuses the clients that are still there. */
    private void handOver() {
        promote(first);
        replicate(second, first);
        awaitNext(refused);
        address.moveTo(first.port());
    }

    private void awaitPrimary() {
        moving.readLock().lock();
        try {
            assertThat(moving.isWriteLocked()).isFalse();
        } finally {
            moving.readLock().unlock();
        }
    }

    private static void promote(RunningRedis replica) {
        try (Jedis jedis = new Jedis(replica.url())) {
            String ignored = jedis.replicaofNoOne();
        }
    }

    private static void replicate(RunningRedis replica, RunningRedis primary) {
        try (Jedis jedis = new Jedis(replica.url())) {
            String ignored = jedis.replicaof("127.0.0.1", primary.port());
        }
    }
}
