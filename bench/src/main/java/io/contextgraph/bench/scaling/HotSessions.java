// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.scaling;

import io.contextgraph.bench.report.Medians;
import io.contextgraph.bench.report.Table;
import io.contextgraph.ledger.router.Partitioning;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** How evenly sessions of different sizes fill partitions, and from how many on more do not help. Pure. */
final class HotSessions {
    private static final List<Integer> PARTITIONS = List.of(2, 3, 4, 6, 8, 12, 16, 24, 32);
    private static final List<Skew> SKEWS = List.of(
            new Skew(10_000, 0, 0),
            new Skew(1_000_000, 0, 0),
            new Skew(10_000, 0.8, 0),
            new Skew(100_000, 0.8, 0),
            new Skew(1_000_000, 0.8, 0),
            new Skew(10_000, 1, 0),
            new Skew(1_000_000, 1, 0),
            new Skew(10_000, 1.2, 0),
            new Skew(1_000_000, 1.2, 0),
            new Skew(100_000, 0, 0.1),
            new Skew(100_000, 0, 0.25),
            new Skew(100_000, 0, 0.5));

    /** How often ids are drawn; once where there are very many sessions, for it makes little difference then. */
    private static final int DRAWS = 9;

    private static final int DRAWS_OF_MANY = 1;
    private static final int MANY = 1_000_000;
    private static final int FEWER = 100_000;

    /** Twice as many partitions that carry less than this more are not worth it. */
    private static final double WORTH = 1.1;

    /** The slots of as many sessions as any skew has, for each draw. */
    private final List<short[]> draws = LongStream.rangeClosed(1, DRAWS)
            .mapToObj(seed -> Spread.slots((seed <= DRAWS_OF_MANY ? MANY : FEWER) + 1, seed))
            .toList();

    /** The same sessions with several draws of their ids. */
    private record Draws(List<Spread> spreads) {
        double carries(int partitions) {
            return Medians.of(spreads, spread -> spread.carries(partitions));
        }

        double largest() {
            return spreads.getFirst().largest();
        }

        /** From which number on twice as many do not help; 0: none up to the most. */
        int enough() {
            for (int partitions = 1; 2 * partitions <= Partitioning.MAX_PARTITIONS; partitions++) {
                if (carries(2 * partitions) < WORTH * carries(partitions)) {
                    return partitions;
                }
            }
            return 0;
        }
    }

    private Draws draws(Skew skew) {
        double[] shares = skew.shares();
        return new Draws(draws.stream()
                .limit(skew.sessions() < MANY ? DRAWS : DRAWS_OF_MANY)
                .map(slots -> Spread.of(shares, slots))
                .toList());
    }

    Table table() {
        List<String> columns = new ArrayList<>(List.of("sessions", "events of each", "largest has"));
        PARTITIONS.forEach(partitions -> columns.add("N = " + partitions));
        columns.add("no more from");
        List<List<String>> rows = new ArrayList<>();
        for (Skew skew : SKEWS) {
            Draws drawn = draws(skew);
            List<String> row =
                    new ArrayList<>(List.of("%,d".formatted(skew.sessions()), skew.shown(), share(drawn.largest())));
            PARTITIONS.forEach(partitions -> row.add(
                    "%.1f (%.2f)".formatted(drawn.carries(partitions), partitions / drawn.carries(partitions))));
            row.add(drawn.enough() == 0 ? "" : "N = " + drawn.enough());
            rows.add(row);
        }
        return new Table(
                "How much more N partitions carry than one",
                columns,
                rows,
                List.of(
                        "How many times the events of one partition N partitions carry, until the fullest is full; in brackets the share of the fullest beside the mean. Medians of %d draws of random ids; one draw where there are %,d sessions."
                                .formatted(DRAWS, MANY),
                        "No more from: twice as many partitions would carry less than a tenth more. Whatever N is, they carry no more than 1 divided by the share of the largest session.",
                        "Zipf, s: the session of rank r has its events by r to the power of -s."));
    }

    private static String share(double share) {
        return share < 0.001 ? "under 0.1%" : "%.1f%%".formatted(100 * share);
    }
}
