// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.snapshot;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.snapshot.Snapshots;
import io.contextgraph.ops.OwnerFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Snapshots of a Redis, which takes them as it does for a replica, wherever it is.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class RedisSnapshots implements Snapshots {
    /** While it makes a snapshot, Redis sends an empty line each second. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final Redis redis;
    private final String user;
    private final Store store;

    /**
     * Opens nothing yet.
     *
     * @param redis with the rights of the role backup
     * @param user whose rights these are
     * @param store what is there
     */
    public RedisSnapshots(Redis redis, String user, Store store) {
        this.redis = redis;
        this.user = user;
        this.store = store;
    }

    @Override
    public Taken take(Path into, LongConsumer told) throws IOException {
        try (FileChannel file = FileChannel.open(
                        into,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        OwnerFiles.mode("rw-------"));
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file))) {
            RdbSink sink = new RdbSink(out);
            receive(sink, told);
            out.flush();
            file.force(true);
            boolean summed = sink.requireWhole();
            return new Taken(sink.bytes(), sink.sha256(), summed, store);
        } catch (UncheckedIOException unwritten) {
            throw unwritten.getCause();
        }
    }

    private void receive(RdbSink sink, LongConsumer told) {
        try (Socket socket = redis.conversation(SILENCE)) {
            RdbTransfer transfer = new RdbTransfer(socket.getInputStream(), socket.getOutputStream());
            // A Redis that does not know one of these sends the file all the same; the rest of what it sends is not
            // read.
            permitted(transfer.ask("REPLCONF", "rdb-only", "1"));
            permitted(transfer.ask("REPLCONF", "capa", "eof"));
            String answer = transfer.ask("SYNC");
            permitted(answer);
            if (!transfer.receive(answer, sink, told)) {
                throw refusal(answer);
            }
        } catch (IOException brokenOff) {
            throw new LedgerException(
                    Reason.UNAVAILABLE, "Redis broke off its snapshot: " + brokenOff.getMessage(), brokenOff);
        }
    }

    /** What it says to whoever may not. */
    private void permitted(String answer) {
        if (answer.startsWith("-NOPERM")) {
            throw new LedgerException(
                    Reason.UNAVAILABLE,
                    "Redis denies access: the user " + user + " may not take a snapshot, for which it needs +sync and"
                            + " +replconf: set redis.backup-login to a user that may; contextgraph redis-acl prints it");
        }
    }

    private static LedgerException refusal(String answer) {
        String lower = answer.toLowerCase(Locale.ROOT);
        boolean unknown = lower.contains("unknown command") || lower.contains("not allowed");
        return new LedgerException(
                Reason.UNAVAILABLE,
                unknown
                        ? "this Redis gives no snapshot away (" + answer.substring(1)
                                + "), as managed ones do not: have its provider take them, and try them out; contextgraph"
                                + " export writes all events to a file"
                        : "Redis refused to take a snapshot: " + answer.replaceFirst("^-", ""));
    }
}
