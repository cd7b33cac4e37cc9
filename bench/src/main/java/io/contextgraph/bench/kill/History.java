// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Durability;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What happened in a round, as the clients saw it. Safe for threads. */
final class History {
    /**
     * The ledger said that it has an event.
     *
     * @param durability the level that it said was reached
     * @param recordedAt when Redis took it, by Redis's clock
     * @param answeredNanos when the answer was here, as {@link System#nanoTime}
     */
    record Ack(
            Durability durability,
            Position position,
            long seq,
            long sessionSeq,
            Instant recordedAt,
            long answeredNanos) {}

    /**
     * The ledger said that it has an event, and not where.
     *
     * @param durability the level that was promised
     */
    record Taken(Durability durability, long answeredNanos) {}

    /** One process was killed: {@code begun} before the signal, {@code ended} once it was gone. */
    record Kill(Instant begun, Instant ended) {}

    /** All that is known of one event. Written by its writer alone, read by everybody. */
    static final class Track {
        final long number;
        final long sentNanos;
        private final List<Ack> acks = new ArrayList<>(1);
        private volatile boolean refused;
        private volatile @Nullable Taken taken;

        Track(long number, long sentNanos) {
            this.number = number;
            this.sentNanos = sentNanos;
        }

        synchronized void add(Ack ack) {
            acks.add(ack);
        }

        /** The ledger has it; only the first time counts. */
        synchronized void add(Taken said) {
            taken = taken == null ? said : taken;
        }

        Optional<Taken> taken() {
            return Optional.ofNullable(taken);
        }

        /** It may have been refused for no fault of its own, while others of its request were taken. */
        void refuse() {
            refused = true;
        }

        boolean wasRefused() {
            return refused;
        }

        synchronized List<Ack> acks() {
            return List.copyOf(acks);
        }

        synchronized boolean acknowledgedAt(Durability level) {
            return acks.stream().anyMatch(ack -> ack.durability().covers(level));
        }
    }

    private final Map<Long, Track> tracks = new ConcurrentHashMap<>();
    private final Map<SessionId, ConcurrentLinkedQueue<String>> synced = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<List<Long>> together = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Kill> redisKills = new ConcurrentLinkedQueue<>();

    /** An event goes out; only the first time counts. */
    Track sent(long number, long sentNanos) {
        return tracks.computeIfAbsent(number, n -> new Track(n, sentNanos));
    }

    /** These went out in one request, in this order. */
    void sentTogether(List<Long> numbers) {
        together.add(List.copyOf(numbers));
    }

    /** An event of this session was acknowledged as {@code fsync}. */
    void synced(SessionId session, EventId id) {
        synced.computeIfAbsent(session, s -> new ConcurrentLinkedQueue<>()).add(id.toString());
    }

    /** What has been acknowledged as {@code fsync} so far. */
    List<String> synced(SessionId session) {
        return List.copyOf(synced.getOrDefault(session, new ConcurrentLinkedQueue<>()));
    }

    /** The sessions that have such events. */
    List<SessionId> syncedSessions() {
        return List.copyOf(synced.keySet());
    }

    void redisKilled(Kill kill) {
        redisKills.add(kill);
    }

    List<Track> tracks() {
        return List.copyOf(tracks.values());
    }

    List<List<Long>> together() {
        return List.copyOf(together);
    }

    /** In order of time. */
    List<Kill> redisKills() {
        return List.copyOf(redisKills);
    }
}
