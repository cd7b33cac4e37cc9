// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The middle one of what was measured in some rounds; of an even number the mean of the two in the middle. */
final class Medians {
    private Medians() {}

    static <T> double of(List<T> rounds, ToDoubleFunction<T> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** How much more one takes than another, in percent, each pair of a round compared in itself. */
    static <T> double more(List<T> less, List<T> more, ToDoubleFunction<T> value) {
        List<Double> shares = IntStream.range(0, less.size())
                .mapToObj(i -> 100 * (value.applyAsDouble(more.get(i)) / value.applyAsDouble(less.get(i)) - 1))
                .toList();
        return of(shares, Double::doubleValue);
    }
}
