// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.ErrorLog;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import io.contextgraph.bench.soak.Course;
import io.contextgraph.bench.soak.Deployment;
import io.contextgraph.bench.soak.Soak;
import io.contextgraph.bench.soak.SoakPlan;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Server, Redis and Neo4j under mixed traffic for a long time: what grows that must not? */
final class SoakBenchmark {
    /** A dump of threads leaves no virtual thread out. */
    private static final List<String> JAVA_OPTIONS =
            List.of("-XX:+ExitOnOutOfMemoryError", "-Djdk.trackAllThreads=true");

    private final Engine engine;
    private final SoakPlan plan;
    private final PrintStream out;
    private List<String> faults = List.of("it has not run");

    SoakBenchmark(Engine engine, SoakPlan plan, PrintStream out) {
        this.engine = engine;
        this.plan = plan;
        this.out = out;
    }

    Report run() throws IOException, InterruptedException {
        Map<String, String> setting = Setting.here();
        try (RedisServer redis = RedisServer.start();
                Neo4jServer neo4j = Neo4jServer.start();
                Neo4jGraph graph = neo4j.graph()) {
            setting.put("redis", redis.describe() + ", engine " + engine.configName());
            setting.put("neo4j", graph.health().version());
            ErrorLog log = new ErrorLog(out);
            try (ServerProcess server = ServerProcess.start(
                    redis.url(), engine, new ServerProcess.Graph(neo4j.address(), true), JAVA_OPTIONS, log)) {
                Soak.Result result = new Soak(
                                plan,
                                new Deployment(
                                        server.address(),
                                        server.pid(),
                                        redis.url().getPort(),
                                        URI.create(neo4j.address().uri()).getPort(),
                                        redis::info,
                                        log::errors),
                                out)
                        .run();
                faults = result.faults();
                return new Report("bench/run soak", setting, List.of(table(result)), List.of());
            }
        }
    }

    private Table table(Soak.Result result) {
        List<String> notes = new ArrayList<>(List.of(
                "%,d s of traffic at %,d new events a second, after a warm-up."
                        .formatted(plan.time().toSeconds(), plan.perSecond()),
                result.deeds() + "."));
        notes.addAll(faults.stream().map(fault -> "WRONG: " + fault).toList());
        return new Table(
                "What grows with time", Course.columns(), result.course().rows(), notes);
    }

    /** What was wrong, each in a sentence. */
    List<String> faults() {
        return faults;
    }

    /** Says whether nothing has grown that must not, and every answer was as it must be. */
    void tell() {
        faults.forEach(fault -> out.println("WRONG " + fault));
        out.println(
                faults.isEmpty()
                        ? "OK: nothing grows that must not, and every answer was as it must be"
                        : "FAILED: " + faults.size() + " faults");
    }
}
