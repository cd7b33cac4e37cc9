// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the server has counted of its own between two readings of {@code /metrics}. Pure.
 *
 * <p><b>Shape.</b> Events up to each bound in seconds, summed up, as Prometheus has them.
 */
record ServerHistogram(NavigableMap<Double, Double> counts) {
    /** @throws IOException where it has counted nothing */
    static ServerHistogram between(String before, String after, String family, String labels) throws IOException {
        NavigableMap<Double, Double> begun = buckets(before, family, labels);
        NavigableMap<Double, Double> counts = buckets(after, family, labels);
        counts.replaceAll((bound, count) -> count - begun.getOrDefault(bound, 0.0));
        if (counts.isEmpty() || counts.lastEntry().getValue() == 0) {
            throw new IOException("the server has counted nothing as " + family + " " + labels);
        }
        return new ServerHistogram(counts);
    }

    private static NavigableMap<Double, Double> buckets(String metrics, String family, String labels) {
        NavigableMap<Double, Double> counts = new TreeMap<>();
        metrics.lines()
                .filter(line -> line.startsWith(family + "{") && line.contains(labels))
                .forEach(line -> {
                    int from = line.indexOf("le=\"") + "le=\"".length();
                    String bound = line.substring(from, line.indexOf('"', from));
                    counts.merge(
                            bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                            Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)),
                            Double::sum);
                });
        return counts;
    }

    private double all() {
        return counts.lastEntry().getValue();
    }

    /** Percent within so many milliseconds, each of which must be a bound of the server's. */
    List<String> shares(List<Double> millis) {
        List<String> shares = new ArrayList<>();
        for (double bound : millis) {
            shares.add("%.2f%%".formatted(100 * counts.getOrDefault(bound / 1e3, 0.0) / all()));
        }
        return shares;
    }

    /** The least bound that is known to hold so many percent. */
    String bound(double percent) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= percent / 100 * all())
                .findFirst()
                .map(entry -> entry.getKey().isInfinite() ? "more" : "up to %.2f".formatted(entry.getKey() * 1e3))
                .orElse("more");
    }
}
