// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.memory.InMemoryGraph;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every graph must become from the same events, in whatever order and grouping they come. */
public abstract class GraphContract {
    protected Graph graph = new Graph(new InMemoryGraph(), new InMemoryGraph());

    /** Both sides of one graph. */
    public record Graph(GraphSink sink, GraphAudit reader) {}

    /** A graph with nothing in it; an earlier one is no longer used. One that has been prepared stays so. */
    protected abstract Graph emptyGraph();

    /** How many random histories to try. */
    protected int rounds() {
        return 500;
    }

    @BeforeEach
    void prepare() {
        graph = emptyGraph();
        graph.sink().prepare();
    }

    @Test
    void anEventBecomesANodeWithAllItsFields() {
        RecordedEvent event = new History()
                .add(
                        1,
                        "s",
                        1_500,
                        e -> e.agentId("planner")
                                .traceId("trace")
                                .toolName("search")
                                .parentId(id(9))
                                .endedAt(History.START.plusSeconds(2))
                                .status(EventStatus.COMPLETED)
                                .schemaVersion(3)
                                .importanceHint(10)
                                .dataSubjectId("subject"));

        apply(event);

        Map<String, Object> node = new HashMap<>();
        node.put("event_id", id(1).toString());
        node.put("event_type", "tool.execute");
        node.put("occurred_at", "2026-01-31T12:00:01.500Z");
        node.put("occurred_at_epoch_ms", 1_769_860_801_500L);
        node.put("session_id", "s");
        node.put("agent_id", "planner");
        node.put("trace_id", "trace");
        node.put("payload_ref", "ref:1");
        node.put("tool_name", "search");
        node.put("parent_event_id", id(9).toString());
        node.put("ended_at", "2026-01-31T12:00:02.000Z");
        node.put("status", "completed");
        node.put("schema_version", 3L);
        node.put("importance_hint", 10L);
        node.put("data_subject_id", "subject");
        node.put("global_position", "1000-1");
        node.put("seq", 1L);
        node.put("session_seq", 1L);
        node.put("recorded_at", "2026-01-31T13:00:00.001Z");
        node.put("content_hash", event.contentHash().hex());
        node.put("decay_rank", 1_769_860_801_500L);
        node.put("digest", Digest.node(node));
        node.put("key", Digest.key(id(1).toString()));
        GraphSnapshot snapshot = GraphSnapshot.of(graph.reader(), new SessionId("s"));
        assertThat(snapshot.events()).isEqualTo(Map.of(id(1), node));
        assertThat(snapshot.edges())
                .containsExactly(
                        new GraphEdge(id(1).toString(), id(9).toString(), "CAUSED_BY", Map.of("mechanism", "direct")),
                        new GraphEdge(id(1).toString(), "agent:planner", "REFERENCES", Map.of("role", "agent")),
                        new GraphEdge(id(1).toString(), "tool:search", "REFERENCES", Map.of("role", "tool")));
        assertThat(graph.reader().stats()).isEqualTo(new GraphStats(1, 1, 1, 2, 0, 1, 2));
    }

    @Test
    void aLateEventTakesItsPlaceBetweenItsNeighbours() {
        History history = new History();
        RecordedEvent first = history.add(1, "s", 0);
        RecordedEvent third = history.add(3, "s", 3_000);
        RecordedEvent second = history.add(2, "s", 1_000);

        apply(first, third);
        assertThat(follows("s")).isEqualTo(Map.of(id(3), List.of(id(1) + " 3000")));

        apply(second);
        assertThat(follows("s")).isEqualTo(Map.of(id(2), List.of(id(1) + " 1000"), id(3), List.of(id(2) + " 2000")));
    }

