// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import java.util.Optional;

/**
 * What the tiers of a ledger hold: the streams, which retention trims, and everything that stays.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface Tiers {
    /** How full the store is; empty where it does not tell. */
    Optional<StoreMemory> memory();

    /** How much of its memory the store uses, in percent; 0 where it does not tell. */
    default int memoryPercent() {
        return memory().map(StoreMemory::percent).orElse(0);
    }

    /** Counts what is there, and estimates what it takes; for some milliseconds, whatever the size of the ledger. */
    TierSizes sizes();

    /** What retention remembers. */
    RetentionNotes notes();
}
