// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.LineageQuery.Place;
import io.contextgraph.graph.neo4j.GraphPages.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.neo4j.driver.SimpleQueryRunner;

/**
 * The effects of several events as one ordered list.
 *
 * <p>The effects of each event stand in an index in order. A little of each is read, then more of those whose next ones
 * could still come before what is wanted: what is read grows with the events and what is wanted, not with the effects
 * that they have.
 */
final class Effects {
    /** More than a page are not read for the page, and what is said of them would be read in vain. */
    private static final int MOST_WITH_NODES = LineageQuery.MAX_NODES + 1;

    private final SimpleQueryRunner tx;
    private final Relatives relatives;

    Effects(SimpleQueryRunner tx, Relatives relatives) {
        this.tx = tx;
        this.relatives = relatives;
    }

    /** The first {@code limit} of the effects of {@code causes} after {@code last}; fewer only when there are no more. */
    List<Place> after(Place last, List<String> causes, int limit) {
        TreeSet<Place> first = new TreeSet<>();
        Map<String, Place> open = new HashMap<>();
        for (String cause : causes) {
            relatives
                    .effects(cause)
                    .ifPresentOrElse(
                            effects -> effects.stream()
                                    .filter(effect -> isAfter(effect, last))
                                    .limit(limit)
                                    .forEach(effect -> first.add(at(last.depth(), effect))),
                            () -> open.put(cause, last));
        }
        while (first.size() > limit) {
            first.pollLast();
        }
        int each = Math.min(limit, 1 + 2 * limit / Math.max(1, causes.size()));
        while (!open.isEmpty()) {
            Map<String, SortedSet<Place>> found =
                    causes.size() == 1 && each <= MOST_WITH_NODES ? readWhole(open, each) : read(open, each, limit);
            for (String cause : List.copyOf(open.keySet())) {
                SortedSet<Place> next = found.getOrDefault(cause, new TreeSet<>());
                first.addAll(next);
                if (next.size() < each) {
                    open.remove(cause);
                } else {
                    open.put(cause, next.last());
                }
            }
            while (first.size() > limit) {
                first.pollLast();
            }
            if (first.size() == limit) {
                open.values().removeIf(place -> place.compareTo(first.last()) >= 0);
            }
            each = Math.min(limit, 2 * each);
        }
        return List.copyOf(first);
    }

    private static boolean isAfter(Place effect, Place last) {
        return effect.timeMillis() > last.timeMillis()
                || (effect.timeMillis() == last.timeMillis() && effect.seq() > last.seq());
    }

    private static Place at(int depth, Place place) {
        return new Place(depth, place.timeMillis(), place.seq(), place.id());
    }

    /** The next {@code most} effects of the only event, which the page is likely to show: with what it says of them. */
    private Map<String, SortedSet<Place>> readWhole(Map<String, Place> open, int most) {
        Map.Entry<String, Place> only = open.entrySet().iterator().next();
        Place last = only.getValue();
        SortedSet<Place> found = new TreeSet<>();
        tx.run(
                        Statements.EFFECTS_OF_ONE,
                        Map.<String, Object>of(
                                "cause", only.getKey(), "ms", last.timeMillis(), "seq", last.seq(), "limit", most))
                .forEachRemaining(row -> {
                    Node node = Node.of(row);
                    relatives.add(node);
                    found.add(at(last.depth(), node.place()));
                });
        return Map.of(only.getKey(), found);
    }

    /**
     * The next {@code each} effects of each event, by event, as far as they are among the first {@code most} of all: of whom
     * there are fewer, there are no more, or none before {@code most} others.
     */
    private Map<String, SortedSet<Place>> read(Map<String, Place> open, int each, int most) {
        int mostFrom = most + open.size();
        Map<String, SortedSet<Place>> found = read(Statements.EFFECTS_FROM, open, each + 1, mostFrom);
        int rows = found.values().stream().mapToInt(Collection::size).sum();
        boolean hidden = false;
        int after = 0;
        for (Map.Entry<String, SortedSet<Place>> one : found.entrySet()) {
            Place last = Objects.requireNonNull(open.get(one.getKey()));
            int before = one.getValue().size();
            one.getValue().removeIf(effect -> !isAfter(effect, last));
            hidden |= before - one.getValue().size() > 1;
            after += one.getValue().size();
        }
        boolean tooFew = rows == mostFrom && after < most;
        return hidden || tooFew ? read(Statements.EFFECTS, open, each, most) : found;
    }

    private Map<String, SortedSet<Place>> read(String statement, Map<String, Place> open, int each, int most) {
        List<Map<String, Object>> causes = new ArrayList<>(open.size());
        open.forEach((cause, last) -> causes.add(Map.of("cause", cause, "ms", last.timeMillis(), "seq", last.seq())));
        int depth = open.values().iterator().next().depth();
        Map<String, SortedSet<Place>> found = new HashMap<>();
        tx.run(statement, Map.of("in", Map.of("causes", causes), "each", each, "most", most))
                .forEachRemaining(row -> found.computeIfAbsent(row.get("cause").asString(), cause -> new TreeSet<>())
                        .add(LineagePageWalk.place(depth, row)));
        return found;
    }
}