    @Test
    void aLateEventIsInTheSums() {
        History history = new History();
        history.add(1, "s", 0);
        history.add(3, "s", 3_000, e -> e.parentId(id(1)).toolName("t"));
        history.add(2, "s", 1_000);
        history.events().forEach(this::apply);

        long agent = Digest.key("agent:agent");
        long first = Digest.key(id(1).toString());
        long second = Digest.key(id(2).toString());
        long third = Digest.key(id(3).toString());
        long links = Digest.edge(first, agent, "REFERENCES")
                + Digest.edge(second, agent, "REFERENCES")
                + Digest.edge(third, agent, "REFERENCES")
                + Digest.edge(third, Digest.key("tool:t"), "REFERENCES")
                + Digest.edge(third, first, "CAUSED_BY")
                + Digest.edge(third, second, "FOLLOWS")
                + Digest.edge(second, first, "FOLLOWS");
        long nodes =
                history.events().stream().mapToLong(EventProperties::digest).sum();
        SessionId session = new SessionId("s");
        assertThat(digests(graph.reader(), 2))
                .isEqualTo(Map.of(session, new SessionDigest(session, 3, nodes, 7, links)));
    }

    @Test
    void aLateEventBecomesTheFirst() {
        History history = new History();
        RecordedEvent second = history.add(2, "s", 1_000);
        RecordedEvent first = history.add(1, "s", 0);

        apply(second);
        apply(first);

        assertThat(follows("s")).isEqualTo(Map.of(id(2), List.of(id(1) + " 1000")));
    }

    @Test
    void eventsOfTheSameTimeFollowInLedgerOrder() {
        History history = new History();
        history.add(9, "s", 0);
        history.add(5, "s", 0);
        history.add(7, "s", 0);
        List<RecordedEvent> backwards = new ArrayList<>(history.events());
        Collections.reverse(backwards);

        backwards.forEach(this::apply);

        assertThat(follows("s")).isEqualTo(Map.of(id(5), List.of(id(9) + " 0"), id(7), List.of(id(5) + " 0")));
    }

    @Test
    void sessionsDoNotMix() {
        History history = new History();
        history.add(1, "s", 0);
        history.add(2, "s ", 1);
        history.add(3, "s", 2);
        history.add(4, "S", 3);

        apply(history.events().toArray(RecordedEvent[]::new));

        assertThat(follows("s")).isEqualTo(Map.of(id(3), List.of(id(1) + " 2")));
        assertThat(follows("s ")).isEmpty();
        assertThat(follows("S")).isEmpty();
        assertThat(GraphSnapshot.of(graph.reader(), new SessionId("nobody")))
                .isEqualTo(new GraphSnapshot(Map.of(), List.of()));
        assertThat(sessions()).containsExactlyInAnyOrder(new SessionId("s"), new SessionId("s "), new SessionId("S"));
    }

    @Test
    void aStubFillsIn() {
        History history = new History();
        RecordedEvent child = history.add(2, "child", 0, e -> e.parentId(id(1)));
        RecordedEvent parent = history.add(1, "parent", 0);

        apply(child);
        assertThat(graph.reader().stats()).isEqualTo(new GraphStats(1, 1, 1, 1, 0, 1, 1));
        assertThat(GraphSnapshot.of(graph.reader(), new SessionId("parent")).events())
                .isEmpty();

        apply(parent);
        assertThat(graph.reader().stats()).isEqualTo(new GraphStats(2, 0, 2, 1, 0, 1, 2));
        assertSameAs(history.events());
    }

    @Test
    void redeliveryChangesNothing() {
        History history = new History();
        history.add(1, "s", 0);
        history.add(2, "s", 1, e -> e.parentId(id(1)).toolName("t"));
        history.add(3, "s", 2, e -> e.parentId(id(2)));
        RecordedEvent[] all = history.events().toArray(RecordedEvent[]::new);

        apply(all);
        apply(all);
        apply(all[1], all[1]);
        apply(all[0]);

        assertSameAs(history.events());
    }

    @Test
    void parentsInACircleAreKeptAsTheyAre() {
        History history = new History();
        history.add(1, "s", 0, e -> e.parentId(id(2)));
        history.add(2, "s", 1, e -> e.parentId(id(1)));

        history.events().forEach(this::apply);

        assertSameAs(history.events());
        assertThat(graph.reader().stats().causes()).isEqualTo(2);
    }

