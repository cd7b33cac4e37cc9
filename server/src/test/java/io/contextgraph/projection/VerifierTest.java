// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.History;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class VerifierTest {
    private final ManualClock clock = new ManualClock();
    private final InMemoryLedger ledger = new InMemoryLedger(clock);
    private final EventFeed feed = ledger.feed("projection", Duration.ofSeconds(30));
    private final InMemoryGraph graph = new InMemoryGraph();
    private final ProjectionWorker worker = new ProjectionWorker(
            "a", feed, graph, new ProjectionSettings(100, Duration.ZERO, 3, Duration.ofSeconds(1)), clock);
    private final List<Difference> found = new ArrayList<>();

    @Test
    void equalIsEqual() {
        append(10);
        worker.doWork();

        Verification result = verify(graph);

        assertThat(result).isEqualTo(new Verification(ledger.head(), 0, 2, 10, 0, Map.of()));
        assertThat(result.equal()).isTrue();
        assertThat(found).isEmpty();
    }

    @Test
    void whatTheGraphHasNotSeenIsToldAndMissed() {
        append(2);
        worker.doWork();
        append(3);

        Verification result = verify(graph);

        assertThat(result.behind()).isEqualTo(1);
        assertThat(result.equal()).isFalse();
        assertThat(kinds())
                .containsExactly(
                        Difference.Kind.MISSING_EVENT,
                        Difference.Kind.MISSING_EDGE,
                        Difference.Kind.MISSING_EDGE,
                        Difference.Kind.MISSING_EDGE);
        assertThat(found.getFirst())
                .isEqualTo(new Difference(
                        Difference.Kind.MISSING_EVENT, new SessionId("s1"), id(3).toString(), "not in the graph"));
    }

    @Test
    void foreignEventsAreFoundInKnownAndInUnknownSessions() {
        append(2);
        worker.doWork();
        History other = new History();
        graph.apply(List.of(new GraphChange.PutEvent(other.add(50, "s1", 9_999))));
        graph.apply(Projection.project(other.add(60, "unknown", 0)));

        Verification result = verify(graph);

        assertThat(result.differences())
                .isEqualTo(Map.of(Difference.Kind.FOREIGN_EVENT, 2L, Difference.Kind.FOREIGN_EDGE, 1L));
        assertThat(found)
                .contains(
                        new Difference(
                                Difference.Kind.FOREIGN_EVENT,
                                new SessionId("s1"),
                                id(50).toString(),
                                "not in the ledger"),
                        new Difference(
                                Difference.Kind.FOREIGN_EVENT,
                                new SessionId("unknown"),
                                id(60).toString(),
                                "its session is unknown"));
    }

    @Test
    void foreignEdgesAreFound() {
        append(2);
        worker.doWork();
        graph.apply(List.of(
                new GraphChange.Cause(id(1), id(2)),
                new GraphChange.Reference(id(1), new EntityId(EntityId.Kind.TOOL, "t"))));

        verify(graph);

        assertThat(found)
                .containsExactly(
                        new Difference(
                                Difference.Kind.FOREIGN_EDGE,
                                new SessionId("s1"),
                                id(1).toString(),
                                "CAUSED_BY {mechanism=direct} to " + id(2)),
                        new Difference(
                                Difference.Kind.FOREIGN_EDGE,
                                new SessionId("s1"),
                                id(1).toString(),
                                "REFERENCES {role=tool} to tool:t"));
    }

    @Test
    void aChangedPropertyIsNamedWithBothValues() {
        append(1);
        worker.doWork();

        verify(new Changed(graph) {
            @Override
            GraphSnapshot change(GraphSnapshot snapshot) {
                Map<String, Object> node = new HashMap<>(snapshot.events().get(id(1)));
                node.put("agent_id", "somebody else");
                node.remove("payload_ref");
                node.put("extra", 1L);
                return new GraphSnapshot(Map.of(id(1), node), snapshot.edges());
            }
        });

        assertThat(found.stream().map(Difference::detail))
                .containsExactly(
                        "agent_id: expected agent, is somebody else",
                        "extra: expected null, is 1",
                        "payload_ref: expected ref:1, is null");
    }

    @Test
    void anEdgeThatIsThereTwiceIsFound() {
        append(1);
        worker.doWork();

        verify(new Changed(graph) {
            @Override
            GraphSnapshot change(GraphSnapshot snapshot) {
                List<GraphEdge> edges = new ArrayList<>(snapshot.edges());
                edges.addAll(snapshot.edges());
                return new GraphSnapshot(snapshot.events(), edges);
            }
        });

        assertThat(kinds()).containsExactly(Difference.Kind.FOREIGN_EDGE);
    }

    @Test
    void aSessionThatChangesEachTimeIsToldAsUnsettled() {
        append(1);
        worker.doWork();
        AtomicLong next = new AtomicLong(100);
        AtomicLong looks = new AtomicLong();

        Verification result = verify(new Changed(graph) {
            @Override
            GraphSnapshot change(GraphSnapshot snapshot) {
                if (looks.incrementAndGet() <= 5) {
                    RecordedEvent event = new History().add(next.incrementAndGet(), "s1", 0);
                    ledger.append(List.of(Append.of(event.event())), Durability.MEMORY);
                    worker.doWork();
                }
                return snapshot;
            }
        });

        assertThat(result.unsettled()).isEqualTo(1);
        assertThat(result.sessions()).isZero();
        assertThat(result.equal()).isFalse();
        assertThat(found).isEmpty();
    }

    @Test
    void aSessionThatChangesOnceIsLookedAtAgain() {
        append(1);
        worker.doWork();
        AtomicLong looks = new AtomicLong();

        Verification result = verify(new Changed(graph) {
            @Override
            GraphSnapshot change(GraphSnapshot snapshot) {
                if (looks.incrementAndGet() == 1) {
                    append(3);
                    worker.doWork();
                }
                return snapshot;
            }
        });

        assertThat(result.equal()).isTrue();
        assertThat(found).isEmpty();
    }

    /** Events 1 to {@code count}, in two sessions; those that are there already stay. */
    private void append(int count) {
        History history = new History();
        for (long n = 1; n <= count; n++) {
            long parent = n - 1;
            RecordedEvent event = history.add(n, "s" + n % 2, n, e -> e.parentId(parent == 0 ? null : id(parent)));
            ledger.append(List.of(Append.of(event.event())), Durability.MEMORY);
        }
    }

    private Verification verify(GraphReader reader) {
        AtomicLong time = new AtomicLong();
        ProjectionLag lag = new ProjectionLag(feed, time::get, time::addAndGet);
        return new Verifier(ledger, ledger, ledger, lag, reader)
                .verify(Duration.ofSeconds(1), events -> {}, found::add);
    }

    private List<Difference.Kind> kinds() {
        return found.stream().map(Difference::kind).toList();
    }

    /** Tells a snapshot otherwise than it is. */
    private abstract static class Changed implements GraphReader {
        private final GraphReader reader;

        Changed(GraphReader reader) {
            this.reader = reader;
        }

        abstract GraphSnapshot change(GraphSnapshot snapshot);

        @Override
        public Subgraph lineage(LineageQuery query) {
            return reader.lineage(query);
        }

        @Override
        public Subgraph context(ContextQuery query) {
            return reader.context(query);
        }

        @Override
        public GraphSnapshot snapshot(SessionId session) {
            return change(reader.snapshot(session));
        }

        @Override
        public List<SessionId> sessions(Optional<SessionId> after, int max) {
            return reader.sessions(after, max);
        }

        @Override
        public GraphStats stats() {
            return reader.stats();
        }
    }
}
