// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Event;
import java.time.Duration;
import java.time.Instant;

/**
 * How much an event still matters: {@code importance / 10 * 2^(-age / half-life)}.
 *
 * <p>All scores fall at the same rate, so two events never change places: ranking them needs no clock. {@link #rank}
 * is the moment at which the score passes through 1, fixed when the event is recorded; {@link #score} follows from it
 * and the time of asking. A store keeps the rank, indexes it, and reads the best of a session without looking at the rest.
 *
 * <p><b>Units and bounds.</b> Ranks in milliseconds since 1970; scores from 0 to 1.
 */
public final class Decay {
    /** The time in which a score halves. */
    public static final Duration HALF_LIFE = Duration.ofHours(24);

    /** The importance of an event whose producer gave none. */
    public static final int DEFAULT_IMPORTANCE = 5;

    private static final int MAX_IMPORTANCE = 10;

    private Decay() {}

    /** Orders events by what they matter, higher first, at any time; equal ones are ordered by {@code seq}, newer first. */
    public static long rank(Event event) {
        double weight = (double) event.importanceHint().orElse(DEFAULT_IMPORTANCE) / MAX_IMPORTANCE;
        return event.occurredAt().toEpochMilli() + Math.round(HALF_LIFE.toMillis() * StrictMath.log(weight) / LOG_2);
    }

    /** The score at {@code now} of an event with this rank; an event of the future counts at most 1. */
    public static double score(long rank, Instant now) {
        return Math.min(1, StrictMath.pow(2, (double) (rank - now.toEpochMilli()) / HALF_LIFE.toMillis()));
    }

    private static final double LOG_2 = StrictMath.log(2);
}
