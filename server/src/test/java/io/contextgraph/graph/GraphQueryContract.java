// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphContract.Graph;
import io.contextgraph.graph.LineageQuery.Direction;
import io.contextgraph.graph.memory.InMemoryGraph;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How every graph answers. */
public abstract class GraphQueryContract {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final List<Direction> DIRECTIONS = List.of(Direction.values());

    protected Graph graph = new Graph(new InMemoryGraph(), new InMemoryGraph());

    /** A graph with nothing in it; an earlier one is no longer used. One that has been prepared stays so. */
    protected abstract Graph emptyGraph();

    /** How many random histories to try. */
    protected int rounds() {
        return 100;
    }

    /** For levels of 1, 12 and 47 events; the first three end within a level, with one, and one before the end. */
    protected List<Integer> pageSizes() {
        return List.of(7, 13, 59, 1, 2, 11, 12, 60);
    }

    @BeforeEach
    void prepare() {
        graph = emptyGraph();
        graph.sink().prepare();
    }

    /** 1 <- 2 <- {5, 3}, 3 <- 4; 5 is older than 3; 1 has the stub 8 for a parent. */
    private void family() {
        History history = new History();
        history.add(1, "s", 0, e -> e.parentId(id(8)));
        history.add(2, "s", 1_000, e -> e.parentId(id(1)));
        history.add(3, "s", 3_000, e -> e.parentId(id(2)));
        history.add(4, "t", 4_000, e -> e.parentId(id(3)));
        history.add(5, "s", 2_000, e -> e.parentId(id(2)));
        put(history);
    }

    @Test
    void ancestorsComeNearestFirstAndEndAtAStub() {
        family();

        Subgraph answer = graph.reader().lineage(lineage(4, Direction.ANCESTORS, 10, 10));

        assertThat(places(answer)).containsExactly("4@0", "3@1", "2@2", "1@3", "8@4?");
        assertThat(answer.truncated()).isFalse();
        assertThat(answer.next()).isEmpty();
        assertThat(answer.edges())
                .containsExactly(cause(4, 3), cause(3, 2), follows(2, 1, 1_000), cause(2, 1), cause(1, 8));
    }

    @Test
    void descendantsComeNearestFirstThenByTime() {
        family();

        Subgraph answer = graph.reader().lineage(lineage(1, Direction.DESCENDANTS, 10, 10));

        assertThat(places(answer)).containsExactly("1@0", "2@1", "5@2", "3@2", "4@3");
        assertThat(answer.edges())
                .containsExactly(
                        follows(2, 1, 1_000),
                        cause(2, 1),
                        follows(5, 2, 1_000),
                        cause(5, 2),
                        follows(3, 5, 1_000),
                        cause(3, 2),
                        cause(4, 3));
    }

    @Test
    void bothIsCausesAndEffectsWithoutSiblings() {
        family();

        Subgraph answer = graph.reader().lineage(lineage(3, Direction.BOTH, 10, 10));

        assertThat(places(answer)).containsExactly("3@0", "2@1", "4@1", "1@2", "8@3?");
    }

    @Test
    void nodesCarryTheirEvent() {
        History history = new History();
        RecordedEvent event = history.add(1, "s", 0, e -> e.toolName("t").importanceHint(3));
        put(history);

        Subgraph answer = graph.reader().lineage(lineage(1, Direction.BOTH, 1, 1));

        assertThat(answer.nodes()).containsExactly(new EventNode(id(1), Optional.of(event), 0, 0, Optional.empty()));
        assertThat(answer.truncated()).isFalse();
    }

    @Test
    void theBoundOfDepthIsTold() {
        family();

        assertThat(graph.reader()
                        .lineage(lineage(4, Direction.ANCESTORS, 4, 10))
                        .truncated())
                .isFalse();
        Subgraph cut = graph.reader().lineage(lineage(4, Direction.ANCESTORS, 3, 10));
        assertThat(places(cut)).containsExactly("4@0", "3@1", "2@2", "1@3");
        assertThat(cut.truncated()).isTrue();

        Subgraph page = graph.reader().lineage(lineage(4, Direction.ANCESTORS, 1, 1));
        assertThat(page.truncated()).isFalse();
        assertThat(graph.reader()
                        .lineage(at(lineage(4, Direction.ANCESTORS, 1, 1), page))
                        .truncated())
                .isTrue();
    }

    @Test
    void aStubCanBeTheStartAndAnUnknownEventGivesNothing() {
        family();

        assertThat(places(graph.reader().lineage(lineage(8, Direction.DESCENDANTS, 1, 10))))
                .containsExactly("8@0?", "1@1");
        assertThat(graph.reader().lineage(lineage(99, Direction.BOTH, 1, 10))).isEqualTo(Subgraph.EMPTY);
    }

