// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.partition;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import java.util.List;

/**
 * The events of one partition in the order in which they were recorded.
 *
 * <p><b>Guarantees.</b> {@code seq} is gap-free from 1 on, positions rise with it.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface EventOrder {
    /**
     * Reads in commit order, without filters, payloads and originals: the way to replay everything.
     *
     * @param afterSeq the number of the last event already seen; 0 to begin
     * @param max most events to return, at least 1
     * @return the events that follow, none left out; empty only at the head
     */
    List<RecordedEvent> read(long afterSeq, int max);

    /** @throws IllegalArgumentException when that is no place or no size for {@link #read} */
    static void requirePage(long afterSeq, int max) {
        if (afterSeq < 0 || max < 1) {
            throw new IllegalArgumentException("read needs afterSeq >= 0 and max >= 1: " + afterSeq + ", " + max);
        }
    }

    /** Where the partition ends now. */
    Head head();
}
