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
import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Workers;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.Event;
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
import io.contextgraph.projection.GraphLag;
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
import java.util.stream.LongStream;

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
    record Options(int events, int beside) {
        /** Events to a transaction of workers side by side: few enough that each has several before and after. */
        int batchBeside() {
            return Math.clamp(beside / 8, 1, BATCH);
        }
    }

    private final Options options;
    private final List<List<String>> writes = new ArrayList<>();
    private final List<List<String>> workers = new ArrayList<>();
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
                LedgerFill.append(ledger.log(), Workload.events(first, count), Durability.MEMORY);
            }
            double bare = bare(ledger);
            workers("one after another", redis, ledger);
            try (RedisServer other = RedisServer.start();
                    RedisLedger abreast = RedisLedger.connect(RedisSettings.defaults(other.url()))) {
                for (long first = 0; first < options.beside(); first += AT_ONCE) {
                    List<Event> events = LongStream.range(first, Math.min(first + AT_ONCE, options.beside()))
                            .mapToObj(turn -> Workload.event(Workload.abreast(turn)))
                            .toList();
                    LedgerFill.append(abreast.log(), events, Durability.MEMORY);
                }
                workers("%d side by side".formatted(Workload.AGENTS), other, abreast);
            }
            try (Neo4jServer neo4j = Neo4jServer.start();
                    Neo4jGraph graph = neo4j.graph()) {
                setting.put("neo4j", graph.health().version());
                EventFeed feed = ledger.feed("projection");
                double projected = project(feed, graph, bare);
                Verifier verifier = new Verifier(ledger, new GraphLag(List.of(new ProjectionLag(feed))), graph);
                verify(verifier);
                rebuild("rebuild", verifier, ledger, graph);
                double untrimmed = rebuild("rebuild again", verifier, ledger, graph);
                figures.add(Figure.atLeast(
                        "Replay in a rebuild, beside the projection of the same",
                        100,
                        100 * untrimmed / projected,
                        "%.0f%%"));
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
        return new Report("bench/run graph", setting, List.of(writeTable(), workersTable(), wholeTable()), figures);
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
                List<RecordedEvent> batch = ledger.order().read(seq, BATCH);
                graph.apply(batch);
                seq = batch.getLast().seq();
            }
            double perSecond = perSecond(seq, begun);
            GraphStats stats = schema.stats();
            note(writes, "UNWIND ... MERGE", "%,d".formatted(seq), "%,.0f".formatted(perSecond), edges(stats));
            return perSecond;
        }
    }

    /** @return events/s */
    private double project(EventFeed feed, Neo4jGraph graph, double bare) {
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
            double all = perSecond(worker.counters().projected(), begun);
            note(
                    writes,
                    "projection",
                    "%,d".formatted(worker.counters().projected()),
                    "%,.0f".formatted(all),
                    edges(graph.stats()));
            return all;
        }
    }

    /** One worker, then two, each into a graph of its own; the first half of the events does not count. */
    private void workers(String sessions, RedisServer redis, RedisLedger ledger) throws Exception {
        for (int count = 1; count <= 2; count++) {
            try (Neo4jServer neo4j = Neo4jServer.start();
                    Workers running = new Workers(count, options.batchBeside(), ledger.feed("bench-" + count), neo4j)) {
                Workers.Result ignored = running.run(options.beside() / 2);
                Usage usage = new Usage(() -> Duration.ZERO, redis, neo4j::cpu);
                usage.begin();
                Workers.Result result = running.run(options.beside() - options.beside() / 2);
                usage.end();
                note(workers, cells(sessions, count, result, usage.used()));
            }
        }
    }

    private static String[] cells(String sessions, int count, Workers.Result result, Usage.Micros used) {
        double all = used.generator() + used.redis() + used.neo4j();
        return new String[] {
            sessions,
            "%d".formatted(count),
            "%,.0f".formatted(result.eventsPerSecond()),
            "%,.0f".formatted(1e6 * result.events() / all),
            "%.2f".formatted(all / 1e6 / result.seconds()),
            "%.0f".formatted(used.generator() / result.events()),
            "%.0f".formatted(used.redis() / result.events()),
            "%.0f".formatted(used.neo4j() / result.events()),
            "%.0f".formatted(1e3 * count * result.seconds() / result.transactions()),
            "%d".formatted(result.collisions())
        };
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
        Rebuilt result = new Rebuild(ledger, graph, repairs, repair, Optional.empty(), Clock.systemUTC())
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

    private Table workersTable() {
        return new Table(
                "One worker, and two",
                List.of(
                        "sessions in the ledger",
                        "workers",
                        "events/s",
                        "events/s and core in use",
                        "cores in use",
                        "worker, us/event",
                        "Redis, us/event",
                        "Neo4j, us/event",
                        "a transaction takes ms",
                        "done again"),
                workers,
                List.of(
                        "Workers of one group, each with connections of its own, %d events to a transaction; each row has a Neo4j of its own, which has had as many events before, not counted. Processor time of whole processes."
                                .formatted(options.batchBeside()),
                        "Whoever puts events locks their sessions until the commit: where sessions go on side by side, every transaction has events of all of them, and workers take turns. Where one session comes after another, they share agents and tools, and the log of transactions that Neo4j writes."));
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
