// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.storage.Storage.Deletion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that were not what was written before anything of them had left the ledger: their events are written anew, under
 * another name.
 *
 * <p><b>Shape.</b> A note {@code discarded:<segment>} of retention, the segment as of its first attempt: up to which attempt.
 *
 * <p><b>Guarantees.</b> A segment goes only while each of its events is in the ledger or in another segment. The note comes first,
 * and the lease after it: who takes over reads it, and takes nothing out of the ledger that this segment alone would have. No
 * segment ever gets its name again, so that who was stopped while deleting it, and wakes, deletes nothing else.
 *
 * <p><b>Threads.</b> One at a time: who has the lease.
 */
public final class DiscardedSegments {
    private static final Logger LOG = LoggerFactory.getLogger(DiscardedSegments.class);
    private static final String NOTE = "discarded:";

    private final Partition ledger;
    private final Fence fence;

    public DiscardedSegments(Partition ledger, Fence fence) {
        this.ledger = ledger;
        this.fence = fence;
    }

    /** Which attempt at a segment is the next one. */
    public int attempt(SegmentId id) {
        return last(id) + 1;
    }

    /** Whether a segment was discarded. */
    public boolean has(SegmentId id) {
        return id.attempt() <= last(id);
    }

    private int last(SegmentId id) {
        return last(ledger.tiers().notes().all(), id);
    }

    private static int last(Map<String, String> notes, SegmentId id) {
        String text = notes.getOrDefault(note(id), "0");
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }

    private static String note(SegmentId id) {
        return NOTE + id.withAttempt(1);
    }

    /** A segment counts again: what has left the ledger is nowhere else. */
    public void keep(SegmentId id) {
        if (id.attempt() == 1) {
            ledger.tiers().notes().remove(note(id));
        } else {
            ledger.tiers().notes().put(note(id), Integer.toString(id.attempt() - 1));
        }
    }

    /**
     * Takes a segment away, or, where the storage keeps it, out of account.
     *
     * @throws io.contextgraph.ledger.trim.FencedException where another one has taken over: the segment is there
     */
    public void discard(Archive archive, SegmentId id) {
        ledger.tiers().notes().put(note(id), Integer.toString(Math.max(last(id), id.attempt())));
        // Forgets nothing, but fails where the lease is lost.
        int ignored = ledger.pruning().forget(fence, Instant.EPOCH, 1);
        if (archive.discard(id) == Deletion.RETAINED) {
            LOG.warn("retention: the storage keeps {}, which counts no more: delete it when it may go", id);
        }
    }

    /** How many events are neither in the ledger nor in another one of some segments. */
    public long missing(SegmentId id, List<SeqRun> runs, List<Segment> segments) {
        Map<String, String> notes = ledger.tiers().notes().all();
        SeqNumbers elsewhere = SeqNumbers.of(segments.stream()
                .filter(other -> !other.id().equals(id) && other.ledger().epoch() == id.epoch())
                .filter(other -> other.id().attempt() > last(notes, other.id()))
                .flatMap(other -> other.runs().stream())
                .toList());
        long missing = 0;
        for (SeqRun run : runs) {
            Set<Long> there = StoredRuns.events(ledger.order(), run)
                    .map(RecordedEvent::seq)
                    .collect(Collectors.toSet());
            for (long seq = run.from(); seq <= run.to(); seq++) {
                missing += there.contains(seq) || elsewhere.has(seq) ? 0 : 1;
            }
        }
        return missing;
    }

    /** What to do where a segment is damaged that nobody can write anew. */
    public static WorkFailedException damaged(SegmentId id, long missing, List<ArchiveFault> faults) {
        return new WorkFailedException("segment " + id + " of the archive is not what was written, and " + missing
                + " of its events have left the ledger, so that it cannot be written anew: bring its files back from a copy,"
                + " then `contextgraph archives verify " + id + "`; until then nothing else leaves: " + faults);
    }
}
