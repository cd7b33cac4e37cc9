// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.IndexStep;
import io.contextgraph.ledger.trim.IndexWindow;
import io.contextgraph.operation.Watcher;

/** Lets cold events leave the index, or brings them back, as the settings want it. */
record IndexUpkeep(IndexWindow index, RetentionSettings settings) {
    /** What progress calls it. */
    static final String PHASE = "indexing";

    private static final Watcher.Phase INDEXING = () -> PHASE;

    /** What there is between two steps: rests, and keeps the lease. */
    @FunctionalInterface
    interface Between {
        void steps();
    }

    /** What a run would do once the streams are trimmed up to an event. */
    IndexChange preview(Head trimmed) {
        Head unindexed = index.unindexed();
        return settings.coldIndex()
                ? new IndexChange(0, unindexed.seq(), Head.EMPTY)
                : new IndexChange(Math.max(0, trimmed.seq() - unindexed.seq()), 0, later(trimmed, unindexed));
    }

    private static Head later(Head one, Head other) {
        return one.seq() > other.seq() ? one : other;
    }

    /** Makes ready what takes long, before anybody has the lease. */
    void prepare() {
        if (!settings.coldIndex()) {
            index.prepare();
        }
    }

    /** Takes as many steps as there are to take. */
    IndexChange run(Fence fence, Head trimmed, Watcher watcher, Between between) {
        long total = preview(trimmed).left() + preview(trimmed).returned();
        long events = 0;
        IndexStep step = new IndexStep(0, index.unindexed(), total > 0);
        while (step.more()) {
            watcher.at(INDEXING, events, Math.max(total, events));
            between.steps();
            step = settings.coldIndex() ? index.widen(fence, settings.step()) : index.narrow(fence, settings.step());
            events += step.events();
        }
        return settings.coldIndex()
                ? new IndexChange(0, events, step.unindexed())
                : new IndexChange(events, 0, step.unindexed());
    }
}
