// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.bench.load.Burst;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Posts;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import io.contextgraph.event.Json;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleFunction;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/** How long after an append the graph shows the event, from end to end over HTTP. */
final class LagBenchmark {
    private static final int CONNECTIONS = 16;
    private static final int IDLE_PER_SECOND = 10;
    private static final Duration ROW_WARM_UP = Duration.ofSeconds(3);
    private static final Duration VERIFY_PATIENCE = Duration.ofSeconds(10);

    /**
     * What to measure with.
     *
     * @param engine how events are indexed
     * @param perSecond the constant rate
     * @param warmUp of servers that have just started, at the same rate; what counts has a short one too, no longer than this
     * @param events that count at that rate
     * @param idleEvents that count at the low rate of a system that is nearly idle
     * @param burst events in a burst
     * @param bursts how many of them, one after another
     */
    record Options(Engine engine, int perSecond, Duration warmUp, int events, int idleEvents, int burst, int bursts) {
        Pace busy() {
            return new Pace(perSecond, Sightings.ONE_IN, Duration.ofMillis(events * 1000L / perSecond));
        }

        Pace idle() {
            return new Pace(IDLE_PER_SECOND, 1, Duration.ofMillis(idleEvents * 1000L / IDLE_PER_SECOND));
        }

        Duration rowWarmUp() {
            return warmUp.compareTo(ROW_WARM_UP) < 0 ? warmUp : ROW_WARM_UP;
        }
    }

    /**
     * A constant rate for a while.
     *
     * @param oneIn of how many events one is looked for
     * @param time that counts
     */
    record Pace(int perSecond, int oneIn, Duration time) {}

    /** Who brings the events into the graph. */
    private enum Feeder {
        SAME("the server that takes them"),
        OTHER("another server process");

        private final String shown;

        Feeder(String shown) {
            this.shown = shown;
        }
    }

    /** The servers of one measurement. */
    private record Servers(ServerProcess front, List<ServerProcess> all) implements AutoCloseable {
        static Servers start(Feeder feeder, Engine engine, RedisServer redis, Neo4jServer neo4j) throws IOException {
            List<ServerProcess> all = new ArrayList<>();
            boolean alone = feeder == Feeder.SAME;
            for (boolean feeds : alone ? List.of(true) : List.of(false, true)) {
                ServerProcess.Graph graph = new ServerProcess.Graph(neo4j.address(), feeds);
                all.add(ServerProcess.start(redis.url(), engine, graph, List.of()));
            }
            return new Servers(all.getFirst(), all);
        }

        URI address() {
            return front.address();
        }

        Duration cpu() {
            return all.stream().map(ServerProcess::cpu).reduce(Duration.ZERO, Duration::plus);
        }

        @Override
        public void close() {
            all.forEach(ServerProcess::close);
        }
    }

    private final Options options;
    private final AtomicLong turns = new AtomicLong();
    private final List<List<String>> lags = new ArrayList<>();
    private final List<List<String>> costs = new ArrayList<>();
    private final List<List<String>> bursts = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();

    LagBenchmark(Options options) {
        this.options = options;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        try (RedisServer redis = RedisServer.start();
                Neo4jServer neo4j = Neo4jServer.start();
                Neo4jGraph graph = neo4j.graph();
                RedisLedger ledger = redis.ledger(options.engine())) {
            setting.put(
                    "redis", redis.describe() + ", engine " + options.engine().configName());
            setting.put("neo4j", graph.health().version());
            for (Feeder feeder : Feeder.values()) {
                try (Servers servers = Servers.start(feeder, options.engine(), redis, neo4j)) {
                    warmUp(servers);
                    for (Pace pace : List.of(options.busy(), options.idle())) {
                        paced(feeder, pace, servers, new Usage(servers::cpu, redis, neo4j::cpu));
                    }
                    burst(feeder, servers, graph);
                }
            }
            verify(ledger, graph);
        }
        return new Report("bench/run lag", setting, List.of(lagTable(), costTable(), burstTable()), figures);
    }

