// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Catalog;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.trim.RetentionNotes;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.restoring.DiscardedSegments;
import io.contextgraph.restoring.KeptSegments;
import io.contextgraph.restoring.StoredRuns;
import io.contextgraph.retention.LeasedWork.Between;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has events leave that the archive has already: of segments of which somebody was kept from taking everything out, and of
 * those that were brought back. Else another segment would have the same events.
 */
final class ArchivedAlready {
    private static final Logger LOG = LoggerFactory.getLogger(ArchivedAlready.class);

    private final Partition ledger;
    private final Supplier<Archive> archive;
    private final Optional<Keepsakes> keepsakes;
    private final Between between;
    private final Consumer<Segment> prune;
    private final List<String> problems = new ArrayList<>();

    /**
     * Works on one archive.
     *
     * @param archive asked for only where there is something to do: an empty ledger has none
     * @param keepsakes empty where the archive has the ids alone
     * @param prune takes out of the ledger what may go of a segment
     */
    ArchivedAlready(
            Partition ledger,
            Supplier<Archive> archive,
            Optional<Keepsakes> keepsakes,
            Between between,
            Consumer<Segment> prune) {
        this.ledger = ledger;
        this.archive = archive;
        this.keepsakes = keepsakes;
        this.between = between;
        this.prune = prune;
    }

    /**
     * Takes out what is left of segments that were written; those of which all is left, and that are not what was written, are
     * discarded.
     *
     * @param epoch of which they are
     * @param from the first number that they may have
     * @return whether nothing of them is left
     * @throws WorkFailedException where one is not what was written that is needed
     */
    boolean unfinished(long epoch, long from, DiscardedSegments discarded) {
        KeptSegments kept = KeptSegments.read(ledger.tiers().notes());
        boolean whole = true;
        Catalog catalog = archive.get().list();
        for (Segment segment : catalog.segments()) {
            if (segment.ledger().epoch() == epoch
                    && segment.last().seq() >= from
                    && !kept.segments().containsKey(segment.id())
                    && isThere(segment)) {
                whole &= takenOut(segment, catalog.segments(), discarded);
            }
        }
        for (ArchiveFault fault : catalog.faults()) {
            // Its name says which events it had.
            Archive.idOf(fault)
                    .filter(id -> id.epoch() == epoch && id.lastSeq() >= from)
                    .filter(id -> discarded.missing(id, all(id), catalog.segments()) == 0)
                    .ifPresent(id -> discard(id, discarded, List.of(fault)));
        }
        return whole;
    }

    private static List<SeqRun> all(SegmentId id) {
        return List.of(new SeqRun(id.firstSeq(), id.lastSeq()));
    }

    private boolean takenOut(Segment segment, List<Segment> all, DiscardedSegments discarded) {
        SegmentId id = segment.id();
        if (discarded.has(id)) {
            if (discarded.missing(id, segment.runs(), all) == 0) {
                discarded.discard(archive.get(), id);
                return true;
            }
            discarded.keep(id);
        }
        List<ArchiveFault> faults = takeOut(segment);
        if (!faults.isEmpty()) {
            long missing = discarded.missing(id, segment.runs(), all);
            if (missing > 0) {
                throw DiscardedSegments.damaged(id, missing, faults);
            }
            discard(id, discarded, faults);
            return true;
        }
        return !isThere(segment);
    }

    private void discard(SegmentId id, DiscardedSegments discarded, List<ArchiveFault> faults) {
        LOG.warn(
                "retention: {} is not what was written; its events are in the ledger, and are written anew: {}",
                id,
                faults);
        discarded.discard(archive.get(), id);
    }

    /** Takes a segment out; returns why nothing of it may leave. */
    private List<ArchiveFault> takeOut(Segment segment) {
        if (keepsakes.isPresent()) {
            List<ArchiveFault> faults = archive.get().verify(segment.id());
            if (!faults.isEmpty()) {
                return faults;
            }
            between.steps();
            keepsakes.get().keep(archive.get(), segment, all -> true, between);
        }
        prune.accept(segment);
        return List.of();
    }

    /**
     * What was brought back leaves when it has been kept for long enough; what the archive does not have as it was written
     * stays, and the others go on.
     *
     * @param candidates says what may go at all
     * @return whether any is no longer kept
     */
    boolean broughtBack(Instant now, Candidates candidates) {
        RetentionNotes notes = ledger.tiers().notes();
        boolean changed = false;
        for (SegmentId id : KeptSegments.read(notes).ended(now)) {
            try {
                Optional<Segment> segment = archive.get()
                        .find(id)
                        .filter(one ->
                                one.cutOff(ledger.epochs().now().identity()).isEmpty());
                boolean stays = segment.isPresent() && isThere(segment.get()) && !leaves(segment.get(), candidates);
                if (!stays) {
                    // Where the archive has it no more its events leave as any others do.
                    KeptSegments.remove(notes, id);
                    changed = true;
                }
            } catch (ArchiveException damaged) {
                stays(id, List.of(damaged.fault()));
            }
        }
        return changed;
    }

    /** Takes out what may go of it; returns whether nothing is left. */
    private boolean leaves(Segment segment, Candidates candidates) {
        // To read it costs: it can wait until there is something to take out.
        if (!candidates.mayGo(segment.last().seq(), segment.last().recordedAt()) || !hasFree(segment, candidates)) {
            return false;
        }
        List<ArchiveFault> faults = takeOut(segment);
        if (!faults.isEmpty()) {
            stays(segment.id(), faults);
            return false;
        }
        return !isThere(segment);
    }

    private void stays(SegmentId id, List<ArchiveFault> faults) {
        LOG.warn("retention: what was brought back of {} stays: {}", id, faults);
        problems.add(
                "what was brought back of " + id + " stays, the archive does not have it as it was written: " + faults);
    }

    /** Why what was brought back stays, though it need not. */
    Optional<String> problem() {
        return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
    }

    /** Whether the ledger has any of its events that nobody holds or has set aside. */
    private boolean hasFree(Segment segment, Candidates candidates) {
        return segment.runs().stream()
                .anyMatch(run -> StoredRuns.events(ledger.order(), run).anyMatch(event -> !candidates.isKept(event)));
    }

    /** Whether the ledger has any of its events. */
    private boolean isThere(Segment segment) {
        return segment.runs().stream()
                .anyMatch(
                        run -> ledger.order().read(run.from() - 1, 1).stream().anyMatch(event -> run.has(event.seq())));
    }
}
