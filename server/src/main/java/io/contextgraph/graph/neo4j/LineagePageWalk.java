// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventId;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.LineageQuery.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Value;

/**
 * Finds the nodes of one page of a lineage, breadth first, in few bounded queries a level.
 *
 * <p>A level that the page ends in is read no further than that; levels before the page's first node are read whole, to go
 * on from, until {@link LineageQuery#MAX_EXPANDED} nodes have been reached.
 */
final class LineagePageWalk {
    /** A question costs a round trip, however little it asks for. */
    private static final int MIN_CHUNK = 50;

    private final LineageQuery query;
    private final Optional<Place> after;
    private final List<Place> page = new ArrayList<>();
    private final Set<EventId> found = new HashSet<>();
    private final List<Side> sides = new ArrayList<>();
    private boolean truncated;

    /** @param relatives what is known already; what else is read of effects is added to it */
    LineagePageWalk(SimpleQueryRunner tx, LineageQuery query, Optional<Place> after, Relatives relatives) {
        this.query = query;
        this.after = after;
        if (query.direction().up()) {
            sides.add(new Side(new Causes(tx, relatives)::after));
        }
        if (query.direction().down()) {
            sides.add(new Side(new Effects(tx, relatives)::after));
        }
    }

    /** The page's nodes in order, and one more when there is another page. */
    List<Place> run(Place start) {
        found.add(start.id());
        sides.forEach(side -> side.goOnFrom(List.of(start)));
        if (after.isEmpty()) {
            page.add(start);
        }
        for (int depth = 1; !isFull(); depth++) {
            if (reached() > LineageQuery.MAX_EXPANDED) {
                truncated = true;
                break;
            }
            if (depth > query.maxDepth()) {
                truncated = anythingAt(depth);
                break;
            }
            if (!level(depth)) {
                break;
            }
        }
        return page;
    }

    /** Whether a bound left something out that no page brings; known only when there is no further page. */
    boolean truncated() {
        return truncated && !isFull();
    }

    private boolean isFull() {
        return page.size() > query.maxNodes();
    }

    private int reached() {
        return sides.stream().mapToInt(side -> side.seen.size() - 1).sum() + 1;
    }

    /** Takes one level onto the page and makes it the one to go on from; false when there is nothing to go on from. */
    private boolean level(int depth) {
        int placed = after.map(Place::depth).orElse(0);
        List<List<Place>> levels = List.of();
        if (depth >= placed) {
            Optional<Place> from = depth == placed ? after : Optional.empty();
            int room = query.maxNodes() + 1 - page.size();
            levels = read(depth, from, room, place -> !found.contains(place.id()));
            TreeSet<Place> fresh = new TreeSet<>();
            levels.forEach(fresh::addAll);
            fresh.stream()
                    .filter(place -> !found.contains(place.id()))
                    .limit(room)
                    .forEach(page::add);
            if (isFull()) {
                return false;
            }
        }
        if (depth <= placed) {
            levels = read(depth, Optional.empty(), LineageQuery.MAX_EXPANDED + 1, place -> true);
        }
        boolean any = false;
        for (int i = 0; i < sides.size(); i++) {
            sides.get(i).goOnFrom(levels.get(i));
            levels.get(i).forEach(place -> found.add(place.id()));
            any |= !levels.get(i).isEmpty();
        }
        return any;
    }

    private List<List<Place>> read(int depth, Optional<Place> from, int atLeast, Predicate<Place> counts) {
        return sides.stream()
                .map(side -> side.read(depth, from, atLeast, counts))
                .toList();
    }

    private boolean anythingAt(int depth) {
        return read(depth, Optional.empty(), 1, place -> true).stream().anyMatch(level -> !level.isEmpty());
    }

    /** What one step from some nodes reaches after a place, in order and at most so many. */
    private interface Step {
        List<Place> after(Place last, List<String> from, int limit);
    }

    /** One direction of the walk. */
    private final class Side {
        private final Step step;
        private final Set<EventId> seen = new HashSet<>();
        private List<String> frontier = List.of();

        Side(Step step) {
            this.step = step;
        }

        void goOnFrom(List<Place> level) {
            frontier = level.stream().map(place -> place.id().toString()).toList();
            level.forEach(place -> seen.add(place.id()));
        }

        /**
         * What one step from the frontier reaches for the first time, in order: all of it when fewer than {@code atLeast}
         * count, else at least so many.
         */
        List<Place> read(int depth, Optional<Place> from, int atLeast, Predicate<Place> counts) {
            TreeSet<Place> level = new TreeSet<>();
            Place last = from.orElse(new Place(depth, Long.MIN_VALUE, 0, query.start()));
            boolean more = !frontier.isEmpty();
            while (more && level.stream().filter(counts).count() < atLeast) {
                int limit = Math.max(atLeast, MIN_CHUNK);
                List<Place> chunk = step.after(last, frontier, limit);
                chunk.stream().filter(place -> !seen.contains(place.id())).forEach(level::add);
                more = chunk.size() == limit;
                last = chunk.isEmpty() ? last : chunk.getLast();
            }
            return List.copyOf(level);
        }
    }

    /** The place that a row with {@code id}, {@code ms} and {@code seq} stands for. */
    static Place place(int depth, Record row) {
        Value id = row.get("id");
        return new Place(depth, row.get("ms").asLong(), row.get("seq").asLong(), EventId.of(id.asString()));
    }
}