    /** The same load until then, and until the graph has all of it: a server that has just started is behind for a while. */
    private void warmUp(Servers servers) throws Exception {
        try (Sightings sightings = new Sightings(servers.address(), Sightings.ONE_IN)) {
            Load.Plan plan = new Load.Plan(CONNECTIONS, 1, Duration.ZERO, options.warmUp());
            Load.open(plan, options.perSecond(), steps(servers.address(), sightings), turns, Load.Watch.NONE);
            sightings.lags();
        }
    }

    private void paced(Feeder feeder, Pace pace, Servers servers, Usage usage) throws Exception {
        LagGauge gauge = new LagGauge(servers.address());
        try (Sightings sightings = new Sightings(servers.address(), pace.oneIn())) {
            Load.Plan plan = new Load.Plan(CONNECTIONS, 1, options.rowWarmUp(), pace.time());
            Load.Watch watch = Load.Watch.all(List.of(sightings, usage, gauge));
            Load.Result load = Load.open(plan, pace.perSecond(), steps(servers.address(), sightings), turns, watch);
            Sightings.Lags seen = sightings.lags();
            note(
                    lags,
                    feeder.shown,
                    load.rate(),
                    "%,d".formatted(seen.lag().getTotalCount()),
                    millis(seen.lag(), 50),
                    millis(seen.lag(), 95),
                    millis(seen.lag(), 99),
                    millis(seen.lag(), 100),
                    load.shown(50) + ", " + load.shown(95),
                    millis(seen.again(), 50) + ", " + millis(seen.again(), 95),
                    "%.0f, %.0f".formatted(gauge.meanMillis(), gauge.mostMillis()));
            cost(feeder, pace, usage.used(), sightings.appendedMeanwhile());
            if (feeder == Feeder.SAME) {
                judge(pace, seen.lag());
            }
        }
    }

    private static IntFunction<Load.Step> steps(URI server, Sightings sightings) {
        return writer -> new Posts(server) {
            @Override
            public int run(long turn) {
                throw new IllegalStateException("a lag counts from when the append was due");
            }

            @Override
            public int run(long turn, long dueNanos) throws IOException {
                String answer = postOne(Workload.abreast(turn));
                String position =
                        Json.MAPPER.readTree(answer).required("global_position").stringValue();
                sightings.appended(turn, position, dueNanos);
                return 1;
            }
        };
    }

    private void judge(Pace pace, Histogram lag) {
        if (pace.equals(options.idle())) {
            judge(pace, 50, 40, lag);
            judge(pace, 99, 150, lag);
        } else {
            judge(pace, 50, 150, lag);
            judge(pace, 95, 250, lag);
        }
    }

    private void judge(Pace pace, int percentile, double mostMillis, Histogram lag) {
        figures.add(Figure.atMost(
                "From append to visible in the graph at %d events/s, p%d".formatted(pace.perSecond(), percentile),
                mostMillis,
                lag.getValueAtPercentile(percentile) / 1e6,
                "%.0f ms"));
    }

    private void burst(Feeder feeder, Servers servers, Neo4jGraph graph) throws Exception {
        double longest = 0;
        for (int i = 0; i < options.bursts(); i++) {
            Burst.Result result = Burst.run(servers.address(), options.burst(), turns, graph);
            note(
                    bursts,
                    feeder.shown,
                    "%,d".formatted(result.events()),
                    "%.1f".formatted(result.appendSeconds()),
                    "%.1f".formatted(result.behindSeconds()),
                    "%,.0f".formatted(result.events() / (result.appendSeconds() + result.behindSeconds())));
            longest = Math.max(longest, result.behindSeconds());
        }
        if (feeder == Feeder.SAME) {
            figures.add(Figure.atMost(
                    "A burst of %,d events in the graph, after its last append".formatted(options.burst()),
                    15,
                    longest,
                    "%.1f s"));
        }
    }

    /** A figure about a graph that is not right would be worth nothing. */
    private void verify(RedisLedger ledger, Neo4jGraph graph) throws IOException {
        ProjectionLag lag = new ProjectionLag(ledger.feed("projection"));
        Verifier verifier = new Verifier(ledger, new GraphLag(List.of(lag)), graph);
        Verification result = verifier.verify(VERIFY_PATIENCE, Watcher.NONE, new Findings(0));
        if (!result.equal() || result.events() != turns.get()) {
            throw new IOException("%,d events were appended, and the graph does not equal the ledger: %s"
                    .formatted(turns.get(), result));
        }
    }

