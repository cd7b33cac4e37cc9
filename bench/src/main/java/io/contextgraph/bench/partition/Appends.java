// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.server.OwnProcess;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.router.Partitioning;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Appends the same to ledgers of several numbers of partitions, and holds what each node has got against what is its own. */
final class Appends {
    private Appends() {}

    /** The next events of a ledger. */
    static Slice append(Nodes nodes, Way way, int events) throws Exception {
        long first = nodes.numbers().get();
        List<NodeWork> before = nodes.work();
        long clientBefore = OwnProcess.cpuNanos();
        long begun = System.nanoTime();
        Load.all(
                way.writers(),
                events / way.batch(),
                way.batch(),
                writer -> turn -> LedgerFill.append(nodes.ledger().log(), way.call(turn), Durability.MEMORY),
                nodes.numbers());
        double seconds = (System.nanoTime() - begun) / 1e9;
        double client = (OwnProcess.cpuNanos() - clientBefore) / 1e3;
        List<NodeWork> done = NodeWork.between(before, nodes.work());
        requireOwn(nodes.partitioning(), way, first, events, done);
        return new Slice(done, seconds, client);
    }

    /**
     * Of a session that one node has no other one has an event, nor a call of the script: one writer who appends one event after
     * the other makes a call for each.
     *
     * @throws IllegalStateException where it is otherwise
     */
    private static void requireOwn(Partitioning partitioning, Way way, long first, int events, List<NodeWork> done) {
        long[] own = new long[done.size()];
        LongStream.range(first, first + events)
                .map(way::number)
                .forEach(number -> own[partitioning.of(Workload.sessionOf(number))]++);
        IntStream.range(0, own.length)
                .filter(node -> done.get(node).events() != own[node]
                        || (way == Way.SINGLE && done.get(node).scripts() != own[node]))
                .findFirst()
                .ifPresent(node -> {
                    throw new IllegalStateException("node %d of %d should have got %d events of its own: %s"
                            .formatted(node, own.length, own[node], done.get(node)));
                });
    }
}
