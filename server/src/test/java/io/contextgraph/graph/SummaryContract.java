// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphContract.Graph;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.graph.summary.Summarizer;
import io.contextgraph.graph.summary.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How every graph keeps what is said of archived events, beside what it has of the events themselves. */
public abstract class SummaryContract {
    private static final SessionId S = new SessionId("s");
    private static final String SEGMENT = "0000000001-0000000003";

    protected Graph graph = new Graph(new InMemoryGraph(), new InMemoryGraph());
    private History history = new History();

    /** A graph with nothing in it; an earlier one is no longer used. One that has been prepared stays so. */
    protected abstract Graph emptyGraph();

    @BeforeEach
    void prepare() {
        history = new History();
        emptied();
    }

    private void emptied() {
        graph = emptyGraph();
        graph.sink().prepare();
    }

    /** 1 <- 2 <- 3 in one session, 2 with a tool, 3 failed; 4 later, its cause 9 is a stub; 5 in another session. */
    private void five() {
        history.add(1, "s", 0);
        history.add(2, "s", 1_000, e -> e.parentId(id(1)).toolName("t"));
        history.add(3, "s", 2_000, e -> e.parentId(id(2)).status(EventStatus.FAILED));
        history.add(4, "s", 3_000, e -> e.parentId(id(9)));
        history.add(5, "t", 0, e -> e.parentId(id(3)));
        graph.sink().apply(Projection.project(history.events()));
    }

    @Test
    void archivedEventsAreMarkedAndTheirSummaryIsThere() {
        five();
        Summary summary = summary(SEGMENT, 3);

        summarize(summary, 1, 2, 3);

        assertThat(archived()).isEqualTo(Map.of(id(1), SEGMENT, id(2), SEGMENT, id(3), SEGMENT));
        assertThat(graph.reader().summaries(S, 10)).containsExactly(summary);
        assertThat(graph.reader().summaries(new SessionId("t"), 10)).isEmpty();
        assertThat(graph.reader().summaries(List.of(id(1), id(3), id(4), id(9), id(100))))
                .isEqualTo(Map.of(id(1), summary, id(3), summary));
        assertThat(graph.reader().summaries(List.of())).isEmpty();
        assertThat(lineage(3).nodes().stream().map(EventNode::archived))
                .containsExactly(Optional.of(SEGMENT), Optional.empty(), Optional.of(SEGMENT), Optional.of(SEGMENT));
        assertThat(context().nodes().stream().map(EventNode::archived))
                .containsExactly(Optional.empty(), Optional.of(SEGMENT), Optional.of(SEGMENT), Optional.of(SEGMENT));
    }

    @Test
    void whatIsThereOfTheEventsStaysAsItIs() {
        five();
        List<Object> before = withoutMarks();

        summarize(summary(SEGMENT, 3), 1, 2, 3);

        assertThat(withoutMarks()).isEqualTo(before);
        assertThat(graph.reader().strays(10)).isEmpty();
        assertThat(graph.sink().takesAgain()).isTrue();
        assertThat(withoutMarks()).isEqualTo(before);
    }

    @Test
    void theSameAgainAndInPartsIsTheSame() {
        five();
        Summary summary = summary(SEGMENT, 3);
        graph.sink()
                .apply(List.of(
                        new GraphChange.Summarize(summary, List.of(id(1), id(2))),
                        new GraphChange.Summarize(summary, List.of(id(3)))));
        List<Object> once = everything();

        summarize(summary, 3);
        summarize(summary, 2, 1, 2);
        summarize(summary);
        graph.sink().apply(Projection.project(history.events()));

        assertThat(everything()).isEqualTo(once);
        assertThat(graph.reader().summaries(S, 10)).containsExactly(summary);
    }

    @Test
    void anEventThatIsNotThereDoesNotComeToBe() {
        five();
        List<Object> before = withoutMarks();

        summarize(summary(SEGMENT, 3), 2, 7, 9);

        assertThat(withoutMarks()).isEqualTo(before);
        assertThat(archived()).isEqualTo(Map.of(id(2), SEGMENT));
        assertThat(graph.reader().nodes(List.of(id(7), id(9))).stream().map(GraphNode::properties))
                .containsExactly(EventProperties.stub(id(9).toString()));
        assertThat(graph.reader().strays(10)).isEmpty();
        RecordedEvent late = history.add(9, "s", 500);
        graph.sink().apply(Projection.project(late));
        assertThat(archived()).isEqualTo(Map.of(id(2), SEGMENT));
    }

