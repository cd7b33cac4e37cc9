// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import io.contextgraph.checkpoint.CheckpointFolder.Stored;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.PositionSearch;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Holds a ledger against the newest checkpoint of it, and writes the next one.
 *
 * <p><b>Guarantees.</b> A checkpoint that contradicts the ledger is never written over: what it says is told again and
 * again, until somebody deletes its file or the events are back. Where the ledger has lost its end, a new epoch of it begins
 * behind what is left, and the checkpoint is set aside: the next loss is noticed, too.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class Checkpoints {
    /** Events that have been in the ledger are missing, or others stand in their place. */
    static final Concern SHORTER = Concern.degrading("ledger_shorter");

    private static final String SUBJECT = "ledger.checkpoint";

    private final CheckpointFolder folder;
    private final String place;
    private final EventOrder order;
    private final Epochs epochs;
    private final InstantSource clock;

    /**
     * For one ledger.
     *
     * @param folder of the checkpoints, of which others may be of other ledgers; made when the first is written
     * @param place where the ledger is, without passwords: another place is another ledger, unless their ids are the same
     * @param order the ledger
     * @param epochs which ledger it is now
     */
    public Checkpoints(Path folder, String place, EventOrder order, Epochs epochs, InstantSource clock) {
        this.folder = new CheckpointFolder(folder);
        this.place = place;
        this.order = order;
        this.epochs = epochs;
        this.clock = clock;
    }

    /**
     * Holds the ledger against the newest checkpoint; never fails and changes nothing.
     *
     * @return one finding
     */
    List<Finding> examine() {
        try {
            LedgerIdentity now = epochs.now().identity();
            Optional<Stored> stored = folder.find(place, now);
            Optional<Finding> found = stored.flatMap(last -> wrong(last, now))
                    .or(() -> stored.flatMap(last -> loss(last, now)).map(Loss::finding));
            return List.of((found.isPresent() ? found : told(now)).orElseGet(() -> fine(stored)));
        } catch (LedgerException | IOException unanswered) {
            return List.of(Finding.of(
                    Level.WARNING,
                    SUBJECT,
                    "whether the ledger has become shorter cannot be told now: " + unanswered.getMessage()));
        }
    }

    /**
     * The same; begins a new epoch where the ledger has become shorter, and writes how far it reaches now.
     *
     * @return what was found; empty where all is well
     * @throws LedgerException when the ledger does not answer
     * @throws IOException when a checkpoint cannot be read or written
     */
    public Optional<Finding> keep() throws IOException {
        LedgerIdentity now = epochs.now().identity();
        Optional<Stored> stored = folder.find(place, now);
        Optional<Finding> wrong = stored.flatMap(found -> wrong(found, now));
        if (wrong.isPresent()) {
            return wrong;
        }
        Optional<Loss> loss = stored.flatMap(found -> loss(found, now));
        if (loss.isPresent()) {
            if (!loss.get().isTheEndOf(now) || !hasBegun(loss.get(), now)) {
                return loss.map(Loss::finding);
            }
            folder.setAside(loss.get().stored(), loss.get().last().epoch());
            return told(epochs.now().identity());
        }
        write(stored.flatMap(Stored::checkpoint), now);
        Optional<Stored> lost = folder.lost(now);
        if (lost.isPresent() && loss(lost.get(), now).isEmpty()) {
            folder.delete(lost.get());
        }
        return told(now);
    }

    /** Begins a new epoch behind what is still there, unless there is one; what keeps it from that, the finding outlives. */
    private boolean hasBegun(Loss loss, LedgerIdentity now) {
        boolean known = now.lastCommon(loss.last().epoch())
                .filter(cut -> cut.position().compareTo(loss.kept().position()) <= 0)
                .isPresent();
        try {
            return known
                    || epochs.begin(
                            now.epoch(), Math.max(now.epoch(), loss.last().epoch()) + 1, loss.kept());
        } catch (LedgerException takesNoWrites) {
            return false;
        }
    }

    /** What was lost, and has not been taken note of. */
    private Optional<Finding> told(LedgerIdentity now) throws IOException {
        return folder.lost(now).flatMap(lost -> loss(lost, now)).map(Loss::finding);
    }

    private void write(Optional<Checkpoint> last, LedgerIdentity now) throws IOException {
        long seq = order.head().seq();
        if (seq == 0 || last.filter(c -> c.isOf(place, now, seq)).isPresent()) {
            return;
        }
        Optional<RecordedEvent> newest = event(seq);
        if (newest.isPresent()) {
            folder.write(Checkpoint.of(place, now, newest.get(), clock.instant()));
        }
    }

    private Optional<RecordedEvent> event(long seq) {
        return order.read(seq - 1, 1).stream()
                .filter(event -> event.seq() == seq)
                .findFirst();
    }

    private static Finding fine(Optional<Stored> stored) {
        return Finding.of(
                Level.OK,
                SUBJECT,
                stored.flatMap(Stored::checkpoint)
                        .map(last -> "all of the %,d events that were there at %s"
                                .formatted(last.seq(), Times.format(last.at())))
                        .orElse("a server that runs will write the first one of this ledger"));
    }

    /** What makes a checkpoint none of this ledger. */
    private Optional<Finding> wrong(Stored stored, LedgerIdentity now) {
        Checkpoint last = stored.checkpoint().orElse(null);
        if (last == null) {
            return Optional.of(Finding.of(
                    Level.WARNING,
                    SUBJECT,
                    "what stands in " + stored.file() + " is no checkpoint: delete it, and the next one is written"));
        }
        return last.contradicts(now)
                ? Optional.of(shorter(stored, last, last.seq(), "another ledger is in its place"))
                : Optional.empty();
    }

    /**
     * What the ledger has lost of what it had at a checkpoint.
     *
     * @param kept the last event of it that is still there
     */
    private record Loss(Stored stored, Checkpoint last, Head kept) {
        /** Whether it is this ledger, for certain, that has lost its end. */
        boolean isTheEndOf(LedgerIdentity now) {
            return last.hasId(now) && kept.seq() < last.seq();
        }

        Finding finding() {
            if (kept.seq() >= last.seq()) {
                return shorter(
                        stored,
                        last,
                        last.seq(),
                        "another event has number " + last.seq() + ": this is another ledger, or a part of another");
            }
            return shorter(
                    stored,
                    last,
                    last.seq() - kept.seq(),
                    kept.seq() == 0 ? "none of them is there" : "the last that is there has number " + kept.seq());
        }
    }

    private Optional<Loss> loss(Stored stored, LedgerIdentity now) {
        Checkpoint last = stored.checkpoint().orElseThrow();
        Head head = order.head();
        if (isThere(last, head)) {
            return Optional.empty();
        }
        // Positions rise with the numbers, and whatever was appended later stands at a later one; what an epoch has in
        // common with the one before is known for certain.
        Optional<Head> cut = now.lastCommon(last.epoch());
        Head kept = PositionSearch.lastUpTo(last.position(), head.seq(), after -> order.read(after, 1))
                .map(event -> new Head(event.seq(), event.position()))
                .orElse(Head.EMPTY);
        return Optional.of(new Loss(
                stored, last, cut.filter(known -> known.seq() < kept.seq()).orElse(kept)));
    }

    /** One that was taken out for good has left its number to nobody: where nobody has it, nothing is lost. */
    private boolean isThere(Checkpoint last, Head head) {
        return last.seq() <= head.seq()
                && event(last.seq())
                        .map(event -> event.event().id().equals(last.eventId()))
                        .orElse(true);
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
