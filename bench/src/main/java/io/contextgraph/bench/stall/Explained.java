// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.stall;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A stall, and why it was. Pure.
 *
 * <p><b>Shape.</b> The cause that can explain most of the time, if it explains half of it; else that a forked process worked
 * for half of it; else none.
 *
 * @param seen what happened within it, with its time
 */
public record Explained(Stall stall, Cause cause, String seen) {
    private static final int SHOWN = 4;

    public static Explained of(Stall stall, List<Evidence> evidence) {
        Map<Cause, Long> nanos = new EnumMap<>(Cause.class);
        Map<String, LongSummaryStatistics> seen = new LinkedHashMap<>();
        for (Evidence one : evidence) {
            long explained = one.within(stall);
            if (explained > 0) {
                nanos.merge(one.cause(), explained, Long::sum);
                seen.computeIfAbsent(one.seen(), name -> new LongSummaryStatistics())
                        .accept(explained);
            }
        }
        // While the JVM collects, nobody in it gets to work; a command takes long, too, while Redis has no processor.
        without(Cause.COLLECTION, Cause.GENERATOR, nanos);
        without(Cause.PROCESSOR, Cause.GROWTH, nanos);
        // That a process worked beside it explains only what nothing else does.
        Long beside = nanos.remove(Cause.REWRITE);
        Cause cause = nanos.entrySet().stream()
                .filter(entry -> entry.getKey() != Cause.UNEXPLAINED)
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .filter(entry -> isHalf(entry.getValue(), stall))
                .map(Map.Entry::getKey)
                .orElse(beside != null && isHalf(beside, stall) ? Cause.REWRITE : Cause.UNEXPLAINED);
        return new Explained(stall, cause, shown(seen));
    }

    /** What took longest first. */
    private static String shown(Map<String, LongSummaryStatistics> seen) {
        return seen.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, LongSummaryStatistics> entry) ->
                                entry.getValue().getSum())
                        .reversed())
                .limit(SHOWN)
                .map(entry -> "%s %,.0f ms%s"
                        .formatted(
                                entry.getKey(),
                                entry.getValue().getSum() / 1e6,
                                entry.getValue().getCount() == 1
                                        ? ""
                                        : " in " + entry.getValue().getCount()))
                .collect(Collectors.joining("; "));
    }

    private static void without(Cause part, Cause whole, Map<Cause, Long> nanos) {
        long known = nanos.getOrDefault(part, 0L);
        nanos.computeIfPresent(whole, (cause, took) -> took - known);
    }

    private static boolean isHalf(long nanos, Stall stall) {
        return 2 * nanos >= stall.nanos();
    }
}
