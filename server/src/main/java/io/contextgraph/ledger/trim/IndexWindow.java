// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import io.contextgraph.ledger.Head;

/**
 * Which events the index has: all of them, or those behind one of them. The others are found by id, by session and in commit
 * order, as before.
 *
 * <p><b>Guarantees.</b> Each step is atomic and can be repeated: at any moment the index has all events behind
 * {@link #unindexed}, and queries leave out those up to it.
 */
public interface IndexWindow {
    /** Most events of a step. */
    int MAX_STEP = 200;

    /**
     * Makes the index one that events can be taken out of; nothing where it is, or where nothing is to be taken out. May take
     * as long as building the index.
     *
     * @throws io.contextgraph.ledger.LedgerException where the store cannot do it: nothing has changed
     */
    void prepare();

    /** Whether events can be taken out of it at once. */
    boolean isPrepared();

    /**
     * Takes the oldest events out of the index, none of which has an entry in the streams any more; nothing where it has not
     * been made ready.
     *
     * @param most 1 to {@value #MAX_STEP}
     * @throws FencedException another one has the lease of {@link Trimming}, or it has run out: nothing was taken out
     */
    IndexStep narrow(Fence fence, int most);

    /**
     * Brings back the newest of those that were taken out.
     *
     * @param most 1 to {@value #MAX_STEP}
     * @throws FencedException another one has the lease of {@link Trimming}, or it has run out: nothing was brought back
     */
    IndexStep widen(Fence fence, int most);

    /** The last event that the index does not have, with everything before it; empty where it has all. */
    Head unindexed();
}
