// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.event.Cursor;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.Decay;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.LineageQuery.Direction;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** How fast a large graph answers: causes and effects ten deep, and pages of what has very many. */
final class LineageBenchmark {
    private static final int DEPTH = 10;
    private static final int PAGE = 100;
    private static final int LOAD_AT_ONCE = 1000;
    private static final int WARM_UP = 200;
    private static final double WANTED_MILLIS = 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /**
     * What to measure.
     *
     * @param events in the graph
     * @param samples of each question
     */
    record Options(int events, int samples) {}

    /** Asks a graph about something that the random numbers choose. */
    private interface Ask {
        Subgraph of(GraphReader graph, Random random);
    }

    /**
     * A kind of question.
     *
     * @param shown in a few words
     * @param nodes that each answer must have
     */
    private record Question(String shown, int nodes, Ask ask) {}

    private final Options options;
    private final Family family;
    private final List<List<String>> answers = new ArrayList<>();
    private final List<List<String>> starts = new ArrayList<>();
    private final List<List<String>> disk = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();

    LineageBenchmark(Options options) {
        this.options = options;
        this.family = Family.of(options.events());
    }

    Report run() throws IOException {
        Map<String, String> setting = Setting.here();
        try (Neo4jServer neo4j = Neo4jServer.start()) {
            try (Neo4jGraph graph = neo4j.graph()) {
                graph.prepare();
                setting.put("neo4j", graph.health().version());
                for (int first = 0; first < options.events(); first += LOAD_AT_ONCE) {
                    graph.apply(Projection.project(family.recorded(first, LOAD_AT_ONCE)));
                }
            }
            onDisk(neo4j.storeBytes());
            try (Neo4jGraph graph = neo4j.graph()) {
                first(graph);
                warmUp(graph);
                for (Question question : questions()) {
                    repeat(graph, question);
                }
            }
        }
        return new Report("bench/run lineage", setting, List.of(answerTable(), startTable(), diskTable()), figures);
    }

    private List<Question> questions() {
        int wide = family.wide();
        int branches = family.branches();
        return List.of(
                new Question("causes, %d deep".formatted(DEPTH), DEPTH + 1, (g, r) -> chain(g, r, Direction.ANCESTORS)),
                new Question(
                        "effects, %d deep".formatted(DEPTH), DEPTH + 1, (g, r) -> chain(g, r, Direction.DESCENDANTS)),
                new Question("both, %d deep".formatted(DEPTH), 2 * DEPTH + 1, (g, r) -> chain(g, r, Direction.BOTH)),
                new Question(
                        "an event with %,d effects, first page".formatted(wide - 1),
                        PAGE,
                        (g, r) -> g.lineage(lineage(0, Direction.DESCENDANTS))),
                new Question(
                        "the same, any page", PAGE, (g, r) -> effectsAfter(g, 0, 1, 1 + r.nextInt(wide - PAGE - 2))),
                new Question(
                        "one of these effects, both ways",
                        2,
                        (g, r) -> g.lineage(lineage(1 + r.nextInt(wide - 1), Direction.BOTH))),
                new Question(
                        "%d effects with %,d of their own, any page".formatted(branches, wide - branches - 1),
                        PAGE,
                        (g, r) ->
                                effectsAfter(g, wide, 2, wide + branches + 1 + r.nextInt(wide - branches - PAGE - 2))),
                new Question(
                        "context of a session of %,d events, first page".formatted(wide),
                        PAGE,
                        (g, r) -> context(g, Optional.empty())),
                new Question(
                        "the same, any page", PAGE, (g, r) -> context(g, Optional.of(1 + 2 * r.nextInt(wide / 2)))));
    }

    private static LineageQuery lineage(long of, Direction direction) {
        return new LineageQuery(Family.id(of), direction, DEPTH, PAGE, TIMEOUT, Optional.empty());
    }

    /** From an event in the middle of a chain. */
    private Subgraph chain(GraphReader graph, Random random, Direction direction) {
        int chains = (options.events() - family.firstOfChains()) / Workload.SESSION_LENGTH;
        long number = family.firstOfChains()
                + (long) random.nextInt(chains) * Workload.SESSION_LENGTH
                + DEPTH
                + random.nextInt(Workload.SESSION_LENGTH - 2 * DEPTH);
        return graph.lineage(lineage(number, direction));
    }

