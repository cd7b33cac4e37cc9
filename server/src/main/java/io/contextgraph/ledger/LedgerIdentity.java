// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which ledger it is, and where it has lost its end.
 *
 * @param id given when the ledger began, and never another; empty before its first event
 * @param partition which part of a ledger that lies on several servers
 * @param epoch 1 at first; rises when events that were there are not there any more, after a restore, of which it has the time,
 *     or a failover; 0 before the first event
 * @param cuts where each epoch but the first began, in their order
 */
public record LedgerIdentity(Optional<String> id, int partition, long epoch, List<Cut> cuts) {
    /** Of a ledger without events. */
    public static final LedgerIdentity NONE = new LedgerIdentity(Optional.empty(), 0, 0, List.of());

    public LedgerIdentity {
        cuts = List.copyOf(cuts);
    }

    /**
     * Where an epoch began.
     *
     * @param epoch its number
     * @param lastCommon the last event that it has in common with the epochs before it: what they had behind it is lost
     */
    public record Cut(long epoch, Head lastCommon) {}

    /** The last event that an epoch has in common with all that came after it; empty where none did. */
    public Optional<Head> lastCommon(long earlier) {
        return cuts.stream()
                .filter(cut -> cut.epoch() > earlier)
                .map(Cut::lastCommon)
                .min(Comparator.comparing(Head::position));
    }
}
