// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import io.contextgraph.bench.stall.Cause;
import io.contextgraph.bench.stall.Evidence;
import io.contextgraph.bench.stall.Stall;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Requests that should have begun at a time, and when they were answered. Pure.
 *
 * @param all in the order in which they should have begun
 */
record Samples(List<Sample> all) {
    /** What is answered later than that is late. */
    static final long LATE_NANOS = 5_000_000;

    /** Tables grow in one go, for so long at the least once there are many events: shorter ones do not matter here. */
    private static final long GROWTH_NANOS = 10_000_000;

    Samples {
        all = all.stream().sorted(Comparator.comparingLong(Sample::due)).toList();
    }

    /**
     * One request.
     *
     * @param due when it should have begun, on the clock of {@link System#nanoTime}
     * @param begun when it was begun
     * @param answered when its answer was there
     */
    record Sample(long due, long begun, long answered) {
        long nanos() {
            return answered - due;
        }
    }

    /** Those that should have begun in one of these times. */
    Samples within(Collection<Window> windows) {
        return only(sample -> windows.stream().anyMatch(window -> window.holds(sample.due())));
    }

    /** All others. */
    Samples without(Collection<Window> windows) {
        return only(sample -> windows.stream().noneMatch(window -> window.holds(sample.due())));
    }

    private Samples only(Predicate<Sample> some) {
        return new Samples(all.stream().filter(some).toList());
    }

    /**
     * The milliseconds within which so many were answered.
     *
     * @param percent of them, more than 0
     * @throws IllegalStateException where there is none
     */
    double millis(double percent) {
        if (all.isEmpty()) {
            throw new IllegalStateException("no request was due in the time that is asked for: measure longer");
        }
        long[] sorted = all.stream().mapToLong(Sample::nanos).sorted().toArray();
        int rank = (int) Math.ceil(percent / 100 * sorted.length - 1e-9);
        return sorted[Math.max(1, rank) - 1] / 1e6;
    }

    /** The same up to the moment when they were begun. */
    Samples begunLate() {
        return new Samples(all.stream()
                .map(sample -> new Sample(sample.due(), sample.begun(), sample.begun()))
                .toList());
    }

    /** Percent of them that were answered within so many milliseconds. */
    double within(double millis) {
        long in = all.stream().filter(sample -> sample.nanos() <= millis * 1e6).count();
        return 100.0 * in / all.size();
    }

    /** Times in which some waited long. */
    List<Stall> stalls() {
        return all.stream()
                .filter(sample -> sample.nanos() > LATE_NANOS)
                .map(sample -> new Stall(sample.due(), sample.answered(), 0))
                .toList();
    }

    /**
     * The times in which tables grew, each until nobody was late any more for it: what should have begun meanwhile waits, and
     * what should have begun while that is made up for. A command that is slow because Redis had no processor grows nothing.
     */
    List<Window> growths(Collection<Evidence> evidence) {
        List<Window> growths = new ArrayList<>();
        for (Evidence one : evidence) {
            if (one.cause() == Cause.GROWTH && one.nanos() - waitedFor(one, evidence) >= GROWTH_NANOS) {
                growths.add(madeUp(new Window(one.from(), one.to())));
            }
        }
        return growths;
    }

    /** How long Redis had no processor at that time. */
    private static long waitedFor(Evidence slow, Collection<Evidence> evidence) {
        return evidence.stream()
                .filter(one -> one.cause() == Cause.PROCESSOR && one.from() < slow.to() && slow.from() < one.to())
                .mapToLong(Evidence::nanos)
                .sum();
    }

    private Window madeUp(Window window) {
        long from = window.from();
        long to = window.to();
        for (Sample sample : all) {
            boolean waits = sample.due() < to && sample.answered() > from;
            if (waits && sample.nanos() > LATE_NANOS) {
                from = Math.min(from, sample.due());
                to = Math.max(to, sample.answered());
            }
        }
        return new Window(from, to);
    }
}
