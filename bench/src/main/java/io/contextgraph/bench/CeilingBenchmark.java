// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.NaiveLedger;
import io.contextgraph.bench.load.RawClient;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.OwnProcess;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How many events Redis itself can take: the calls of the product sent again by a client that does nothing else, and
 * beside them the plainest script that one could write.
 */
final class CeilingBenchmark {
    private static final int BATCH = 1000;

    private final int events;
    private final int rounds;
    private final Map<String, List<Run>> runs = new LinkedHashMap<>();

    /**
     * @param events in each run
     * @param rounds runs of each kind, in turns
     */
    CeilingBenchmark(int events, int rounds) {
        this.events = events;
        this.rounds = rounds;
    }

    /** One kind of load. */
    private interface Kind {
        Run run() throws Exception;
    }

    /**
     * What one run gave, for each event.
     *
     * @param eventsPerCall of the script
     * @param rate events in a second
     * @param redisMicros processor time of the thread that runs commands
     * @param processMicros processor time of all of Redis
     * @param scriptMicros time in the script, by the clock
     * @param clientMicros processor time of the client
     * @param bytes of memory
     */
    record Run(
            double eventsPerCall,
            double rate,
            double redisMicros,
            double processMicros,
            double scriptMicros,
            double clientMicros,
            double bytes) {}

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        List<Engine> engines = RedisServer.engines();
        try (RedisServer redis = RedisServer.start()) {
            setting.put("redis", redis.describe());
        }
        Map<String, Kind> kinds = new LinkedHashMap<>();
        for (Engine engine : engines) {
            AppendCalls many = AppendCalls.record(engine, events, BATCH, 0);
            kinds.put("Context Graph, " + engine.configName() + ", batches", () -> replay(many));
            if (engine == Engine.SEARCH) {
                AppendCalls single = AppendCalls.record(engine, events, 1, 0);
                kinds.put("Context Graph, " + engine.configName() + ", singles", () -> replay(single));
                kinds.put("naive script, batches", () -> naive((int) Math.round(many.eventsPerCall())));
                kinds.put("naive script, singles", () -> naive(1));
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Kind> kind : kinds.entrySet()) {
                Run run = kind.getValue().run();
                System.err.println(kind.getKey() + ": " + run);
                runs.computeIfAbsent(kind.getKey(), name -> new ArrayList<>()).add(run);
            }
        }
        return new Report("bench/run ceiling", setting, List.of(table()), figures());
    }

    /** The rate of the product's calls with nothing in their way. */
    static Run replay(AppendCalls calls) throws Exception {
        try (RedisServer redis = RedisServer.start();
                RawClient client = new RawClient(redis.url())) {
            calls.prepare(redis);
            return measure(redis, calls.events(), calls.eventsPerCall(), () -> calls.send(client));
        }
    }

    private Run naive(int eventsPerCall) throws Exception {
        try (RedisServer redis = RedisServer.start();
                RawClient client = new RawClient(redis.url())) {
            List<byte[]> calls = NaiveLedger.calls(NaiveLedger.prepare(client), events, eventsPerCall);
            return measure(redis, events, eventsPerCall, () -> client.pipeline(calls, NaiveLedger::appended));
        }
    }

    private interface Send {
        long run() throws Exception;
    }

    private static Run measure(RedisServer redis, int events, double eventsPerCall, Send send) throws Exception {
        long memory = redis.usedMemory();
        long script = redis.scriptMicros();
        RedisServer.Cpu cpu = redis.cpu();
        long own = OwnProcess.cpuNanos();
        long begun = System.nanoTime();
        long appended = send.run();
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (appended != events) {
            throw new IOException("appended " + appended + " of " + events + " events");
        }
        RedisServer.Cpu used = redis.cpu().minus(cpu);
        return new Run(
                eventsPerCall,
                events / seconds,
                (double) used.mainThread() / events,
                (double) used.process() / events,
                (double) (redis.scriptMicros() - script) / events,
                (OwnProcess.cpuNanos() - own) / 1e3 / events,
                (double) (redis.usedMemory() - memory) / events);
    }

    private Table table() {
        List<List<String>> rows = new ArrayList<>();
        runs.forEach((name, all) -> rows.add(List.of(
                name,
                "%.0f".formatted(median(all, Run::eventsPerCall)),
                "%,.0f".formatted(median(all, Run::rate)),
                "%,.0f - %,.0f".formatted(least(all), most(all)),
                "%.1f".formatted(median(all, Run::redisMicros)),
                "%.1f".formatted(median(all, Run::processMicros)),
                "%.1f".formatted(median(all, Run::scriptMicros)),
                "%.1f".formatted(median(all, Run::clientMicros)),
                "%,.0f".formatted(median(all, Run::bytes)))));
        return new Table(
                "The ceiling: what Redis takes from a client that does nothing else",
                List.of(
                        "what is sent",
                        "events per call",
                        "events/s",
                        "least - most",
                        "Redis, command thread, us/event",
                        "Redis, all threads, us/event",
                        "in the script, us/event",
                        "client, us/event",
                        "bytes/event in RAM"),
                rows,
                List.of(
                        "One connection, commands made beforehand and written without waiting; every answer is checked.",
                        "%,d events in each run, on a Redis of its own; medians of %d runs of each kind, in turns."
                                .formatted(events, rounds),
                        Workload.describe()));
    }

    private static double least(List<Run> all) {
        return all.stream().mapToDouble(Run::rate).min().orElseThrow();
    }

    private static double most(List<Run> all) {
        return all.stream().mapToDouble(Run::rate).max().orElseThrow();
    }

    private static double median(List<Run> all, ToDoubleFunction<Run> value) {
        List<Double> sorted = all.stream()
                .map(value::applyAsDouble)
                .sorted(Comparator.naturalOrder())
                .toList();
        return sorted.get(sorted.size() / 2);
    }

    private List<Figure> figures() {
        List<Run> product = runs.get("Context Graph, search, batches");
        List<Run> naive = runs.get("naive script, singles");
        if (product == null || naive == null) {
            return List.of();
        }
        double share = 100 * median(product, Run::redisMicros) / median(naive, Run::redisMicros);
        return List.of(Figure.atMost("Redis's cost of one event, beside the naive script's", 70, share, "%.0f%%"));
    }
}
