// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.scaling;

import io.contextgraph.bench.report.Table;
import io.contextgraph.ledger.router.Partitioning;
import io.contextgraph.sizing.Amounts;
import io.contextgraph.sizing.MeasuredFigure;
import io.contextgraph.sizing.Prices;
import io.contextgraph.sizing.SizeEstimate;
import io.contextgraph.sizing.SizeRequest;
import io.contextgraph.sizing.Stay;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * How many partitions so many events a day need, by what {@code contextgraph size} calculates of them. Pure.
 *
 * @param split how much more an event costs Redis where three partitions share each batch, as was measured
 */
record DailyLoad(double split) {
    private static final List<Long> EVENTS_A_DAY = List.of(10_000_000L, 100_000_000L);

    /** By how much more events come in when most do. */
    private static final double PEAK = 10;

    /** How busy the thread of a node may be then. */
    private static final double BUSY = 0.5;

    /** How much more than the mean the fullest partition has. */
    private static final double FULLEST = 1.25;

    /** {@code maxmemory} of a node: of a small one, and of a large one. */
    private static final double SMALL = 64e9;

    private static final double LARGE = 256e9;

    /** How long a node may take to start, in seconds. */
    private static final double START = 600;

    private static final int DAYS = 365;
    private static final int MOST_DAYS = 3_650;
    private static final int REMEMBERED = 30;

    /**
     * How long events are where.
     *
     * @param shown in a few words
     */
    private record Keeping(String shown, Stay stay) {}

    private static final List<Keeping> KEEPING = List.of(
            new Keeping("7 days in the streams, 90 in Redis (default)", new Stay(7, 90, REMEMBERED)),
            new Keeping("7 days in both", new Stay(7, 7, REMEMBERED)),
            new Keeping("1 day in both, ids remembered for one", new Stay(1, 1, 1)));

    /**
     * So many events a day, and what they come to for each partition.
     *
     * @param estimate after {@link #DAYS}
     */
    private record Need(long perDay, Stay stay, SizeEstimate estimate, double split) {
        static Need of(long perDay, Stay stay, int days, double split) {
            SizeRequest request = new SizeRequest(perDay, stay, days, 0, PEAK, false, Prices.ASSUMED);
            return new Need(perDay, stay, SizeEstimate.of(request), split);
        }

        double of(String line) {
            return estimate.lines().stream()
                    .filter(each -> each.name().equals(line))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("contextgraph size tells no " + line))
                    .value();
        }

        double cores() {
            return of("redis_cores") * split;
        }

        /** Of what is left of events that have gone. */
        double gone() {
            return of("gone_remembered") + of("gone");
        }

        int forThroughput() {
            return whole(cores() * FULLEST / BUSY);
        }

        int forMemory(double each) {
            return whole(of("maxmemory") * FULLEST / each);
        }

        int forStart() {
            return whole(of("restart") * FULLEST / START);
        }

        private int all(double each) {
            return Math.max(forThroughput(), Math.max(forMemory(each), forStart()));
        }

        String partitions(double each) {
            return all(each) <= Partitioning.MAX_PARTITIONS
                    ? Integer.toString(all(each))
                    : "%,d: too many".formatted(all(each));
        }

        /** For how many days as many partitions suffice as there may be. */
        String days(double each) {
            int enough = 0;
            int tooMany = MOST_DAYS + 1;
            while (tooMany - enough > 1) {
                int days = (enough + tooMany) / 2;
                boolean fits = of(perDay, stay, days, split).all(each) <= Partitioning.MAX_PARTITIONS;
                enough = fits ? days : enough;
                tooMany = fits ? tooMany : days;
            }
            return enough == MOST_DAYS ? "over %,d".formatted(enough) : "%,d".formatted(enough);
        }

