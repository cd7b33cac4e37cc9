// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.time.Instant;

/**
 * Why an entry could not be processed.
 *
 * @param reason what went wrong the last time, without content of the event
 * @param first when it failed first
 * @param attempts how often it was tried
 */
public record Failure(String reason, Instant first, long attempts) {
    /** Longest reason that is kept, in characters. */
    public static final int MAX_REASON = 500;

    /** Cuts a reason that is too long. */
    public Failure {
        reason = reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 3) + "...";
    }
}
