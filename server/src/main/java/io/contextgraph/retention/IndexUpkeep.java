// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.IndexStep;
import io.contextgraph.ledger.trim.IndexWindow;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.operation.Watcher;
import io.contextgraph.retention.LeasedWork.Between;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets cold events leave the index, or brings them back, as the settings want it. */
final class IndexUpkeep {
    /** What progress calls it. */
    static final String PHASE = "indexing";

    private static final Watcher.Phase INDEXING = () -> PHASE;
    private static final Logger LOG = LoggerFactory.getLogger(IndexUpkeep.class);

    /** How full the store may become by what is made ready; from 90% on no event is taken. */
    private static final int MOST_PERCENT = 85;

    /** After how long it is tried again to make an index that the store could not make. */
    private static final Duration RETRY = Duration.ofHours(1);

    private final Partition ledger;
    private final RetentionSettings settings;
    private final InstantSource clock;
    private volatile @Nullable Failure failure;

    IndexUpkeep(Partition ledger, RetentionSettings settings, InstantSource clock) {
        this.ledger = ledger;
        this.settings = settings;
        this.clock = clock;
    }

    private IndexWindow index() {
        return ledger.trimming().index();
    }

    /** Why the index could not be made ready, and when it is tried again. */
    private record Failure(LedgerException why, Instant again) {}

    /** Whether the index has, or lacks, what it should. */
    boolean isDone(Head trimmed, Head unindexed) {
        return size(change(trimmed, unindexed)) == 0;
    }

    private static long size(IndexChange change) {
        return change.left() + change.returned();
    }

    /**
     * What there is to do.
     *
     * @param trimmed the last event without an entry
     * @param unindexed the last one that the index does not have
     */
    IndexChange change(Head trimmed, Head unindexed) {
        return settings.coldIndex()
                ? new IndexChange(0, unindexed.seq(), Head.EMPTY)
                : new IndexChange(Math.max(0, trimmed.seq() - unindexed.seq()), 0, later(trimmed, unindexed));
    }

    private static Head later(Head one, Head other) {
        return one.seq() > other.seq() ? one : other;
    }

    /**
     * Makes ready what takes long, before anybody has the lease.
     *
     * @throws LedgerException where the index cannot be made ready: everything stays in it
     */
    void prepare() {
        if (settings.coldIndex()) {
            return;
        }
        if (index().isPrepared()) {
            index().prepare();
            return;
        }
        Failure known = failure;
        if (known != null && clock.instant().isBefore(known.again())) {
            throw known.why();
        }
        failure = null;
        requireRoom();
        try {
            index().prepare();
        } catch (LedgerException cannot) {
            if (cannot.reason() != LedgerException.Reason.UNAVAILABLE) {
                failure = new Failure(cannot, clock.instant().plus(RETRY));
            }
            throw cannot;
        }
    }

    /** While it is made ready there are two indexes. */
    private void requireRoom() {
        OptionalLong bytes = ledger.tiers().sizes().index().bytes();
        Optional<StoreMemory> memory = ledger.tiers().memory();
        if (bytes.isEmpty() || memory.isEmpty()) {
            return;
        }
        StoreMemory then = new StoreMemory(
                memory.get().usedBytes() + bytes.getAsLong(), memory.get().maxBytes());
        if (then.percent() >= MOST_PERCENT) {
            throw new LedgerException(
                    LedgerException.Reason.FULL,
                    "events stay in the index: to let them leave it a second one is built first, with which the store"
                            + " would use " + then.percent() + "% of its memory: raise maxmemory by "
                            + bytes.getAsLong() / (1 << 20) + " MB until that is done");
        }
    }

    /** Takes as many steps as there are to take; nothing comes back while memory is scarce. */
    IndexChange run(Fence fence, Head trimmed, Watcher watcher, Between between) {
        Head unindexed = index().unindexed();
        long total = size(change(trimmed, unindexed));
        long events = 0;
        IndexStep step = new IndexStep(0, unindexed, total > 0);
        while (step.more() && (!settings.coldIndex() || hasRoom())) {
            watcher.at(INDEXING, events, Math.max(total, events));
            between.steps();
            step = settings.coldIndex()
                    ? index().widen(fence, settings.step())
                    : index().narrow(fence, settings.step());
            events += step.events();
        }
        return settings.coldIndex()
                ? new IndexChange(0, events, step.unindexed())
                : new IndexChange(events, 0, step.unindexed());
    }

    private boolean hasRoom() {
        int percent = ledger.tiers().memoryPercent();
        boolean room = percent < HotWindow.SCARCE_PERCENT;
        if (!room) {
            LOG.warn(
                    "retention: events stay outside of the index: the store uses {}% of its memory: raise maxmemory, or set {}=false",
                    percent, RetentionSettings.COLD_INDEX.key());
        }
        return room;
    }
}