    private static String millis(Histogram nanos, double percentile) {
        return "%.1f".formatted(nanos.getValueAtPercentile(percentile) / 1e6);
    }

    private void cost(Feeder feeder, Pace pace, Usage.Micros used, long events) {
        DoubleFunction<String> perEvent = micros -> "%.0f".formatted(micros / Math.max(1, events));
        double all = used.server() + used.redis() + used.neo4j() + used.generator();
        note(
                costs,
                feeder.shown,
                "%d".formatted(pace.perSecond()),
                perEvent.apply(used.server()),
                perEvent.apply(used.redis()),
                perEvent.apply(used.neo4j()),
                perEvent.apply(used.generator()),
                "%.2f".formatted(all / 1e3 / pace.time().toMillis()));
    }

    private static void note(List<List<String>> rows, String... cells) {
        rows.add(List.of(cells));
        System.err.println(rows.getLast());
    }

    private Table lagTable() {
        return new Table(
                "From append to visible in the graph",
                List.of(
                        "the graph is fed by",
                        "events/s",
                        "events looked for",
                        "p50 ms",
                        "p95 ms",
                        "p99 ms",
                        "most ms",
                        "append answered, p50, p95 ms",
                        "seen once more, p50, p95 ms",
                        "the server's gauge, mean, most ms"),
                lags,
                List.of(
                        "Single events over %d connections at a constant rate, whether earlier ones have been answered or not; %d sessions side by side. First %d s of it until the graph has them all, for servers that have just started; then, after %d s of each rate that do not count, %d s of the first and %d s of the second, that of a system that is nearly idle."
                                .formatted(
                                        CONNECTIONS,
                                        Workload.AGENTS,
                                        options.warmUp().toSeconds(),
                                        options.rowWarmUp().toSeconds(),
                                        options.busy().time().toSeconds(),
                                        options.idle().time().toSeconds()),
                        "From the moment when the request that appends the event should have been sent, until a client has the answer to `GET /v1/nodes/{id}/lineage?min_position=...` and has found in it the event and its edge to what caused it.",
                        "One event in %d is looked for, chosen by its number alone, and at the second rate each, as soon as its append is answered, over at most %d connections; waiting for one of them counts as lag. Every event of the load counts until all events before it are in the graph too: that is what `min_position` promises."
                                .formatted(Sightings.ONE_IN, Sightings.READERS),
                        "`seen once more`: the same question without `min_position`, directly afterwards: about so much of the lag is the reading itself. Who waits is woken by the server that feeds the graph; another looks again every 10 ms, so that up to 15 ms of the lag are this question's, not the graph's.",
                        "`the server's gauge`: `contextgraph_projection_lag_seconds` of `/metrics`, four times a second: how long the oldest event that the graph lacks has been in the ledger; 0 while it lacks none.",
                        Workload.describe()));
    }

    private Table costTable() {
        return new Table(
                "What it costs",
                List.of(
                        "the graph is fed by",
                        "events/s",
                        "server, us/event",
                        "Redis, us/event",
                        "Neo4j, us/event",
                        "load generator, us/event",
                        "cores in use"),
                costs,
                List.of(
                        "Processor time of whole processes while the load of the first table counted, the questions included.",
                        Neo4jServer.describe(),
                        "The projection has its standard settings."));
    }

    private Table burstTable() {
        return new Table(
                "Bursts",
                List.of(
                        "the graph is fed by",
                        "events",
                        "appended in s",
                        "in the graph s after the last answer",
                        "events/s into the graph"),
                bursts,
                List.of(
                        "Batches of %d over %d connections as fast as they are answered; then the same question as above for the last event. The graph is fed meanwhile."
                                .formatted(Burst.BATCH, Burst.CONNECTIONS),
                        "Directly after that answer the graph is counted: a burst of which one event is missing fails the benchmark. At the end the whole graph is compared with the ledger by digest."));
    }
}
