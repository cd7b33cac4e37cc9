// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Which node of a cluster has a slot.
 *
 * <p><b>Guarantees.</b> What was found is believed until somebody doubts it. One asks at a time, at most every {@value #PAUSE_MILLIS}
 * ms; whoever comes meanwhile is told what that one finds. Nodes are asked one after the other, all together for at most {@value
 * #NODES_ASKED} times the patience with one.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class SlotOwner {
    private static final long PAUSE_MILLIS = 100;
    private static final int NODES_ASKED = 3;
    private static final String NO_CLUSTER = "cluster support disabled";
    private static final Logger LOG = LoggerFactory.getLogger(SlotOwner.class);

    /** Asks one node. */
    @FunctionalInterface
    public interface Asking {
        /**
         * Within the patience with one node.
         *
         * @return what it answers to {@code CLUSTER SHARDS}
         * @throws JedisException when it does not
         */
        Object shards(HostAndPort node);
    }

    /** What came of asking: the one or the other. */
    private record Found(
            @Nullable HostAndPort owner, @Nullable LedgerException failure) {}

    private final int slot;
    private final List<HostAndPort> seeds;
    private final Duration patience;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable HostAndPort owner;
    private volatile @Nullable HostAndPort hint;
    private volatile long lookUps;

    // Those below only by whoever asks.
    private List<HostAndPort> known;
    private @Nullable Found last;
    private long endedNanos;

    SlotOwner(int slot, List<HostAndPort> seeds, Duration patience) {
        this.slot = slot;
        this.seeds = List.copyOf(seeds);
        this.patience = patience;
        this.known = this.seeds;
        this.endedNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
    }

    /**
     * The node that has it.
     *
     * @param how a node is asked, if that is necessary
     * @param secured whether connections are, for which nodes have ports of their own
     * @throws LedgerException when no node tells, or nobody has it now
     */
    public HostAndPort find(Asking how, boolean secured) {
        HostAndPort believed = owner;
        return believed != null ? believed : asked(how, secured);
    }

    private HostAndPort asked(Asking how, boolean secured) {
        long before = lookUps;
        lock();
        try {
            HostAndPort believed = owner;
            if (believed != null) {
                return believed;
            }
            Found found = last;
            if (found == null || lookUps == before) {
                pause();
                found = lookUp(how, secured);
                last = found;
                owner = found.owner();
                endedNanos = System.nanoTime();
                long done = lookUps;
                lookUps = done + 1;
            }
            HostAndPort node = found.owner();
            if (node == null) {
                throw again(found);
            }
            return node;
        } finally {
            asking.unlock();
        }
    }

    private static LedgerException again(Found found) {
        LedgerException failure = found.failure();
        return failure == null
                ? new LedgerException(Reason.UNAVAILABLE, "no node has the ledger")
                : LedgerException.again(failure);
    }

    private void lock() {
        boolean locked;
        try {
            locked = asking.tryLock((NODES_ASKED + 1) * patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new LedgerException(Reason.UNAVAILABLE, "the server is closing", closing);
        }
        if (!locked) {
            throw new LedgerException(Reason.UNAVAILABLE, "it takes too long to find out which node has the ledger");
        }
    }

    private void pause() {
        long due = endedNanos + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new LedgerException(Reason.UNAVAILABLE, "the server is closing");
            }
            LockSupport.parkNanos(left);
        }
    }

    /** Whoever was named as the owner knows best; then each node in turn, so that one that is behind the others is not believed for long. */
    private Found lookUp(Asking how, boolean secured) {
        HostAndPort named = hint;
        hint = null;
        Set<HostAndPort> candidates = new LinkedHashSet<>();
        if (named != null) {
            boolean ignored = candidates.add(named);
        }
        candidates.addAll(known);
        candidates.addAll(seeds);
        Deque<HostAndPort> left = new ArrayDeque<>(candidates);
        long deadline = System.nanoTime() + NODES_ASKED * patience.toNanos();
        LedgerException failure = null;
        List<HostAndPort> silent = new ArrayList<>();
        while (!left.isEmpty() && (failure == null || System.nanoTime() - deadline < 0)) {
            HostAndPort node = left.removeFirst();
            try {
                ShardMap map = ShardMap.of(how.shards(node), node.getHost(), secured);
                Optional<HostAndPort> found = map.owner(slot);
                if (found.isPresent()) {
                    tell(found.get());
                    known = inTurn(map.nodes(), node, silent);
                    return new Found(found.get(), null);
                }
                failure = unserved(node);
                // One that takes over knows it first.
                map.nodes().stream().filter(candidates::add).forEach(left::addLast);
            } catch (JedisException unanswered) {
                boolean ignored = silent.add(node);
                failure = silence(node, unanswered);
            }
        }
        known = inTurn(List.copyOf(candidates), null, silent);
        return new Found(null, failure);
    }

    /** It passes: others will take over. */
    private LedgerException unserved(HostAndPort told) {
        String message = "no node of the cluster serves slot " + slot + " by what " + told
                + " knows: its master is down, and no replica has taken over";
        return new LedgerException(Reason.UNAVAILABLE, message, new JedisClusterException(message));
    }

    private static LedgerException silence(HostAndPort node, JedisException unanswered) {
        String message = String.valueOf(unanswered.getMessage());
        return message.contains(NO_CLUSTER)
                ? new LedgerException(
                        Reason.UNAVAILABLE, "redis.cluster is true, and " + node + " is no node of a cluster")
                : new LedgerException(
                        Reason.UNAVAILABLE,
                        node + " does not tell which node of the cluster has the ledger: " + message,
                        unanswered);
    }

    private void tell(HostAndPort found) {
        Found before = last;
        if (before == null || !found.equals(before.owner())) {
            LOG.info("Slot {} of the cluster, which has the ledger, is at {}", slot, found);
        }
    }

    /** Those that did not answer come last, before them the one that did. */
    private static List<HostAndPort> inTurn(
            List<HostAndPort> nodes, @Nullable HostAndPort answered, List<HostAndPort> silent) {
        List<HostAndPort> order = new ArrayList<>(nodes);
        if (answered != null) {
            boolean ignored = order.remove(answered);
            ignored = order.add(answered);
        }
        for (HostAndPort node : silent) {
            boolean known = order.remove(node);
            if (known) {
                order.addLast(node);
            }
        }
        return order;
    }

    /**
     * Lets the next one ask again.
     *
     * @param at the node that did not serve the slot; null for whichever is believed to
     * @param to the one that it says does; null where it does not say
     */
    void doubt(@Nullable HostAndPort at, @Nullable HostAndPort to) {
        HostAndPort believed = owner;
        if (believed == null || (at != null && !at.equals(believed)) || (at == null && believed.equals(to))) {
            return;
        }
        if (to != null) {
            hint = to;
        }
        owner = null;
    }
}
