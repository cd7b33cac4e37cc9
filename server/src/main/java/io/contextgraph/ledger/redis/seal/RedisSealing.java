// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.seal;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.Wholeness;
import io.contextgraph.ledger.redis.trim.RedisLease;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.seal.Settled;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.ledger.trim.RetentionNotes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Asks Redis what is on its disk.
 *
 * <p><b>Guarantees.</b> A mark is written and waited for on one connection, behind the head that is told: what stands before the
 * mark in the file of appends is on the disk with it.
 */
public final class RedisSealing implements Sealing {
    private static final String NOTE = "sealed";
    private static final Duration SLACK = Duration.ofSeconds(1);

    private final Redis append;
    private final Keys keys;
    private final ServerFacts server;
    private final Duration patience;
    private final Supplier<Head> head;
    private final RetentionNotes notes;
    private final Lease lease;

    /**
     * As two roles.
     *
     * @param append may write a mark and wait for it
     * @param retention may hold a lease
     * @param patience how long the disk may take
     * @param head reads where the ledger ends
     */
    public RedisSealing(
            Redis append,
            Redis retention,
            Keys keys,
            ServerFacts server,
            Duration patience,
            Supplier<Head> head,
            RetentionNotes notes) {
        this.append = append;
        this.keys = keys;
        this.server = server;
        this.patience = patience;
        this.head = head;
        this.notes = notes;
        this.lease = new RedisLease(retention, keys.lease("proof"));
    }

    @Override
    public Lease lease() {
        return lease;
    }

    @Override
    public Settled settle() {
        if (!server.canWaitForDisk()) {
            String history = history();
            return new Settled(
                    head.get(),
                    Optional.of(
                            server.appendOnly()
                                    ? "this Redis cannot say that its disk has something"
                                    : "this Redis keeps no file of appends"),
                    history);
        }
        return append.onOwn(this::settled);
    }

    private Settled settled(Connection connection) {
        connection.setSoTimeout(
                Math.toIntExact(patience.multipliedBy(2).plus(SLACK).toMillis()));
        connection.sendCommand(Protocol.Command.INFO, "replication");
        connection.sendCommand(Protocol.Command.HMGET, keys.ledger(), "seq", "position");
        connection.sendCommand(Protocol.Command.SET, Keys.bytes(keys.barrier()), new byte[0]);
        connection.sendCommand(Protocol.Command.WAITAOF, "1", "0", Long.toString(patience.toMillis()));
        connection.sendCommand(Protocol.Command.INFO, "replication");
        List<Object> replies = connection.getMany(5 + Wholeness.ask(append, keys, connection));
        for (Object reply : replies) {
            if (reply instanceof JedisDataException refused) {
                throw refused;
            }
        }
        if ((Long) ((List<?>) replies.get(3)).getFirst() < 1) {
            throw new LedgerException(
                    Reason.DURABILITY_NOT_REACHED,
                    "within " + patience.toMillis() + " ms the disk of Redis has not confirmed what it was given");
        }
        String before = Replies.history(replies.get(0));
        if (before.isEmpty() || !before.equals(Replies.history(replies.get(4)))) {
            throw new LedgerException(
                    Reason.UNAVAILABLE, "Redis has changed its role, or begun anew, between write and confirmation");
        }
        List<String> fields = ((List<?>) replies.get(1))
                .stream()
                        .map(value -> value == null ? null : Replies.text(value))
                        .toList();
        return new Settled(EventReader.head(fields), Optional.empty(), before);
    }

    private String history() {
        return append.pipelined(p -> {
            var info = p.sendCommand(Protocol.Command.INFO, "replication");
            return () -> Replies.history(info.get());
        });
    }

    @Override
    public boolean stands(Settled settled) {
        return history().equals(settled.history());
    }

    @Override
    public void remember(Seal seal) {
        notes.put(NOTE, seal.text());
    }

    @Override
    public Optional<Seal> seal() {
        return Optional.ofNullable(notes.all().get(NOTE))
                .map(text -> Seal.parse(text)
                        .orElseThrow(() -> new LedgerException(
                                Reason.CORRUPT,
                                "what the ledger remembers of who signed for it, the field " + NOTE + " of "
                                        + keys.retention()
                                        + ", is not what was written: somebody has altered it; bring it back from a backup, or,"
                                        + " where contextgraph audit finds nothing wrong but this, take the field away:"
                                        + " the next server that signs writes it anew, from the log")));
    }
}
