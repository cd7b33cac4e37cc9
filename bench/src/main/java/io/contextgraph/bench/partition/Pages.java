// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.reading.Question;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.EventPage;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * First pages of a question.
 *
 * @param nodes what each has done for all of them
 * @param latency of each page, in nanoseconds
 * @param found events on a page, on average
 * @param asked nodes that had anything to do for a page, on average
 */
record Pages(List<NodeWork> nodes, Histogram latency, double found, double asked) {
    private static final int PROBES = 10;

    /**
     * Asks.
     *
     * @param seed of the choice of the events that are asked about, among those there are
     */
    static Pages ask(Nodes nodes, Question question, int samples, long seed) {
        Random random = new Random(seed);
        int events = Math.toIntExact(nodes.numbers().get());
        double asked = asked(nodes, question, random, events);
        Histogram latency = new Histogram(3);
        long found = 0;
        List<NodeWork> before = nodes.work();
        for (int i = 0; i < samples; i++) {
            EventQuery query = question.about().apply(random.nextInt(events)).build();
            long begun = System.nanoTime();
            found += nodes.ledger().search().search(query).events().size();
            latency.recordValue(System.nanoTime() - begun);
        }
        return new Pages(NodeWork.between(before, nodes.work()), latency, (double) found / samples, asked);
    }

    /** Microseconds of all nodes for a page. */
    double redis() {
        return nodes.stream().mapToDouble(NodeWork::micros).sum() / latency.getTotalCount();
    }

    /** Microseconds of the node that had most to do, for a page. */
    double fullest() {
        return nodes.stream().mapToDouble(NodeWork::micros).max().orElse(0) / latency.getTotalCount();
    }

    private static double asked(Nodes nodes, Question question, Random random, int events) {
        long asked = 0;
        for (int i = 0; i < PROBES; i++) {
            EventQuery query = question.about().apply(random.nextInt(events)).build();
            List<Long> before =
                    nodes.servers().stream().map(RedisServer::commands).toList();
            EventPage ignored = nodes.ledger().search().search(query);
            for (int node = 0; node < nodes.count(); node++) {
                // The look at it before is a command, too.
                asked += nodes.server(node).commands() > before.get(node) + 1 ? 1 : 0;
            }
        }
        return (double) asked / PROBES;
    }

    double millis(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e6;
    }
}
