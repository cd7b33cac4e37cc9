// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.bench.load.BareGraph;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jRepair;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The graph: projection beside the plainest statements, verify, rebuild. */
final class GraphBenchmark {
    private static final int BATCH = 500;
    private static final int AT_ONCE = 1_000;

    /**
     * What to measure.
     *
     * @param events in ledger and graph
     * @param beside how many of them the plainest statements write too
     */
    record Options(int events, int beside) {}

    private final Options options;
    private final List<List<String>> writes = new ArrayList<>();
    private final List<List<String>> whole = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();

    GraphBenchmark(Options options) {
        this.options = options;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        try (RedisServer redis = RedisServer.start();
                RedisLedger ledger = RedisLedger.connect(RedisSettings.defaults(redis.url()))) {
            setting.put("redis", redis.describe());
            for (long first = 0; first < options.events(); first += AT_ONCE) {
                int count = (int) Math.min(AT_ONCE, options.events() - first);
                AppendCalls.append(ledger.log(), Workload.events(first, count), Durability.MEMORY);
            }
            double bare = bare(ledger);
            try (Neo4jServer neo4j = Neo4jServer.start();
                    Neo4jGraph graph = neo4j.graph()) {
                setting.put("neo4j", graph.health().version());
                EventFeed feed = ledger.feed("projection");
                project(feed, graph, bare);
                Verifier verifier = new Verifier(ledger, new ProjectionLag(feed), graph);
                verify(verifier);
                rebuild("rebuild", verifier, ledger, graph);
                double untrimmed = rebuild("rebuild again", verifier, ledger, graph);
                TrimBenchmark.Trimmed ignored = TrimBenchmark.trim(
                        ledger.trimming(), new TrimRule(Instant.now().plus(Duration.ofDays(1)), Set.of()));
                double trimmed = rebuild("rebuild of a trimmed ledger", verifier, ledger, graph);
                figures.add(Figure.atLeast(
                        "Replay of a trimmed ledger in a rebuild, beside that of an untrimmed one",
                        95,
                        100 * trimmed / untrimmed,
                        "%.0f%%"));
            }
        }
        return new Report("bench/run graph", setting, List.of(writeTable(), wholeTable()), figures);
    }

    /** @return events/s */
    private double bare(RedisLedger ledger) throws IOException {
        try (Neo4jServer neo4j = Neo4jServer.start();
                Neo4jGraph schema = neo4j.graph();
                BareGraph graph = new BareGraph(neo4j.driver())) {
            schema.prepare();
            long begun = System.nanoTime();
            long seq = 0;
            while (seq < options.beside()) {
                List<RecordedEvent> batch = ledger.log().read(seq, BATCH);
                graph.apply(batch);
                seq = batch.getLast().seq();
            }
            double perSecond = perSecond(seq, begun);
            GraphStats stats = schema.stats();
            note(writes, "UNWIND ... MERGE", "%,d".formatted(seq), "%,.0f".formatted(perSecond), edges(stats));
            return perSecond;
        }
    }

    private void project(EventFeed feed, Neo4jGraph graph, double bare) {
        ProjectionSettings settings =
                new ProjectionSettings(BATCH, Duration.ZERO, 5, ProjectionSettings.DEFAULT.retryAfter());
        try (ProjectionWorker worker = new ProjectionWorker("bench", feed, graph, settings, Clock.systemUTC())) {
            graph.prepare();
            long begun = System.nanoTime();
            while (worker.counters().projected() < options.beside() && worker.doWork() > 0) {
                // The next batch.
            }
            double perSecond = perSecond(worker.counters().projected(), begun);
            note(
                    writes,
                    "projection",
                    "%,d".formatted(worker.counters().projected()),
                    "%,.0f".formatted(perSecond),
                    edges(graph.stats()));
            figures.add(Figure.atLeast(
                    "Projection beside a bare UNWIND ... MERGE of the same", 80, 100 * perSecond / bare, "%.0f%%"));
            while (worker.doWork() > 0) {
                // What is left.
            }
            note(
                    writes,
                    "projection",
                    "%,d".formatted(worker.counters().projected()),
                    "%,.0f".formatted(perSecond(worker.counters().projected(), begun)),
                    edges(graph.stats()));
        }
    }

    private void verify(Verifier verifier) throws IOException {
        long begun = System.nanoTime();
        Verification result = verifier.verify(Duration.ofSeconds(10), Watcher.NONE, new Findings(0));
        double seconds = seconds(begun);
        if (!result.equal() || result.events() != options.events()) {
            throw new IOException("ledger and graph must be equal: " + result);
        }
        note(
                whole,
                "verify",
                "%,d".formatted(result.events()),
                "%.1f".formatted(seconds),
                "%,.0f".formatted(options.events() / seconds));
        figures.add(Figure.atMost(
                "`verify` of %,d events".formatted(options.events()),
                60.0 * options.events() / 1_000_000,
                seconds,
                "%.1f s"));
    }

    /** @return replayed events/s */
    private double rebuild(String what, Verifier verifier, RedisLedger ledger, Neo4jGraph graph) throws IOException {
        Neo4jRepair repairs = new Neo4jRepair(graph);
        Repair repair = new Repair(verifier, ledger.parking(), graph, repairs);
        long begun = System.nanoTime();
        long[] replayed = {0};
        Rebuilt result = new Rebuild(ledger.log(), graph, repairs, repair, Optional.empty(), Clock.systemUTC())
                .run(
                        Rebuild.Start.ANEW,
                        Duration.ZERO,
                        (phase, done, total) -> {
                            if (replayed[0] == 0 && done == total) {
                                replayed[0] = System.nanoTime();
                            }
                        },
                        new Findings(0));
        if (!result.repaired().complete()) {
            throw new IOException("the graph must be right after a rebuild: " + result);
        }
        double replay = (replayed[0] - begun) / 1e9;
        note(
                whole,
                what + ": replay into the whole graph",
                "%,d".formatted(result.replayed()),
                "%.1f".formatted(replay),
                "%,.0f".formatted(result.replayed() / replay));
        note(
                whole,
                what + ", with the comparison after it",
                "%,d".formatted(result.replayed()),
                "%.1f".formatted(seconds(begun)),
                "%,.0f".formatted(perSecond(result.replayed(), begun)));
        return result.replayed() / replay;
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static double perSecond(long events, long begun) {
        return events / seconds(begun);
    }

    private static String edges(GraphStats stats) {
        return "%,d".formatted(stats.follows() + stats.causes() + stats.references());
    }

    private static void note(List<List<String>> rows, String... cells) {
        rows.add(List.of(cells));
        System.err.println(rows.getLast());
    }

    private Table writeTable() {
        return new Table(
                "Events into the graph",
                List.of("written by", "events", "events/s", "edges there are then"),
                writes,
                List.of(
                        "One writer, %d events to a transaction, each into a Neo4j that has just been started, with the same constraints and indexes."
                                .formatted(BATCH),
                        Neo4jServer.describe(),
                        "The statements get their events from the ledger by number; the projection from its consumer group, and acknowledges them.",
                        Workload.describe()));
    }

    private Table wholeTable() {
        return new Table(
                "The whole graph",
                List.of("what", "events", "seconds", "events/s"),
                whole,
                List.of(
                        "In the process of the benchmark, with Redis and Neo4j on the same machine; the rebuild replays into a graph that has everything."));
    }
}
