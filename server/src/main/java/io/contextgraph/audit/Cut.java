// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Page;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.prune.Pruning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What has gone from the ledger and stays in the graph: of each session the ledger has kept what its gone events add up to,
 * and the graph has their nodes.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Cut {
    private final Ledger ledger;

    Cut(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Whether nothing has ever gone from a partition. */
    private static boolean none(Partition partition) {
        return partition.pruning().extent().events() == 0;
    }

    /** What has gone of a session; empty where nothing has. */
    Optional<PrunedSession> of(SessionId session) {
        return Optional.ofNullable(
                ledger.partitionOf(session).pruning().sessions(Set.of(session)).get(session));
    }

    /** What has gone of a session adds up to this; a sum that is damaged is that of nothing. */
    SessionTally tally(SessionId session) {
        return of(session).flatMap(Cut::tally).orElseGet(SessionTally::new);
    }

    /** What has gone of each session adds up to this; a sum that is damaged is that of nothing. */
    void tallies(int atOnce, BiConsumer<SessionId, SessionTally> each) {
        for (Partition partition : ledger.partitions()) {
            if (!none(partition)) {
                tallies(partition, atOnce, each);
            }
        }
    }

    private static void tallies(Partition partition, int atOnce, BiConsumer<SessionId, SessionTally> each) {
        Pruning pruning = partition.pruning();
        Optional<Cursor> next = Optional.empty();
        do {
            Page<SessionSummary> page = partition.sessions().list(atOnce, next);
            pruning.sessions(page.items().stream().map(SessionSummary::id).toList())
                    .forEach((session, pruned) ->
                            each.accept(session, tally(pruned).orElseGet(SessionTally::new)));
            next = page.next();
        } while (next.isPresent());
    }

    /** Empty where it is damaged. */
    private static Optional<SessionTally> tally(PrunedSession pruned) {
        return SessionTally.known(pruned.tally());
    }

    /**
     * Why what the graph has of a session's gone events cannot be all of them as they were; empty where it is.
     *
     * @param kept what the ledger has kept of them
     * @param there what those that the graph has add up to
     */
    static Optional<String> fault(Optional<PrunedSession> kept, SessionTally there) {
        Optional<SessionTally> tally = kept.flatMap(Cut::tally);
        long gone = kept.map(PrunedSession::events).orElse(0L)
                - tally.map(SessionTally::forgotten).orElse(0L);
        if (there.events() != gone) {
            return Optional.of("%d archived events, the graph has %d of them".formatted(gone, there.events()));
        }
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        if (tally.isEmpty()) {
            return Optional.of("what the ledger keeps of its %d archived events is damaged".formatted(gone));
        }
        return tally.get().sameEvents(there)
                ? Optional.empty()
                : Optional.of(
                        "its %d archived events are not what they were when they left the ledger".formatted(gone));
    }

    /** The event of a node, as far as it can be read from there. */
    static Optional<RecordedEvent> event(GraphNode node) {
        try {
            return Optional.of(EventProperties.read(node.properties()))
                    .filter(event -> event.event().id().equals(node.id()));
        } catch (IllegalArgumentException | ArithmeticException unreadable) {
            return Optional.empty();
        }
    }

    /** What of a session's gone events the graph has forgotten. */
    Forgetting forgetting(SessionId session) {
        return none(ledger.partitionOf(session))
                ? Forgetting.NONE
                : tally(session).forgetting();
    }

    /** Looks at nodes of one session of which the ledger knows nothing. */
    final class Marks {
        private final Partition partition;
        private Optional<Boolean> anything = Optional.empty();

        Marks(SessionId session) {
            this.partition = ledger.partitionOf(session);
        }

        /** Whether a node is that of an event that has gone so long ago that the ledger has forgotten its id. */
        boolean gone(GraphNode node) {
            if (EventProperties.archived(node.properties()).isEmpty()) {
                return false;
            }
            if (anything.isEmpty()) {
                anything = Optional.of(!none(partition));
            }
            return anything.get();
        }
    }

    /** Both in the order of time. */
    static List<RecordedEvent> merged(List<RecordedEvent> ledger, List<RecordedEvent> gone) {
        if (gone.isEmpty()) {
            return ledger;
        }
        List<RecordedEvent> all = new ArrayList<>(ledger);
        all.addAll(gone);
        all.sort(SessionWalk.IN_TIME);
        return all;
    }
}
