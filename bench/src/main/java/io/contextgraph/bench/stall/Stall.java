// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.stall;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A time in which somebody waited for the answer to an append.
 *
 * @param from when it was sent, on the clock of {@link System#nanoTime}
 * @param to when it was answered
 * @param events in the ledger at the end
 */
public record Stall(long from, long to, long events) {
    public long nanos() {
        return to - from;
    }

    /** Those that several waited for at once are one, as long as the longest of them. */
    public static List<Stall> merged(Collection<Stall> all) {
        List<Stall> sorted = all.stream()
                .sorted(Comparator.comparingLong(Stall::nanos).reversed())
                .toList();
        List<Stall> merged = new ArrayList<>();
        for (Stall stall : sorted) {
            if (merged.stream().noneMatch(longer -> stall.from < longer.to && longer.from < stall.to)) {
                merged.add(stall);
            }
        }
        return merged;
    }
}
