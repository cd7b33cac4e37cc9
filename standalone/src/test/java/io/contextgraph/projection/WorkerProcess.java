// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.feed.FeedSettings;
import io.contextgraph.testing.Pacing;
import io.contextgraph.testing.SmallJvm;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** A process that does nothing but feed the graph, until it is killed or its standard input ends. */
final class WorkerProcess {
    static final String GROUP = "projection";

    private WorkerProcess() {}

    /** Starts one. */
    static Process start(String name, URI redis, String neo4j, String password, Path log) throws IOException {
        ProcessBuilder builder = SmallJvm.of(WorkerProcess.class, name, redis.toString(), neo4j);
        // A password does not belong on a command line.
        builder.environment().put("CHAOS_NEO4J_PASSWORD", password);
        File file = log.toFile();
        return builder.redirectOutput(ProcessBuilder.Redirect.appendTo(file)).start();
    }

    public static void main(String[] args) throws Exception {
        RedisSettings settings = RedisSettings.defaults(URI.create(args[1])).withEngine(Engine.SORTED_SET);
        ProjectionSettings worker = new ProjectionSettings(50, Duration.ofMillis(200), 3, Duration.ofMillis(200));
        try (RedisLedger ledger = connect(settings);
                Neo4jGraph graph = new Neo4jGraph(Neo4jSettings.of(
                        args[2], "neo4j", System.getenv().getOrDefault("CHAOS_NEO4J_PASSWORD", ""), "neo4j"));
                WorkerRunner runner = new WorkerRunner(
                        new ProjectionWorker(
                                args[0],
                                ledger.feed(GROUP, new FeedSettings(Duration.ofSeconds(3), Duration.ZERO)),
                                graph,
                                worker,
                                Clock.systemUTC()),
                        () -> {},
                        Clock.systemUTC())) {
            runner.start();
            while (System.in.read() >= 0) {
                // Nobody says anything: the end of input means that the parent is gone.
            }
        }
    }

    private static RedisLedger connect(RedisSettings settings) {
        while (true) {
            try {
                return RedisLedger.connect(settings);
            } catch (LedgerException away) {
                Pacing.pause(100);
            }
        }
    }
}
