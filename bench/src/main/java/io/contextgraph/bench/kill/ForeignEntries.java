// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.event.SessionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.StreamEntry;

/**
 * Entries in the ledger's streams that are not the ledger's, each known by a field of its own; and when they may have
 * been there. Safe for threads.
 */
final class ForeignEntries {
    static final String GLOBAL = "events:__global__";

    private static final String STREAMS = "events:*";
    private static final String MARK = "saboteur";
    private static final int PAGE = 1000;

    /** A stream that nobody but the saboteur has ever written to. */
    private static final String FORGET =
            "if redis.call('XLEN', KEYS[1]) == 0 and redis.call('EXISTS', KEYS[2]) == 0 then redis.call('DEL', KEYS[1]) end";

    private static final Duration SYNCED_WITHIN = Duration.ofSeconds(5);

    /** @param goneNanos when it was out for good; empty while it may be there */
    private record Stay(boolean gone, long goneNanos) {
        static final Stay HERE = new Stay(false, 0);
    }

    private final Map<String, Stay> stays = new HashMap<>();

    static String stream(SessionId session) {
        return "events:" + session;
    }

    /**
     * Adds an entry to a stream, which may not be there yet.
     *
     * @param lead of its id before Redis's clock; none lets Redis choose the id
     * @return whether it was taken: a stream may already have had a later id
     */
    boolean put(Jedis jedis, String stream, Duration lead) {
        XAddParams params = XAddParams.xAddParams();
        if (lead.isPositive()) {
            params.id(new StreamEntryID(Long.parseLong(jedis.time().getFirst()) * 1000 + lead.toMillis(), 0));
        }
        // Known before it is sent: the answer may be lost.
        here(stream);
        try {
            StreamEntryID ignored = jedis.xadd(stream, params, Map.of(MARK, "x"));
            return true;
        } catch (JedisDataException refused) {
            if (String.valueOf(refused.getMessage()).contains("equal or smaller")) {
                return false;
            }
            throw refused;
        }
    }

    /** One may be in this stream from now on. */
    synchronized void here(String stream) {
        stays.put(stream, Stay.HERE);
    }

    private synchronized Set<String> streams() {
        Set<String> streams = new HashSet<>();
        stays.forEach((stream, stay) -> {
            if (!stay.gone()) {
                streams.add(stream);
            }
        });
        return streams;
    }

    /**
     * Takes out whatever may still be there, so that not even a restart brings it back.
     *
     * @return whether Redis has confirmed that; otherwise this is to be repeated
     */
    boolean takeOut(Jedis jedis) {
        Set<String> streams = streams();
        if (streams.isEmpty()) {
            return true;
        }
        streams.forEach(stream -> takeOut(jedis, stream));
        // WAITAOF waits for what this connection has written: whatever it finds gone may be another's work.
        String ignored = jedis.set(MARK, "x");
        long removed = jedis.del(MARK);
        if (removed == 0 || jedis.waitAOF(1, 0, SYNCED_WITHIN.toMillis()).getKey() < 1) {
            return false;
        }
        gone(streams);
        return true;
    }

    /** Whatever was in these streams is out of them for good. */
    synchronized void gone(Set<String> streams) {
        streams.forEach(stream -> stays.put(stream, new Stay(true, System.nanoTime())));
    }

    /** The same for every stream of the ledger, whatever is remembered of it; and none is left that is not the ledger's. */
    boolean takeOutEverywhere(Jedis jedis) {
        ScanParams streams = new ScanParams().match(STREAMS).count(PAGE);
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> found = jedis.scan(cursor, streams, "stream");
            for (String stream : found.getResult()) {
                // What was parked is the product's own.
                if (!stream.startsWith(GLOBAL + ":")) {
                    here(stream);
                    takeOut(jedis, stream);
                    forget(jedis, stream);
                }
            }
            cursor = found.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return takeOut(jedis);
    }

    private static void forget(Jedis jedis, String stream) {
        String owner = stream.equals(GLOBAL) ? "ledger" : "session:" + stream.substring(STREAMS.length() - 1);
        Object ignored = jedis.eval(FORGET, List.of(stream, owner), List.of());
    }

    private static void takeOut(Jedis jedis, String stream) {
        List<StreamEntry> entries = jedis.xrange(stream, "-", "+", PAGE);
        while (!entries.isEmpty()) {
            for (StreamEntry entry : entries) {
                if (entry.getFields().containsKey(MARK)) {
                    long ignored = jedis.xdel(stream, entry.getID());
                }
            }
            entries = jedis.xrange(stream, "(" + entries.getLast().getID(), "+", PAGE);
        }
    }

    /** Whether an answer is what is documented while a foreign entry is in the way: one that stood there then. */
    boolean explains(String answer, SessionId session, long sentNanos) {
        if (!answer.contains("\"ledger_corrupt\"")) {
            return false;
        }
        if (answer.contains("global stream is ahead of the ledger")) {
            return mayHaveBeenIn(GLOBAL, sentNanos);
        }
        boolean ahead = answer.contains("session stream is ahead of the ledger");
        // Of a session that is not there yet, whatever stands in its stream looks like an event.
        boolean first = answer.contains("session: summary is missing")
                || answer.contains("session:" + session + " is missing, and so is the event with session_seq 1 ");
        return (ahead || first) && mayHaveBeenIn(stream(session), sentNanos);
    }

    /** Whether an event of this session that was sent then may have been refused, whether that was told or not. */
    boolean mayHaveRefused(SessionId session, long sentNanos) {
        return mayHaveBeenIn(GLOBAL, sentNanos) || mayHaveBeenIn(stream(session), sentNanos);
    }

    private synchronized boolean mayHaveBeenIn(String stream, long sentNanos) {
        Stay stay = stays.get(stream);
        return stay != null && (!stay.gone() || stay.goneNanos() - sentNanos > 0);
    }
}
