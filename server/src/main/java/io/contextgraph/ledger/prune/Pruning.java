// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.trim.Fence;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes events out of the ledger for good: documents, payloads, index, numbers. What went is remembered: whoever asks is told
 * that it is gone, when and by which rule, and it is never appended anew.
 *
 * <p><b>Guarantees.</b> Each step is atomic. Nothing goes that has an entry in the streams, nothing of a session that is
 * {@linkplain #holds held}, and never the newest event of the ledger. Numbers that are left do not change: {@code seq} and
 * {@code session_seq} go on where they were.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}; {@link io.contextgraph.ledger.trim.FencedException} where
 * another one has the lease of {@link io.contextgraph.ledger.trim.Trimming}, or it has run out: nothing was done then.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface Pruning {
    /** Most events of a step. */
    int MAX_STEP = 100;

    /**
     * Begins a pruning, or goes on with it where it was the last that was begun.
     *
     * @return its record; its time is its own, and later than those of all before
     */
    Pruned begin(Fence fence, Plan plan);

    /**
     * Takes events out.
     *
     * @param pruning the last that was begun
     * @param events 1 to {@value #MAX_STEP} in ascending order, as the ledger has them
     * @param tallies what to keep in place of each of their sessions' events, see {@link PrunedSession#tally}
     * @param firstSeq no event before this number stays
     * @return empty where it is done; else a session that is held, and nothing was taken out
     */
    Optional<SessionId> step(
            Fence fence, Pruned pruning, List<RecordedEvent> events, Map<SessionId, String> tallies, long firstSeq);

    /**
     * Brings events back that are gone, with their old numbers and positions: whoever asks is told of them as before they went.
     * The pruning that was begun last is at its end then, whether or not it was.
     *
     * @param events 1 to {@value #MAX_STEP} in ascending order, none of which is there, with payloads and originals
     * @param tallies what to keep in place of what is still gone of each of their sessions; nothing of those that are whole again
     * @throws io.contextgraph.ledger.LedgerException where one of the numbers has an event, or was never gone
     */
    void restore(Fence fence, List<RecordedEvent> events, Map<SessionId, String> tallies);

    /**
     * Keeps something else in place of what is gone of a session.
     *
     * @param before what is gone of it, as {@link #sessions} has told it
     * @return false where that is not so any more: nothing was done
     */
    boolean keep(Fence fence, SessionId session, PrunedSession before, String tally);

    /** The record of a pruning. */
    Optional<Pruned> find(Instant at);

    /** The pruning that was begun last, where it may be gone on with. */
    Optional<Pruned> last();

    /** What is gone at all. */
    Extent extent();

    /** Of how many events that are gone the ledger itself remembers the ids. */
    long remembered();

    /** What is gone of sessions; those of which nothing is are left out. */
    Map<SessionId, PrunedSession> sessions(Collection<SessionId> sessions);

    /** What must not go. */
    Holds holds();

    /** Begins a ledger anew whose store was lost. */
    Founding founding();

    /**
     * Forgets ids of events that went before a time: from then on the ledger itself does not know that they were there.
     *
     * @param most ids
     * @return how many; fewer than {@code most} where there are no more
     */
    int forget(Fence fence, Instant before, int most);

    /**
     * What is to be taken out.
     *
     * @param segment the name of the archive's segment that has it, or of what is known of it where none is wanted
     * @param rule why, for people
     * @param runs the numbers of the events
     * @param archived whether the events themselves are in the archive
     */
    record Plan(String segment, String rule, List<SeqRun> runs, boolean archived) {
        public Plan {
            runs = List.copyOf(runs);
        }

        /** How many events. */
        public long events() {
            return runs.stream().mapToLong(SeqRun::count).sum();
        }
    }

    /**
     * What is gone of a ledger.
     *
     * @param through behind it none is gone: the last that went; empty where none is gone
     * @param events how many are gone
     * @param firstSeq no event before this number is there; 1 where none is gone
     */
    record Extent(Head through, long events, long firstSeq) {
        /** Nothing is gone. */
        public static final Extent NONE = new Extent(Head.EMPTY, 0, 1);
    }
}
