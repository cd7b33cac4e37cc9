// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.graph.summary.Summary;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The kits fail graphs that are wrong. */
final class BrokenGraphsTest {
    @Test
    void theReferencePasses() throws Exception {
        assertThat(failures(Whole::new)).isEmpty();
    }

    @Test
    void aGraphThatForgetsCausesFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public void apply(List<GraphChange> changes) {
                        super.apply(changes.stream()
                                .filter(change -> !(change instanceof GraphChange.Cause))
                                .toList());
                    }
                }))
                .contains(
                        "aStubFillsIn",
                        "everyOrderOfArrivalGivesTheSameGraph",
                        "ancestorsComeNearestFirstAndEndAtAStub");
    }

    @Test
    void aGraphThatLosesTheLastOfABatchFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public void apply(List<GraphChange> changes) {
                        super.apply(changes.size() > 12 ? changes.subList(0, changes.size() - 1) : changes);
                    }
                }))
                .contains("randomHistoriesInRandomOrderAndBatchesGiveTheGraphOfTheReference");
    }

    @Test
    void aGraphThatLinksInOrderOfArrivalFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    private final Map<SessionId, List<String>> arrived = new HashMap<>();

                    @Override
                    public void apply(List<GraphChange> changes) {
                        super.apply(changes);
                        for (GraphChange change : changes) {
                            if (change instanceof GraphChange.PutEvent put) {
                                List<String> ids = arrived.computeIfAbsent(
                                        put.event().event().sessionId(), s -> new ArrayList<>());
                                String id = put.event().event().id().toString();
                                if (!ids.contains(id)) {
                                    ids.add(id);
                                }
                            }
                        }
                    }

                    @Override
                    GraphNode change(GraphNode right) {
                        List<GraphEdge> edges = new ArrayList<>(right.edges());
                        edges.removeIf(edge -> edge.type().equals(GraphEdge.FOLLOWS));
                        SessionId session =
                                new SessionId(String.valueOf(right.properties().get(EventFields.SESSION_ID)));
                        List<String> ids = arrived.getOrDefault(session, List.of());
                        int at = ids.indexOf(right.id().toString());
                        if (at > 0) {
                            edges.add(new GraphEdge(
                                    ids.get(at),
                                    ids.get(at - 1),
                                    GraphEdge.FOLLOWS,
                                    Map.of("session_id", session.value(), "delta_ms", 0L)));
                        }
                        return new GraphNode(right.id(), right.properties(), edges);
                    }
                }))
                .contains("aLateEventTakesItsPlaceBetweenItsNeighbours", "eventsOfTheSameTimeFollowInLedgerOrder");
    }

    @Test
    void aGraphThatDoublesEdgesOnRedeliveryFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    private final Set<String> seen = new TreeSet<>();
                    private boolean again;

                    @Override
                    public void apply(List<GraphChange> changes) {
                        super.apply(changes);
                        changes.forEach(change -> again |= !seen.add(change.toString()));
                    }

                    @Override
                    GraphNode change(GraphNode right) {
                        List<GraphEdge> edges = new ArrayList<>(right.edges());
                        if (again && !edges.isEmpty()) {
                            edges.add(edges.getFirst());
                        }
                        return new GraphNode(right.id(), right.properties(), edges);
                    }
                }))
                .contains("redeliveryChangesNothing");
    }

    @Test
    void aReaderWhosePagesRepeatFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public Subgraph lineage(LineageQuery query) {
                        Subgraph right = super.lineage(query);
                        return query.cursor().isPresent() && !right.nodes().isEmpty()
                                ? new Subgraph(
                                        List.of(
                                                right.nodes().getFirst(),
                                                right.nodes().getFirst()),
                                        right.edges(),
                                        right.next(),
                                        right.truncated())
                                : right;
                    }
                }))
                .contains("lineagePagesGiveTheWholeOnce");
    }

    @Test
    void aReaderThatGoesOnBehindAllOfTheSameTimeFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public Subgraph lineage(LineageQuery query) {
                        long last = query.after()
                                .map(LineageQuery.Place::timeMillis)
                                .orElse(Long.MIN_VALUE);
                        return without(
                                super.lineage(query),
                                node -> node.event()
                                        .map(e -> e.event().occurredAt().toEpochMilli() == last)
                                        .orElse(false));
                    }
                }))
                .contains("effectsOfManyComeAsOneOrderOnPagesOfAnySize", "lineagePagesGiveTheWholeOnce");
    }

    @Test
    void aReaderThatForgetsTheStartFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public Subgraph lineage(LineageQuery query) {
                        return without(super.lineage(query), node -> node.depth() == 0);
                    }
                }))
                .contains(
                        "aStubCanBeTheStartAndAnUnknownEventGivesNothing",
                        "effectsOfManyComeAsOneOrderOnPagesOfAnySize",
                        "nodesCarryTheirEvent");
    }

    private static Subgraph without(Subgraph right, Predicate<EventNode> lost) {
        return new Subgraph(
                right.nodes().stream().filter(lost.negate()).toList(), right.edges(), right.next(), right.truncated());
    }

    @Test
    void aReaderThatHidesWhatItCutFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public Subgraph lineage(LineageQuery query) {
                        Subgraph right = super.lineage(query);
                        return new Subgraph(right.nodes(), right.edges(), right.next(), false);
                    }
                }))
                .contains("theBoundOfDepthIsTold");
    }

    @Test
    void aReaderThatScoresEachPageAgainstItsOwnTimeFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public Subgraph context(ContextQuery query) {
                        Subgraph right = super.context(query);
                        return new Subgraph(
                                right.nodes().stream()
                                        .map(node -> new EventNode(
                                                node.id(),
                                                node.event(),
                                                0,
                                                node.event()
                                                        .map(e -> Decay.score(Decay.rank(e.event()), query.now()))
                                                        .orElse(0.0),
                                                node.archived()))
                                        .toList(),
                                right.edges(),
                                right.next(),
                                right.truncated());
                    }
                }))
                .contains("contextPagesReachEveryEventOnceWhileOthersArrive");
    }

    @Test
    void aGraphThatAddsUpWrongFails() throws Exception {
        List<UnaryOperator<SessionDigest>> wrongs = List.of(
                sum -> new SessionDigest(sum.session(), sum.events(), sum.nodes() + 1, sum.edges(), sum.links()),
                sum -> new SessionDigest(sum.session(), sum.events(), sum.nodes(), sum.edges(), sum.links() - 1),
                sum -> new SessionDigest(sum.session(), sum.events(), sum.nodes(), sum.edges() + 1, sum.links()));
        for (UnaryOperator<SessionDigest> wrong : wrongs) {
            assertThat(failures(() -> new Whole() {
                        @Override
                        public DigestPage digests(Optional<DigestPage.Place> after, int max) {
                            DigestPage right = super.digests(after, max);
                            return new DigestPage(
                                    right.sessions().stream().map(wrong).toList(), right.next());
                        }
                    }))
                    .contains("aLateEventIsInTheSums", "redeliveryChangesNothing");
        }
    }

    @Test
    void aGraphWhoseSumsLoseWhatAPageEndsInFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public DigestPage digests(Optional<DigestPage.Place> after, int max) {
                        DigestPage right = super.digests(after, max);
                        return new DigestPage(
                                right.sessions(),
                                right.next()
                                        .map(place ->
                                                new DigestPage.Place(place.session(), Long.MAX_VALUE, Long.MAX_VALUE)));
                    }
                }))
                .contains("aLateEventIsInTheSums");
    }

    @Test
    void aGraphThatMakesStubsOfWhatASummaryCoversFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public void apply(List<GraphChange> changes) {
                        super.apply(changes);
                        for (GraphChange change : changes) {
                            if (change instanceof GraphChange.Summarize summarize) {
                                summarize
                                        .covered()
                                        .forEach(id -> super.apply(List.of(new GraphChange.Reference(
                                                id, new EntityId(EntityId.Kind.AGENT, "agent")))));
                            }
                        }
                    }
                }))
                .containsExactly("anEventThatIsNotThereDoesNotComeToBe");
    }

    @Test
    void aGraphThatTakesOnlyTheFirstPartOfASummaryFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    private final Set<String> known = new TreeSet<>();

                    @Override
                    public void apply(List<GraphChange> changes) {
                        super.apply(changes.stream()
                                .filter(change -> !(change instanceof GraphChange.Summarize summarize)
                                        || known.add(summarize.summary().id()))
                                .toList());
                    }
                }))
                .contains("aSummaryThatComesOtherwiseCountsAsItCameLast");
    }

    @Test
    void aReaderThatIsSilentAboutTheArchiveFails() throws Exception {
        assertThat(failures(() -> new Whole() {
                    @Override
                    public Subgraph context(ContextQuery query) {
                        Subgraph right = super.context(query);
                        return new Subgraph(
                                right.nodes().stream()
                                        .map(node -> new EventNode(
                                                node.id(), node.event(), 0, node.score(), Optional.empty()))
                                        .toList(),
                                right.edges(),
                                right.next(),
                                right.truncated());
                    }
                }))
                .containsExactly("archivedEventsAreMarkedAndTheirSummaryIsThere");
    }

    /** The names of the tests of all kits that fail a graph. */
    private static Set<String> failures(Supplier<Whole> graphs) throws Exception {
        Set<String> failed = new TreeSet<>();
        for (Object kit : List.of(new Kit(graphs), new QueryKit(graphs), new SummaryKit(graphs))) {
            for (Method method : kit.getClass().getSuperclass().getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    if (kit instanceof GraphContract contract) {
                        contract.prepare();
                    } else if (kit instanceof GraphQueryContract contract) {
                        contract.prepare();
                    } else if (kit instanceof SummaryContract contract) {
                        contract.prepare();
                    }
                    try {
                        method.invoke(kit);
                    } catch (InvocationTargetException failure) {
                        assertThat(failure.getCause()).isInstanceOf(AssertionError.class);
                        failed.add(method.getName());
                    }
                }
            }
        }
        return failed;
    }

    private static final class Kit extends GraphContract {
        private final Supplier<Whole> graphs;

        Kit(Supplier<Whole> graphs) {
            this.graphs = graphs;
        }

        @Override
        protected int rounds() {
            return 50;
        }

        @Override
        protected Graph emptyGraph() {
            Whole graph = graphs.get();
            return new Graph(graph, graph);
        }
    }

    private static final class QueryKit extends GraphQueryContract {
        private final Supplier<Whole> graphs;

        QueryKit(Supplier<Whole> graphs) {
            this.graphs = graphs;
        }

        @Override
        protected GraphContract.Graph emptyGraph() {
            Whole graph = graphs.get();
            return new GraphContract.Graph(graph, graph);
        }
    }

    private static final class SummaryKit extends SummaryContract {
        private final Supplier<Whole> graphs;

        SummaryKit(Supplier<Whole> graphs) {
            this.graphs = graphs;
        }

        @Override
        protected GraphContract.Graph emptyGraph() {
            Whole graph = graphs.get();
            return new GraphContract.Graph(graph, graph);
        }
    }

    /** A right graph, to be broken in one place. */
    private static class Whole implements GraphSink, GraphAudit {
        private final InMemoryGraph graph = new InMemoryGraph();

        @Override
        public void prepare() {
            graph.prepare();
        }

        @Override
        public boolean takesAgain() {
            return graph.takesAgain();
        }

        @Override
        public void apply(List<GraphChange> changes) {
            graph.apply(changes);
        }

        @Override
        public Subgraph lineage(LineageQuery query) {
            return graph.lineage(query);
        }

        @Override
        public Subgraph context(ContextQuery query) {
            return graph.context(query);
        }

        /** Tells a node otherwise than it is. */
        GraphNode change(GraphNode right) {
            return right;
        }

        @Override
        public NodePage nodes(SessionId session, Optional<NodePage.Place> after, int max) {
            NodePage page = graph.nodes(session, after, max);
            return new NodePage(page.nodes().stream().map(node -> change(node)).toList(), page.next());
        }

        @Override
        public List<GraphNode> nodes(Collection<EventId> ids) {
            return graph.nodes(ids);
        }

        @Override
        public List<SessionId> sessions(Optional<SessionId> after, int max) {
            return graph.sessions(after, max);
        }

        @Override
        public DigestPage digests(Optional<DigestPage.Place> after, int max) {
            return graph.digests(after, max);
        }

        @Override
        public List<Stray> strays(int max) {
            return graph.strays(max);
        }

        @Override
        public List<Summary> summaries(SessionId session, int max) {
            return graph.summaries(session, max);
        }

        @Override
        public Map<EventId, Summary> summaries(Collection<EventId> ids) {
            return graph.summaries(ids);
        }

        @Override
        public GraphStats stats() {
            return graph.stats();
        }
    }
}
