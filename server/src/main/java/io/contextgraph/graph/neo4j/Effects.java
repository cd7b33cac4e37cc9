// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.LineageQuery.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final SimpleQueryRunner tx;

    Effects(SimpleQueryRunner tx) {
        this.tx = tx;
    }

    /** The first {@code limit} of the effects of {@code causes} after {@code last}; fewer only when there are no more. */
    List<Place> after(Place last, List<String> causes, int limit) {
        TreeSet<Place> first = new TreeSet<>();
        Map<String, Place> open = new HashMap<>();
        causes.forEach(cause -> open.put(cause, last));
        int each = Math.min(limit, 1 + 2 * limit / Math.max(1, causes.size()));
        while (!open.isEmpty()) {
            Map<String, SortedSet<Place>> found = read(open, each);
            for (String cause : List.copyOf(open.keySet())) {
                List<Place> next = found.getOrDefault(cause, new TreeSet<>()).stream()
                        .limit(each)
                        .toList();
                first.addAll(next);
                if (next.size() < each) {
                    open.remove(cause);
                } else {
                    open.put(cause, next.getLast());
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

    /** At least the next {@code each} effects of each event, by event. */
    private Map<String, SortedSet<Place>> read(Map<String, Place> open, int each) {
        List<Map<String, Object>> causes = new ArrayList<>(open.size());
        open.forEach((cause, last) -> causes.add(Map.of("cause", cause, "ms", last.timeMillis(), "seq", last.seq())));
        int depth = open.values().iterator().next().depth();
        Map<String, SortedSet<Place>> found = new HashMap<>();
        tx.run(Statements.EFFECTS, Map.of("in", Map.of("causes", causes), "limit", each))
                .forEachRemaining(row -> found.computeIfAbsent(row.get("cause").asString(), cause -> new TreeSet<>())
                        .add(LineagePageWalk.place(depth, row)));
        return found;
    }
}
