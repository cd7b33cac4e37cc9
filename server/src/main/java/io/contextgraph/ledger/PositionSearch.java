// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Finds where a position stands among the numbers: both rise together, so halving takes about twenty reads of a million. */
public final class PositionSearch {
    private PositionSearch() {}

    /**
     * The last event that stands at a position or before it.
     *
     * @param headSeq the number of the newest event
     * @param firstBehind the first event behind a number, alone; none where there is none any more
     * @return empty when no event does
     */
    public static Optional<RecordedEvent> lastUpTo(
            Position position, long headSeq, LongFunction<List<RecordedEvent>> firstBehind) {
        Optional<RecordedEvent> last = Optional.empty();
        long before = 0;
        long behind = headSeq;
        while (before < behind) {
            long middle = (before + behind) >>> 1;
            Optional<RecordedEvent> next = firstBehind.apply(middle).stream().findFirst();
            if (next.isEmpty() || next.get().position().compareTo(position) > 0) {
                behind = middle;
            } else {
                last = next;
                before = next.get().seq();
            }
        }
        return last;
    }
}
