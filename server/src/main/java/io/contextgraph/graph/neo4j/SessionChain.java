// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Works out which FOLLOWS edges change when events join a session.
 *
 * <p>Each event follows the one before it in the order of time and number. A joining event therefore settles two
 * things: whom it follows, and that its successor follows it; nothing further away changes.
 */
final class SessionChain {
    /** An event's place in its session. */
    record Link(String id, long millis, long seq) implements Comparable<Link> {
        private static final Comparator<Link> ORDER =
                Comparator.comparingLong(Link::millis).thenComparingLong(Link::seq);

        @Override
        public int compareTo(Link other) {
            return ORDER.compare(this, other);
        }
    }

    /** An edge from the later event to the earlier one. */
    record Follows(String later, String earlier, String session, long deltaMillis) {}

    /**
     * What the graph holds around a joining event.
     *
     * @param before its nearest predecessor that is there
     * @param after its nearest successor that is there
     * @param own what it follows now: nothing, unless it has been there before
     * @param ofAfter what {@code after} follows now
     */
    record Neighbours(@Nullable Link before, @Nullable Link after, List<Follows> own, List<Follows> ofAfter) {}

    private final String session;
    /** Two may stand at one place for a while: one of them has lost its number to the other. */
    private final TreeSet<Link> joining =
            new TreeSet<>(Comparator.<Link>naturalOrder().thenComparing(Link::id));

    SessionChain(String session) {
        this.session = session;
    }

    void add(Link link) {
        joining.add(link);
    }

    String session() {
        return session;
    }

    List<Link> joining() {
        return List.copyOf(joining);
    }

    /** Whether all that joins comes after the session's last event, so that nothing else needs to be known. */
    boolean isAppend(@Nullable Link tail) {
        return tail == null || joining.first().compareTo(tail) > 0;
    }

    /** The edges of an append. */
    List<Follows> append(@Nullable Link tail) {
        List<Follows> edges = new ArrayList<>();
        Link before = tail;
        for (Link link : joining) {
            if (before != null) {
                edges.add(edge(link, before));
            }
            before = link;
        }
        return edges;
    }

    /** Adds to {@code stale} the events whose edges must go, and to {@code fresh} the edges that must come. */
    void insert(Map<String, Neighbours> around, List<String> stale, List<Follows> fresh) {
        Map<String, List<Follows>> wanted = new HashMap<>();
        Map<String, List<Follows>> actual = new HashMap<>();
        for (Link link : joining) {
            Neighbours near = Objects.requireNonNull(around.get(link.id()));
            Link before = later(near.before(), joining.lower(link));
            wanted.put(link.id(), before == null ? List.of() : List.of(edge(link, before)));
            actual.put(link.id(), near.own());
            Link next = joining.higher(link);
            Link after = near.after();
            if (after != null && (next == null || after.compareTo(next) < 0)) {
                wanted.put(after.id(), List.of(edge(after, link)));
                actual.put(after.id(), near.ofAfter());
            }
        }
        wanted.forEach((id, edges) -> {
            List<Follows> held = actual.getOrDefault(id, List.of());
            if (!held.equals(edges)) {
                if (!held.isEmpty()) {
                    stale.add(id);
                }
                fresh.addAll(edges);
            }
        });
    }

    private static @Nullable Link later(@Nullable Link one, @Nullable Link other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) > 0 ? one : other;
    }

    private Follows edge(Link later, Link earlier) {
        return new Follows(later.id(), earlier.id(), session, later.millis() - earlier.millis());
    }
}
