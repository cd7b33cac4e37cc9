// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Trimming;
import java.time.Duration;
import java.util.Optional;

/** A ledger whose streams are empty after each append, and whose index has the newer half of its events. */
public final class ColdFixture {
    private static final int STEP = 37;

    private ColdFixture() {}

    static PartitionFixture of(PartitionFixture ledger) {
        return new AfterAppend(
                ledger,
                fixture -> cool(fixture.trimming(), fixture.order().head().seq() / 2));
    }

    /** Trims all, and takes events out of the index up to a number; nothing where another one is at it. */
    public static void cool(Trimming trimming, long seq) {
        TrimmedFixture.trim(trimming);
        trimming.index().prepare();
        Optional<Fence> taken = trimming.lease().take("test", Duration.ofMinutes(1));
        if (taken.isPresent()) {
            long more = seq - trimming.index().unindexed().seq();
            while (more > 0) {
                int step = (int) Math.min(more, STEP);
                more = seq
                        - trimming.index().narrow(taken.get(), step).unindexed().seq();
            }
            trimming.lease().release(taken.get());
        }
    }
}
