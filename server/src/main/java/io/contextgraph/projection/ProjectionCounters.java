// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

/**
 * What a worker has done since it began.
 *
 * @param projected events that are in the graph and acknowledged, redelivered ones included
 * @param batches transactions that succeeded
 * @param failures transactions that failed
 * @param setAside entries that failed on their own and wait for another try
 * @param parked entries that it has left to an operator
 * @param lastSeq number of the newest event projected; 0 before the first
 */
public record ProjectionCounters(long projected, long batches, long failures, int setAside, long parked, long lastSeq) {
    /** Before any work. */
    public static final ProjectionCounters NONE = new ProjectionCounters(0, 0, 0, 0, 0, 0);
}
