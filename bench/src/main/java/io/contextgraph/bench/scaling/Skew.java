// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.scaling;

/**
 * How events are shared out among sessions.
 *
 * @param sessions how many there are
 * @param exponent of Zipf's law: the session of rank {@code r} gets its share by {@code r} to the power of minus that; 0: all the same
 * @param hot the share that one further session has of all events; 0: there is none
 */
record Skew(int sessions, double exponent, double hot) {
    /** The share of each session; they come to 1. */
    double[] shares() {
        int further = hot > 0 ? 1 : 0;
        double[] shares = new double[sessions + further];
        double sum = 0;
        for (int rank = 1; rank <= sessions; rank++) {
            shares[rank - 1] = Math.pow(rank, -exponent);
            sum += shares[rank - 1];
        }
        for (int i = 0; i < sessions; i++) {
            shares[i] *= (1 - hot) / sum;
        }
        if (hot > 0) {
            shares[sessions] = hot;
        }
        return shares;
    }

    /** In a few words. */
    String shown() {
        String sizes = exponent == 0 ? "all the same" : "Zipf, %.1f".formatted(exponent);
        return hot == 0 ? sizes : "%s, and one with %.0f%%".formatted(sizes, 100 * hot);
    }
}
