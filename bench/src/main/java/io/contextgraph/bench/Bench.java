// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.growth.GrowthBenchmark;
import io.contextgraph.bench.kill.KillCommand;
import io.contextgraph.bench.load.ImportFile;
import io.contextgraph.bench.proof.ProofBenchmark;
import io.contextgraph.bench.report.BenchmarksPage;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.scaling.ScalingPage;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.soak.SoakPlan;
import io.contextgraph.bench.tail.TailBenchmark;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.sizing.Prices;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The benchmarks as commands; {@code bench/run --help} lists them. */
@Command(
        name = "bench/run",
        description = "Benchmarks of Context Graph. Each starts the servers that it needs and stops them.",
        subcommands = {KillCommand.class, PartitionsCommand.class},
        mixinStandardHelpOptions = true)
public final class Bench {
    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Also writes the results as JSON, and what is drawn of them beside it.")
    private @Nullable Path json;

    @Option(
            names = "--seconds",
            scope = ScopeType.INHERIT,
            paramLabel = "N",
            description = "Length of each measurement (default: ${DEFAULT-VALUE}).")
    private int seconds = 5;

    /** Ends the process with the code of the command. */
    public static void main(String[] arguments) {
        // Numbers read the same wherever they are measured.
        Locale.setDefault(Locale.ROOT);
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Command(name = "append", description = "Appends through the port, beside PostgreSQL through JDBC, in one run.")
    int append() throws Exception {
        return print(new AppendBenchmark(Duration.ofSeconds(seconds)).run());
    }

    @Command(
            name = "ceiling",
            description = "What Redis itself takes: the product's calls from a raw client, beside a naive script.")
    int ceiling(
            @Option(names = "--events", defaultValue = "100000", description = "Events in each run.") int events,
            @Option(names = "--rounds", defaultValue = "3", description = "Runs of each kind.") int rounds)
            throws Exception {
        return print(new CeilingBenchmark(events, rounds).run());
    }

    @Command(
            name = "durability",
            description = "What it costs that answers wait for the disk, at appendfsync everysec and always.")
    int durability(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--rounds", defaultValue = "3", description = "Runs of each kind.") int rounds,
            @Option(names = "--only", description = "Of ${COMPLETION-CANDIDATES}; without it all.")
                    List<DurabilityBenchmark.Way> only)
            throws Exception {
        List<DurabilityBenchmark.Way> ways = only == null ? List.of(DurabilityBenchmark.Way.values()) : only;
        return print(new DurabilityBenchmark(engine(engine), ways, rounds, Duration.ofSeconds(seconds)).run());
    }

    @Command(name = "http", description = "Appends over HTTP: single, in batches and as streams, beside the ceiling.")
    int http(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(
                            names = "--before",
                            defaultValue = "215000",
                            description = "Events in a ledger where a measurement begins.")
                    int before,
            @Option(names = "--ceiling-events", defaultValue = "100000", description = "Events for the ceiling.")
                    int ceilingEvents,
            @Option(names = "--java-option", description = "For the server's JVM, as that of a profiler.")
                    List<String> javaOptions)
            throws Exception {
        HttpBenchmark.Options options = new HttpBenchmark.Options(
                engine(engine),
                before,
                Duration.ofSeconds(seconds),
                ceilingEvents,
                javaOptions == null ? List.of() : javaOptions);
        return print(new HttpBenchmark(options).run());
    }

    @Command(name = "otlp", description = "Spans over OTLP/HTTP in batches of 512, beside the ceiling.")
    int otlp(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--before", defaultValue = "215000", description = "Events before.") int before,
            @Option(names = "--minutes", defaultValue = "1", description = "Length of each measurement.")
                    double minutes)
            throws Exception {
        Duration time = Duration.ofMillis(Math.round(minutes * 60_000));
        return print(new OtlpBenchmark(new OtlpBenchmark.Options(engine(engine), before, time)).run());
    }

    @Command(
            name = "tail",
            description =
                    "How late the latest answers are at a steady rate, alone and beside rewrites of Redis's file.")
    int tail(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--events", defaultValue = "" + TailBenchmark.EVENTS, description = "Events before.")
                    int events,
            @Option(names = "--rate", defaultValue = "1000", description = "Single appends a second.") int rate,
            @Option(names = "--connections", defaultValue = "16", description = "Over which they come.")
                    int connections,
            @Option(names = "--warm-up", defaultValue = "10", description = "Seconds before each measurement.")
                    int warmUp,
            @Option(names = "--minutes", defaultValue = "1", description = "Length of each of the two measurements.")
                    double minutes)
            throws Exception {
        TailBenchmark.Options options = new TailBenchmark.Options(
                engine(engine),
                events,
                rate,
                connections,
                Duration.ofSeconds(warmUp),
                Duration.ofMillis(Math.round(minutes * 60_000)));
        return print(new TailBenchmark(options).run());
    }

    @Command(
            name = "growth",
            description =
                    "What appends, pages, memory, a restart and an examination cost at several sizes of a ledger.")
    int growth(
            @Option(
                            names = "--events",
                            split = ",",
                            defaultValue = "10000,100000,1000000",
                            description = "Sizes of ledgers, ascending (default: ${DEFAULT-VALUE}).")
                    List<Integer> events,
            @Option(names = "--samples", defaultValue = "500", description = "Pages of each kind.") int samples)
            throws Exception {
        return print(new GrowthBenchmark(events, samples).run());
    }

    @Command(name = "access", description = "Single appends with and without a key and TLS, in turns.")
    int access(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--rounds", defaultValue = "40", description = "Rounds in which each server has a second.")
                    int rounds,
            @Option(names = "--warm-up", defaultValue = "15", description = "Seconds of each server before them.")
                    int warmUp)
            throws Exception {
        return print(new AccessBenchmark(engine(engine), rounds, Duration.ofSeconds(warmUp)).run());
    }

    @Command(name = "privacy", description = "What it costs that events are about persons, and to erase one.")
    int privacy(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--events", defaultValue = "1000000", description = "Events about persons.") int events,
            @Option(names = "--rounds", defaultValue = "40", description = "Rounds in which each kind has a second.")
                    int rounds)
            throws Exception {
        return print(new PrivacyBenchmark(engine(engine), events, rounds).run());
    }

    @Command(name = "import", description = "Imports files of several formats, again, and beside a projection.")
    int importFiles(
            @Option(names = "--events", defaultValue = "100000", description = "Events in a file.") int events,
            @Option(names = "--only", description = "Of ${COMPLETION-CANDIDATES}; without it all.")
                    List<ImportFile.Form> only,
            @Option(names = "--engine", description = "Only this one; otherwise all that Redis can serve.") @Nullable
                    String engine,
            @Option(
                            names = "--graph",
                            negatable = true,
                            defaultValue = "true",
                            fallbackValue = "true",
                            description = "Also import beside a projection.")
                    boolean graph)
            throws Exception {
        List<Engine> engines = engine == null ? RedisServer.engines() : List.of(engine(engine));
        List<ImportFile.Form> forms = only == null ? List.of(ImportFile.Form.values()) : only;
        return print(new ImportBenchmark(new ImportBenchmark.Options(engines, forms, events, graph)).run());
    }

    @Command(name = "lag", description = "How long after an append over HTTP the graph shows the event.")
    int lag(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--warm-up", defaultValue = "30", description = "Seconds before events count.") int warmUp,
            @Option(names = "--rate", defaultValue = "500", description = "Events a second.") int rate,
            @Option(names = "--events", defaultValue = "30000", description = "Events that count at this rate.")
                    int events,
            @Option(
                            names = "--idle-events",
                            defaultValue = "400",
                            description = "Events that count at the rate of a system that is nearly idle.")
                    int idleEvents,
            @Option(names = "--burst", defaultValue = "10000", description = "Events in a burst.") int burst,
            @Option(names = "--bursts", defaultValue = "3", description = "Bursts.") int bursts)
            throws Exception {
        LagBenchmark.Options options = new LagBenchmark.Options(
                engine(engine), rate, Duration.ofSeconds(warmUp), events, idleEvents, burst, bursts);
        return print(new LagBenchmark(options).run());
    }

    @Command(name = "lineage", description = "Reads a large graph: causes, effects, pages of what has very many.")
    int lineage(
            @Option(names = "--events", defaultValue = "1000000", description = "Events in the graph.") int events,
            @Option(names = "--samples", defaultValue = "1000", description = "Questions of each kind.") int samples)
            throws IOException {
        return print(new LineageBenchmark(new LineageBenchmark.Options(events, samples)).run());
    }

    @Command(name = "memory", description = "RAM for one event by part, and what trimming the streams gives back.")
    int memory(
            @Option(names = "--events", defaultValue = "200000", description = "Events.") int events,
            @Option(
                            names = "--pause",
                            defaultValue = "200",
                            description = "Milliseconds between two looks at the memory in use.")
                    int pause)
            throws Exception {
        return print(new MemoryBenchmark(events, Duration.ofMillis(pause)).run());
    }

    @Command(
            name = "proof",
            description =
                    "What it takes to sign for a ledger, to prove an event, to audit all; and what appends lose by it.")
    int proof(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--events", defaultValue = "1000000", description = "Events in the ledger.") int events,
            @Option(names = "--rounds", defaultValue = "3", description = "Of appending, each way.") int rounds)
            throws Exception {
        return print(new ProofBenchmark(engine(engine), events, rounds, Duration.ofSeconds(2L * seconds)).run());
    }

    @Command(name = "trim", description = "What trimming costs those who append meanwhile, and what it gives back.")
    int trim(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--events", defaultValue = "1000000", description = "Events that are trimmed.") int events,
            @Option(names = "--rate", defaultValue = "1000", description = "Events a second that come in.") int rate)
            throws Exception {
        return print(new TrimBenchmark(engine(engine), events, rate, Duration.ofSeconds(4L * seconds)).run());
    }

    @Command(
            name = "archive",
            description =
                    "Events leave for the archive, alone and beside appends, and come back; and what stays of them.")
    int archive(
            @Option(names = "--engine", defaultValue = "search", description = "search or sorted-set.") String engine,
            @Option(names = "--events", defaultValue = "1000000", description = "Events that leave.") int events,
            @Option(names = "--rate", defaultValue = "1000", description = "Events a second that come in.") int rate,
            @Option(
                            names = "--pause",
                            defaultValue = "500",
                            description = "Milliseconds between two looks at the memory.")
                    int pause,
            @Option(names = "--ram-price", defaultValue = "4.5", description = "Dollars for a GB of RAM and a month.")
                    double ramPrice,
            @Option(
                            names = "--archive-price",
                            defaultValue = "0.023",
                            description = "Dollars for a GB of archive and a month.")
                    double archivePrice)
            throws Exception {
        ArchiveBenchmark.Options options = new ArchiveBenchmark.Options(
                engine(engine),
                events,
                rate,
                Duration.ofSeconds(4L * seconds),
                Duration.ofMillis(pause),
                new Prices(ramPrice, archivePrice));
        return print(new ArchiveBenchmark(options).run());
    }

    @Command(name = "restart", description = "From the start of Redis over a large ledger to the first answers.")
    int restart(@Option(names = "--events", defaultValue = "1000000", description = "Events in the ledger.") int events)
            throws Exception {
        return print(new RestartBenchmark(events).run());
    }

    @Command(
            name = "stall",
            description = "The longest pauses of an appender while a ledger is filled, each with its cause.")
    int stall(
            @Option(names = "--events", defaultValue = "1000000", description = "Events.") int events,
            @Option(names = "--over", defaultValue = "10", description = "Milliseconds from which on it is a pause.")
                    int over,
            @Option(
                            names = "--rewrite-percentage",
                            defaultValue = "",
                            description = "auto-aof-rewrite-percentage of Redis; otherwise that of the embedded one.")
                    String percentage,
            @Option(
                            names = "--rewrite-min-size",
                            defaultValue = "",
                            description = "auto-aof-rewrite-min-size of Redis; otherwise that of the embedded one.")
                    String minSize)
            throws Exception {
        return print(new StallBenchmark(new StallBenchmark.Options(events, over, percentage, minSize)).run());
    }

    @Command(name = "query", description = "Reads a large ledger: first pages, a deep page, a full replay.")
    int query(
            @Option(names = "--events", defaultValue = "1000000", description = "Events in the ledger.") int events,
            @Option(names = "--samples", defaultValue = "1000", description = "Questions of each kind.") int samples,
            @Option(names = "--engine", description = "Only this one; otherwise all that Redis can serve.") @Nullable
                    String engine,
            @Option(
                            names = "--postgres",
                            negatable = true,
                            defaultValue = "true",
                            fallbackValue = "true",
                            description = "Ask PostgreSQL the same.")
                    boolean postgres)
            throws Exception {
        List<Engine> engines = engine == null ? RedisServer.engines() : List.of(engine(engine));
        return print(new QueryBenchmark(new QueryBenchmark.Options(engines, postgres, events, samples)).run());
    }

    @Command(name = "graph", description = "The graph: projection beside the plainest statements, verify, rebuild.")
    int graph(
            @Option(names = "--events", defaultValue = "1000000", description = "Events in ledger and graph.")
                    int events,
            @Option(names = "--beside", defaultValue = "100000", description = "Those that are written both ways.")
                    int beside)
            throws Exception {
        return print(new GraphBenchmark(new GraphBenchmark.Options(events, Math.min(beside, events))).run());
    }

    @Command(
            name = "soak",
            description = {
                "Mixed traffic at a steady pace for a long time, and what must not grow with it: threads, open files,"
                        + " connections, heap.",
                "Ends with 1 when something did, or an answer was not as it must be."
            })
    int soak(
            @Option(
                            names = "--minutes",
                            defaultValue = "30",
                            description = "How long, warm-up and quiet apart (default: ${DEFAULT-VALUE}).")
                    double minutes,
            @Option(
                            names = "--rate",
                            defaultValue = "80",
                            description = "New events a second (default: ${DEFAULT-VALUE}).")
                    int rate,
            @Option(names = "--engine", description = "search or sorted-set; without it the best that Redis can serve.")
                    @Nullable
                    String engine,
            @Option(names = "--seed", description = "Decides all random choices (default: a new one).") @Nullable
                    Long seed)
            throws Exception {
        SoakPlan plan = new SoakPlan(
                Duration.ofMillis(Math.round(minutes * 60_000)),
                rate,
                seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed);
        Engine chosen = engine == null ? RedisServer.engines().getFirst() : engine(engine);
        SoakBenchmark benchmark = new SoakBenchmark(chosen, plan, System.out);
        int printed = print(benchmark.run());
        benchmark.tell();
        return benchmark.faults().isEmpty() ? printed : 1;
    }

    static Engine engine(String name) {
        return Engine.parse(name).orElseThrow(() -> new IllegalArgumentException("no engine " + name));
    }

    @Command(
            name = "report",
            description = "Writes docs/benchmarks.md and docs/scaling.md anew from the files in docs/benchmarks.")
    int report() throws IOException {
        new BenchmarksPage(Path.of("docs")).write();
        ScalingPage.in(Path.of("docs")).write();
        return 0;
    }

    int print(Report report) throws IOException {
        report.print(json);
        return 0;
    }
}
