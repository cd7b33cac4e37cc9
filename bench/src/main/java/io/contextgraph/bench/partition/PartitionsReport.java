// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.reading.Question;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Medians;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured of several numbers of partitions, as tables and figures. Pure. */
final class PartitionsReport {
    static final List<Question> QUESTIONS =
            List.of(Question.SESSION, Question.TRACE, Question.AGENT, Question.TYPE_AND_TIME);
    private static final int MOST = 3;

    private final PartitionsBenchmark.Options options;
    private final List<Measured> all;

    PartitionsReport(PartitionsBenchmark.Options options, List<Measured> all) {
        this.options = options;
        this.all = all;
    }

    Report report(Map<String, String> setting) {
        return new Report("bench/run partitions", setting, List.of(appends(), nodes(), pages(), apart()), figures());
    }

    /** What so many partitions take beside one. */
    private static double beside(Measured measured, Way way, int partitions, ToDoubleFunction<Slice> what) {
        return Medians.ratio(measured.appends(way, partitions), measured.appends(way, 1), what);
    }

    private static double beside(Measured measured, Question question, int partitions, ToDoubleFunction<Pages> what) {
        return Medians.ratio(measured.pages(question, partitions), measured.pages(question, 1), what);
    }

    private Table appends() {
        List<List<String>> rows = new ArrayList<>();
        for (Measured measured : all) {
            for (Way way : Way.values()) {
                for (int partitions = 1; partitions <= MOST; partitions++) {
                    List<Slice> slices = measured.appends(way, partitions);
                    rows.add(List.of(
                            measured.engine().configName(),
                            way.shown(),
                            Integer.toString(partitions),
                            "%.1f".formatted(Medians.of(slices, Slice::redis)),
                            "%.2f".formatted(beside(measured, way, partitions, Slice::redis)),
                            "%.1f".formatted(Medians.of(slices, Slice::fullest)),
                            "%.2f".formatted(beside(measured, way, partitions, Slice::fullest)),
                            "%.1f".formatted(Medians.of(slices, Slice::eventsPerScript)),
                            "%.1f".formatted(Medians.of(slices, Slice::client)),
                            "%,.0f".formatted(Medians.of(slices, Slice::rate)),
                            "%.2f".formatted(beside(measured, way, partitions, Slice::rate))));
                }
            }
        }
        return new Table(
                "The same load on 1, 2 and 3 partitions",
                List.of(
                        "engine",
                        "events come as",
                        "partitions",
                        "all nodes, us/event",
                        "beside one",
                        "fullest node, us/event of all",
                        "fullest beside one",
                        "events a script",
                        "client, us/event",
                        "events/s",
                        "events/s beside one"),
                rows,
                List.of(
                        "us/event: processor time of whole processes. Fullest node: the one that had most to do, its time over the events of all nodes; as many events a second as its thread would allow are a million divided by that. `events/s` is what came about here, where all nodes and the client share the processors: two nodes find two of them where one finds one, and beside other processes more nodes get more; it says nothing of nodes that have a machine each.",
                        "Events a script: how many a call of the append script brought to a node; writers who come together share calls.",
                        "Each number of partitions has Redis servers of its own, a node for each partition; all are there at once, get the same events, and take turns. Medians of %d rounds, and of their ratios within a round; %,d events in a round, by the one writer %,d. One partition is a ledger without a router."
                                .formatted(
                                        options.rounds(),
                                        Way.BATCHES.share(options.events()),
                                        Way.SINGLE.share(options.events())),
                        Workload.describe()));
    }

    private Table nodes() {
        List<List<String>> rows = new ArrayList<>();
        for (Measured measured : all) {
            for (Measured.Stored stored : measured.stored()) {
                NodeWork work = measured.work(stored.partitions(), stored.node(), false);
                NodeWork single = measured.work(stored.partitions(), stored.node(), true);
                rows.add(List.of(
                        measured.engine().configName(),
                        Integer.toString(stored.partitions()),
                        Integer.toString(stored.node()),
                        "%,d".formatted(stored.sessions()),
                        "%,d".formatted(stored.events()),
                        "%.1f%%".formatted(100 * stored.share()),
                        "%,d".formatted(single.events()),
                        "%,d".formatted(single.scripts()),
                        "%.1f".formatted(work.each()),
                        "%,.0f".formatted(stored.bytes()),
                        "%.1f".formatted(stored.empty() / 1e6)));
            }
        }
        return new Table(
                "What each node got",
                List.of(
                        "engine",
                        "partitions",
                        "node",
                        "sessions of its own",
                        "events stored",
                        "share",
                        "by one writer: events",
                        "calls of the script",
                        "us/event",
                        "memory, bytes/event",
                        "memory when empty, MB"),
                rows,
                List.of(
                        "Sessions of its own: those whose hash says so. The benchmark fails where a node has an event, or by one writer a call of the append script, that is not of these: after each round the head of each partition and `INFO commandstats` of each node are held against them.",
                        "No node knows of another one: they are plain servers, without a cluster and without replicas.",
                        "us/event: processor time of the node for each event that it stored itself, over all loads together. Memory: growth of `used_memory`."));
    }

