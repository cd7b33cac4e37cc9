// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.ImportFile;
import io.contextgraph.bench.load.ImportFile.Form;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Folders;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import io.contextgraph.capture.file.Capture;
import io.contextgraph.capture.file.ImportProgress;
import io.contextgraph.capture.file.ImportRun;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.projection.ProjectionLag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How fast an import brings the events of a file into the ledger, again where it has them, and beside a projection. */
final class ImportBenchmark {
    private static final int WARM_UP_SHARE = 5;

    /** From where on warm-ups have their events: apart from those that count. */
    private static final long WARM_UP_FIRST = 12_000_000;

    private static final Duration GRAPH_PATIENCE = Duration.ofMinutes(10);
    private static final double LEAST_PER_SECOND = 5_000;

    /**
     * What to measure.
     *
     * @param engines of the ledger, the projection beside the first one
     * @param forms of the files
     * @param events in a file
     * @param graph whether to import beside a projection too
     */
    record Options(List<Engine> engines, List<Form> forms, int events, boolean graph) {}

    /**
     * What an import took.
     *
     * @param looked seconds until it first asked the ledger
     * @param asked seconds in calls of the ledger, all threads together
     */
    private record Course(double seconds, double looked, double asked) {}

    private final Options options;
    private final List<ImportFile> warmUps = new ArrayList<>();
    private final List<ImportFile> files = new ArrayList<>();
    private final List<List<String>> speeds = new ArrayList<>();
    private final List<List<String>> costs = new ArrayList<>();
    private final List<List<String>> beside = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();

    ImportBenchmark(Options options) {
        this.options = options;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        setting.put("heap", "%d MB at most".formatted(Runtime.getRuntime().maxMemory() >> 20));
        Path folder = Files.createTempDirectory("contextgraph-bench");
        try {
            for (Form form : options.forms()) {
                warmUps.add(ImportFile.write(folder, form, WARM_UP_FIRST, options.events() / WARM_UP_SHARE));
                files.add(ImportFile.write(folder, form, 0, options.events()));
            }
            for (Engine engine : options.engines()) {
                measure(engine, setting);
            }
            if (options.graph()) {
                besideProjection(setting);
            }
        } finally {
            Folders.delete(folder);
        }
        List<Table> tables = new ArrayList<>(List.of(speedTable(), costTable()));
        if (options.graph()) {
            tables.add(besideTable());
        }
        return new Report("bench/run import", setting, tables, figures);
    }

    private void measure(Engine engine, Map<String, String> setting) throws Exception {
        try (RedisServer redis = RedisServer.start();
                RedisLedger ledger = redis.ledger(engine)) {
            setting.put("redis", redis.describe());
            for (ImportFile file : warmUps) {
                Course ignored = importAnew(ledger, file);
            }
        }
        for (ImportFile file : files) {
            try (RedisServer redis = RedisServer.start();
                    RedisLedger ledger = redis.ledger(engine)) {
                measure(engine, redis, ledger, file);
            }
        }
    }

    private void measure(Engine engine, RedisServer redis, Partition ledger, ImportFile file) throws Exception {
        Usage usage = new Usage(() -> Duration.ZERO, redis, () -> Duration.ZERO);
        Course first;
        double heap;
        try (HeapWatch watch = new HeapWatch()) {
            usage.begin();
            first = importAnew(ledger, file);
            usage.end();
            heap = watch.megabytes();
        }
        double again = importAgain(ledger, file);
        double perSecond = file.events() / first.seconds();
        note(
                speeds,
                file.form().shown(),
                engine.configName(),
                "%,d".formatted(file.events()),
                "%.1f".formatted(file.megabytes()),
                "%,.0f".formatted(perSecond),
                "%.1f".formatted(file.megabytes() / first.seconds()),
                "%,.0f".formatted(file.events() / again),
                "%,.0f".formatted(heap));
        cost(engine, file, first, usage.used());
        if (engine == Engine.SEARCH && file.form() != Form.MESSAGES) {
            figures.add(Figure.atLeast(
                    "Import of %,d events, %s: events/s"
                            .formatted(options.events(), file.form().shown()),
                    LEAST_PER_SECOND,
                    perSecond,
                    "%,.0f"));
        }
    }

    private void cost(Engine engine, ImportFile file, Course course, Usage.Micros used) {
        note(
                costs,
                file.form().shown(),
                engine.configName(),
                "%.1f".formatted(course.looked()),
                "%.1f".formatted(course.seconds() - course.looked()),
                "%.1f".formatted(course.asked()),
                "%.0f".formatted(used.generator() / file.events()),
                "%.0f".formatted(used.redis() / file.events()),
                "%.2f".formatted((used.generator() + used.redis()) / 1e6 / course.seconds()));
    }

