// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.growth;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How something goes with the number of events. Pure.
 *
 * @param sizes numbers of events, ascending
 * @param costs what each of them costs at that size: one event, one page
 */
record Scaling(List<Integer> sizes, List<Double> costs) {
    /** What differs by less is the same, on a machine that others use too. */
    static final double SAME = 1.25;

    Scaling {
        if (sizes.size() != costs.size() || sizes.isEmpty()) {
            throw new IllegalArgumentException("as many costs as sizes, and at least one: " + sizes + ", " + costs);
        }
    }

    /** The cost at the largest size beside that at the smallest. */
    double ratio() {
        return costs.getLast() / costs.getFirst();
    }

    /** From each size to the next. */
    private List<Double> steps() {
        List<Double> steps = new ArrayList<>();
        for (int i = 1; i < costs.size(); i++) {
            steps.add(costs.get(i) / costs.get(i - 1));
        }
        return steps;
    }

    private static boolean same(double step) {
        return step <= SAME && step >= 1 / SAME;
    }

    /**
     * Whether it goes on as it began, and if not, from which size on it does.
     *
     * @param steady what it is called when the costs are the same
     */
    String verdict(String steady) {
        List<Double> steps = steps();
        int from = steps.size();
        while (from > 0 && same(steps.get(from - 1))) {
            from--;
        }
        if (steps.isEmpty()) {
            return "one size tells nothing of growth";
        }
        if (from == 0) {
            // Small steps may add up.
            return same(ratio()) ? steady : "not " + steady;
        }
        return from == steps.size() ? "not " + steady : "%s from %,d events on".formatted(steady, sizes.get(from));
    }

    /**
     * The costs, the factors between them, and the verdict.
     *
     * @param form of a cost, with its unit
     */
    String sentence(String form, String steady) {
        String shown = costs.stream().map(form::formatted).collect(Collectors.joining(", "));
        String factors = steps().stream().map("%.2f"::formatted).collect(Collectors.joining(" and "));
        return factors.isEmpty()
                ? shown + ": " + verdict(steady)
                : "%s, from size to size times %s: %s".formatted(shown, factors, verdict(steady));
    }
}