    private static Subgraph effectsAfter(GraphReader graph, long of, int depth, long last) {
        LineageQuery first = lineage(of, Direction.DESCENDANTS);
        LineageQuery.Place place =
                new LineageQuery.Place(depth, Workload.at(last).toEpochMilli(), last + 1, Family.id(last));
        return graph.lineage(new LineageQuery(
                first.start(), first.direction(), DEPTH, PAGE, TIMEOUT, Optional.of(first.cursorAfter(place))));
    }

    /** A page of the large session: the first, or the one after an event of an odd number, which is never near the end. */
    private Subgraph context(GraphReader graph, Optional<Integer> event) {
        Instant now = Workload.at(family.wide());
        ContextQuery first = new ContextQuery(Family.WIDE, PAGE, now, TIMEOUT, Optional.empty());
        Optional<Cursor> cursor = event.map(number -> {
            RecordedEvent last = family.recorded(number);
            return first.cursorAfter(Decay.rank(last.event()), last.seq());
        });
        return graph.context(new ContextQuery(Family.WIDE, PAGE, now, TIMEOUT, cursor));
    }

    /** Each question once, after a start. */
    private void first(Neo4jGraph graph) {
        long begun = System.nanoTime();
        graph.prepare();
        note(starts, "preparing: indexes, and a rehearsal of all statements", millis(System.nanoTime() - begun));
        Random random = new Random(2);
        for (Question question : questions()) {
            begun = System.nanoTime();
            question.ask().of(graph, random);
            note(starts, "the first time: " + question.shown(), millis(System.nanoTime() - begun));
        }
    }

    /** All questions in turns, so that none is measured on a JVM that is colder than another's. */
    private void warmUp(GraphReader graph) {
        Random random = new Random(3);
        for (int i = Math.min(WARM_UP, options.samples()); i > 0; i--) {
            for (Question question : questions()) {
                question.ask().of(graph, random);
            }
        }
    }

    private void repeat(GraphReader graph, Question question) throws IOException {
        Random random = new Random(1);
        Histogram latency = new Histogram(3);
        for (int i = 0; i < options.samples(); i++) {
            long begun = System.nanoTime();
            int nodes = question.ask().of(graph, random).nodes().size();
            latency.recordValue(System.nanoTime() - begun);
            if (nodes != question.nodes()) {
                throw new IOException("%s: %d nodes, not %d".formatted(question.shown(), nodes, question.nodes()));
            }
        }
        note(
                answers,
                question.shown(),
                Integer.toString(question.nodes()),
                millis(latency.getValueAtPercentile(50)),
                millis(latency.getValueAtPercentile(95)),
                millis(latency.getValueAtPercentile(99)),
                millis(latency.getMaxValue()));
        figures.add(Figure.atMost(
                "Graph of %,d events: %s, p95".formatted(options.events(), question.shown()),
                WANTED_MILLIS,
                latency.getValueAtPercentile(95) / 1e6,
                "%.1f ms"));
    }

    private void onDisk(long bytes) {
        note(
                disk,
                "nodes, edges and indexes",
                "%,d".formatted(options.events()),
                "%,.0f".formatted(bytes / (double) (1 << 20)),
                "%,.0f".formatted(bytes / (double) options.events()));
    }

    private static String millis(long nanos) {
        return "%.2f".formatted(nanos / 1e6);
    }

    private static void note(List<List<String>> rows, String... cells) {
        rows.add(List.of(cells));
        System.err.println(rows.getLast());
    }

    private Table answerTable() {
        return new Table(
                "Answers of a graph of %,d events".formatted(options.events()),
                List.of("question", "nodes", "p50 ms", "p95 ms", "p99 ms", "most ms"),
                answers,
                List.of(
                        "%,d questions of each kind about random events and pages, one after another, through the graph's port; pages of %d. Before them, not counted, %,d rounds of all."
                                .formatted(options.samples(), PAGE, Math.min(WARM_UP, options.samples())),
                        Neo4jServer.describe(),
                        Workload.describe()
                                + " A tenth are effects of one event, in one session of one agent; another tenth are effects of %d effects of one event."
                                        .formatted(family.branches())));
    }

    private Table startTable() {
        return new Table(
                "After a start of Neo4j over that graph",
                List.of("what", "ms"),
                starts,
                List.of("In this order, each once. The client has run before; the file system's cache is warm."));
    }

    private Table diskTable() {
        return new Table(
                "The graph on Neo4j's disk",
                List.of("what", "events", "MB", "bytes/event"),
                disk,
                List.of(
                        "Of the database that holds the graph, after Neo4j has been stopped in order; its log of transactions comes on top, as long as its settings keep it.",
                        Workload.describe()));
    }
}