    @Test
    void everyOrderOfArrivalGivesTheSameGraph() {
        History history = new History();
        history.add(1, "s", 2_000, e -> e.parentId(id(3)));
        history.add(2, "s", 2_000, e -> e.parentId(id(1)).toolName("t"));
        history.add(3, "s", 0);
        history.add(4, "other", 5, e -> e.parentId(id(1)));
        for (List<RecordedEvent> order : permutations(history.events())) {
            graph = emptyGraph();
            order.forEach(this::apply);
            assertSameAs(history.events());
        }
    }

    @Test
    void changesMayComeOneByOneAndBackwards() {
        History history = new History();
        history.add(1, "s", 1, e -> e.toolName("t"));
        history.add(2, "s", 0, e -> e.parentId(id(1)));
        List<GraphChange> changes = new ArrayList<>(Projection.project(history.events()));
        Collections.reverse(changes);

        changes.forEach(change -> graph.sink().apply(List.of(change)));
        assertSameAs(history.events());

        changes.forEach(change -> graph.sink().apply(List.of(change)));
        assertSameAs(history.events());
    }

    @Test
    void whatIsThereIsTakenAgainWithoutEffect() {
        assertThat(graph.sink().takesAgain()).isFalse();
        History history = new History();
        RecordedEvent child = history.add(2, "s", 1, e -> e.parentId(id(1)).toolName("t"));
        RecordedEvent parent = history.add(1, "s", 0);

        apply(child);
        assertThat(graph.sink().takesAgain()).isTrue();
        assertSameAs(List.of(child));
        apply(parent);
        assertThat(graph.sink().takesAgain()).isTrue();
        assertSameAs(history.events());
    }

    @Test
    void nothingToApplyIsHarmless() {
        graph.sink().apply(List.of());
        graph.sink().prepare();

        assertThat(graph.reader().stats()).isEqualTo(new GraphStats(0, 0, 0, 0, 0, 0, 0));
        assertThat(sessions()).isEmpty();
    }

    @Test
    void randomHistoriesInRandomOrderAndBatchesGiveTheGraphOfTheReference() {
        for (long seed = 1; seed <= rounds(); seed++) {
            Random random = new Random(seed);
            History history = History.random(random, 1 + random.nextInt(20));
            graph = emptyGraph();
            List<RecordedEvent> arrivals = new ArrayList<>(history.events());
            arrivals.addAll(
                    history.events().subList(0, random.nextInt(history.events().size() + 1)));
            if (random.nextInt(4) > 0) {
                Collections.shuffle(arrivals, random);
            }
            applyInBatches(arrivals, random);
            assertSameAs(history.events(), "seed " + seed);
        }
    }

    @Test
    void anEventThatComesWithAnotherNumberLeavesItsOldPlace() {
        History lost = new History();
        lost.add(1, "s", 0);
        lost.add(2, "s", 0, e -> e.parentId(id(9)).toolName("t"));
        lost.add(3, "s", 0);
        History again = new History();
        again.add(1, "s", 0);
        again.add(3, "s", 0);
        again.add(2, "s", 0);

        lost.events().forEach(this::apply);
        again.events().forEach(this::apply);

        assertThat(follows("s")).isEqualTo(Map.of(id(3), List.of(id(1) + " 0"), id(2), List.of(id(3) + " 0")));
    }

    /** A Redis that lost its last writes numbers anew what is sent again. */
    @Test
    void whatIsSentAgainAfterALossIsWhereItWouldBeWithoutOne() {
        for (long seed = 1; seed <= rounds(); seed++) {
            Random random = new Random(seed);
            History lost = History.random(random, 1 + random.nextInt(20));
            graph = emptyGraph();
            applyInBatches(lost.events(), random);
            int kept = random.nextInt(lost.events().size());
            History again = new History();
            lost.events().subList(0, kept).forEach(event -> again.add(event.event()));
            List<RecordedEvent> gone =
                    new ArrayList<>(lost.events().subList(kept, lost.events().size()));
            Collections.shuffle(gone, random);
            for (RecordedEvent event : gone) {
                if (random.nextInt(3) == 0) {
                    // Somebody else is first, at a time that others have too.
                    long number = 100L + again.events().size();
                    again.add(
                            number,
                            random.nextBoolean() ? event.event().sessionId().value() : "s",
                            random.nextInt(8) * 500L);
                }
                again.add(event.event());
            }
            List<RecordedEvent> arrivals =
                    new ArrayList<>(again.events().subList(kept, again.events().size()));
            if (random.nextBoolean()) {
                Collections.shuffle(arrivals, random);
            }
            applyInBatches(arrivals, random);
            assertSameAs(again.events(), "seed " + seed);
        }
    }

