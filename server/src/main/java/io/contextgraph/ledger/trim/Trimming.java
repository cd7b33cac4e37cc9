// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import io.contextgraph.ledger.Head;

/** Takes entries out of the streams (the hot tier). The events stay: documents, index, numbers, directory. */
public interface Trimming {
    /** Most entries of a step. */
    int MAX_STEP = 200;

    /**
     * Who may trim: of several servers one. Each taking of the lease has a greater number, and a step with an older number
     * is refused.
     */
    Lease lease();

    /**
     * One atomic step: the oldest entries of the global stream that the rule lets go, at most {@code most}. In the same
     * step they leave the streams of their sessions, and a session stream of which nothing is left goes.
     *
     * @param most 1 to {@value #MAX_STEP}
     * @throws FencedException another one has the lease, or it has run out: nothing was taken
     */
    TrimStep step(Fence fence, TrimRule rule, int most);

    /** How many entries steps with this rule would take now. */
    long entries(TrimRule rule);

    /**
     * What steps with this rule would take now, and what holds the rest; writes nothing. Looks at all entries that would go.
     */
    TrimPreview preview(TrimRule rule);

    /** Whether the store itself holds back what a group has not acknowledged; tried at most once. */
    SecondLock secondLock();

    /** Which of the events without entries the index still has. */
    IndexWindow index();

    /** How far it was trimmed: the last event without an entry in the global stream; empty where nothing was. */
    Head trimmed();
}
