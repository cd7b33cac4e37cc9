// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.proof.GoneLeaves;
import io.contextgraph.proof.Leaf;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeHasher;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Holds each event of a ledger against its leaf. */
final class EventAudit {
    /** Events in one read. */
    private static final int PAGE = 500;

    /** Numbers in one set of bits. */
    private static final long BITS = 1 << 20;

    /** What is kept of events that are not what was signed, to say what became of them. */
    private static final int KEPT = 64;

    private final Partition ledger;
    private final Tree tree;
    private final Gone gone;
    private final AuditFindings findings;
    private final Consumer<RecordedEvent> erased;
    private final TreeHasher hasher = new TreeHasher();
    private final List<Leaf> wrong = new ArrayList<>();
    private final Set<Long> unreadable = new HashSet<>();
    private final Map<Long, BitSet> there = new HashMap<>();
    private final long trimmed;
    private long hot;
    private long cold;
    private long archived;
    private long hashOnly;
    private long unknown;

    /**
     * What is known of events that are not in the ledger any more.
     *
     * @param archived by the archive, which has them whole
     * @param ids by files of ids alone
     * @param expected whether all of them should be in an archive
     */
    record Gone(GoneLeaves archived, GoneLeaves ids, boolean expected) implements AutoCloseable {
        @Override
        public void close() {
            archived.close();
            ids.close();
        }
    }

    /** @param erased told each event whose payload was erased */
    EventAudit(Partition ledger, Tree tree, Gone gone, AuditFindings findings, Consumer<RecordedEvent> erased) {
        this.ledger = ledger;
        this.tree = tree;
        this.gone = gone;
        this.findings = findings;
        this.erased = erased;
        this.trimmed = ledger.trimming().trimmed().seq();
    }

    long hot() {
        return hot;
    }

    long cold() {
        return cold;
    }

    long archived() {
        return archived;
    }

    long hashOnly() {
        return hashOnly;
    }

    long unknown() {
        return unknown;
    }

    /**
     * Looks at the numbers that follow {@code after}, up to {@code to}.
     *
     * @param leaves of these numbers, as they were signed
     */
    void look(long after, List<Hash> leaves) {
        long to = after + leaves.size();
        for (long seq = after; seq < to; seq += PAGE) {
            long end = Math.min(to, seq + PAGE);
            List<RecordedEvent> page = read(seq, end);
            personal(page);
            long next = seq + 1;
            for (RecordedEvent event : page) {
                for (; next < event.seq(); next++) {
                    absent(next, leaves.get((int) (next - after - 1)));
                }
                present(event, leaves.get((int) (next - after - 1)));
                next++;
            }
            for (; next <= end; next++) {
                absent(next, leaves.get((int) (next - after - 1)));
            }
        }
    }

    /** Those between two numbers that can be read; of each that cannot, it is told why. */
    private List<RecordedEvent> read(long after, long to) {
        try {
            return upTo(to, ledger.order().read(after, Math.toIntExact(to - after)));
        } catch (LedgerException damaged) {
            requireCorrupt(damaged);
        }
        List<RecordedEvent> found = new ArrayList<>();
        for (long seq = after + 1; seq <= to; seq++) {
            try {
                found.addAll(upTo(seq, ledger.order().read(seq - 1, 1)));
            } catch (LedgerException damaged) {
                requireCorrupt(damaged);
                unreadable(seq, String.valueOf(damaged.getMessage()));
            }
        }
        return found;
    }

    private void unreadable(long seq, String why) {
        if (unreadable.add(seq)) {
            Kind kind = why.contains("missing") || why.contains("no event") ? Kind.MISSING : Kind.ALTERED;
            findings.add(new AuditFault(
                    kind, seq, Optional.empty(), "the event with seq " + seq + " cannot be read: " + why));
        }
    }

    private static List<RecordedEvent> upTo(long to, List<RecordedEvent> events) {
        return events.stream().filter(event -> event.seq() <= to).toList();
    }

    /** What is about persons is looked at with its payload. */
    private void personal(List<RecordedEvent> page) {
        List<RecordedEvent> about = page.stream()
                .filter(event -> event.event().dataSubjectId().isPresent())
                .toList();
        if (about.isEmpty()) {
            return;
        }
        try {
            forgotten(about);
        } catch (LedgerException damaged) {
            requireCorrupt(damaged);
            about.forEach(this::forgotten);
        }
    }

    private void forgotten(List<RecordedEvent> about) {
        List<RecordedEvent> forgotten = ledger.log().whole(about).stream()
                .filter(event -> PersonalPayloads.isForgotten(event.event()))
                .toList();
        if (!forgotten.isEmpty()) {
            // Of one that has gone since nothing was erased.
            Set<Long> still = seqs(
                    read(forgotten.getFirst().seq() - 1, forgotten.getLast().seq()));
            forgotten.stream().filter(event -> still.contains(event.seq())).forEach(erased);
        }
    }

    private static Set<Long> seqs(List<RecordedEvent> events) {
        return events.stream().map(RecordedEvent::seq).collect(Collectors.toSet());
    }

    private void forgotten(RecordedEvent about) {
        try {
            forgotten(List.of(about));
        } catch (LedgerException damaged) {
            requireCorrupt(damaged);
            unreadable(about.seq(), String.valueOf(damaged.getMessage()));
        }
    }

