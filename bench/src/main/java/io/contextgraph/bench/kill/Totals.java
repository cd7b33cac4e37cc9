// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.ledger.Durability;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** What a run has done so far. Safe for threads. */
final class Totals {
    final AtomicLong serverKills = new AtomicLong();
    final AtomicLong redisKills = new AtomicLong();

    /** Of servers that are restarted in turn. */
    final AtomicLong restarts = new AtomicLong();

    /** Sent to a server that had said that it was ready. */
    final AtomicLong requests = new AtomicLong();

    /** Of these, answered with 503. */
    final AtomicLong postponed = new AtomicLong();

    /** Of these, not answered to the end, though nobody could have known better. */
    final AtomicLong cut = new AtomicLong();

    /** Of these, not answered, and sent to a server that had long said that it was not ready any more. */
    final AtomicLong late = new AtomicLong();

    /** Times that somebody had to wait for a server to be ready. */
    final AtomicLong nobodyReady = new AtomicLong();

    /** Requests of exporters that were acknowledged. */
    final AtomicLong exports = new AtomicLong();

    final AtomicLong memory = new AtomicLong();
    final AtomicLong fsync = new AtomicLong();
    final AtomicLong duplicates = new AtomicLong();
    final AtomicLong conflicts = new AtomicLong();
    final AtomicLong repeated = new AtomicLong();
    final AtomicLong reads = new AtomicLong();
    final AtomicLong queriesEnded = new AtomicLong();
    final AtomicLong verifiedMemory = new AtomicLong();
    final AtomicLong verifiedFsync = new AtomicLong();
    final AtomicLong forgotten = new AtomicLong();
    final AtomicLong followed = new AtomicLong();
    final AtomicLong connections = new AtomicLong();
    final AtomicLong epochsEnded = new AtomicLong();
    final AtomicLong sentAgain = new AtomicLong();

    /** Events refused because a foreign entry was in the way, each time. */
    final AtomicLong obstructed = new AtomicLong();

    private final Map<Sabotage, Long> sabotaged = new EnumMap<>(Sabotage.class);
    private final Map<Sabotage, Duration> chances = new EnumMap<>(Sabotage.class);

    void acknowledged(Durability level, boolean duplicate) {
        (level == Durability.MEMORY ? memory : fsync).incrementAndGet();
        if (duplicate) {
            duplicates.incrementAndGet();
        }
    }

    long acknowledged() {
        return memory.get() + fsync.get();
    }

    void conflict() {
        conflicts.incrementAndGet();
    }

    /** For so long each of these could have been done. */
    synchronized void sabotagePossible(Set<Sabotage> kinds, Duration time) {
        kinds.forEach(kind -> chances.merge(kind, time, Duration::plus));
    }

    synchronized void sabotaged(Sabotage kind) {
        sabotaged.merge(kind, 1L, Long::sum);
    }

    /** How often each has been done, of those that could have been. */
    synchronized Map<Sabotage, Long> sabotaged() {
        Map<Sabotage, Long> counts = new EnumMap<>(Sabotage.class);
        chances.keySet().forEach(kind -> counts.put(kind, sabotaged.getOrDefault(kind, 0L)));
        return counts;
    }

    /** For how long it could have been done. */
    synchronized Duration chance(Sabotage kind) {
        return chances.getOrDefault(kind, Duration.ZERO);
    }

    void repeated(int events) {
        repeated.addAndGet(events);
    }
}
