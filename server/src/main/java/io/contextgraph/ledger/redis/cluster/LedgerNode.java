// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.providers.PooledConnectionProvider;

/**
 * The node that has the ledger, with a pool of connections: always the same one, or in a cluster whichever has its slot.
 *
 * <p><b>Guarantees.</b> Connections of the pool of a node that has it no more are closed, those in use when they come back.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class LedgerNode implements AutoCloseable {
    /**
     * A node.
     *
     * @param client takes its connections from the pool
     */
    public record Node(HostAndPort address, RedisClient client, PooledConnectionProvider pool) {
        /** Whoever has it may still use it; nothing stays open behind them. */
        private void retire() {
            pool.getPool().setMaxIdle(0);
            pool.getPool().clear();
        }
    }

    /**
     * How the node is found.
     *
     * @param slot who has it
     * @param how a node is asked
     * @param secured whether connections are
     */
    public record Search(SlotOwner slot, SlotOwner.Asking how, boolean secured) {}

    private final @Nullable Search search;
    private final Function<HostAndPort, Node> open;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock moving = new ReentrantLock();
    private volatile @Nullable Node node;
    private volatile long moves;

    /** In a cluster; {@code open} makes the pool of a node, and connects to nothing yet. */
    public LedgerNode(Search search, Function<HostAndPort, Node> open) {
        this.search = search;
        this.open = open;
    }

    /** Always this one. */
    public LedgerNode(Node only) {
        this.search = null;
        this.open = address -> only;
        this.node = only;
    }

    /** Whether it may be another one later. */
    public boolean follows() {
        return search != null;
    }

    /**
     * The one that has the ledger, as far as is known.
     *
     * @throws io.contextgraph.ledger.LedgerException when that cannot be found out
     */
    public Node current() {
        Node now = node;
        Search asked = search;
        if (asked == null && now != null) {
            return now;
        }
        if (asked == null) {
            throw new IllegalStateException("there is no node");
        }
        HostAndPort owner = asked.slot().find(asked.how(), asked.secured());
        return now != null && now.address().equals(owner) ? now : moved(owner);
    }

    private Node moved(HostAndPort owner) {
        moving.lock();
        try {
            Node before = node;
            if (before != null && before.address().equals(owner)) {
                return before;
            }
            Node now = open.apply(owner);
            node = now;
            if (before != null) {
                long counted = moves;
                moves = counted + 1;
                before.retire();
                listeners.forEach(Runnable::run);
            }
            return now;
        } finally {
            moving.unlock();
        }
    }

    /** To be told when the ledger has gone to another node, so that nobody keeps connections to the one before. */
    public void whenMoved(Runnable told) {
        listeners.add(told);
    }

    /** How often the ledger has gone to another node, as far as has been noticed. */
    public long moves() {
        return moves;
    }

    /**
     * Takes note of how something failed: the next call may go to another node.
     *
     * @param at where; null where that is not known any more
     * @return whether a node has done nothing of what it was asked, because the ledger is elsewhere
     */
    public boolean isElsewhere(@Nullable Node at, JedisException failure) {
        Search asked = search;
        if (asked == null) {
            return false;
        }
        @Nullable HostAndPort address = at == null ? null : at.address();
        if (failure instanceof JedisMovedDataException moved) {
            asked.slot().doubt(address, named(moved.getTargetNode(), address));
            return true;
        }
        String message = String.valueOf(failure.getMessage());
        // What waited at a master that is none any more has been given nothing.
        boolean unblocked = message.startsWith("UNBLOCKED");
        if (unblocked
                || failure instanceof JedisConnectionException
                || failure instanceof JedisClusterException
                || message.startsWith("READONLY")) {
            asked.slot().doubt(address, null);
        }
        return unblocked;
    }

    /** A node that does not know the name of another one's host says nothing in its place: it is its own. */
    private static @Nullable HostAndPort named(@Nullable HostAndPort target, @Nullable HostAndPort at) {
        if (target == null || target.getHost().equals("?")) {
            return null;
        }
        return target.getHost().isEmpty()
                ? (at == null ? null : new HostAndPort(at.getHost(), target.getPort()))
                : target;
    }

    @Override
    public void close() {
        Node now = node;
        if (now != null) {
            now.client().close();
        }
    }
}