    private static void requireCorrupt(LedgerException damaged) {
        if (damaged.reason() != LedgerException.Reason.CORRUPT) {
            throw damaged;
        }
    }

    private void present(RecordedEvent event, Hash signed) {
        there.computeIfAbsent(event.seq() / BITS, page -> new BitSet()).set((int) (event.seq() % BITS));
        hot += event.seq() > trimmed ? 1 : 0;
        cold += event.seq() > trimmed ? 0 : 1;
        Leaf leaf = Leaf.of(event);
        if (!hash(leaf).equals(signed)) {
            if (wrong.size() < KEPT) {
                wrong.add(leaf);
            }
            findings.add(new AuditFault(
                    Kind.ALTERED,
                    leaf.seq(),
                    Optional.of(leaf.id()),
                    "event " + leaf.id() + " with seq " + leaf.seq()
                            + " is not what was signed for: its id, its position or its content is another"));
        }
    }

    private void absent(long seq, Hash signed) {
        if (unreadable.contains(seq)) {
            return;
        }
        Optional<Hash> whole = gone.archived().find(seq);
        Optional<Hash> known = whole.or(() -> gone.ids().find(seq));
        if (known.isPresent()) {
            archived += whole.isPresent() ? 1 : 0;
            hashOnly += whole.isPresent() ? 0 : 1;
            if (!known.get().equals(signed)) {
                findings.add(ofArchive(
                        seq, "what its files of ids say of the event with seq " + seq + " is not what was signed for"));
            }
        } else if (signed.equals(hasher.leaf(Leaf.gone(seq)))) {
            unknown++;
        } else if (seq > ledger.pruning().extent().through().seq()) {
            findings.add(missing(seq));
        } else if (gone.expected()) {
            findings.add(
                    ofArchive(seq, "it does not have the event with seq " + seq + ", which has gone from the ledger"));
        } else {
            hashOnly++;
        }
    }

    private static AuditFault ofArchive(long seq, String what) {
        return new AuditFault(Kind.ARCHIVE, seq, Optional.empty(), "the archive: " + what);
    }

    /** Whether the ledger has an event, of those that were looked at. */
    boolean isThere(long seq) {
        BitSet page = there.get(seq / BITS);
        return page != null && page.get((int) (seq % BITS));
    }

    private static AuditFault missing(long seq) {
        return new AuditFault(
                Kind.MISSING,
                seq,
                Optional.empty(),
                "the ledger has no event with seq " + seq + ", and retention has not taken it out");
    }

    /** Says what became of events that are not what was signed, where that can be said. */
    void explain() {
        if (!wrong.isEmpty()) {
            shifted(wrong.getFirst());
        }
        for (int i = 0; i < wrong.size(); i++) {
            for (int j = i + 1; j < wrong.size(); j++) {
                exchanged(wrong.get(i), wrong.get(j));
            }
        }
    }

    /** Whether everything from here on has moved, by one number. */
    private void shifted(Leaf first) {
        Optional<Leaf> next = at(first.seq() + 1);
        if (next.isPresent() && isSigned(renumbered(next.get(), first.seq()), first.seq())) {
            findings.add(new AuditFault(
                    Kind.INSERTED,
                    first.seq(),
                    Optional.of(first.id()),
                    "event " + first.id() + " was never signed for, and has taken seq " + first.seq()
                            + ": what was there and behind has moved on by one"));
        } else if (first.seq() < tree.size() && isSigned(renumbered(first, first.seq() + 1), first.seq() + 1)) {
            findings.add(new AuditFault(
                    Kind.MISSING,
                    first.seq(),
                    Optional.empty(),
                    "the event that was signed for with seq " + first.seq()
                            + " was taken out: those behind it have moved up by one"));
        }
    }

    private Optional<Leaf> at(long seq) {
        return read(seq - 1, seq).stream().findFirst().map(Leaf::of);
    }

    private static Leaf renumbered(Leaf leaf, long seq) {
        return new Leaf(seq, leaf.position(), leaf.id(), leaf.contentHash());
    }

    /** Whether two have taken each other's place, with the position or without it. */
    private void exchanged(Leaf one, Leaf other) {
        boolean slots = isSigned(new Leaf(one.seq(), one.position(), other.id(), other.contentHash()), one.seq())
                && isSigned(new Leaf(other.seq(), other.position(), one.id(), one.contentHash()), other.seq());
        boolean whole = isSigned(renumbered(other, one.seq()), one.seq())
                && isSigned(renumbered(one, other.seq()), other.seq());
        if (slots || whole) {
            findings.add(new AuditFault(
                    Kind.EXCHANGED,
                    one.seq(),
                    Optional.of(one.id()),
                    "events " + one.id() + " and " + other.id() + ", with seq " + one.seq() + " and " + other.seq()
                            + ", have changed places"));
        }
    }

    private boolean isSigned(Leaf leaf, long seq) {
        try {
            return tree.leaf(seq - 1).equals(hash(leaf));
        } catch (TileException untold) {
            return false;
        }
    }

    private Hash hash(Leaf leaf) {
        return hasher.leaf(leaf.entry());
    }
}
