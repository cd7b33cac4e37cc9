// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.epoch;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Epochs.Standing;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.PositionSearch;
import io.contextgraph.ledger.partition.Partition;
import java.util.List;
import java.util.Optional;

/**
 * The bookmarks of one partition of a ledger.
 *
 * <p><b>Guarantees.</b> Whoever goes on has lost nothing that was there: an event that was read and is gone because a
 * restore or a failover took it is noticed by its epoch, and before that is known, by what stands at its number now. One
 * that was taken out for good, as retention does, ends nothing; who must not pass over any is told of it.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class PartitionBookmarks {
    private final Partition ledger;

    PartitionBookmarks(Partition ledger) {
        this.ledger = ledger;
    }

    /**
     * Makes sure that the partition still has what somebody has read.
     *
     * @throws EpochEndedException when it has lost that, or is another one
     */
    public void require(Bookmark bookmark) {
        Standing now = ledger.epochs().now();
        LedgerIdentity identity = now.identity();
        if (!bookmark.isOfNone() && !bookmark.isOf(identity)) {
            throw new EpochEndedException("another ledger is in the place of the one that it is of", Position.START);
        }
        Head seen = bookmark.seen();
        Optional<Head> cut = identity.lastCommon(bookmark.epoch());
        if (cut.filter(last -> seen.position().compareTo(last.position()) > 0).isPresent()) {
            throw ended(seen.position(), cut.get());
        }
        if (seen.seq() > 0 && !seen.equals(now.head())) {
            List<RecordedEvent> ignored = after(seen, 0);
        }
    }

    /**
     * What follows an event that was read, as long as that is still there or was taken out for good.
     *
     * @throws EpochEndedException when another has its number, or the ledger does not reach so far
     */
    public List<RecordedEvent> after(Head seen, int max) {
        if (seen.seq() == 0) {
            return ledger.order().read(0, max);
        }
        List<RecordedEvent> events = ledger.order().read(seen.seq() - 1, max + 1);
        if (events.isEmpty() ? ledger.order().head().seq() < seen.seq() : !isHeld(events.getFirst(), seen)) {
            throw lost(seen);
        }
        return !events.isEmpty() && events.getFirst().seq() == seen.seq() ? events.subList(1, events.size()) : events;
    }

    /**
     * The same where nothing may be passed over.
     *
     * @throws EpochEndedException as {@link #after}
     * @throws PositionPrunedException when an event that follows was taken out for good
     */
    public List<RecordedEvent> allAfter(Head seen, int max) {
        List<RecordedEvent> events = after(seen, max);
        missing(seen.seq(), events).ifPresent(gone -> {
            throw new PositionPrunedException(seen.position(), gone);
        });
        return events;
    }

    /**
     * What follows a number where nothing may be passed over.
     *
     * @throws PositionPrunedException when an event that follows was taken out for good
     */
    public List<RecordedEvent> allAfter(long seq, int max) {
        List<RecordedEvent> events = ledger.order().read(seq, max);
        missing(seq, events).ifPresent(gone -> {
            throw new PositionPrunedException(seq, gone);
        });
        return events;
    }

    /** Behind what nothing is missing, where something is among these; what has no number behind it is the end. */
    private Optional<Head> missing(long seq, List<RecordedEvent> events) {
        // Numbers have no holes but those of what has gone, so that only a hole costs a question.
        return events.isEmpty() || events.getLast().seq() - seq == events.size()
                ? Optional.empty()
                : Optional.of(gone()).filter(gone -> gone.seq() > seq);
    }

    private static boolean isHeld(RecordedEvent there, Head seen) {
        return there.seq() != seen.seq() || there.position().equals(seen.position());
    }

    private EpochEndedException lost(Head seen) {
        return ended(seen.position(), placeOf(seen.position()));
    }

    private static EpochEndedException ended(Position seen, Head lastCommon) {
        return new EpochEndedException(
                "the ledger has lost events that were there when it was read up to " + seen
                        + ", in a restore or a failover; what lies behind " + lastCommon.position()
                        + " is to be read anew",
                lastCommon.position());
    }

    /**
     * The last event that stands at a position or before it, or stood there until it was the last to be taken out for good;
     * {@link Head#EMPTY} when none does. Positions rise with numbers, so halving finds it in about twenty reads of a million
     * events.
     */
    public Head placeOf(Position position) {
        Head end = ledger.order().head();
        if (position.compareTo(end.position()) >= 0) {
            return end;
        }
        Head there = PositionSearch.lastUpTo(
                        position, end.seq(), seq -> ledger.order().read(seq, 1))
                .map(event -> new Head(event.seq(), event.position()))
                .orElse(Head.EMPTY);
        Head gone = gone();
        return gone.position().compareTo(position) <= 0 && gone.seq() > there.seq() ? gone : there;
    }

    /** The last event that was taken out for good. */
    private Head gone() {
        Head last = ledger.pruning().extent().through();
        return last.seq() == 0 ? last : new Head(last.seq(), ledger.named(last.position()));
    }
}
