// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.net.URI;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What actors share.
 *
 * @param server the server
 * @param fsync whether Redis can confirm {@code fsync}
 * @param longest how long anybody stays
 */
record Scene(
        URI server,
        boolean fsync,
        Duration longest,
        Story story,
        Numbers numbers,
        Tally tally,
        Traffic traffic,
        Positions positions) {

    /** Some positions of the ledger, old and new. Safe for threads. */
    static final class Positions {
        private static final int KEPT = 64;

        private final AtomicReferenceArray<String> kept = new AtomicReferenceArray<>(KEPT);
        private final AtomicLong count = new AtomicLong();

        Positions() {
            for (int i = 0; i < KEPT; i++) {
                kept.set(i, "0-0");
            }
        }

        void add(String position) {
            long number = count.getAndIncrement();
            // Half of the places keep what came first.
            int place = number < KEPT ? (int) number : (int) (KEPT / 2 + number % (KEPT / 2));
            kept.set(place, position);
        }

        String any(SplittableRandom random) {
            return kept.get(random.nextInt(KEPT));
        }

        String recent(SplittableRandom random) {
            return kept.get(KEPT / 2 + random.nextInt(KEPT / 2));
        }
    }

    /** An event is in the ledger at this position. */
    void seen(String position) {
        positions.add(position);
    }

    /** How long somebody stays, in milliseconds. */
    long stay(SplittableRandom random) {
        return random.nextLong(longest.toMillis());
    }
}
