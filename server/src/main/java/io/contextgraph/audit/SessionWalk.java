// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.NodePage;
import io.contextgraph.graph.NodePage.Place;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.partition.Partition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Goes through sessions on both sides at once, in the order of time.
 *
 * <p><b>Guarantees.</b> Each {@link Stretch} is one moment: the graph had seen all that the ledger had of the session, and
 * nothing joined it while both were read.
 *
 * <p><b>Units and bounds.</b> Holds {@value #STRETCH} events of either side, whatever the size of the session.
 */
final class SessionWalk {
    /** Most events in a stretch. */
    static final int STRETCH = 500;

    /** How often a stretch is read that changes meanwhile. */
    private static final int TRIES = 5;

    static final Comparator<RecordedEvent> IN_TIME = Comparator.comparing(SessionWalk::place);

    private final Ledger ledger;
    private final Cut cut;
    private final GraphAudit graph;

    SessionWalk(Ledger ledger, Cut cut, GraphAudit graph) {
        this.ledger = ledger;
        this.cut = cut;
        this.graph = graph;
    }

    /**
     * A session that was gone through to its end.
     *
     * @param known whether the ledger has it
     * @param events how many of its events were met that the ledger has
     * @param leftovers how many nodes were met that the graph is about to forget
     */
    record Walked(boolean known, long events, long leftovers) {}

    /**
     * Goes through a session.
     *
     * @param seen whether the graph has seen what the ledger has up to a number
     * @return empty when it had not, or when a stretch changed each time it was read; then it was not gone through to its end
     */
    Optional<Walked> run(SessionId session, LongPredicate seen, Consumer<Stretch> each) {
        return new Walk(session, seen).run(each);
    }

    /** How many events a session has in the ledger now. */
    long events(SessionId session) {
        return summary(session).map(SessionSummary::eventCount).orElse(0L);
    }

    private Optional<SessionSummary> summary(SessionId session) {
        return ledger.partitionOf(session).sessions().find(session);
    }

    /** A session's events in the order of time. */
    static EventQuery inTime(SessionId session) {
        return EventQuery.builder()
                .sessionId(session)
                .order(EventQuery.Order.TIME_ASC)
                .limit(STRETCH)
                .build();
    }

    private static Place place(RecordedEvent event) {
        return new Place(event.event().occurredAt().toEpochMilli(), event.seq());
    }

    /** One way through one session. */
    private final class Walk {
        private final SessionId session;
        private final LongPredicate seen;
        private final Partition partition;
        private final Cut.Marks marks;

        /** Where the last stretch ended in the graph; empty before the first. */
        private Optional<Place> from = Optional.empty();

        /** The last event that was met. */
        private Optional<RecordedEvent> met = Optional.empty();

        private Optional<RecordedEvent> before = Optional.empty();
        private Optional<RecordedEvent> presentBefore = Optional.empty();
        private @Nullable EventId newest;
        private long newestSeq;
        private boolean known;
        private long events;
        private long leftovers;
        private @Nullable Forgetting forgetting;
        private boolean ended;

        Walk(SessionId session, LongPredicate seen) {
            this.session = session;
            this.seen = seen;
            this.partition = ledger.partitionOf(session);
            this.marks = cut.new Marks(session);
        }

        Optional<Walked> run(Consumer<Stretch> each) {
            while (!ended) {
                if (!step(each)) {
                    return Optional.empty();
                }
            }
            return Optional.of(new Walked(known, events, leftovers));
        }

        private boolean step(Consumer<Stretch> each) {
            for (int attempt = 0; attempt < TRIES; attempt++) {
                Optional<SessionSummary> now = summary(session);
                if (now.isPresent() && !seen.test(newest(now.get()))) {
                    return false;
                }
                known = now.isPresent();
                Read read = read();
                if (events(session) == now.map(SessionSummary::eventCount).orElse(0L)) {
                    Stretch stretch = stretch(read);
                    each.accept(stretch);
                    from = Optional.of(read.end());
                    ended = read.last();
                    events += read.ledger().size();
                    met = stretch.last().or(() -> met);
                    if (!stretch.events().isEmpty()) {
                        before = Optional.of(stretch.events().getLast());
                        presentBefore = stretch.lastPresent();
                    }
                    return true;
                }
            }
            return false;
        }

        /** The number of the event that was recorded last. */
        private long newest(SessionSummary now) {
            if (!now.lastEventId().equals(newest)) {
                newestSeq = partition
                        .log()
                        .find(now.lastEventId())
                        .found()
                        .map(RecordedEvent::seq)
                        .orElse(newestSeq);
                newest = now.lastEventId();
            }
            return newestSeq;
        }

        /**
         * What both sides have next.
         *
         * @param strangers nodes there that are none of these events
         * @param end where it ends
         * @param last whether neither side has more
         */
        private record Read(
                List<RecordedEvent> ledger,
                Map<EventId, GraphNode> held,
                List<GraphNode> strangers,
                Place end,
                boolean last) {}

        private Read read() {
            EventQuery query = inTime(session);
            Head head = partition.order().head();
            EventPage page = partition
                    .search()
                    .search(met.map(last -> query.withCursor(query.cursorAfter(last, head.seq(), head.position())))
                            .orElse(query));
            Map<EventId, RecordedEvent> ledger = new LinkedHashMap<>();
            page.events().forEach(event -> ledger.put(event.event().id(), event));
            Place end = page.next().isPresent()
                    ? place(page.events().getLast())
                    : new Place(Long.MAX_VALUE, Long.MAX_VALUE);
            boolean last = page.next().isEmpty();
            Map<EventId, GraphNode> held = new HashMap<>();
            List<GraphNode> strangers = new ArrayList<>();
            Optional<Place> next = from;
            do {
                NodePage nodes = graph.nodes(session, next, STRETCH);
                for (GraphNode node : nodes.nodes()) {
                    Place at = node.place().orElse(Place.FIRST);
                    if (at.compareTo(end) > 0) {
                        return new Read(List.copyOf(ledger.values()), held, strangers, end, false);
                    }
                    if (ledger.containsKey(node.id())) {
                        held.put(node.id(), node);
                    } else {
                        strangers.add(node);
                    }
                    if (strangers.size() == STRETCH) {
                        ledger.values().removeIf(event -> place(event).compareTo(at) > 0);
                        held.keySet().retainAll(ledger.keySet());
                        return new Read(List.copyOf(ledger.values()), held, strangers, at, false);
                    }
                }
                next = nodes.next();
            } while (next.isPresent() && next.get().compareTo(end) < 0);
            return new Read(List.copyOf(ledger.values()), held, strangers, end, last);
        }

        private boolean isForgotten(RecordedEvent event) {
            Forgetting known = forgetting;
            if (known == null) {
                known = cut.forgetting(session);
                forgetting = known;
            }
            return known.covers(event);
        }

        /** What another partition has. */
        private Optional<RecordedEvent> elsewhere(EventId id) {
            return ledger.partitions().size() > 1 ? ledger.log().find(id).found() : Optional.empty();
        }

        private Stretch stretch(Read read) {
            List<EventId> missing = read.ledger().stream()
                    .map(event -> event.event().id())
                    .filter(id -> !read.held().containsKey(id))
                    .toList();
            Map<EventId, GraphNode> held = new HashMap<>(read.held());
            List<GraphNode> others = new ArrayList<>();
            if (!missing.isEmpty()) {
                // What somebody has given another time or number stands in another place.
                for (GraphNode node : graph.nodes(missing)) {
                    if (node.isIn(session)) {
                        held.put(node.id(), node);
                    } else {
                        others.add(node);
                    }
                }
            }
            List<Displaced> displaced = displaced(read.ledger(), others);
            Set<EventId> second = displaced.stream()
                    .filter(one -> !one.first())
                    .map(one -> one.event().event().id())
                    .collect(Collectors.toSet());
            List<RecordedEvent> ledgerHas = read.ledger().stream()
                    .filter(event -> !second.contains(event.event().id()))
                    .toList();
            List<RecordedEvent> gone = new ArrayList<>();
            Set<EventId> spoilt = new LinkedHashSet<>();
            List<GraphNode> foreign = new ArrayList<>();
            List<RecordedEvent> elsewhere = new ArrayList<>();
            for (GraphNode node : read.strangers()) {
                Lookup looked = partition.log().find(node.id());
                if (looked instanceof Lookup.Gone || (looked.found().isEmpty() && marks.gone(node))) {
                    Optional<RecordedEvent> event = Cut.event(node);
                    if (event.filter(this::isForgotten).isPresent()) {
                        leftovers++;
                    } else if (event.isPresent()) {
                        gone.add(event.get());
                        held.put(node.id(), node);
                    } else {
                        spoilt.add(node.id());
                    }
                    continue;
                }
                Optional<RecordedEvent> recorded = looked.found().or(() -> elsewhere(node.id()));
                if (recorded.isEmpty() || !recorded.get().event().sessionId().equals(session)) {
                    foreign.add(node);
                    recorded.map(event -> event.withPayload(Optional.empty())).ifPresent(elsewhere::add);
                }
            }
            return new Stretch(
                    session,
                    known,
                    before,
                    presentBefore,
                    Cut.merged(ledgerHas, gone),
                    gone,
                    spoilt,
                    held,
                    foreign,
                    elsewhere,
                    displaced);
        }

        /** @param others what the graph has of their ids in other sessions */
        private List<Displaced> displaced(List<RecordedEvent> events, List<GraphNode> others) {
            Map<EventId, GraphNode> nodes = new HashMap<>();
            others.forEach(node -> nodes.put(node.id(), node));
            List<Displaced> all = new ArrayList<>();
            for (RecordedEvent event : events) {
                Optional.ofNullable(nodes.get(event.event().id()))
                        .flatMap(node -> displaced(event, node))
                        .ifPresent(all::add);
            }
            return all;
        }

        /** Empty where the node is of the same partition: there an event takes over a node that says to be in another session. */
        private Optional<Displaced> displaced(RecordedEvent event, GraphNode node) {
            return node.session()
                    .filter(other -> ledger.partitionOf(other).number() != partition.number())
                    .map(other -> displaced(event, node, other));
        }

        private Displaced displaced(RecordedEvent event, GraphNode node, SessionId other) {
            EventId id = node.id();
            Lookup there = ledger.partitionOf(other).log().find(id);
            // What has gone can only be brought back by the archive: its node stays.
            boolean gone = there instanceof Lookup.Gone || (there.found().isEmpty() && cut.new Marks(other).gone(node));
            boolean first = !gone
                    && ledger.log()
                            .find(id)
                            .found()
                            .filter(answer -> !answer.position().equals(event.position()))
                            .isEmpty();
            boolean alone = first && there.found().isEmpty();
            return new Displaced(event, other, first, alone ? Optional.empty() : Optional.of(twice(id, other)));
        }

        /** Which events have an id. */
        private String twice(EventId id, SessionId held) {
            String found = ledger.partitions().stream()
                    .flatMap(one -> one.log().find(id).found().stream())
                    .map(event -> "session " + event.event().sessionId() + " at " + event.position())
                    .collect(Collectors.joining(", "));
            return "the id is in " + found + "; the graph has that of session " + held;
        }
    }
}