    @Test
    void aCircleEnds() {
        History history = new History();
        history.add(1, "s", 0, e -> e.parentId(id(3)));
        history.add(2, "s", 1, e -> e.parentId(id(1)));
        history.add(3, "s", 2, e -> e.parentId(id(2)));
        put(history);

        assertThat(places(graph.reader().lineage(lineage(1, Direction.ANCESTORS, 100, 10))))
                .containsExactly("1@0", "3@1", "2@2");
        assertThat(places(graph.reader().lineage(lineage(1, Direction.DESCENDANTS, 100, 10))))
                .containsExactly("1@0", "2@1", "3@2");
        Subgraph both = graph.reader().lineage(lineage(1, Direction.BOTH, 100, 10));
        assertThat(places(both)).containsExactly("1@0", "2@1", "3@1");
        assertThat(both.truncated()).isFalse();
    }

    @Test
    void lineagePagesGiveTheWholeOnce() {
        for (long seed = 1; seed <= rounds(); seed++) {
            Random random = new Random(seed);
            graph = emptyGraph();
            History history = History.random(random, 1 + random.nextInt(25));
            put(history);
            InMemoryGraph reference = new InMemoryGraph();
            reference.apply(Projection.project(history.events()));
            Direction direction = DIRECTIONS.get(random.nextInt(3));
            int depth = 1 + random.nextInt(6);
            EventId start = history.events()
                    .get(random.nextInt(history.events().size()))
                    .event()
                    .id();
            int size = 1 + random.nextInt(5);
            Subgraph whole =
                    reference.lineage(new LineageQuery(start, direction, depth, 500, TIMEOUT, Optional.empty()));

            LineageQuery query = new LineageQuery(start, direction, depth, size, TIMEOUT, Optional.empty());
            List<EventNode> nodes = new ArrayList<>();
            Subgraph page = graph.reader().lineage(query);
            nodes.addAll(page.nodes());
            while (page.next().isPresent()) {
                assertThat(page.nodes()).as("seed " + seed).hasSize(size);
                page = graph.reader().lineage(at(query, page));
                nodes.addAll(page.nodes());
            }

            assertThat(nodes).as("seed " + seed).isEqualTo(whole.nodes());
            assertThat(page.truncated()).as("seed " + seed).isEqualTo(whole.truncated());
        }
    }

    @Test
    void effectsOfManyComeAsOneOrderOnPagesOfAnySize() {
        History history = new History();
        history.add(1, "s", 0);
        for (int i = 2; i <= 60; i++) {
            int parent = i <= 13 ? 1 : 2 + i * i % 11;
            history.add(i, "s" + i % 3, i * 7 % 4 * 500L, e -> e.parentId(id(parent)));
        }
        put(history);
        List<String> expected = new ArrayList<>(List.of("1@0"));
        for (int depth = 1; depth <= 2; depth++) {
            boolean near = depth == 1;
            String at = "@" + depth;
            history.events().stream()
                    .filter(e -> e.seq() > 1 && (e.seq() <= 13) == near)
                    .sorted(Comparator.<RecordedEvent, Instant>comparing(
                                    e -> e.event().occurredAt())
                            .thenComparingLong(RecordedEvent::seq))
                    .forEach(e -> expected.add(e.seq() + at));
        }

        for (int size : pageSizes()) {
            assertThat(pages(lineage(1, Direction.DESCENDANTS, 10, size)))
                    .as("pages of " + size)
                    .isEqualTo(expected);
        }
    }

    /** The places of all pages, as {@link #places}. */
    private List<String> pages(LineageQuery query) {
        Subgraph page = graph.reader().lineage(query);
        List<String> all = new ArrayList<>(places(page));
        while (page.next().isPresent()) {
            page = graph.reader().lineage(at(query, page));
            all.addAll(places(page));
        }
        return all;
    }

