// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The appends at one level. Each round has a connection of its own: while it waits there, the next ones are written on others.
 *
 * <p><b>Guarantees.</b> At most {@value #MOST_WAITING} connections; as they become scarce, rounds follow each other more slowly and
 * get larger, so that they are enough for however long a wait takes.
 */
final class AppendLane implements GroupCommit.Store<AppendBatch>, AutoCloseable {
    /** Events in one run of the script: keeps a run at about a millisecond, so that nobody else waits long. */
    static final int EVENTS_PER_RUN = 20;

    /** Connections, where rounds wait on them. */
    static final int MOST_WAITING = 32;

    /**
     * Rounds of those that wait which are written at once. With {@code appendfsync always} Redis answers when it has synced: it finds
     * the next round there then, and one sync serves what has arrived on all of them.
     */
    private static final int WRITTEN_AT_ONCE = 4;

    /** Events for which such a round is begun beside others: few would only make more syncs of the disk, each for fewer events. */
    private static final int WORTH_A_SYNC = 100;

    /** Rounds of those that do not wait which are written at once: Redis finds the next one there when it has answered. */
    private static final int IN_FLIGHT = 2;

    /** Events for which such a round is begun beside another: few would only make more runs, each for fewer events. */
    private static final int WORTH_A_RUN = EVENTS_PER_RUN;

    /** So many may wait before rounds slow down, by so much for each more: all would not be in use for a second. */
    private static final int WAITING_AT_EASE = MOST_WAITING / 4;

    private static final long PAUSE_NANOS = 4_000_000;

    private final Durability level;
    private final Optional<RoundConnection.Wait> wait;
    private final Duration patience;
    private final RoundConnections connections;
    private final int writtenAtOnce;
    private final int worthARound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition written = lock.newCondition();
    private int writing;
    private final BiFunction<RoundConnection, List<AppendItem>, AppendRun> runs;
    private final Predicate<JedisException> elsewhere;
    private final GroupCommit<AppendBatch> commits = new GroupCommit<>(this);
    private volatile long opened = System.nanoTime();

    /**
     * A lane that has no connection yet.
     *
     * @param patience for a connection that is free
     * @param runs makes a run of some events on a connection
     * @param elsewhere takes note of a failure, and says whether the ledger is on another node
     */
    AppendLane(
            Durability level,
            DurabilitySettings durability,
            Duration patience,
            Supplier<RoundConnection> open,
            BiFunction<RoundConnection, List<AppendItem>, AppendRun> runs,
            Predicate<JedisException> elsewhere) {
        boolean waits = level != Durability.MEMORY;
        int replicas = level == Durability.REPLICATED ? durability.replicas() : 0;
        this.level = level;
        this.wait = waits ? Optional.of(new RoundConnection.Wait(replicas, durability.timeout())) : Optional.empty();
        this.patience = patience;
        this.connections = new RoundConnections(waits ? MOST_WAITING : IN_FLIGHT, open);
        this.worthARound = waits ? WORTH_A_SYNC : WORTH_A_RUN;
        this.writtenAtOnce = waits ? WRITTEN_AT_ONCE : IN_FLIGHT;
        this.runs = runs;
        this.elsewhere = elsewhere;
    }

    GroupCommit<AppendBatch> commits() {
        return commits;
    }

    @Override
    public GroupCommit.Round<AppendBatch> open() {
        beginWriting();
        try {
            RoundConnection connection = connections.take(patience);
            pace();
            return new Round(connection);
        } catch (RuntimeException | Error e) {
            endWriting();
            throw e;
        }
    }

    /** Few events are worth no round of their own while another one is being written: they wait for more. */
    private void beginWriting() {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (writing >= writtenAtOnce || (writing > 0 && commits.queued() < worthARound)) {
                if (left <= 0) {
                    throw new LedgerException(Reason.OVERLOADED, "all connections for appends are busy");
                }
                left = written.awaitNanos(left);
            }
            writing++;
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new LedgerException(Reason.UNAVAILABLE, "the server is closing", closing);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int worthARound() {
        return worthARound;
    }

    @Override
    public void filled() {
        lock.lock();
        try {
            written.signal();
        } finally {
            lock.unlock();
        }
    }

    private void endWriting() {
        lock.lock();
        try {
            writing--;
            written.signal();
        } finally {
            lock.unlock();
        }
    }

    private void pace() {
        long due = opened + PAUSE_NANOS * Math.max(0, connections.inUse() - WAITING_AT_EASE);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            LockSupport.parkNanos(left);
        }
        opened = System.nanoTime();
    }

    /** The ledger has gone to another node. */
    void moved() {
        connections.abandon();
    }

    @Override
    public void close() {
        connections.close();
    }

    private final class Round implements GroupCommit.Round<AppendBatch> {
        private final RoundConnection connection;
        private boolean sound = true;

        Round(RoundConnection connection) {
            this.connection = connection;
        }

        @Override
        public void write(List<AppendBatch> batches) {
            try {
                guarded(() -> {
                    sendAll(batches.stream()
                            .filter(batch -> batch.goesTo(connection.history()))
                            .toList());
                    return batches;
                });
            } finally {
                endWriting();
            }
        }

        /** Nobody is held up for good by an event of somebody else whose session has lost its entry. */
        private void sendAll(List<AppendBatch> batches) {
            send(split(batches.stream().flatMap(batch -> batch.items().stream()).toList()), false);
            for (List<AppendItem> held = heldByOthers(batches); !held.isEmpty(); held = heldByOthers(batches)) {
                send(split(held), true);
            }
        }

        private static List<AppendItem> heldByOthers(List<AppendBatch> batches) {
            return batches.stream().flatMap(AppendBatch::heldByOthers).toList();
        }

        /** Callers share runs: what a run costs beyond its events is paid once. */
        private List<AppendRun> split(List<AppendItem> items) {
            List<AppendRun> all = new ArrayList<>();
            for (int from = 0; from < items.size(); from += EVENTS_PER_RUN) {
                all.add(runs.apply(connection, items.subList(from, Math.min(from + EVENTS_PER_RUN, items.size()))));
            }
            return all;
        }

        /**
         * Sends all runs at once, with the wait for them, and again from the first that was not carried out.
         *
         * <p>Redis may forget the script between two of them, and somebody may load it again; another server may bring the
         * ledger further than they foresaw: those behind must not pass the others, which the script itself sees to. After an
         * error that may go by itself nothing more is sent: what failed is sent again by its callers, and what stood behind it
         * must not come before it. Nor is anything behind a run that holds events back.
         *
         * @param again whether runs of this round were sent before
         */
        private void send(List<AppendRun> all, boolean again) {
            int done = 0;
            int loads = again ? 1 : 0;
            boolean holds = false;
            Optional<JedisDataException> hindrance = Optional.empty();
            do {
                if (loads > 0 && wait.isPresent()) {
                    connection.skipConfirmation();
                }
                List<AppendRun> left = all.subList(done, all.size());
                List<Object> replies = connection.send(left, loads > 0, wait);
                for (int i = 0; i < left.size(); i++) {
                    left.get(i).replied(replies.get(i));
                }
                List<AppendRun> begun =
                        left.stream().takeWhile(run -> !run.isLeftBehind()).toList();
                loads = begun.isEmpty() ? loads + 1 : 1;
                hindrance = begun.stream()
                        .flatMap(run -> run.passingFailure().stream())
                        .findFirst()
                        .or(loads > Script.MAX_LOADS && !left.isEmpty() ? left.getFirst()::failure : Optional::empty);
                done += begun.size();
                holds = begun.stream().anyMatch(AppendRun::holds);
            } while (done < all.size() && hindrance.isEmpty() && !holds);
            // The others lead to the same node.
            sound &= hindrance.filter(elsewhere).isEmpty();
            for (AppendRun run : all) {
                if (holds && run.isLeftBehind()) {
                    run.hold();
                } else {
                    run.answer(run.isLeftBehind() ? hindrance : run.failure());
                }
            }
        }

        @Override
        public void confirm() {
            wait.ifPresent(asked -> confirm(asked, guarded(connection::awaitConfirmation)));
        }

        private void confirm(RoundConnection.Wait asked, RoundConnection.Confirmed confirmed) {
            if (!confirmed.sameHistory()) {
                sound = false;
                throw new LedgerException(
                        Reason.UNAVAILABLE,
                        "Redis has changed its role, or begun anew, between write and confirmation");
            }
            if (confirmed.disks() < 1 || confirmed.replicas() < asked.replicas()) {
                throw new LedgerException(
                        Reason.DURABILITY_NOT_REACHED,
                        "within " + asked.atMost().toMillis() + " ms " + confirmed.disks() + " local disk and "
                                + confirmed.replicas() + " of " + asked.replicas() + " replicas confirmed");
            }
        }

        private <T> T guarded(Supplier<T> work) {
            boolean worked = false;
            try {
                T result = work.get();
                worked = true;
                return result;
            } catch (JedisDataException refused) {
                boolean ignored = elsewhere.test(refused);
                throw unconfirmed(refused);
            } catch (JedisException broken) {
                boolean ignored = elsewhere.test(broken);
                throw RedisErrors.classify(broken);
            } finally {
                sound &= worked;
            }
        }

        /** A Redis that is loading its data, or has just become a replica, refuses this like anything else. */
        private LedgerException unconfirmed(JedisDataException refused) {
            LedgerException error = RedisErrors.classify(refused);
            return error.reason() == Reason.DEFECT
                    ? new LedgerException(
                            Reason.DURABILITY_UNSUPPORTED,
                            "Redis cannot confirm " + level.wireName() + ": " + refused.getMessage(),
                            refused)
                    : error;
        }

        @Override
        public void close() {
            connections.giveBack(connection, sound);
        }
    }
}
