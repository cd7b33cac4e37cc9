// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a ledger is signed for, as a server knows it.
 *
 * @param sealed the last number that is
 * @param head the last number that there is
 * @param wholeAt when everything was last
 * @param at when the newest checkpoint was made; empty where there is none
 * @param own whether this server is the one that signs
 * @param unconfirmed why the store does not say itself that something is on its disk; empty where it does
 * @param problem why nothing can be signed; empty where it can
 */
public record SealerState(
        long sealed,
        long head,
        Instant wholeAt,
        Optional<Instant> at,
        boolean own,
        Optional<String> unconfirmed,
        Optional<String> problem) {
    /** For how long events have been waiting, at most; zero where none is. */
    public Duration behind(Instant now) {
        return sealed >= head || now.isBefore(wholeAt) ? Duration.ZERO : Duration.between(wholeAt, now);
    }

    /** The same where the ledger has come so far. */
    SealerState at(long now) {
        return new SealerState(sealed, now, wholeAt, at, own, unconfirmed, problem);
    }

    /** How many events are waiting. */
    public long waiting() {
        return Math.max(0, head - sealed);
    }
}
