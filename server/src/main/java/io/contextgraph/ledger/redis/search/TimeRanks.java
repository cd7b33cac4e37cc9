// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The times of some events of a ledger, each of which stands for as many others.
 *
 * <p><b>Units and bounds.</b> Milliseconds since 1970.
 */
final class TimeRanks {
    private final long step;
    private final long[] sorted;

    /**
     * @param step how many events each of the times stands for
     * @param times in any order
     */
    TimeRanks(long step, Collection<Long> times) {
        this.step = step;
        this.sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    long step() {
        return step;
    }

    /**
     * The time that about so many events lie ahead of another one.
     *
     * @param from where to begin; null for the beginning, or the end where it goes backwards
     * @return empty where there are not so many
     */
    OptionalLong ahead(@Nullable Long from, long events, boolean backwards) {
        int last = sorted.length - 1;
        double distance = (double) events / step;
        double begin = from == null ? (backwards ? last : 0) : rank(from);
        double rank = backwards ? begin - distance : begin + distance;
        return rank < 0 || rank > last ? OptionalLong.empty() : OptionalLong.of(at(rank));
    }

    /** How many of the times lie before one, and how much of the way to the next; no more than the last has. */
    private double rank(long time) {
        int found = Arrays.binarySearch(sorted, time);
        int next = found < 0 ? -found - 1 : found;
        if (found >= 0 || next == 0 || next == sorted.length) {
            return Math.min(next, sorted.length - 1);
        }
        long before = sorted[next - 1];
        return next - 1 + (double) (time - before) / (sorted[next] - before);
    }

    private long at(double rank) {
        int before = (int) rank;
        long time = sorted[before];
        return before + 1 == sorted.length ? time : time + Math.round((rank - before) * (sorted[before + 1] - time));
    }
}