    @Test
    void aCursorBelongsToItsQuery() {
        family();
        Subgraph page = graph.reader().lineage(lineage(4, Direction.ANCESTORS, 10, 2));

        assertThat(page.next()).isPresent();
        assertThatThrownBy(() -> graph.reader().lineage(at(lineage(3, Direction.ANCESTORS, 10, 2), page)))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> graph.reader().context(context("s", 2, page.next())))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> graph.reader().context(context("s", 2, Optional.of(new Cursor("%%")))))
                .isInstanceOf(InvalidInputException.class);
        assertThat(places(graph.reader().lineage(at(lineage(4, Direction.ANCESTORS, 10, 500), page))))
                .containsExactly("2@2", "1@3", "8@4?");
    }

    @Test
    void contextGoesByImportanceAndAge() {
        History history = new History();
        history.add(1, "s", 0, e -> e.importanceHint(10));
        history.add(2, "s", 0);
        history.add(3, "s", 0, e -> e.importanceHint(1));
        history.add(4, "s", 0);
        history.add(5, "s", Duration.ofHours(24).toMillis() + 1, e -> e.importanceHint(5));
        history.add(6, "other", 0, e -> e.importanceHint(10));
        put(history);

        Subgraph answer = graph.reader()
                .context(new ContextQuery(
                        new SessionId("s"), 10, History.START.plus(Duration.ofDays(2)), TIMEOUT, Optional.empty()));

        assertThat(numbers(answer)).containsExactly(5L, 1L, 4L, 2L, 3L);
        assertThat(answer.nodes().get(1).score()).isCloseTo(0.25, within(1e-9));
        assertThat(answer.nodes().get(2).score()).isCloseTo(0.125, within(1e-9));
        assertThat(answer.nodes().get(4).score()).isCloseTo(0.025, within(1e-8));
        assertThat(answer.nodes().get(0).event()).contains(history.events().get(4));
        assertThat(answer.truncated()).isFalse();
        assertThat(answer.next()).isEmpty();
        assertThat(answer.edges())
                .containsExactly(
                        follows(5, 4, Duration.ofHours(24).toMillis() + 1),
                        follows(4, 3, 0),
                        follows(2, 1, 0),
                        follows(3, 2, 0));
    }

    @Test
    void contextPagesReachEveryEventOnceWhileOthersArrive() {
        History history = new History();
        for (int i = 1; i <= 23; i++) {
            int hint = 1 + i % 3;
            history.add(i, "s", 1_000L * (i % 7), e -> e.importanceHint(hint));
        }
        put(history);
        List<Long> expected = numbers(graph.reader().context(context("s", 500, Optional.empty())));

        Subgraph page = graph.reader().context(context("s", 4, Optional.empty()));
        List<Long> found = new ArrayList<>(numbers(page));
        double first = page.nodes().getFirst().score();
        for (int i = 100; page.next().isPresent(); i++) {
            apply(history.add(i, "s", 60_000, e -> e.importanceHint(10)));
            page = graph.reader()
                    .context(new ContextQuery(
                            new SessionId("s"), 4, History.START.plusSeconds(999_999), TIMEOUT, page.next()));
            found.addAll(numbers(page));
        }

        assertThat(expected).hasSize(23).doesNotHaveDuplicates();
        assertThat(found).isEqualTo(expected);
        // Scored against the time of the first page: 23 events within 7 seconds and of importance 1 to 3.
        assertThat(page.nodes().getLast().score()).isBetween(first / 3.01, first);
    }

    @Test
    void contextOfAnUnknownSessionIsEmpty() {
        family();

        assertThat(graph.reader().context(context("nobody", 10, Optional.empty())))
                .isEqualTo(Subgraph.EMPTY);
    }

    private void put(History history) {
        graph.sink().apply(Projection.project(history.events()));
    }

    private void apply(RecordedEvent event) {
        graph.sink().apply(Projection.project(event));
    }

    private static LineageQuery lineage(long start, Direction direction, int depth, int nodes) {
        return new LineageQuery(id(start), direction, depth, nodes, TIMEOUT, Optional.empty());
    }

    private static LineageQuery at(LineageQuery query, Subgraph page) {
        return new LineageQuery(
                query.start(), query.direction(), query.maxDepth(), query.maxNodes(), query.timeout(), page.next());
    }

    private static ContextQuery context(String session, int nodes, Optional<Cursor> cursor) {
        Instant now = History.START.plusSeconds(60);
        return new ContextQuery(new SessionId(session), nodes, now, TIMEOUT, cursor);
    }

    /** Nodes as {@code number@depth}, with a question mark for a stub. */
    private static List<String> places(Subgraph answer) {
        return answer.nodes().stream()
                .map(node ->
                        number(node.id()) + "@" + node.depth() + (node.event().isPresent() ? "" : "?"))
                .toList();
    }

    private static List<Long> numbers(Subgraph answer) {
        return answer.nodes().stream().map(node -> number(node.id())).toList();
    }

    private static long number(EventId id) {
        return id.value().getLeastSignificantBits() & Long.MAX_VALUE;
    }

    private static GraphEdge cause(long child, long parent) {
        return new GraphEdge(id(child).toString(), id(parent).toString(), "CAUSED_BY", Map.of("mechanism", "direct"));
    }

    private static GraphEdge follows(long later, long earlier, long deltaMillis) {
        return new GraphEdge(
                id(later).toString(),
                id(earlier).toString(),
                "FOLLOWS",
                Map.of("session_id", "s", "delta_ms", deltaMillis));
    }
}
