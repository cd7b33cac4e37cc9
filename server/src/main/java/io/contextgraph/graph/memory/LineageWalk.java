// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.memory;

import io.contextgraph.event.EventId;
import io.contextgraph.graph.LineageQuery;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Steps from an event to its causes and effects, until there is nothing more or a bound is reached. */
final class LineageWalk {
    private final Map<EventId, Set<EventId>> parents;
    private final Map<EventId, Set<EventId>> children;
    private final Map<EventId, Integer> reached = new HashMap<>();
    private final boolean truncated;

    LineageWalk(Map<EventId, Set<EventId>> parents, Map<EventId, Set<EventId>> children, LineageQuery query) {
        this.parents = parents;
        this.children = children;
        this.truncated = walk(query);
    }

    /** How many steps away each event is. */
    Map<EventId, Integer> reached() {
        return reached;
    }

    /** Whether a bound ended it. */
    boolean truncated() {
        return truncated;
    }

    private boolean walk(LineageQuery query) {
        Set<EventId> start = Set.of(query.start());
        reached.put(query.start(), 0);
        Set<EventId> above = new HashSet<>(start);
        Set<EventId> below = new HashSet<>(start);
        Set<EventId> up = query.direction().up() ? start : Set.of();
        Set<EventId> down = query.direction().down() ? start : Set.of();
        for (int depth = 1; ; depth++) {
            if (above.size() + below.size() - 1 > LineageQuery.MAX_EXPANDED) {
                return true;
            }
            up = step(up, parents, above);
            down = step(down, children, below);
            if (up.isEmpty() && down.isEmpty()) {
                return false;
            }
            if (depth > query.maxDepth()) {
                return true;
            }
            for (Set<EventId> found : List.of(up, down)) {
                for (EventId id : found) {
                    Integer ignored = reached.putIfAbsent(id, depth);
                }
            }
        }
    }

    private static Set<EventId> step(Set<EventId> from, Map<EventId, Set<EventId>> edges, Set<EventId> seen) {
        Set<EventId> found = new HashSet<>();
        for (EventId id : from) {
            found.addAll(edges.getOrDefault(id, Set.of()));
        }
        found.removeAll(seen);
        seen.addAll(found);
        return found;
    }
}
