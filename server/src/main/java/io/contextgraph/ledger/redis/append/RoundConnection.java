// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.Script;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A connection on which one round is written, and then waits, at a time.
 *
 * <p><b>Errors.</b> {@link JedisException}; it is of no use then.
 */
final class RoundConnection implements AutoCloseable {
    private final Connection connection;
    private final Script script;
    private final SharedKeys shared;
    private final Marks marks;
    private final byte[] barrier;
    private final String history;
    private long rounds;
    private int lostBefore;

    /**
     * Keys that a wait needs.
     *
     * @param barrier is written only to have something to wait for
     * @param nothing is never there; asked for in a cluster only
     */
    record Marks(String barrier, Optional<String> nothing) {
        /** How many answers there are to a wait. */
        int answers() {
            return nothing.isPresent() ? 4 : 3;
        }
    }

    /**
     * Makes a connection ready.
     *
     * @param shared that of this connection's rounds among them
     * @param waits whether rounds will wait on it
     */
    RoundConnection(Connection connection, Script script, SharedKeys shared, Marks marks, boolean waits) {
        this.connection = connection;
        this.script = script;
        this.shared = shared;
        this.marks = marks;
        this.barrier = Keys.bytes(marks.barrier());
        if (waits) {
            // A run that finds no script would have to wait in vain before it is sent again.
            script.sendLoad(connection);
            sendHistory();
            List<Object> replies = connection.getMany(2);
            if (replies.getFirst() instanceof JedisDataException refused) {
                throw refused;
            }
            history = Replies.history(replies.get(1));
        } else {
            history = "";
        }
    }

    /** @param othersLost how many connections had been lost by then */
    void taken(int othersLost) {
        lostBefore = othersLost;
    }

    /** How many connections had been lost when it was taken. */
    int lostBefore() {
        return lostBefore;
    }

    SharedKeys shared() {
        return shared;
    }

    /**
     * Which line of writes the server follows: another one after a restart, a promotion, or a new beginning as a replica.
     */
    String history() {
        return history;
    }

    /**
     * Sends runs, and what waits for them, at once.
     *
     * @param load whether the script must be loaded before
     * @param wait for how long and how many replicas, if at all
     */
    List<Object> send(List<AppendRun> runs, boolean load, Optional<Wait> wait) {
        if (wait.isPresent()) {
            // A run with the wrong pages would have to wait in vain before it is sent again. Its answer is read at
            // once.
            shared.head().refresh(connection);
        }
        if (load) {
            script.sendLoad(connection);
        }
        String round = Long.toHexString(++rounds);
        for (int i = 0; i < runs.size(); i++) {
            runs.get(i).send(connection, runs.size() == 1 ? "" : round + " " + (i + 1));
        }
        wait.ifPresent(this::send);
        List<Object> replies = connection.getMany(runs.size() + (load ? 1 : 0));
        return load ? replies.subList(1, replies.size()) : replies;
    }

    /**
     * What a round waits for.
     *
     * @param replicas beside the primary's disk
     */
    record Wait(int replicas, Duration atMost) {}

    private void send(Wait wait) {
        // A duplicate wrote nothing on this connection, so that there would be nothing to wait for.
        connection.sendCommand(Protocol.Command.SET, barrier, new byte[0]);
        connection.sendCommand(
                Protocol.Command.WAITAOF,
                "1",
                Integer.toString(wait.replicas()),
                Long.toString(wait.atMost().toMillis()));
        sendHistory();
        // What has gone to another node meanwhile, or is on its way there, is not on the disk that matters.
        marks.nothing().ifPresent(key -> connection.sendCommand(Protocol.Command.EXISTS, key));
    }

    private void sendHistory() {
        connection.sendCommand(Protocol.Command.INFO, "replication");
    }

    /**
     * What came of a wait.
     *
     * @param disks and replicas that have confirmed
     * @param sameHistory whether the server follows the line of writes that it followed when it was connected to: where not, it
     *     may have lost what it had answered, and confirm what came later; false where it does not show which
     */
    record Confirmed(long disks, long replicas, boolean sameHistory) {}

    /**
     * Reads the answer to the wait of what was sent last.
     *
     * @throws JedisDataException when the server refuses to write or to wait
     */
    Confirmed awaitConfirmation() {
        List<Object> replies = connection.getMany(marks.answers());
        // A replica, or a Redis that is full, says so to the first, and of the wait only that it is impossible.
        for (Object reply : replies) {
            if (reply instanceof JedisDataException refused) {
                throw refused;
            }
        }
        List<?> counts = (List<?>) replies.get(1);
        return new Confirmed(
                (Long) counts.get(0),
                (Long) counts.get(1),
                !history.isEmpty() && Replies.history(replies.get(2)).equals(history));
    }

    /** Reads the answer to the wait of what was sent last, whatever it is. */
    void skipConfirmation() {
        List<Object> ignored = connection.getMany(marks.answers());
    }

    @Override
    public void close() {
        connection.close();
    }
}
