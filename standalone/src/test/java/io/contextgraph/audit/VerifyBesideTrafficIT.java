// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.audit.Verification.Verdict;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.projection.WorkerRunner;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.GraphDatabase;

/** Two writers are faster than the graph: what it has not seen yet is never called a difference. */
final class VerifyBesideTrafficIT {
    private static final int WRITERS = 2;
    private static final int BATCHES = 15;
    private static final int BATCH = 100;

    private final AtomicLong numbers = new AtomicLong();

    @Test
    void aGraphThatIsOnlyBehindIsNeverDifferent() throws InterruptedException {
        Neo4jAddress neo4j = Neo4jServers.shared();
        clear(neo4j);
        try (RunningRedis redis = RunningRedis.start(RedisServers.here().program(), List.of());
                RedisLedger ledger = RedisLedger.connect(RedisSettings.defaults(redis.url()));
                Neo4jGraph graph =
                        new Neo4jGraph(Neo4jSettings.of(neo4j.uri(), neo4j.user(), neo4j.password(), "neo4j"))) {
            EventFeed feed = ledger.feed("projection");
            ProjectionLag lag = new ProjectionLag(feed);
            Verifier verifier = new Verifier(ledger, new GraphLag(List.of(lag)), graph);
            ProjectionSettings settings = new ProjectionSettings(200, Duration.ofMillis(200), 3, Duration.ofSeconds(1));
            try (WorkerRunner runner = new WorkerRunner(
                    new ProjectionWorker("worker", feed, graph, settings, Clock.systemUTC()),
                    lag::moved,
                    Clock.systemUTC())) {
                List<Thread> writers = new ArrayList<>();
                for (int writer = 0; writer < WRITERS; writer++) {
                    writers.add(Thread.ofVirtual().start(() -> write(ledger)));
                }
                runner.start();
                List<Verdict> verdicts = new ArrayList<>();
                while (verdicts.isEmpty() || lag.now().lag() > 0) {
                    for (Verifier.Depth depth : Verifier.Depth.values()) {
                        Findings found = new Findings(10);
                        Verification result = verifier.verify(depth, Duration.ofMillis(100), Watcher.NONE, found);
                        assertThat(found.named()).as(result.toString()).isEmpty();
                        assertThat(result.strays()).isEmpty();
                        verdicts.add(result.verdict());
                    }
                }
                System.out.println("verify beside traffic: " + verdicts);
                for (Thread writer : writers) {
                    writer.join();
                }
                Verification result =
                        verifier.verify(Verifier.Depth.EXACT, Duration.ofMinutes(1), Watcher.NONE, new Findings(0));
                assertThat(result.verdict()).isEqualTo(Verdict.EQUAL);
                assertThat(result.events()).isEqualTo((long) WRITERS * BATCHES * BATCH);
            }
        }
        clear(neo4j);
    }

    /** A few sessions that all write to, and one of each batch alone. */
    private void write(RedisLedger ledger) {
        for (int batch = 0; batch < BATCHES; batch++) {
            List<Append> appends = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                long n = numbers.incrementAndGet();
                String session = i % 2 == 0 ? "hot " + n % 4 : "of its own " + n / BATCH;
                appends.add(Append.of(Events.builder(n, session)
                        .parentId(Events.id(n + 3))
                        .toolName("tool")
                        .build()));
            }
            ledger.log().append(appends, Durability.MEMORY);
        }
    }

    private static void clear(Neo4jAddress neo4j) {
        try (var driver = GraphDatabase.driver(
                        neo4j.uri(),
                        neo4j.password().isEmpty()
                                ? AuthTokens.none()
                                : AuthTokens.basic(neo4j.user(), neo4j.password()));
                var session = driver.session()) {
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
                    .consume();
        }
    }
}
