// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Some event nodes of a session.
 *
 * @param nodes in the order of time and number; those without a right one come first of all
 * @param next where to go on; empty at the end
 */
public record NodePage(List<GraphNode> nodes, Optional<Place> next) {
    public NodePage {
        nodes = List.copyOf(nodes);
    }

    /**
     * A place in a session.
     *
     * @param millis {@code occurred_at}
     * @param seq the event's number
     */
    public record Place(long millis, long seq) implements Comparable<Place> {
        /** Before every event that has a time and a number, after those that have none. */
        public static final Place FIRST = new Place(Long.MIN_VALUE, Long.MIN_VALUE);

        private static final Comparator<Place> ORDER =
                Comparator.comparingLong(Place::millis).thenComparingLong(Place::seq);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }
}