    private Table pages() {
        List<List<String>> rows = new ArrayList<>();
        for (Measured measured : all) {
            for (Question question : QUESTIONS) {
                for (int partitions = 1; partitions <= MOST; partitions++) {
                    List<Pages> asked = measured.pages(question, partitions);
                    rows.add(List.of(
                            measured.engine().configName(),
                            question.shown(),
                            Integer.toString(partitions),
                            "%.1f".formatted(Medians.of(asked, Pages::asked)),
                            "%.0f".formatted(Medians.of(asked, Pages::redis)),
                            "%.2f".formatted(beside(measured, question, partitions, Pages::redis)),
                            "%.0f".formatted(Medians.of(asked, Pages::fullest)),
                            "%.2f".formatted(Medians.of(asked, page -> page.millis(50))),
                            "%.2f".formatted(beside(measured, question, partitions, page -> page.millis(50))),
                            "%.2f".formatted(Medians.of(asked, page -> page.millis(95))),
                            "%.2f".formatted(beside(measured, question, partitions, page -> page.millis(95))),
                            "%.0f".formatted(Medians.of(asked, Pages::found))));
                }
            }
        }
        return new Table(
                "First pages of 100 on 1, 2 and 3 partitions",
                List.of(
                        "engine",
                        "question",
                        "partitions",
                        "nodes asked",
                        "all nodes, us/page",
                        "beside one",
                        "a node, us/page",
                        "p50 ms",
                        "p50 beside one",
                        "p95 ms",
                        "p95 beside one",
                        "events on the page"),
                rows,
                List.of(
                        "Of ledgers of %,d events, one page after another, %,d of each kind in a round, about the same events whatever the partitions. A node: the one that had most to do."
                                .formatted(held(), options.samples()),
                        "Nodes asked: on average, by what each had to do for a page (`INFO`). What asks several waits for the last, on as many processors as there are here."));
    }

    /** Events of each ledger in the end. */
    private long held() {
        return all.getFirst().stored().stream()
                .filter(stored -> stored.partitions() == 1)
                .mapToLong(Measured.Stored::events)
                .sum();
    }

    private Table apart() {
        List<List<String>> rows = new ArrayList<>();
        for (Measured measured : all) {
            rows.add(apart(measured, "all of them run", measured.whole()));
            rows.add(apart(measured, "the third stands still", measured.still()));
        }
        return new Table(
                "Appends to two of three nodes",
                List.of("engine", "meanwhile", "the two, us/event", "beside all", "p50 ms", "p50 beside all"),
                rows,
                List.of(
                        "Single events by one writer, of sessions that the third node does not have; the third is stopped (`SIGSTOP`), as one whose machine hangs. Medians of %d rounds, in turns; %,d events each."
                                .formatted(options.rounds(), Way.SINGLE.share(options.events()))));
    }

    private static List<String> apart(Measured measured, String meanwhile, List<Apart> appends) {
        return List.of(
                measured.engine().configName(),
                meanwhile,
                "%.1f".formatted(Medians.of(appends, Apart::redis)),
                "%.2f".formatted(Medians.ratio(appends, measured.whole(), Apart::redis)),
                "%.2f".formatted(Medians.of(appends, Apart::p50)),
                "%.2f".formatted(Medians.ratio(appends, measured.whole(), Apart::p50)));
    }

    private List<Figure> figures() {
        Measured measured = all.getFirst();
        String engine = ", engine " + measured.engine().configName();
        return List.of(
                Figure.atMost(
                        "Redis's cost of an event, 3 partitions beside 1, batches of one session" + engine,
                        1.15,
                        beside(measured, Way.BATCHES, MOST, Slice::redis),
                        "%.2f times"),
                Figure.atMost(
                        "of it the fullest of 3 nodes, beside the only one" + engine,
                        0.45,
                        beside(measured, Way.BATCHES, MOST, Slice::fullest),
                        "%.2f times"),
                Figure.atMost(
                        "Redis's cost of an event, 3 partitions beside 1, batches of 20 sessions" + engine,
                        1.25,
                        beside(measured, Way.MIXED, MOST, Slice::redis),
                        "%.2f times"),
                Figure.atMost(
                        "Redis's cost of a page by session, 3 partitions beside 1" + engine,
                        1.15,
                        beside(measured, Question.SESSION, MOST, Pages::redis),
                        "%.2f times"),
                Figure.atMost(
                        "Redis's cost of an event on two of three nodes while the third stands still, beside all"
                                + engine,
                        1.15,
                        Medians.ratio(measured.still(), measured.whole(), Apart::redis),
                        "%.2f times"));
    }
}
