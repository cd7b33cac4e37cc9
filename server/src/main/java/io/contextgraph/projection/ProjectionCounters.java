// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

/**
 * What a worker has done since it began.
 *
 * @param projected events that are in the graph and acknowledged, redelivered ones included
 * @param batches transactions that succeeded
 * @param failures transactions that failed
 * @param setAside entries that fail on their own and wait for another try, or for an operator
 * @param givenUp those among {@code setAside} that are not tried again
 * @param lastSeq number of the newest event projected; 0 before the first
 */
public record ProjectionCounters(long projected, long batches, long failures, int setAside, int givenUp, long lastSeq) {
    /** Before any work. */
    public static final ProjectionCounters NONE = new ProjectionCounters(0, 0, 0, 0, 0, 0);
}
