// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.trim.IndexWindow;
import java.util.List;
import java.util.Optional;

/**
 * One page of events.
 *
 * @param events in the order of the query
 * @param next the cursor of the following page; empty on the last one
 * @param scopes what the answer is over, one for each partition that it is over, in the order of their numbers
 */
public record EventPage(List<RecordedEvent> events, Optional<Cursor> next, List<Scope> scopes) {
    public EventPage {
        events = List.copyOf(events);
        scopes = List.copyOf(scopes);
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a page is over at least one partition");
        }
    }

    /**
     * What an answer is over, of one partition.
     *
     * @param asOf the newest event that the answer considers, the same on all pages of one answer
     * @param leftOut the last of the events that the answer leaves out, with everything before it, whatever the filters say:
     *     they are not in the index any more, see {@link IndexWindow}; empty where the answer is over all events
     * @param pruned what is gone of the events that the answer is over: of the session where the query names one, else of the
     *     partition; as it was when the page was made, whatever was gone when the first one was. Its {@code firstSeq} is that
     *     of the partition
     */
    public record Scope(Position asOf, Optional<Head> leftOut, Pruning.Extent pruned) {}

    /** A page over one partition. */
    public EventPage(
            List<RecordedEvent> events,
            Optional<Cursor> next,
            Position asOf,
            Optional<Head> leftOut,
            Pruning.Extent pruned) {
        this(events, next, List.of(new Scope(asOf, leftOut, pruned)));
    }

    /**
     * What it is over, of one partition.
     *
     * @throws IllegalArgumentException when it is not over that one
     */
    public Scope scope(int partition) {
        return scopes.stream()
                .filter(scope -> scope.asOf().partition() == partition)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the page is not over partition " + partition));
    }

    /** What it is over, where that is one partition. */
    public Scope scope() {
        if (scopes.size() > 1) {
            throw new IllegalStateException("the page is over " + scopes.size() + " partitions");
        }
        return scopes.getFirst();
    }

    /** The same events with another cursor. */
    public EventPage withNext(Optional<Cursor> other) {
        return new EventPage(events, other, scopes);
    }

    /** Whether it is over all events, and not only over those that the index has. */
    public boolean isComplete() {
        return scopes.stream().allMatch(scope -> scope.leftOut().isEmpty());
    }
}
