// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.stall;

/**
 * Something that was seen to take time.
 *
 * @param cause what it is
 * @param from the earliest moment at which it can have begun, on the clock of {@link System#nanoTime}
 * @param to the latest moment at which it can have ended
 * @param nanos how long it took in between
 * @param seen in a few words, the same for all of a kind
 */
public record Evidence(Cause cause, long from, long to, long nanos, String seen) {
    /** How much of a time it can explain. */
    long within(Stall stall) {
        return Math.max(0, Math.min(nanos, Math.min(to, stall.to()) - Math.max(from, stall.from())));
    }
}
