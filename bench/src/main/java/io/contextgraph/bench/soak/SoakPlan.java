// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.time.Duration;

/**
 * How a soak runs.
 *
 * @param time how long there is traffic, warm-up apart
 * @param perSecond new events in a second
 * @param seed decides every random choice, though not how actors meet
 */
public record SoakPlan(Duration time, int perSecond, long seed) {
    private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(1);
    private static final Duration SHORTEST_WARM_UP = Duration.ofSeconds(5);
    private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);

    /** Longer than the server lets anybody be silent or idle. */
    static final Duration LONGEST_STAY = Duration.ofSeconds(100);

    private static final Duration SHORTEST_STAY = Duration.ofSeconds(4);
    private static final Duration LONGEST_BETWEEN = Duration.ofMinutes(2);
    private static final int FEWEST_SAMPLES = 6;

    /** @throws IllegalArgumentException where nothing would happen */
    public SoakPlan {
        if (time.toSeconds() < 1 || perSecond < 1) {
            throw new IllegalArgumentException("a soak needs a second and an event");
        }
    }

    /** A tenth of the time; a minute at most. */
    Duration warmUp() {
        return least(LONGEST_WARM_UP, greatest(SHORTEST_WARM_UP, time.dividedBy(10)));
    }

    /** From one sample to the next. */
    Duration interval() {
        return least(LONGEST_INTERVAL, time.dividedBy(FEWEST_SAMPLES));
    }

    /** How long one client stays at most. */
    Duration stay() {
        return least(LONGEST_STAY, greatest(SHORTEST_STAY, time.dividedBy(4)));
    }

    /** From one comparison of ledger and graph to the next. */
    Duration betweenComparisons() {
        return least(LONGEST_BETWEEN, time.dividedBy(4));
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration greatest(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
