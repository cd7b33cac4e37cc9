// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.ledger.Durability;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * Single events of sessions that the last node does not have, by one writer.
 *
 * @param redis microseconds of the other nodes for an event
 * @param latency of each, in nanoseconds
 */
record Apart(double redis, Histogram latency) {
    /** Appends the next ones, of whole sessions. */
    static Apart append(Nodes nodes, int events) throws Exception {
        int last = nodes.count() - 1;
        Histogram latency = new Histogram(3);
        List<NodeWork> before = others(nodes);
        while (latency.getTotalCount() < events) {
            long first = nodes.numbers().getAndAdd(Workload.SESSION_LENGTH);
            if (nodes.partitioning().of(Workload.sessionOf(first)) != last) {
                for (long number = first; number < first + Workload.SESSION_LENGTH; number++) {
                    long begun = System.nanoTime();
                    int ignored =
                            LedgerFill.append(nodes.ledger().log(), List.of(Workload.event(number)), Durability.MEMORY);
                    latency.recordValue(System.nanoTime() - begun);
                }
            }
        }
        double micros = NodeWork.between(before, others(nodes)).stream()
                .mapToDouble(NodeWork::micros)
                .sum();
        return new Apart(micros / latency.getTotalCount(), latency);
    }

    private static List<NodeWork> others(Nodes nodes) {
        return IntStream.range(0, nodes.count() - 1).mapToObj(nodes::work).toList();
    }

    double p50() {
        return latency.getValueAtPercentile(50) / 1e6;
    }
}
