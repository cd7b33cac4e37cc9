// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.forgetting;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.NodePage;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.prune.PrunedSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of a session of which events have gone from the ledger.
 *
 * @param tally what the ledger is to keep of those that have gone
 * @param going nodes that go, in the order of time
 * @param relinked events of which the node stays, and follows another one when these are gone
 */
record ForgottenSession(String tally, List<Going> going, List<RecordedEvent> relinked) {
    /**
     * A node that goes.
     *
     * @param segment that has its event
     */
    record Going(EventId id, String segment) {}

    private static final int NODES_AT_ONCE = 500;

    /**
     * Looks.
     *
     * @param kept what the ledger keeps of what has gone
     * @param next what is to be forgotten, besides what is already
     * @return empty where the graph does not have what the ledger has kept the sums of
     */
    static Optional<ForgottenSession> of(
            SessionId session, PrunedSession kept, Forgetting next, GraphAudit graph, EventLog log) {
        Optional<SessionTally> known = SessionTally.known(kept.tally());
        if (known.isEmpty()) {
            return Optional.empty();
        }
        SessionTally before = known.get();
        Look look = new Look(before.forgetting(), before.forgetting().or(next), log);
        Optional<NodePage.Place> from = Optional.empty();
        do {
            NodePage page = graph.nodes(session, from, NODES_AT_ONCE);
            for (GraphNode node : page.nodes()) {
                if (!look.at(node)) {
                    return Optional.empty();
                }
            }
            from = page.next();
        } while (from.isPresent());
        boolean whole = look.there.sameEvents(before) && kept.events() == before.events() + before.forgotten();
        if (!whole) {
            return Optional.empty();
        }
        SessionTally after = SessionTally.forgetting(look.after, before.forgotten() + look.forgotten);
        look.staying.forEach(after::add);
        return Optional.of(new ForgottenSession(after.toString(), look.going, look.relinked));
    }

    /** One way through the nodes of a session, in the order of time. */
    private static final class Look {
        private final Forgetting before;
        private final Forgetting after;
        private final EventLog log;
        private final SessionTally there = new SessionTally();
        private final List<RecordedEvent> staying = new ArrayList<>();
        private final List<Going> going = new ArrayList<>();
        private final List<RecordedEvent> relinked = new ArrayList<>();
        private long forgotten;
        private @Nullable EventId last;

        Look(Forgetting before, Forgetting after, EventLog log) {
            this.before = before;
            this.after = after;
            this.log = log;
        }

        /** Whether the node is one that can be told. */
        boolean at(GraphNode node) {
            RecordedEvent event;
            try {
                event = EventProperties.read(node.properties());
            } catch (IllegalArgumentException | ArithmeticException damaged) {
                return false;
            }
            Optional<String> segment = EventProperties.archived(node.properties());
            boolean gone = segment.isPresent() && log.find(node.id()).found().isEmpty();
            if (gone && !before.covers(event)) {
                there.add(event);
                forgotten += after.covers(event) ? 1 : 0;
            }
            if (gone && after.covers(event)) {
                going.add(new Going(node.id(), segment.get()));
                return true;
            }
            if (gone) {
                staying.add(event);
            }
            if (!follows(node, last)) {
                relinked.add(event);
            }
            last = node.id();
            return true;
        }

        private static boolean follows(GraphNode node, @Nullable EventId last) {
            List<String> targets = node.edges().stream()
                    .filter(edge -> edge.type().equals(GraphEdge.FOLLOWS))
                    .map(GraphEdge::target)
                    .toList();
            return targets.equals(last == null ? List.of() : List.of(last.toString()));
        }
    }
}
