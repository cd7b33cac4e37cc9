// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.seal.Seal;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeHasher;
import java.util.List;
import java.util.Optional;

/**
 * What a ledger and a log have in common: what a ledger loses is its end, and what comes then has later positions.
 *
 * <p><b>Errors.</b> {@link ProofException} with {@link Reason#ALTERED} where something behind what both have is still what was signed,
 * or stands where something was that was signed: then nothing was lost.
 */
final class LostEnd {
    /** Events in one read. */
    private static final int PAGE = 500;

    private final Partition ledger;
    private final Tree signed;
    private final String origin;
    private final Optional<Seal> seal;
    private final Runnable alive;
    private final TreeHasher hasher = new TreeHasher();

    /**
     * @param signed of that log
     * @param origin what its checkpoints begin with
     * @param epoch of the ledger when it was signed
     * @param alive told again and again
     */
    LostEnd(Partition ledger, Tree signed, String origin, long epoch, Runnable alive) {
        this.ledger = ledger;
        this.signed = signed;
        this.origin = origin;
        this.seal = ledger.sealing().seal().filter(one -> one.epoch() == epoch);
        this.alive = alive;
    }

    /**
     * The last event that both have; halving finds it in about twenty reads of a million events.
     *
     * @param most no event behind this number is looked at
     * @return with a number that may have gone from the ledger since: of such an event nobody can say otherwise
     */
    private Head common(long most) {
        Head found = Head.EMPTY;
        long low = 0;
        long high = Math.min(most, signed.size()) + 1;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            Optional<RecordedEvent> event = ledger.order().read(middle - 1, 1).stream()
                    .filter(one -> one.seq() == middle)
                    .findFirst();
            if (event.map(this::isSigned).orElse(true)) {
                low = middle;
                found = event.map(LostEnd::head)
                        .orElseGet(() -> new Head(
                                middle, ledger.pruning().extent().through().position()));
            } else {
                high = middle;
            }
        }
        return found;
    }

    /**
     * The last event that both have.
     *
     * @param known up to where they can have the same, as far as is known: what follows and is the same all the same counts, too
     * @param last the last number that both have
     */
    Head common(long known, long last) {
        Head common = common(Math.min(known, last));
        long seq = common.seq();
        while (seq < last) {
            alive.run();
            List<RecordedEvent> behind = ledger.order().read(seq, PAGE);
            for (RecordedEvent event : behind) {
                if (event.seq() <= last && event.seq() == common.seq() + 1 && isSigned(event)) {
                    common = head(event);
                } else if (event.seq() <= last && isAltered(event)) {
                    throw altered(common.seq());
                }
            }
            seq = behind.isEmpty() ? last : behind.getLast().seq();
        }
        return common;
    }

    private boolean isSigned(RecordedEvent event) {
        Hash leaf = hasher.leaf(Leaf.of(event).entry());
        return signed.leaf(event.seq() - 1).equals(leaf);
    }

    private boolean isAltered(RecordedEvent event) {
        return isSigned(event)
                || seal.filter(one -> event.position().compareTo(one.last().position()) <= 0)
                        .isPresent();
    }

    private static Head head(RecordedEvent event) {
        return new Head(event.seq(), event.position());
    }

    private ProofException altered(long common) {
        return new ProofException(
                Reason.ALTERED,
                "the event with seq " + (common + 1) + ", or one behind it, is not what was signed in " + origin
                        + ": somebody has altered it, as more is there of what was signed behind it; contextgraph"
                        + " audit says more, and a backup has what it was");
    }
}
