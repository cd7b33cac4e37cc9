// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisErrors;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/**
 * How far the ledger has come, as far as the answers of Redis have told: runs foresee from it which pages of ids they touch.
 *
 * <p><b>Guarantees.</b> The pages fit until the ledger has gone on by a whole page from there: {@value Keys#IDS_PER_PAGE} events,
 * whoever appends them.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class KnownHead {
    /** A Redis takes no page of events in this time. */
    private static final long FRESH_NANOS = 100_000_000;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private record Known(long seq, long atNanos) {}

    private final Keys keys;
    private final LongSupplier nanoTime;
    private final AtomicReference<Known> known;

    KnownHead(Keys keys, LongSupplier nanoTime) {
        this.keys = keys;
        this.nanoTime = nanoTime;
        this.known = new AtomicReference<>(new Known(0, nanoTime.getAsLong() - FRESH_NANOS));
    }

    /** The page with the id of the newest event, and the next one. */
    List<byte[]> pages() {
        long page = Math.max(known.get().seq() - 1, 0) / Keys.IDS_PER_PAGE;
        return List.of(Keys.bytes(keys.ids(page)), Keys.bytes(keys.ids(page + 1)));
    }

    /** Takes in what the script has answered. */
    void learn(Object reply) {
        if (reply instanceof JedisException error) {
            boolean ignored = corrected(error);
        } else {
            ((List<?>) reply)
                    .reversed().stream()
                            .map(answer -> (List<?>) answer)
                            .filter(answer -> text(answer.getFirst()).equals("appended"))
                            .findFirst()
                            .ifPresent(newest -> advance(Long.parseLong(text(newest.get(2)))));
        }
    }

    /** Takes in where the ledger is, if an error tells: it may also have become shorter. */
    boolean corrected(JedisException error) {
        RedisErrors.newestSeq(error).ifPresent(this::set);
        return RedisErrors.newestSeq(error).isPresent();
    }

    /** Asks Redis where the ledger is, unless that is known from just now. */
    void refresh(Connection connection) {
        if (!isOld()) {
            return;
        }
        connection.sendCommand(Protocol.Command.HMGET, keys.ledger(), "seq");
        // Whatever else there is, the script says what is wrong with it.
        if (connection.getMany(1).getFirst() instanceof List<?> fields) {
            String seq = fields.getFirst() == null ? "0" : text(fields.getFirst());
            if (NUMBER.matcher(seq).matches()) {
                set(Long.parseLong(seq));
            }
        }
    }

    boolean isOld() {
        return nanoTime.getAsLong() - known.get().atNanos() >= FRESH_NANOS;
    }

    /** Answers of several connections may come in any order. */
    private void advance(long seq) {
        Known ignored = known.updateAndGet(before -> seq > before.seq() ? now(seq) : before);
    }

    private void set(long seq) {
        known.set(now(seq));
    }

    private Known now(long seq) {
        return new Known(seq, nanoTime.getAsLong());
    }

    private static String text(Object bytes) {
        return Keys.text((byte[]) bytes);
    }
}