    /** One after the other into the same ledger, so that the server that feeds the graph is warm from the second one on. */
    private void besideProjection(Map<String, String> setting) throws Exception {
        Engine engine = options.engines().getFirst();
        try (RedisServer redis = RedisServer.start();
                Neo4jServer neo4j = Neo4jServer.start();
                Neo4jGraph graph = neo4j.graph();
                RedisLedger ledger = redis.ledger(engine);
                ServerProcess server = ServerProcess.start(
                        redis.url(), engine, new ServerProcess.Graph(neo4j.address(), true), List.of())) {
            setting.put("neo4j", graph.health().version());
            for (ImportFile file : warmUps) {
                Course warm = importAnew(ledger, file);
                double caughtUp = awaitGraph(ledger, graph);
                System.err.printf("warm-up: %.1f s and %.1f s%n", warm.seconds(), caughtUp);
            }
            for (ImportFile file : files) {
                Usage usage = new Usage(server::cpu, redis, neo4j::cpu);
                usage.begin();
                Course course = importAnew(ledger, file);
                double behind = awaitGraph(ledger, graph);
                usage.end();
                note(
                        beside,
                        file.form().shown(),
                        "%,d".formatted(file.events()),
                        "%,.0f".formatted(file.events() / course.seconds()),
                        "%.1f".formatted(course.seconds()),
                        "%.1f".formatted(behind),
                        "%,.0f".formatted(file.events() / (course.seconds() + behind)),
                        shares(usage.used(), file.events()));
            }
        }
    }

    private static String shares(Usage.Micros used, int events) {
        return "%.0f, %.0f, %.0f, %.0f"
                .formatted(
                        used.generator() / events,
                        used.redis() / events,
                        used.server() / events,
                        used.neo4j() / events);
    }

    /** @return seconds until the graph had every event */
    private static double awaitGraph(RedisLedger ledger, Neo4jGraph graph) throws IOException {
        long begun = System.nanoTime();
        long head = ledger.order().head().seq();
        new ProjectionLag(ledger.feed("projection")).await(head, GRAPH_PATIENCE);
        double seconds = seconds(begun);
        long there = graph.stats().events();
        if (there != head) {
            throw new IOException("the graph has %,d of %,d events".formatted(there, head));
        }
        return seconds;
    }

    private static Course importAnew(Partition ledger, ImportFile file) throws IOException {
        CallClock calls = new CallClock();
        long begun = System.nanoTime();
        ImportSummary summary = importFile(calls.timed(ledger), file);
        Course course = new Course(seconds(begun), (calls.firstNanos() - begun) / 1e9, calls.seconds());
        require(summary, summary.added(), file);
        return course;
    }

    /** @return seconds */
    private static double importAgain(Partition ledger, ImportFile file) throws IOException {
        long begun = System.nanoTime();
        ImportSummary summary = importFile(ledger, file);
        double seconds = seconds(begun);
        require(summary, summary.duplicates(), file);
        return seconds;
    }

    private static ImportSummary importFile(Partition ledger, ImportFile file) {
        Capture capture = new Capture(CaptureOptions.DEFAULTS, Clock.systemUTC());
        return new ImportRun(
                        ledger,
                        Durability.MEMORY,
                        capture,
                        (ignored, because) -> {
                            throw because;
                        },
                        ImportProgress.NONE)
                .run(List.of(file.path()));
    }

    private static void require(ImportSummary summary, long counted, ImportFile file) throws IOException {
        if (summary.failure().isPresent()) {
            throw summary.failure().get();
        }
        if (counted != file.events() || summary.events() != file.events() || summary.refusedTotal() != 0) {
            throw new IOException("%s has %,d events, and the import says %s".formatted(file, file.events(), summary));
        }
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static void note(List<List<String>> rows, String... cells) {
        rows.add(List.of(cells));
        System.err.println(rows.getLast());
    }

    private Table speedTable() {
        return new Table(
                "Files of %,d events into an empty ledger".formatted(options.events()),
                List.of(
                        "file",
                        "engine",
                        "events",
                        "MB",
                        "events/s",
                        "MB/s",
                        "the same again, events/s",
                        "largest heap, MB"),
                speeds,
                List.of(
                        "In the process of the benchmark, from the file to the last answer of the ledger, in memory; JVM and importer warm: a fifth as many events of each kind came before, into another Redis.",
                        "`the same again`: every event is a duplicate then. An import that counts an event wrongly fails the benchmark.",
                        "`largest heap`: the most that a collection has left while the file was imported for the first time.",
                        ImportFile.describe(),
                        Workload.describe()));
    }

    private Table costTable() {
        return new Table(
                "Where the time goes",
                List.of(
                        "file",
                        "engine",
                        "until the ledger is asked, s",
                        "from then on, s",
                        "in calls of the ledger, s",
                        "importer, us/event",
                        "Redis, us/event",
                        "cores in use"),
                costs,
                List.of(
                        "Until the ledger is asked: the first walk through the file, which finds out what belongs together. Calls: of all threads together.",
                        "us/event: processor time of whole processes, the first import of the file."));
    }

    private Table besideTable() {
        return new Table(
                "Imports beside a projection",
                List.of(
                        "file",
                        "events",
                        "import, events/s",
                        "seconds",
                        "in the graph s after its end",
                        "events/s into the graph",
                        "importer, Redis, server, Neo4j, us/event"),
                beside,
                List.of(
                        "Engine %s. A server process feeds the graph with its standard settings. One file after the other into the same ledger and graph, each once the graph has the one before; after each the graph is counted."
                                .formatted(options.engines().getFirst().configName()),
                        Neo4jServer.describe()));
    }
}
