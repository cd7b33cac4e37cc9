// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The middle one of what was measured in some rounds; of an even number the mean of the two in the middle. */
public final class Medians {
    private Medians() {}

    public static <T> double of(List<T> rounds, ToDoubleFunction<T> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** What one takes beside another, each pair of a round compared in itself. */
    public static <T> double ratio(List<T> ones, List<T> others, ToDoubleFunction<T> value) {
        List<Double> ratios = IntStream.range(0, ones.size())
                .mapToObj(i -> value.applyAsDouble(ones.get(i)) / value.applyAsDouble(others.get(i)))
                .toList();
        return of(ratios, Double::doubleValue);
    }

    /** How much more one takes than another, in percent, each pair of a round compared in itself. */
    public static <T> double more(List<T> less, List<T> more, ToDoubleFunction<T> value) {
        return 100 * (ratio(more, less, value) - 1);
    }
}