    private static RecordedEvent in(int partition, RecordedEvent event) {
        return event.at(event.position().in(partition));
    }

    @Test
    void anIdThatAnotherPartitionWasFirstWithIsRefused() {
        History history = new History();
        RecordedEvent child = in(0, history.add(3, "s", 1_000, e -> e.parentId(id(1))));
        RecordedEvent first = in(0, history.add(1, "s", 0, e -> e.parentId(id(9))));
        History other = new History();
        RecordedEvent second = in(1, other.add(1, "t", 5, e -> e.toolName("t")));
        RecordedEvent beside = in(1, other.add(2, "t", 6));
        // A stub is of no partition.
        apply(child);
        apply(first);

        for (List<RecordedEvent> call : List.of(List.of(second), List.of(beside, second), List.of(second, beside))) {
            assertThatThrownBy(() -> graph.sink().apply(Projection.project(call)))
                    .isInstanceOfSatisfying(
                            GraphException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(GraphException.Reason.DOUBLE_ID))
                    .hasMessage("the id of an event must be in one partition, " + id(1)
                            + " is in two: the graph has that of session s at " + first.position()
                            + ", and not that of session t at " + second.position());
            assertSameAs(List.of(child, first));
        }
        apply(first, beside);
        assertSameAs(List.of(child, first, beside));
    }

    @Test
    void ofAnIdThatTwoPartitionsBringInOneCallNeitherIsApplied() {
        RecordedEvent first = in(0, new History().add(1, "s", 0));
        RecordedEvent second = in(1, new History().add(1, "t", 0));

        assertThatThrownBy(() -> apply(first, second))
                .isInstanceOfSatisfying(
                        GraphException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(GraphException.Reason.DOUBLE_ID));

        assertThat(graph.reader().stats()).isEqualTo(new GraphStats(0, 0, 0, 0, 0, 0, 0));
        apply(second);
        assertSameAs(List.of(second));
    }

    /** A ledger that lost its end may have it again in another session: which is right is left to repair. */
    @Test
    void inAnotherSessionOfItsPartitionAnEventIsTaken() {
        for (int partition : List.of(Position.WHOLE, 2)) {
            graph = emptyGraph();
            apply(in(partition, new History().add(1, "s", 0)));
            apply(in(partition, new History().add(1, "t", 0)));

            assertThat(graph.reader().nodes(List.of(id(1))))
                    .singleElement()
                    .satisfies(node -> assertThat(node.session()).contains(new SessionId("t")));
        }
    }

    private void applyInBatches(List<RecordedEvent> arrivals, Random random) {
        for (int from = 0; from < arrivals.size(); ) {
            int to = Math.min(arrivals.size(), from + 1 + random.nextInt(8));
            graph.sink().apply(Projection.project(arrivals.subList(from, to)));
            from = to;
        }
    }

    /** Projects and applies events in one call. */
    protected final void apply(RecordedEvent... events) {
        graph.sink().apply(Projection.project(List.of(events)));
    }

    /** The whole graph is what the reference makes of these events. */
    protected final void assertSameAs(List<RecordedEvent> events) {
        assertSameAs(events, "graph");
    }

