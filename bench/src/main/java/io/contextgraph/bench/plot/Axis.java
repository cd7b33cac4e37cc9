// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * Where values are on an axis. Pure.
 *
 * @param least the value at its beginning
 * @param most the value at its end, greater
 * @param logarithmic whether equal steps are equal factors
 * @param ticks the values that are written beside it, ascending
 */
record Axis(double least, double most, boolean logarithmic, List<Double> ticks) {
    private static final int FEW = 5;

    /** From zero to a round value that is not less than the greatest. */
    static Axis linear(double greatest) {
        double step = step(greatest / FEW);
        List<Double> ticks = new ArrayList<>();
        int steps = Math.max(1, (int) Math.ceil(greatest / step - 1e-9));
        for (int i = 0; i <= steps; i++) {
            ticks.add(i * step);
        }
        return new Axis(0, steps * step, false, ticks);
    }

    /** Whole decades around the values, and within few of them also twice and five times as much. */
    static Axis decades(double smallest, double greatest) {
        int first = (int) Math.floor(Math.log10(smallest) + 1e-9);
        int last = Math.max(first + 1, (int) Math.ceil(Math.log10(greatest) - 1e-9));
        List<Double> ticks = new ArrayList<>();
        for (int decade = first; decade < last; decade++) {
            double one = Math.pow(10, decade);
            ticks.add(one);
            if (last - first == 1) {
                ticks.addAll(List.of(2 * one, 5 * one));
            }
        }
        ticks.add(Math.pow(10, last));
        return new Axis(ticks.getFirst(), ticks.getLast(), true, ticks);
    }

    /** From the first of some values to the last, each of which is written beside it. */
    static Axis through(List<Double> values) {
        double first = values.getFirst();
        double last = values.getLast();
        return first == last ? new Axis(first / 2, last * 2, true, values) : new Axis(first, last, true, values);
    }

    /** 1, 2 or 5 of some power of ten, not less than this. */
    private static double step(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** How far along the axis a value is, from 0 to 1. */
    double share(double value) {
        return logarithmic ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
    }
}
