// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.History;
import io.contextgraph.graph.NodePage;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.SessionDigest;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.graph.Stray;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.graph.summary.Summarizer;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.projection.ProjectionWorker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Comparing, where the ledger is one order and where it lies in several partitions. */
@ParameterizedClass
@ValueSource(ints = {1, 3})
final class VerifierTest {
    private final AuditedLedger audited;
    private final Ledger ledger;
    private final InMemoryGraph graph = new InMemoryGraph();
    private final List<ProjectionWorker> workers;
    private final AtomicLong time = new AtomicLong();
    private Findings found = new Findings(1_000);

    VerifierTest(int partitions) {
        audited = new AuditedLedger(partitions, new ManualClock());
        ledger = audited.ledger;
        workers = audited.workers(graph, 100);
    }

    @Test
    void equalIsEqual() {
        append(10);
        drain();

        Verification result = verify(graph);

        assertThat(result).isEqualTo(new Verification(audited.end(), 0, 2, 10, 0, 0, Map.of(), List.of()));
        assertThat(result.equal()).isTrue();
        assertThat(found.named()).isEmpty();
    }

    @Test
    void thatEventsAreArchivedIsNoDifference() {
        append(10);
        drain();
        Verification before = verify(graph);
        Verification exactlyBefore = verifyExactly(graph);

        for (String session : List.of("s0", "s3")) {
            Summarizer summarizer = new Summarizer(new SessionId(session), "1-10", event -> "");
            List<EventId> covered = new ArrayList<>(List.of(id(99)));
            audited.events().stream()
                    .filter(event -> event.event().sessionId().value().equals(session))
                    .forEach(event -> {
                        summarizer.add(event);
                        covered.add(event.event().id());
                    });
            graph.apply(List.of(new GraphChange.Summarize(summarizer.summary(), covered)));
        }

        assertThat(graph.nodes(List.of(id(1), id(2), id(10))))
                .allSatisfy(node -> assertThat(node.properties()).containsEntry("archived", "1-10"));
        assertThat(verify(graph)).isEqualTo(before);
        assertThat(verifyExactly(graph)).isEqualTo(exactlyBefore);
        assertThat(exactlyBefore.equal()).isTrue();
        assertThat(found.named()).isEmpty();
    }

    @Test
    void whatTheGraphHasNotSeenIsUnsettledAndNoDifference() {
        append(2);
        drain();
        append(3);

        for (Verifier.Depth depth : Verifier.Depth.values()) {
            found = new Findings(1_000);
            Verification result = verify(depth, graph);

            assertThat(result)
                    .isEqualTo(new Verification(
                            audited.end(), 1, 1, 1, 1, depth == Verifier.Depth.DIGEST ? 0 : 1, Map.of(), List.of()));
            assertThat(result.verdict()).isEqualTo(Verification.Verdict.UNSETTLED);
            assertThat(found.named()).isEmpty();
            assertThat(found.unsettled()).containsExactly(new SessionId("s3"));
        }
    }

    @Test
    void aSessionIsDifferentThoughTheGraphIsBehindInOthers() {
        append(2);
        drain();
        graph.remove(new SessionId("s0"), new Removal(List.of(id(2)), List.of(), Map.of()));
        append(3);

        Verification result = verify(graph);

        assertThat(result.verdict()).isEqualTo(Verification.Verdict.DIFFERENT);
        assertThat(kinds())
                .containsExactlyInAnyOrder(
                        Difference.Kind.MISSING_EVENT, Difference.Kind.MISSING_EDGE, Difference.Kind.MISSING_EDGE);
        assertThat(found.unsettled()).containsExactly(new SessionId("s3"));
    }

    @Test
    void aGraphThatComesNearerIsWaitedFor() {
        append(400);
        // As slow as a busy server: a little with each look at how far it is, long after patience has run out.
        List<ProjectionWorker> slow = audited.workers(graph, 1);

        Verification result = new Verifier(ledger, audited.lag(time, feed -> new Slow(feed, slow)), graph)
                .verify(Verifier.Depth.DIGEST, Duration.ofSeconds(1), Watcher.NONE, found);

        assertThat(result.behind()).isPositive();
        assertThat(result.verdict()).isEqualTo(Verification.Verdict.EQUAL);
    }