    protected final void assertSameAs(List<RecordedEvent> events, String description) {
        InMemoryGraph reference = new InMemoryGraph();
        reference.apply(Projection.project(events));
        assertThat(whole(graph.reader())).as(description).isEqualTo(whole(reference));
        assertThat(graph.reader().stats()).as(description).isEqualTo(reference.stats());
        for (int size : List.of(1, 3, GraphAudit.MAX_DIGESTS)) {
            assertThat(digests(graph.reader(), size)).as(description).isEqualTo(digests(reference, 2));
        }
        for (RecordedEvent event : events) {
            LineageQuery query = new LineageQuery(
                    event.event().id(),
                    LineageQuery.Direction.BOTH,
                    100,
                    500,
                    Duration.ofSeconds(30),
                    Optional.empty());
            assertThat(graph.reader().lineage(query)).as(description).isEqualTo(reference.lineage(query));
        }
    }

    @Test
    void aSessionIsReadInPages() {
        History history = new History();
        for (int n = 1; n <= 7; n++) {
            // Three of each moment, and one beside them in another session.
            int parent = n;
            history.add(n, "s", n / 3, e -> e.parentId(id(parent + 1)).toolName("t"));
        }
        history.add(20, "t", 1);
        apply(history.events().toArray(RecordedEvent[]::new));
        SessionId session = new SessionId("s");
        GraphSnapshot whole = GraphSnapshot.of(graph.reader(), session, GraphAudit.MAX_NODES);

        assertThat(whole.events()).hasSize(7);
        for (int size = 1; size <= 8; size++) {
            assertThat(GraphSnapshot.of(graph.reader(), session, size)).isEqualTo(whole);
        }
        List<GraphNode> some = graph.reader().nodes(List.of(id(1), id(8), id(20), id(99)));
        assertThat(some.stream().map(GraphNode::id)).containsExactlyInAnyOrder(id(1), id(8), id(20));
        assertThat(some.stream().filter(node -> node.isIn(session)).map(GraphNode::id))
                .containsExactly(id(1));
    }

    private static Map<SessionId, GraphSnapshot> whole(GraphAudit reader) {
        Map<SessionId, GraphSnapshot> whole = new TreeMap<>();
        sessions(reader).forEach(session -> whole.put(session, GraphSnapshot.of(reader, session)));
        return whole;
    }

    /** The sums of every session, read in pages of {@code size} events. */
    private static Map<SessionId, SessionDigest> digests(GraphAudit reader, int size) {
        Map<SessionId, SessionDigest> sums = new TreeMap<>();
        Optional<DigestPage.Place> next = Optional.empty();
        do {
            DigestPage page = reader.digests(next, size);
            assertThat(page.sessions().stream().mapToLong(SessionDigest::events).sum())
                    .isLessThanOrEqualTo(size);
            page.sessions().forEach(part -> sums.merge(part.session(), part, SessionDigest::plus));
            next = page.next();
        } while (next.isPresent());
        return sums;
    }

    private List<SessionId> sessions() {
        return sessions(graph.reader());
    }

    private static List<SessionId> sessions(GraphAudit reader) {
        List<SessionId> all = new ArrayList<>();
        List<SessionId> page = reader.sessions(Optional.empty(), 2);
        while (!page.isEmpty()) {
            all.addAll(page);
            page = reader.sessions(Optional.of(page.getLast()), 2);
        }
        assertThat(all).doesNotHaveDuplicates();
        return all;
    }

    /** Whom each event of a session follows, and by how much. */
    private Map<EventId, List<String>> follows(String session) {
        Map<EventId, List<String>> follows = new HashMap<>();
        for (GraphEdge edge :
                GraphSnapshot.of(graph.reader(), new SessionId(session)).edges()) {
            if (edge.type().equals(GraphEdge.FOLLOWS)) {
                assertThat(edge.properties().get("session_id")).isEqualTo(session);
                follows.computeIfAbsent(EventId.of(edge.source()), s -> new ArrayList<>())
                        .add(edge.target() + " " + edge.properties().get("delta_ms"));
            }
        }
        return follows;
    }

    private static <T> List<List<T>> permutations(List<T> items) {
        if (items.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> all = new ArrayList<>();
        for (List<T> rest : permutations(items.subList(1, items.size()))) {
            for (int at = 0; at <= rest.size(); at++) {
                List<T> order = new ArrayList<>(rest);
                order.add(at, items.getFirst());
                all.add(order);
            }
        }
        return all;
    }
}