    @Test
    void ofTwoSegmentsTheLaterOneCountsInAnyOrder() {
        five();
        String later = "0000000002-0000000004";
        for (List<String> order : List.of(List.of(SEGMENT, later), List.of(later, SEGMENT))) {
            emptied();
            graph.sink().apply(Projection.project(history.events()));
            order.forEach(segment -> summarize(summary(segment, 3), 1, 2));
            assertThat(archived()).isEqualTo(Map.of(id(1), later, id(2), later));
            assertThat(graph.reader().summaries(S, 10).stream().map(Summary::segment))
                    .containsExactly(SEGMENT, later);
            assertThat(graph.reader().summaries(S, 1).stream().map(Summary::segment))
                    .containsExactly(SEGMENT);
        }
    }

    @Test
    void aSummaryThatComesOtherwiseCountsAsItCameLast() {
        five();
        summarize(summary(SEGMENT, 3), 1);
        Summary fewer = summary(SEGMENT, 1);

        summarize(fewer, 1);

        assertThat(graph.reader().summaries(S, 10)).containsExactly(fewer);
    }

    @Test
    void whatComesInTheSameCallIsCovered() {
        history.add(1, "s", 0);
        List<GraphChange> changes = new ArrayList<>();
        changes.add(new GraphChange.Summarize(summary(SEGMENT, 1), List.of(id(1))));
        changes.addAll(Projection.project(history.events()));

        graph.sink().apply(changes);

        assertThat(archived()).isEqualTo(Map.of(id(1), SEGMENT));
    }

    /** It is in the ledger again. */
    @Test
    void anEventThatComesWithAnotherNumberIsArchivedNoMore() {
        five();
        summarize(summary(SEGMENT, 3), 1, 2, 3);
        RecordedEvent again = history.add(history.events().get(1).event());

        graph.sink().apply(Projection.project(again));

        assertThat(archived()).isEqualTo(Map.of(id(1), SEGMENT, id(3), SEGMENT));
        assertThat(graph.reader().strays(10)).isEmpty();
    }

    private void summarize(Summary summary, long... covered) {
        List<EventId> ids = new ArrayList<>();
        for (long number : covered) {
            ids.add(id(number));
        }
        graph.sink().apply(List.of(new GraphChange.Summarize(summary, ids)));
    }

    /** Of the first events, all of one session. */
    private Summary summary(String segment, int events) {
        Summarizer summarizer = new Summarizer(S, segment, event -> "");
        history.events().subList(0, events).forEach(summarizer::add);
        return summarizer.summary();
    }

    private Map<EventId, String> archived() {
        Map<EventId, String> archived = new TreeMap<>();
        nodes().forEach(node ->
                EventProperties.archived(node.properties()).ifPresent(segment -> archived.put(node.id(), segment)));
        return archived;
    }

    private List<GraphNode> nodes() {
        return graph
                .reader()
                .nodes(Stream.iterate(1L, n -> n < 10, n -> n + 1)
                        .map(History::id)
                        .toList())
                .stream()
                .sorted((one, other) -> one.id().compareTo(other.id()))
                .toList();
    }

    private List<Object> everything() {
        return List.of(withoutMarks(), archived());
    }

    /** All that a reader is told, but for whether an event is archived. */
    private List<Object> withoutMarks() {
        List<Object> all = new ArrayList<>();
        for (GraphNode node : nodes()) {
            Map<String, Object> properties = new TreeMap<>(node.properties());
            properties.remove(EventProperties.ARCHIVED);
            all.add(new GraphNode(node.id(), properties, node.edges()));
        }
        all.add(graph.reader().digests(Optional.empty(), GraphAudit.MAX_DIGESTS));
        all.add(graph.reader().sessions(Optional.empty(), 10));
        all.add(graph.reader().stats());
        for (Subgraph answer : List.of(lineage(3), context())) {
            all.add(new Subgraph(
                    answer.nodes().stream()
                            .map(node -> new EventNode(
                                    node.id(), node.event(), node.depth(), node.score(), Optional.empty()))
                            .toList(),
                    answer.edges(),
                    answer.next(),
                    answer.truncated()));
        }
        return all;
    }

    private Subgraph lineage(long start) {
        return graph.reader()
                .lineage(new LineageQuery(
                        id(start), LineageQuery.Direction.BOTH, 10, 10, Duration.ofSeconds(30), Optional.empty()));
    }

    private Subgraph context() {
        return graph.reader()
                .context(new ContextQuery(
                        S, 10, History.START.plusSeconds(10), Duration.ofSeconds(30), Optional.empty()));
    }
}
