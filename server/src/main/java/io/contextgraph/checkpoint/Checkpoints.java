// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import io.contextgraph.checkpoint.CheckpointFolder.Stored;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.PositionSearch;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Holds a ledger against the newest checkpoint of it, and writes the next one.
 *
 * <p><b>Guarantees.</b> A checkpoint that contradicts the ledger is never written over: what it says is told again and
 * again, until somebody deletes its file.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class Checkpoints {
    /** Events that have been in the ledger are missing, or others stand in their place. */
    static final Concern SHORTER = Concern.degrading("ledger_shorter");

    private static final String SUBJECT = "ledger.checkpoint";

    private final CheckpointFolder folder;
    private final String place;
    private final EventLog log;
    private final Supplier<LedgerIdentity> identity;
    private final InstantSource clock;

    /**
     * For one ledger.
     *
     * @param folder of the checkpoints, of which others may be of other ledgers; made when the first is written
     * @param place where the ledger is, without passwords: another place is another ledger, unless their ids are the same
     * @param log the ledger
     * @param identity which ledger it is now
     */
    public Checkpoints(
            Path folder, String place, EventLog log, Supplier<LedgerIdentity> identity, InstantSource clock) {
        this.folder = new CheckpointFolder(folder);
        this.place = place;
        this.log = log;
        this.identity = identity;
        this.clock = clock;
    }

    /**
     * Holds the ledger against the newest checkpoint; never fails.
     *
     * @return one finding
     */
    List<Finding> examine() {
        try {
            LedgerIdentity now = identity.get();
            return List.of(folder.find(place, now)
                    .map(stored -> compare(stored, now))
                    .orElseGet(() -> Finding.of(
                            Level.OK, SUBJECT, "a server that runs will write the first one of this ledger")));
        } catch (LedgerException | IOException unanswered) {
            return List.of(Finding.of(
                    Level.WARNING,
                    SUBJECT,
                    "whether the ledger has become shorter cannot be told now: " + unanswered.getMessage()));
        }
    }

    /**
     * The same, and where nothing is missing writes how far the ledger reaches now.
     *
     * @return what was found; empty where all is well
     * @throws LedgerException when the ledger does not answer
     * @throws IOException when a checkpoint cannot be read or written
     */
    Optional<Finding> keep() throws IOException {
        LedgerIdentity now = identity.get();
        Optional<Stored> stored = folder.find(place, now);
        Optional<Finding> wrong = stored.map(last -> compare(last, now)).filter(finding -> finding.level() != Level.OK);
        if (wrong.isEmpty()) {
            write(stored.flatMap(Stored::checkpoint), now);
        }
        return wrong;
    }

    private void write(Optional<Checkpoint> last, LedgerIdentity now) throws IOException {
        long seq = log.head().seq();
        boolean same = last.filter(c -> c.seq() == seq
                        && c.place().equals(place)
                        && c.identity().equals(now))
                .isPresent();
        if (seq == 0 || same) {
            return;
        }
        Optional<RecordedEvent> newest = event(seq);
        if (newest.isPresent()) {
            RecordedEvent event = newest.get();
            folder.write(new Checkpoint(
                    place, now, seq, event.position(), event.event().id(), clock.instant()));
        }
    }

    private Optional<RecordedEvent> event(long seq) {
        return log.read(seq - 1, 1).stream().filter(event -> event.seq() == seq).findFirst();
    }

    private Finding compare(Stored stored, LedgerIdentity now) {
        Checkpoint last = stored.checkpoint().orElse(null);
        if (last == null) {
            return Finding.of(
                    Level.WARNING,
                    SUBJECT,
                    "what stands in " + stored.file() + " is no checkpoint: delete it, and the next one is written");
        }
        if (last.contradicts(now)) {
            return shorter(stored, last, last.seq(), "another ledger is in its place");
        }
        Head head = log.head();
        if (isThere(last, head)) {
            return Finding.of(
                    Level.OK,
                    SUBJECT,
                    "all of the %,d events that were there at %s".formatted(last.seq(), Times.format(last.at())));
        }
        // Positions rise with the numbers, and whatever was appended later stands at a later one.
        long kept = PositionSearch.lastUpTo(last.position(), head.seq(), after -> log.read(after, 1))
                .map(RecordedEvent::seq)
                .orElse(0L);
        return kept < last.seq()
                ? shorter(
                        stored,
                        last,
                        last.seq() - kept,
                        kept == 0 ? "none of them is there" : "the last that is there has number " + kept)
                : shorter(
                        stored,
                        last,
                        last.seq(),
                        "another event has number " + last.seq() + ": this is another ledger, or a part of another");
    }

    private boolean isThere(Checkpoint last, Head head) {
        return last.seq() <= head.seq()
                && event(last.seq())
                        .filter(event -> event.event().id().equals(last.eventId()))
                        .isPresent();
    }

    private static Finding shorter(Stored stored, Checkpoint last, long missing, String how) {
        return Finding.of(
                        Level.PROBLEM,
                        SUBJECT,
                        ("%,d events are missing of the %,d that were in the ledger at %s; %s. Look whether Redis has its"
                                        + " files, bring back a backup of it, or append them again; to go on without them"
                                        + " delete %s")
                                .formatted(missing, last.seq(), Times.format(last.at()), how, stored.file()))
                .as(SHORTER);
    }
}
