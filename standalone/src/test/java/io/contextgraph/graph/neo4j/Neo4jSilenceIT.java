// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.TcpProxy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Neo4j whose answers never come, on connections that stay open: nobody waits for ever, and what was tried is tried again. */
@Timeout(120)
final class Neo4jSilenceIT {
    private static final SessionId SESSION = new SessionId("s");

    private final URI server = URI.create(Neo4jServers.shared().uri());
    private final TcpProxy proxy = TcpProxy.to(server.getPort());
    private final Neo4jGraph graph = behindProxy();

    private Neo4jGraph behindProxy() {
        Neo4jSettings whole = CleanNeo4j.settings(Duration.ofSeconds(1));
        return new Neo4jGraph(new Neo4jSettings(
                "bolt://127.0.0.1:" + proxy.port(),
                whole.user(),
                whole.password(),
                whole.database(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofMillis(500),
                3,
                Optional.empty()));
    }

    @BeforeEach
    void fill() {
        Neo4jGraph direct = CleanNeo4j.graph();
        direct.prepare();
        direct.apply(Projection.project(new History().add(1, "s", 0)));
        assertThat(graph.sessions(Optional.empty(), 10)).containsExactly(SESSION);
    }

    @AfterEach
    void close() {
        graph.close();
        proxy.close();
    }

    @Test
    void everyQuestionEndsAndTheConnectionWithIt() {
        for (int round = 0; round < 4; round++) {
            proxy.swallowAnswers(true);
            assertSilent(() -> graph.sessions(Optional.empty(), 10));
            proxy.swallowAnswers(false);

            assertThat(graph.sessions(Optional.empty(), 10)).containsExactly(SESSION);
        }
        assertThat(proxy.connections()).isLessThanOrEqualTo(3);
    }

    @Test
    void aWorkerTriesAgain() {
        InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());
        EventFeed feed = ledger.feed("projection");
        try (ProjectionWorker worker = new ProjectionWorker(
                "w",
                feed,
                graph,
                new ProjectionSettings(10, Duration.ZERO, 3, Duration.ofSeconds(1)),
                Clock.systemUTC())) {
            ledger.append(List.of(Append.of(new History().add(1, "s", 0).event())), Durability.MEMORY);
            assertThat(worker.doWork()).isEqualTo(1);
            ledger.append(List.of(Append.of(new History().add(2, "s", 1).event())), Durability.MEMORY);
            proxy.swallowAnswers(true);

            assertSilent(worker::doWork);

            assertThat(feed.progress().lag()).isEqualTo(1);
            proxy.swallowAnswers(false);
            assertThat(worker.doWork()).isEqualTo(1);
            assertThat(feed.progress().lag()).isZero();
            assertThat(graph.stats().events()).isEqualTo(2);
        }
    }

    private static void assertSilent(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GraphException.class,
                        silent -> assertThat(silent.reason()).isEqualTo(GraphException.Reason.UNAVAILABLE));
    }
}
