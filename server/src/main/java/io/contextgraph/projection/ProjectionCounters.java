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

    /**
     * One more transaction succeeded.
     *
     * @param entries how many it projected
     * @param newest number of the newest among them; 0 when none is known
     */
    ProjectionCounters succeeded(int entries, long newest) {
        return new ProjectionCounters(
                projected + entries, batches + 1, failures, setAside, parked, Math.max(lastSeq, newest));
    }

    /** One more transaction failed. */
    ProjectionCounters failed() {
        return new ProjectionCounters(projected, batches, failures + 1, setAside, parked, lastSeq);
    }

    /** One more entry is left to an operator. */
    ProjectionCounters parkedOne() {
        return new ProjectionCounters(projected, batches, failures, setAside, parked + 1, lastSeq);
    }

    /** So many entries wait for another try now. */
    ProjectionCounters withSetAside(int now) {
        return new ProjectionCounters(projected, batches, failures, now, parked, lastSeq);
    }
}