        private static int whole(double value) {
            return Math.max(1, (int) Math.ceil(value));
        }
    }

    /** A row: what is told of each need. */
    private record Row(String shown, Function<Need, String> told) {
        static Row count(String shown, ToDoubleFunction<Need> value) {
            return new Row(shown, need -> Amounts.count(value.applyAsDouble(need)));
        }

        static Row bytes(String shown, ToDoubleFunction<Need> value) {
            return new Row(shown, need -> Amounts.bytes(value.applyAsDouble(need)));
        }

        static Row cores(String shown, ToDoubleFunction<Need> value) {
            return new Row(shown, need -> "%.2f".formatted(value.applyAsDouble(need)));
        }
    }

    private static final List<Row> ROWS = List.of(
            Row.count("events/s, mean", need -> need.of("events_per_second")),
            Row.count("events/s, at the peak", need -> need.of("peak_events_per_second")),
            Row.cores("threads of all Redis at the peak, cores", Need::cores),
            Row.cores("servers at the peak, single events, cores", need -> need.of("server_cores_single")),
            Row.cores("the same, batches of 100", need -> need.of("server_cores_batch")),
            Row.bytes("memory in use of all Redis after a year", need -> need.of("redis_memory")),
            Row.bytes("of it of events that have gone", Need::gone),
            Row.bytes("disk of all Redis", need -> need.of("redis_disk")),
            Row.bytes("archive after a year", need -> need.of("archive")),
            Row.bytes("Neo4j's disk after a year", need -> need.of("neo4j_disk")),
            Row.count("partitions that throughput needs", Need::forThroughput),
            Row.count("that a start in time needs", Need::forStart),
            Row.count("that memory needs, small nodes", need -> need.forMemory(SMALL)),
            Row.count("the same, large nodes", need -> need.forMemory(LARGE)),
            new Row("**partitions, small nodes**", need -> need.partitions(SMALL)),
            new Row("**partitions, large nodes**", need -> need.partitions(LARGE)),
            new Row(
                    "days for which %d small nodes suffice".formatted(Partitioning.MAX_PARTITIONS),
                    need -> need.days(SMALL)),
            new Row("the same, large nodes", need -> need.days(LARGE)));

    Table table() {
        List<String> columns = new ArrayList<>(List.of("what"));
        List<Need> needs = new ArrayList<>();
        for (long perDay : EVENTS_A_DAY) {
            for (Keeping keeping : KEEPING) {
                columns.add("%,.0f million a day, %s".formatted(perDay / 1e6, keeping.shown()));
                needs.add(Need.of(perDay, keeping.stay(), DAYS, split));
            }
        }
        List<List<String>> rows = ROWS.stream()
                .map(row -> Stream.concat(Stream.of(row.shown()), needs.stream().map(row.told()))
                        .toList())
                .toList();
        return new Table("Partitions for 10 and 100 million events a day", columns, rows, notes(needs));
    }

    private List<String> notes(List<Need> needs) {
        List<String> notes = new ArrayList<>(
                List.of(
                        "Calculated from what `contextgraph size` says of events without payloads, engine search, after %d days; nothing of it was run. `maxmemory` is what is in use and a quarter more. Too many: more than %d."
                                .formatted(DAYS, Partitioning.MAX_PARTITIONS),
                        "Assumed: at the peak %.0f times the mean; the thread of a node at most %.0f%% busy then; %.1f us of it for an event (an append at 5,000,000 events, times %.2f for batches that three partitions share: `bench/run growth`, `bench/run partitions`); the fullest partition has %.2f times the mean, as that of sessions which are not too unequal; %s of `maxmemory` for a small node, %s for a large one; a node starts within %.0f minutes, at %s s for each million events that Redis has, unless a replica takes over."
                                .formatted(
                                        PEAK,
                                        100 * BUSY,
                                        MeasuredFigure.REDIS_TIME.value() * split,
                                        split,
                                        FULLEST,
                                        Amounts.bytes(SMALL),
                                        Amounts.bytes(LARGE),
                                        START / 60,
                                        Amounts.plain(MeasuredFigure.RESTART.value())),
                        "What is left of events that have gone was measured of one million that had just gone, and is taken to be as much for each for ever. How long a start takes for it was not measured, nor was a graph of this size."));
        needs.stream()
                .flatMap(need -> need.estimate().warnings().stream())
                .distinct()
                .forEach(warning -> notes.add("`contextgraph size` of the larger ones: " + warning + "."));
        return notes;
    }
}
