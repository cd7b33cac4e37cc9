// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What somebody reads who decides for or against this ledger: what it costs beside PostgreSQL, worst first, and what it gives.
 * Pure; every figure is one of those that benchmarks have written.
 */
final class Decision {
    private static final String APPEND = "Appending events, beside PostgreSQL";
    private static final String DISK = "Redis, search, `appendfsync always`, on disk";
    private static final String MEMORY = "Redis, search, `appendfsync everysec`, in memory";
    private static final String POSTGRES = "PostgreSQL, on disk";
    private static final String RATE = "events/s";
    private static final String P50 = "p50 ms";

    /** What differs by less is equal, as figures of one day go. */
    private static final double EQUAL = 1.05;

    private final Published published;

    Decision(Published published) {
        this.published = published;
    }

    /**
     * The same of both.
     *
     * @param what was measured, with its unit
     * @param form of both numbers
     * @param more whether more is better
     */
    private record Pair(String what, String form, double ours, double theirs, boolean more) {
        /** How much better PostgreSQL is; below 1 where it is not. */
        double behind() {
            return more ? theirs / ours : ours / theirs;
        }

        String row() {
            return "| %s | %s | %s | %s |".formatted(what, form.formatted(ours), form.formatted(theirs), ratio());
        }

        private String ratio() {
            double behind = behind();
            if (behind < EQUAL && 1 / behind < EQUAL) {
                return "equal, %.2f times".formatted(behind);
            }
            return behind >= 1
                    ? "PostgreSQL, %.1f times".formatted(behind)
                    : "this ledger, %.1f times".formatted(1 / behind);
        }
    }

    private List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>(List.of(
                appended("one event on disk by 1 writer, p50 ms", "%.2f", "1", "1", P50, false),
                appended("single events on disk by 64 writers, events/s", "%,.0f", "64", "1", RATE, true),
                appended("batches of 100 on disk by 8 writers, events/s", "%,.0f", "8", "100", RATE, true)));
        for (String question : List.of("by session", "by trace", "by agent", "by type, within 10 minutes")) {
            pairs.add(read(
                    "first page of 100 " + question + ", p50 ms",
                    "%.2f",
                    "First pages of",
                    List.of(question),
                    P50,
                    false));
        }
        pairs.add(read("full replay, events/s", "%,.0f", "Full replay", List.of(), RATE, true));
        pairs.add(read(
                "bytes for an event, here of RAM, there of disk",
                "%,.0f",
                "The ledger that is read",
                List.of(),
                "bytes/event",
                false));
        return pairs.stream()
                .sorted(Comparator.comparingDouble(Pair::behind).reversed())
                .toList();
    }

    private Pair appended(String what, String form, String writers, String batch, String column, boolean more) {
        return new Pair(
                what,
                form,
                published.number("append", APPEND, List.of(DISK, writers, batch), column),
                published.number("append", APPEND, List.of(POSTGRES, writers, batch), column),
                more);
    }

    private Pair read(String what, String form, String title, List<String> of, String column, boolean more) {
        return new Pair(
                what,
                form,
                published.number("query", title, with(of, "Redis, search"), column),
                published.number("query", title, with(of, "PostgreSQL"), column),
                more);
    }

    private static List<String> with(List<String> beginning, String store) {
        return Stream.concat(beginning.stream(), Stream.of(store)).toList();
    }

    String toMarkdown() {
        List<Pair> pairs = pairs();
        long behind = pairs.stream().filter(pair -> pair.behind() >= EQUAL).count();
        Pair worst = pairs.getFirst();
        StringBuilder text = new StringBuilder("""
                **What it costs.** Beside PostgreSQL on the same machine, with the same events, an index for each way of asking, and appends
                that are on disk when they are answered, this ledger is behind in %d of %d figures, and furthest in this one: %s,
                %s beside %s (%.1f times). An append that does not wait for the disk (`everysec`, in memory) takes %s ms (p50) with
                one writer; PostgreSQL's %s ms are on disk.

                | what | this ledger | PostgreSQL | better |
                | --- | --- | --- | --- |
                """.formatted(
                        behind,
                        pairs.size(),
                        worst.what(),
                        worst.form().formatted(worst.ours()),
                        worst.form().formatted(worst.theirs()),
                        worst.behind(),
                        published.cell("append", APPEND, List.of(MEMORY, "1", "1"), P50),
                        published.cell("append", APPEND, List.of(POSTGRES, "1", "1"), P50)));
        pairs.forEach(pair -> text.append(pair.row()).append('\n'));
        return text.append('\n').append(gives()).toString();
    }

    /** What PostgreSQL's table does not do. */
    private String gives() {
        String tiers = "One event in each tier";
        String lag = "From append to visible in the graph at 500 events/s, ";
        String graph = "Graph of 1,000,000 events: ";
        return """
                **What it gives**, and that table of PostgreSQL's does not: numbers without gaps and conflicts by content, which are in
                the costs above; a graph that follows by itself, without polling: at 500 events/s an event that was appended is seen
                in it after %s (p50; p95 %s), and of 1,000,000 events what caused one, 10 deep, is read in %s (p95); a proof, by
                `verify`, that ledger and graph agree, in %s for 1,000,000 events; an archive: an event that has gone leaves %s bytes
                of RAM, of %s, and takes %s bytes there, and comes back at %s events/s; and a person with 10,000 events is erased in %s.
                """.formatted(
                        published.figure("lag", lag + "p50"),
                        published.figure("lag", lag + "p95"),
                        published.figure("lineage", graph + "causes, 10 deep, p95"),
                        published.figure("graph", "`verify` of 1,000,000 events"),
                        published.cell("archive", tiers, List.of("gone"), "bytes of RAM"),
                        published.cell("archive", tiers, List.of("hot"), "bytes of RAM"),
                        published.cell("archive", tiers, List.of("gone"), "bytes in the archive"),
                        published.figure("archive", "Restored from the archive: events/s"),
                        published.figure("privacy", "erasing a person with 10,000 events, files apart"));
    }
}
