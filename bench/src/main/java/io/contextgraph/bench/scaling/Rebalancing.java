// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.scaling;

import io.contextgraph.bench.report.Table;
import io.contextgraph.ledger.router.Partitioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What it moves that a ledger gets more partitions, or its partitions more nodes. Pure. */
final class Rebalancing {
    private static final Skew SKEW = new Skew(100_000, 0.8, 0);
    private static final long SEED = 1;
    private static final List<List<Integer>> PARTITIONS = List.of(
            List.of(1, 2), List.of(2, 3), List.of(3, 4), List.of(3, 6), List.of(4, 8), List.of(8, 12), List.of(12, 16));

    /** Partitions, nodes before, nodes after. */
    private static final List<List<Integer>> NODES = List.of(
            List.of(3, 3, 4),
            List.of(4, 3, 4),
            List.of(6, 3, 4),
            List.of(12, 3, 4),
            List.of(12, 3, 5),
            List.of(12, 4, 6),
            List.of(12, 6, 12),
            List.of(32, 3, 4),
            List.of(32, 4, 8));

    private final Spread spread = Spread.of(SKEW.shares(), Spread.slots(SKEW.sessions(), SEED));

    /** With another number of partitions. */
    Table partitions() {
        List<List<String>> rows = new ArrayList<>();
        for (List<Integer> change : PARTITIONS) {
            int from = change.getFirst();
            int to = change.getLast();
            rows.add(List.of(
                    Integer.toString(from),
                    Integer.toString(to),
                    "100%",
                    percent(cutAnew(from, to)),
                    percent(fewest(from, to))));
        }
        return new Table(
                "What another number of partitions moves",
                List.of(
                        "partitions",
                        "then",
                        "export and import: events written anew",
                        "slots cut anew: events that change their partition",
                        "a table of slots that moves as few as it can"),
                rows,
                List.of(
                        "Of all events. The first is what there is. The others are not: both would have to move sessions between orders that have been numbered, signed and archived.",
                        described()));
    }

    /** With the same rule, for the new number. */
    private double cutAnew(int from, int to) {
        Partitioning before = new Partitioning(from);
        Partitioning after = new Partitioning(to);
        double moved = 0;
        for (int slot = 0; slot < Partitioning.SLOTS; slot++) {
            moved += before.ofSlot(slot) == after.ofSlot(slot) ? 0 : spread.slot(slot);
        }
        return moved;
    }

    /** Each partition gives away what it has more than its new share of the slots. */
    private double fewest(int from, int to) {
        Partitioning before = new Partitioning(from);
        int[] kept = new int[from];
        double moved = 0;
        for (int slot = 0; slot < Partitioning.SLOTS; slot++) {
            moved += kept[before.ofSlot(slot)]++ < Partitioning.SLOTS / to ? 0 : spread.slot(slot);
        }
        return moved;
    }

    /** With other nodes for the same partitions. */
    Table nodes() {
        List<List<String>> rows = new ArrayList<>();
        for (List<Integer> change : NODES) {
            rows.add(nodes(change.get(0), change.get(1), change.get(2)));
        }
        return new Table(
                "What another node moves",
                List.of(
                        "partitions",
                        "nodes",
                        "then",
                        "partitions that move",
                        "events that move",
                        "fullest node before, of all",
                        "then",
                        "it would be, with all nodes the same",
                        "sessions that change their partition"),
                rows,
                List.of(
                        "A partition moves whole: to a replica that takes over, or as the slot of its hash tag in a cluster. Each goes from a node that has most of them to one that has fewest.",
                        described()));
    }

    private List<String> nodes(int partitions, int before, int after) {
        double[] shares = spread.partitions(partitions);
        int[] home = new int[partitions];
        Arrays.setAll(home, partition -> partition * before / partitions);
        double[] full = full(shares, home, after);
        int moves = 0;
        double moved = 0;
        for (int next = next(home, after); next >= 0; next = next(home, after)) {
            home[next] = extreme(home, after, false);
            moved += shares[next];
            moves++;
        }
        return List.of(
                Integer.toString(partitions),
                Integer.toString(before),
                Integer.toString(after),
                Integer.toString(moves),
                percent(moved),
                percent(Arrays.stream(full).max().orElse(0)),
                percent(Arrays.stream(full(shares, home, after)).max().orElse(0)),
                percent(1.0 / after),
                "none");
    }

    /** The share of each node. */
    private static double[] full(double[] shares, int[] home, int nodes) {
        double[] full = new double[nodes];
        for (int partition = 0; partition < home.length; partition++) {
            full[home[partition]] += shares[partition];
        }
        return full;
    }

    /** The partition that moves next; -1 where no node has two more than another. */
    private static int next(int[] home, int nodes) {
        int most = extreme(home, nodes, true);
        int least = extreme(home, nodes, false);
        if (count(home, most) - count(home, least) < 2) {
            return -1;
        }
        int next = home.length - 1;
        while (home[next] != most) {
            next--;
        }
        return next;
    }

    /** The first node that has most partitions, or fewest. */
    private static int extreme(int[] home, int nodes, boolean most) {
        int found = 0;
        for (int node = 1; node < nodes; node++) {
            int more = count(home, node) - count(home, found);
            found = (most ? more > 0 : more < 0) ? node : found;
        }
        return found;
    }

    private static int count(int[] home, int node) {
        return (int) Arrays.stream(home).filter(each -> each == node).count();
    }

    private static String described() {
        return "Of %,d sessions, %s.".formatted(SKEW.sessions(), SKEW.shown());
    }

    private static String percent(double share) {
        return "%.0f%%".formatted(100 * share);
    }
}
