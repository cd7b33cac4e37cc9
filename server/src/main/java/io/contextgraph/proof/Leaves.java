// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.TreeHasher;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The leaves of a ledger, in the order of its numbers.
 *
 * <p><b>Errors.</b> {@link LedgerException}; {@link ProofException} where a number has no event and none was taken out.
 *
 * <p><b>Threads.</b> One at a time.
 */
final class Leaves implements AutoCloseable {
    /** Events in one read. */
    private static final int PAGE = 500;

    private final Partition ledger;
    private final TreeHasher hasher = new TreeHasher();
    private final GoneLeaves gone;
    private final Runnable alive;

    /**
     * @param archives what has events, or only their ids, that are not in the ledger any more
     * @param scratch local folder for temporary files
     * @param alive told again and again
     */
    Leaves(Partition ledger, Supplier<List<Archive>> archives, Path scratch, Runnable alive) {
        this.ledger = ledger;
        this.alive = alive;
        this.gone = new GoneLeaves(archives, scratch, ledger, new GoneLeaves.Reading() {
            @Override
            public void segment() {
                alive.run();
            }

            @Override
            public void broken(ArchiveException wrong) {
                throw wrong;
            }
        });
    }

    /** Told each leaf, with the event where it is in the ledger. */
    @FunctionalInterface
    interface Taker {
        void take(Hash leaf, Optional<RecordedEvent> event);
    }

    /** That of an event. */
    Hash of(RecordedEvent event) {
        return hasher.leaf(Leaf.of(event).entry());
    }

    /** Whether it is that of an event which has gone, and of which nothing is known. */
    boolean isUnknown(Hash leaf, long seq) {
        return leaf.equals(hasher.leaf(Leaf.gone(seq)));
    }

    /** Those of the numbers that follow {@code after}, up to {@code to}. */
    void each(long after, long to, Taker taker) {
        long seq = after;
        while (seq < to) {
            alive.run();
            List<RecordedEvent> page = ledger.order().read(seq, Math.toIntExact(Math.min(PAGE, to - seq)));
            for (RecordedEvent event : page) {
                if (event.seq() > to) {
                    break;
                }
                seq = missing(seq, event.seq() - 1, taker) + 1;
                taker.take(of(event), Optional.of(event));
            }
            if (page.isEmpty() || page.getLast().seq() > to) {
                seq = missing(seq, to, taker);
            }
        }
    }

    private long missing(long after, long to, Taker taker) {
        for (long seq = after + 1; seq <= to; seq++) {
            taker.take(gone(seq), Optional.empty());
        }
        return to;
    }

    /** That of an event which is not in the ledger any more. */
    private Hash gone(long seq) {
        Optional<Hash> archived = gone.find(seq);
        if (archived.isPresent()) {
            return archived.get();
        }
        if (seq > ledger.pruning().extent().through().seq()) {
            throw new ProofException(
                    Reason.MISSING,
                    "the ledger has no event with seq " + seq
                            + ", and nothing says that it was taken out: contextgraph ledger"
                            + " examine says what is left of it");
        }
        return hasher.leaf(Leaf.gone(seq));
    }

    @Override
    public void close() {
        gone.close();
    }
}
