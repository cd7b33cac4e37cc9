// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.EventId;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * How often events have come again, as far as this process has answered. The ledger itself is not changed by a duplicate, and
 * keeps nothing of it.
 *
 * <p><b>Bounds.</b> At most {@value #MOST} events; that which has not come again for the longest time goes first, and each count says
 * since when it counts.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class DuplicateCounts {
    private static final int MOST = 10_000;

    /** The event that has come again last is the last one. */
    private final SequencedMap<EventId, Count> counts = new LinkedHashMap<>();

    private final Clock clock;
    private final int most;
    private Instant since;

    /**
     * What is known of one event.
     *
     * @param answered how often it was answered as a duplicate
     * @param since from when on that counts; there were others before, or not
     * @param last when it last was; empty where it has not been since
     */
    public record Count(long answered, Instant since, Optional<Instant> last) {
        private Count once(Instant now) {
            return new Count(answered + 1, since, Optional.of(now));
        }
    }

    /** Counts from now on. */
    public DuplicateCounts(Clock clock) {
        this(clock, MOST);
    }

    DuplicateCounts(Clock clock, int most) {
        this.clock = clock;
        this.most = most;
        this.since = clock.instant();
    }

    /** An event was answered as a duplicate. */
    public void add(EventId id) {
        Instant now = clock.instant();
        synchronized (counts) {
            Count before = counts.remove(id);
            counts.put(id, (before == null ? none() : before).once(now));
            if (counts.size() > most) {
                since = counts.pollFirstEntry().getValue().last().orElseThrow();
            }
        }
    }

    /** What is known of an event. */
    public Count of(EventId id) {
        synchronized (counts) {
            Count found = counts.get(id);
            return found == null ? none() : found;
        }
    }

    /** Whoever is not counted has not come again since the last one went. */
    private Count none() {
        return new Count(0, since, Optional.empty());
    }
}
