// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.testing.Pacing;
import java.util.Set;
import java.util.function.Supplier;

/** Asks again while a store is away, as everybody may: it comes back. */
final class Reaching {
    private static final int TRIES = 500;
    private static final Set<LedgerException.Reason> PASSING =
            Set.of(LedgerException.Reason.UNAVAILABLE, LedgerException.Reason.INCOMPLETE);

    private Reaching() {}

    static <T> T reach(Supplier<T> call) {
        for (int left = TRIES; ; left--) {
            try {
                return call.get();
            } catch (LedgerException away) {
                if (!PASSING.contains(away.reason()) || left == 0) {
                    throw away;
                }
                Pacing.pause(10);
            }
        }
    }
}
