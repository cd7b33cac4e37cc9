// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.Decay;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.History;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.LineageQuery.Direction;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Subgraph;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.SimpleQueryRunner;

/**
 * A page costs what it shows, however many events hang on what it shows: counted by what Neo4j touches, as time proves
 * nothing. In the graph are an event with {@value #MANY} effects, and one with {@value #BRANCHES} effects that have as many
 * together, all of one agent and one session.
 */
final class Neo4jReadsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int PAGE = 100;
    private static final int MANY = 5_000;
    private static final int BRANCHES = 100;
    private static final String SESSION = "wide";

    /** The number of the event with many effects. */
    private static final long WIDE = 1;

    /** The number of the event with many effects of effects. */
    private static final long BUSH = 100_000;

    /** Very many events of each moment. */
    private static final int MOMENTS = 10;

    private static final int LOAD_AT_ONCE = 1000;

    /**
     * What Neo4j may touch for one node, be it shown or gone on from. Seen are 26 to 38, most of them its properties; to
     * follow the edges instead, 150 to 280.
     */
    private static final int PER_NODE = 40;

    /** What it may touch for an answer of very few; seen are 60 to 90. */
    private static final int FEW = 150;

    private static final Comparator<RecordedEvent> BY_TIME = Comparator.<RecordedEvent, Instant>comparing(
                    e -> e.event().occurredAt())
            .thenComparingLong(RecordedEvent::seq);

    private static final History HISTORY = new History();
    private static final List<RecordedEvent> EFFECTS = new ArrayList<>();
    private static final List<RecordedEvent> BRANCH = new ArrayList<>();
    private static final List<RecordedEvent> LEAVES = new ArrayList<>();
    private static final Neo4jGraph GRAPH = CleanNeo4j.graph();

    @BeforeAll
    static void load() {
        HISTORY.add(WIDE, SESSION, 0);
        HISTORY.add(BUSH, SESSION, 0);
        for (int i = 1; i <= BRANCHES; i++) {
            BRANCH.add(effect(BUSH + i, BUSH));
        }
        for (int i = 1; i <= MANY; i++) {
            EFFECTS.add(effect(WIDE + i, WIDE));
            LEAVES.add(effect(BUSH + BRANCHES + i, BUSH + 1 + i % BRANCHES));
        }
        List.of(EFFECTS, BRANCH, LEAVES).forEach(events -> events.sort(BY_TIME));
        GRAPH.prepare();
        List<RecordedEvent> all = HISTORY.events();
        for (int from = 0; from < all.size(); from += LOAD_AT_ONCE) {
            GRAPH.apply(Projection.project(all.subList(from, Math.min(all.size(), from + LOAD_AT_ONCE))));
        }
    }

    private static RecordedEvent effect(long number, long parent) {
        return HISTORY.add(number, SESSION, number % MOMENTS, e -> e.parentId(id(parent)));
    }

    @Test
    void aPageOfManyEffectsTouchesLittle() {
        LineageQuery first = lineage(id(WIDE), Direction.DESCENDANTS, Optional.empty());
        ProfiledRead read = profile(pages -> pages.lineage(first));
        List<EventId> expected = new ArrayList<>(List.of(id(WIDE)));
        expected.addAll(ids(EFFECTS.subList(0, PAGE - 1)));
        assertPage(read, expected, PAGE * PER_NODE);

        for (int shown : List.of(1, MANY / 2, MANY - 2 * PAGE)) {
            read = profile(pages -> pages.lineage(after(first, 1, EFFECTS.get(shown - 1))));
            assertPage(read, ids(EFFECTS.subList(shown, shown + PAGE)), PAGE * PER_NODE);
        }
    }

    @Test
    void aPageOfManyEffectsOfEffectsTouchesLittle() {
        LineageQuery first = lineage(id(BUSH), Direction.DESCENDANTS, Optional.empty());
        for (int shown : List.of(1, MANY / 2, MANY - 2 * PAGE)) {
            ProfiledRead read = profile(pages -> pages.lineage(after(first, 2, LEAVES.get(shown - 1))));
            assertPage(read, ids(LEAVES.subList(shown, shown + PAGE)), (BRANCHES + PAGE) * PER_NODE);
        }
    }

    @Test
    void allPagesOfManyEffectsOfEffectsGiveTheWholeOnceInOrder() {
        List<EventId> found = new ArrayList<>();
        Optional<Cursor> next = Optional.empty();
        do {
            Subgraph page = GRAPH.lineage(
                    new LineageQuery(id(BUSH), Direction.DESCENDANTS, 10, LineageQuery.MAX_NODES, TIMEOUT, next));
            found.addAll(shown(page));
            next = page.next();
        } while (next.isPresent());

        List<EventId> whole = new ArrayList<>(List.of(id(BUSH)));
        whole.addAll(ids(BRANCH));
        whole.addAll(ids(LEAVES));
        assertThat(found).isEqualTo(whole);
    }

    @Test
    void fromOneOfManyEffectsTheOthersAreNotLookedAt() {
        EventId leaf = EFFECTS.get(MANY / 2).event().id();
        for (Direction direction : List.of(Direction.ANCESTORS, Direction.BOTH)) {
            ProfiledRead read = profile(pages -> pages.lineage(lineage(leaf, direction, Optional.empty())));

            assertThat(shown(read.answer())).containsExactly(leaf, id(WIDE));
            assertThat(read.touched()).as(direction.name()).isLessThan(FEW);
        }
    }

    @Test
    void aPageOfALongSessionTouchesLittle() {
        List<RecordedEvent> ranked = HISTORY.events().stream()
                .sorted(Comparator.<RecordedEvent>comparingLong(e -> Decay.rank(e.event()))
                        .thenComparingLong(RecordedEvent::seq)
                        .reversed())
                .toList();
        ContextQuery first = context(Optional.empty());
        ProfiledRead read = profile(pages -> pages.context(first));
        assertPage(read, ids(ranked.subList(0, PAGE)), PAGE * PER_NODE);

        for (int shown : List.of(1, MANY, 2 * MANY - 2 * PAGE)) {
            RecordedEvent last = ranked.get(shown - 1);
            Cursor cursor = first.cursorAfter(Decay.rank(last.event()), last.seq());
            read = profile(pages -> pages.context(context(Optional.of(cursor))));
            assertPage(read, ids(ranked.subList(shown, shown + PAGE)), PAGE * PER_NODE);
        }
    }

    @Test
    void anEventOfAnAgentAndACauseWithManyIsPutAtTheCostOfOne() {
        RecordedEvent another = new History().add(500_000, SESSION, 60_000, e -> e.parentId(id(WIDE)));

        ProfiledRead read = profile(
                tx -> {
                    new GraphTransaction(tx).apply(new ChangeSet(Projection.project(another)));
                    return Subgraph.EMPTY;
                },
                Function.identity());

        assertThat(read.touched()).isLessThan(FEW);
    }

    /** What was answered, and what Neo4j touched for it. */
    private record ProfiledRead(Subgraph answer, long touched) {}

    private static ProfiledRead profile(Function<GraphPages, Subgraph> question) {
        return profile(question, GraphPages::new);
    }

    private static <T> ProfiledRead profile(Function<T, Subgraph> question, Function<SimpleQueryRunner, T> through) {
        try (var session = CleanNeo4j.DRIVER.session();
                var tx = session.beginTransaction()) {
            ProfiledRunner runner = new ProfiledRunner(tx);
            ProfiledRead read = new ProfiledRead(question.apply(through.apply(runner)), runner.touched());
            tx.rollback();
            return read;
        }
    }

    private static void assertPage(ProfiledRead read, List<EventId> expected, long most) {
        assertThat(shown(read.answer())).isEqualTo(expected);
        assertThat(read.answer().next()).isPresent();
        assertThat(read.touched()).isLessThan(most);
    }

    private static List<EventId> shown(Subgraph page) {
        return page.nodes().stream().map(EventNode::id).toList();
    }

    private static List<EventId> ids(List<RecordedEvent> events) {
        return events.stream().map(recorded -> recorded.event().id()).toList();
    }

    private static LineageQuery lineage(EventId start, Direction direction, Optional<Cursor> cursor) {
        return new LineageQuery(start, direction, 10, PAGE, TIMEOUT, cursor);
    }

    private static LineageQuery after(LineageQuery query, int depth, RecordedEvent last) {
        LineageQuery.Place place = new LineageQuery.Place(
                depth,
                last.event().occurredAt().toEpochMilli(),
                last.seq(),
                last.event().id());
        return lineage(query.start(), query.direction(), Optional.of(query.cursorAfter(place)));
    }

    private static ContextQuery context(Optional<Cursor> cursor) {
        return new ContextQuery(new SessionId(SESSION), PAGE, Instant.EPOCH, TIMEOUT, cursor);
    }
}