    @Test
    void forAGraphThatStandsNobodyWaitsAgainAndAgain() {
        History history = new History();
        for (long n = 1; n <= 1_000; n++) {
            RecordedEvent ignored = audited.append(history.add(n, "s" + n, n).event());
        }

        Verification result = verify(graph);

        assertThat(result.unsettled()).isEqualTo(1_000);
        assertThat(Duration.ofNanos(time.get())).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aMissingEventThatTheGraphHasSeenIsADifference() {
        append(3);
        drain();
        graph.remove(new SessionId("s3"), new Removal(List.of(id(3)), List.of(), Map.of()));

        assertThat(verify(graph).verdict()).isEqualTo(Verification.Verdict.DIFFERENT);

        assertThat(found.named())
                .contains(new Difference(
                        Difference.Kind.MISSING_EVENT, new SessionId("s3"), id(3).toString(), "not in the graph"));
    }

    @Test
    void aStrayThatIsGoneAtTheSecondLookIsNone() {
        append(2);
        drain();
        AtomicLong looks = new AtomicLong();

        Verification result = verify(new ChangedGraph(graph) {
            @Override
            public List<Stray> strays(int max) {
                Stray open = new Stray(Stray.Kind.STUB, id(9).toString());
                return looks.incrementAndGet() == 1 ? List.of(open) : List.of();
            }
        });

        assertThat(result.equal()).isTrue();
    }

    @Test
    void foreignEventsAreFoundInKnownAndInUnknownSessions() {
        append(2);
        drain();
        History other = new History();
        graph.apply(List.of(new GraphChange.PutEvent(other.add(50, "s3", 9_999))));
        graph.apply(Projection.project(other.add(60, "unknown", 0)));

        Verification result = verify(graph);

        assertThat(result.differences())
                .isEqualTo(Map.of(Difference.Kind.FOREIGN_EVENT, 2L, Difference.Kind.FOREIGN_EDGE, 1L));
        assertThat(found.named())
                .contains(
                        new Difference(
                                Difference.Kind.FOREIGN_EVENT,
                                new SessionId("s3"),
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
        drain();
        graph.apply(List.of(
                new GraphChange.Cause(id(1), id(2)),
                new GraphChange.Reference(id(1), new EntityId(EntityId.Kind.TOOL, "t"))));

        verify(graph);

        assertThat(found.named())
                .containsExactly(
                        new Difference(
                                Difference.Kind.FOREIGN_EDGE,
                                new SessionId("s3"),
                                id(1).toString(),
                                "CAUSED_BY {mechanism=direct} to " + id(2)),
                        new Difference(
                                Difference.Kind.FOREIGN_EDGE,
                                new SessionId("s3"),
                                id(1).toString(),
                                "REFERENCES {role=tool} to tool:t"));
    }

    @Test
    void aChangedPropertyIsNamedWithBothValues() {
        append(1);
        drain();

        verifyExactly(new ChangedGraph(graph) {
            @Override
            NodePage change(NodePage page) {
                GraphNode right = page.nodes().getFirst();
                Map<String, Object> node = new HashMap<>(right.properties());
                node.put("agent_id", "somebody else");
                node.remove("payload_ref");
                node.put("extra", 1L);
                return new NodePage(List.of(new GraphNode(id(1), node, right.edges())), page.next());
            }
        });

        assertThat(found.named().stream().map(Difference::detail))
                .containsExactly(
                        "agent_id: expected agent, is somebody else",
                        "extra: expected null, is 1",
                        "payload_ref: expected ref:1, is null");
    }

    @Test
    void anEdgeThatIsThereTwiceIsFound() {
        append(1);
        drain();

        verifyExactly(new ChangedGraph(graph) {
            @Override
            NodePage change(NodePage page) {
                GraphNode right = page.nodes().getFirst();
                List<GraphEdge> edges = new ArrayList<>(right.edges());
                edges.addAll(right.edges());
                return new NodePage(List.of(new GraphNode(id(1), right.properties(), edges)), page.next());
            }
        });

        assertThat(kinds()).containsExactly(Difference.Kind.FOREIGN_EDGE);
    }

    @Test
    void aSessionThatChangesEachTimeIsToldAsUnsettled() {
        append(1);
        drain();
        AtomicLong next = new AtomicLong(100);
        AtomicLong looks = new AtomicLong();

        Verification result = verifyExactly(new ChangedGraph(graph) {
            @Override
            NodePage change(NodePage page) {
                if (looks.incrementAndGet() <= 5) {
                    RecordedEvent event = new History().add(next.incrementAndGet(), "s3", 0);
                    RecordedEvent ignored = audited.append(event.event());
                    drain();
                }
                return page;
            }
        });

        assertThat(result.unsettled()).isEqualTo(1);
        assertThat(result.sessions()).isZero();
        assertThat(result.equal()).isFalse();
        assertThat(found.named()).isEmpty();
    }

    @Test
    void aSessionThatChangesOnceIsLookedAtAgain() {
        append(1);
        drain();
        AtomicLong looks = new AtomicLong();

        Verification result = verifyExactly(new ChangedGraph(graph) {
            @Override
            NodePage change(NodePage page) {
                if (looks.incrementAndGet() == 1) {
                    append(3);
                    drain();
                }
                return page;
            }
        });

        assertThat(result.equal()).isTrue();
        assertThat(found.named()).isEmpty();
    }

    /** A session of several stretches, with every sort of harm far apart, and displaced events across their borders. */
    @Test
    void aLongSessionIsComparedAStretchAtATime() {
        History history = new History();
        for (long n = 1; n <= 2_600; n++) {
            // Nearly in the order of time.
            RecordedEvent ignored =
                    audited.append(history.add(n, "s", n * 7 % 2_600).event());
        }
        drain();
        AtomicLong most = new AtomicLong();
        ChangedGraph displaced = new ChangedGraph(graph) {
            @Override
            NodePage change(NodePage page) {
                most.accumulateAndGet(page.nodes().size(), Math::max);
                return new NodePage(page.nodes().stream().map(this::displace).toList(), page.next());
            }

            @Override
            public List<GraphNode> nodes(Collection<EventId> ids) {
                return super.nodes(ids).stream().map(this::displace).toList();
            }

            private GraphNode displace(GraphNode node) {
                Map<String, Object> properties = new HashMap<>(node.properties());
                if (node.id().equals(id(700))) {
                    properties.put("seq", 1_000_000L);
                } else if (node.id().equals(id(1_900))) {
                    properties.put("occurred_at_epoch_ms", "no time");
                }
                return new GraphNode(node.id(), properties, node.edges());
            }
        };
        graph.remove(new SessionId("s"), new Removal(List.of(id(3), id(2_599)), List.of(), Map.of()));
        graph.apply(Projection.project(new History().add(50_000, "s", 1_234)));

        Verification result = verifyExactly(displaced);

        assertThat(result.events()).isEqualTo(2_600);
        assertThat(most.get()).isLessThanOrEqualTo(SessionWalk.STRETCH);
        assertThat(result.differences().get(Difference.Kind.MISSING_EVENT)).isEqualTo(2);
        assertThat(result.differences().get(Difference.Kind.FOREIGN_EVENT)).isEqualTo(1);
        assertThat(result.differences().get(Difference.Kind.PROPERTY)).isEqualTo(2);
        assertThat(found.named().stream()
                        .filter(difference -> difference.kind() == Difference.Kind.PROPERTY)
                        .map(difference ->
                                difference.node() + " " + difference.detail().replaceFirst(":.*", "")))
                .containsExactlyInAnyOrder(id(700) + " seq", id(1_900) + " occurred_at_epoch_ms");
        assertThat(result.differences()).doesNotContainKey(Difference.Kind.DIGEST);
    }

    @Test
    void moreForeignEventsThanAStretchAreCounted() {
        append(2);
        drain();
        History other = new History();
        for (long n = 1_000; n < 3_000; n++) {
            graph.apply(List.of(new GraphChange.PutEvent(other.add(n, "s3", n))));
        }

        Verification result = verify(graph);

        assertThat(result.differences().get(Difference.Kind.FOREIGN_EVENT)).isEqualTo(2_000);
        assertThat(result.differences()).doesNotContainKey(Difference.Kind.MISSING_EVENT);
    }

    @Test
    void moreSessionsThanThereIsRoomForAreAddedUpInParts() {
        History history = new History();
        for (long n = 1; n <= 60; n++) {
            RecordedEvent ignored =
                    audited.append(history.add(n, "s" + n % 30, n).event());
        }
        drain();
        graph.remove(new SessionId("s7"), new Removal(List.of(id(37)), List.of(), Map.of()));
        for (int n = 900; n < 920; n++) {
            graph.apply(Projection.project(new History().add(n, "unknown " + n, 0)));
        }
        List<Long> heard = new ArrayList<>();

        Verification result = new Verifier(ledger, audited.lag(time), graph, 4)
                .verify(Verifier.Depth.DIGEST, Duration.ZERO, (phase, done, total) -> heard.add(done), found);

        assertThat(result.sessions()).isEqualTo(30);
        assertThat(result.events()).isEqualTo(60);
        assertThat(result.exactly()).isEqualTo(1);
        assertThat(found.named().stream()
                        .map(difference -> difference.session().value())
                        .distinct())
                .hasSize(21)
                .contains("s7", "unknown 900", "unknown 919");
        assertThat(heard).allMatch(done -> done >= 0 && done <= 60);
    }

    @Test
    void aSessionThatBeginsWhileItIsLookedAtIsNotForeign() {
        append(2);
        drain();
        AtomicLong looks = new AtomicLong();

        Verification result = verify(new ChangedGraph(graph) {
            @Override
            public DigestPage digests(Optional<DigestPage.Place> after, int max) {
                if (looks.incrementAndGet() == 1) {
                    // In the graph before the ledger is asked for it.
                    graph.apply(Projection.project(new History().add(3, "new", 0)));
                }
                return super.digests(after, max);
            }

            @Override
            NodePage change(NodePage page) {
                if (looks.incrementAndGet() == 2) {
                    RecordedEvent ignored =
                            audited.append(new History().add(3, "new", 0).event());
                    drain();
                }
                return page;
            }
        });

        assertThat(found.named()).isEmpty();
        assertThat(result.equal()).isTrue();
    }

    @Test
    void whatAddsUpIsNotLookedAt() {
        append(4);
        drain();
        ChangedGraph forbidden = new ChangedGraph(graph) {
            @Override
            NodePage change(NodePage page) {
                throw new AssertionError("there was no need to look at it");
            }
        };

        assertThat(verify(forbidden)).isEqualTo(new Verification(audited.end(), 0, 2, 4, 0, 0, Map.of(), List.of()));
    }

    @Test
    void everyPartOfASumThatIsWrongIsTold() {
        append(4);
        drain();
        List<UnaryOperator<SessionDigest>> wrongs = List.of(
                sum -> new SessionDigest(sum.session(), sum.events() + 1, sum.nodes(), sum.edges(), sum.links()),
                sum -> new SessionDigest(sum.session(), sum.events(), sum.nodes() - 1, sum.edges(), sum.links()),
                sum -> new SessionDigest(sum.session(), sum.events(), sum.nodes(), sum.edges() - 1, sum.links()),
                sum -> new SessionDigest(sum.session(), sum.events(), sum.nodes(), sum.edges(), sum.links() + 1));
        for (UnaryOperator<SessionDigest> wrong : wrongs) {
            found = new Findings(1_000);
            ChangedGraph wrongForOne = new ChangedGraph(graph) {
                @Override
                SessionDigest change(SessionDigest sum) {
                    return sum.session().equals(new SessionId("s3")) ? wrong.apply(sum) : sum;
                }
            };

            Verification result = verify(wrongForOne);

            assertThat(result)
                    .isEqualTo(new Verification(
                            audited.end(), 0, 2, 4, 0, 1, Map.of(Difference.Kind.DIGEST, 1L), List.of()));
            assertThat(found.named().getFirst().session()).isEqualTo(new SessionId("s3"));
        }
    }

    @Test
    void lateEventsAddUpAsInTheGraph() {
        History history = new History();
        for (long n = 1; n <= 100; n++) {
            // Each later by more than the adding up puts into order, and some just within it.
            long back = n % 10 == 0 ? 50 : n % SessionTally.WINDOW;
            RecordedEvent ignored = audited.append(
                    history.add(n, "s" + n % 3 * 3, Math.max(0, n - back)).event());
        }
        drain();

        assertThat(verify(graph)).isEqualTo(new Verification(audited.end(), 0, 3, 100, 0, 0, Map.of(), List.of()));
    }

    @Test
    void aSessionThatGrowsWhileItIsAddedUpIsLookedAtAgain() {
        append(4);
        drain();
        AtomicLong looks = new AtomicLong();

        Verification result = verify(new ChangedGraph(graph) {
            @Override
            public DigestPage digests(Optional<DigestPage.Place> after, int max) {
                if (looks.incrementAndGet() == 1) {
                    append(7);
                    drain();
                }
                return super.digests(after, max);
            }
        });

        assertThat(result.equal()).isTrue();
        assertThat(result.exactly()).isEqualTo(2);
        assertThat(result.events()).isEqualTo(7);
    }

    private void drain() {
        while (work() > 0) {
            // until nothing is left
        }
    }

    private int work() {
        return workers.stream().mapToInt(ProjectionWorker::doWork).sum();
    }

    /** Events 1 to {@code count}, in two sessions, which are in two partitions where there are several; those that are there already stay. */
    private void append(int count) {
        History history = new History();
        for (long n = 1; n <= count; n++) {
            long parent = n - 1;
            RecordedEvent event = history.add(n, "s" + n % 2 * 3, n, e -> e.parentId(parent == 0 ? null : id(parent)));
            RecordedEvent ignored = audited.append(event.event());
        }
    }

    private Verification verifyExactly(GraphAudit reader) {
        return verify(Verifier.Depth.EXACT, reader);
    }

    private Verification verify(GraphAudit reader) {
        return verify(Verifier.Depth.DIGEST, reader);
    }

    private Verification verify(Verifier.Depth depth, GraphAudit reader) {
        return new Verifier(ledger, audited.lag(time), reader)
                .verify(depth, Duration.ofSeconds(1), Watcher.NONE, found);
    }

    private List<Difference.Kind> kinds() {
        return found.named().stream().map(Difference::kind).toList();
    }

    /** A feed whose group comes a little further each time somebody asks how far it is. */
    private record Slow(EventFeed feed, List<ProjectionWorker> workers) implements EventFeed {
        @Override
        public Consumer open(String name) {
            return feed.open(name);
        }

        @Override
        public Progress progress() {
            workers.forEach(ProjectionWorker::doWork);
            return feed.progress();
        }
    }
}
