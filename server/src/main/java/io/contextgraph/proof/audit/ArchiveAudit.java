// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Catalog;
import io.contextgraph.archive.Segment;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.proof.Leaf;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeHasher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/** Reads all that the archive has, and holds each event against its leaf; and what is kept of what has gone, against what went. */
final class ArchiveAudit {
    private static final int SESSIONS_AT_ONCE = 500;

    /** What went of a session takes some hundred bytes. */
    private static final int MOST_SESSIONS = 500_000;

    private final Partition ledger;
    private final Tree tree;
    private final AuditFindings findings;
    private final LongPredicate there;
    private final Consumer<RecordedEvent> erased;
    private final TreeHasher hasher = new TreeHasher();
    private final Map<SessionId, SessionTally> tallies = new HashMap<>();
    private long passedOver;

    /**
     * @param there whether the ledger has the event of a number, too
     * @param erased told each event whose payload was erased
     */
    ArchiveAudit(
            Partition ledger, Tree tree, AuditFindings findings, LongPredicate there, Consumer<RecordedEvent> erased) {
        this.ledger = ledger;
        this.tree = tree;
        this.findings = findings;
        this.there = there;
        this.erased = erased;
    }

    /** @param read told how many events were read so far */
    void look(Archive archive, LedgerIdentity identity, LongConsumer read) {
        Catalog catalog = archive.list();
        catalog.faults().forEach(this::fault);
        long[] events = {0};
        for (Segment segment : catalog.segments()) {
            long last = Math.min(
                    tree.size(), segment.cutOff(identity).map(Head::seq).orElse(Long.MAX_VALUE));
            archive.verify(segment.id(), event -> {
                        events[0]++;
                        if (event.seq() <= last) {
                            event(segment, event);
                        }
                    })
                    .forEach(this::fault);
            read.accept(events[0]);
        }
    }

    private void fault(ArchiveFault fault) {
        findings.add(AuditFault.of(Kind.ARCHIVE, "the archive: " + fault));
    }

    private void event(Segment segment, RecordedEvent event) {
        Leaf leaf = Leaf.of(event);
        if (!tree.mayHave(leaf.index(), hasher.leaf(leaf.entry()))) {
            findings.add(new AuditFault(
                    Kind.ARCHIVE,
                    leaf.seq(),
                    Optional.of(leaf.id()),
                    "the archive: event " + leaf.id() + " with seq " + leaf.seq() + " in segment " + segment.id()
                            + " is not what was signed for"));
        }
        if (PersonalPayloads.isForgotten(event.event())) {
            erased.accept(event);
        }
        if (!there.test(event.seq())) {
            leaves(event);
        }
    }

    private void leaves(RecordedEvent event) {
        SessionId session = event.event().sessionId();
        if (tallies.size() < MOST_SESSIONS || tallies.containsKey(session)) {
            tallies.computeIfAbsent(session, this::tally).leaves(event);
        } else {
            passedOver++;
        }
    }

    /** What went of a session, as far as the graph still has it. */
    private SessionTally tally(SessionId session) {
        return Optional.ofNullable(ledger.pruning().sessions(Set.of(session)).get(session))
                .flatMap(kept -> SessionTally.known(kept.tally()))
                .map(kept -> SessionTally.forgetting(kept.forgetting(), 0))
                .orElseGet(SessionTally::new);
    }

    /** Holds what is kept of sessions against what the archive has of them. */
    void summaries() {
        if (passedOver > 0) {
            findings.unchecked("what is kept of " + passedOver + " events that have gone, of more sessions than the "
                    + MOST_SESSIONS + " that one audit looks at");
        }
        List<SessionId> sessions = new ArrayList<>(tallies.keySet());
        for (int from = 0; from < sessions.size(); from += SESSIONS_AT_ONCE) {
            List<SessionId> some = sessions.subList(from, Math.min(sessions.size(), from + SESSIONS_AT_ONCE));
            Map<SessionId, PrunedSession> kept = ledger.pruning().sessions(some);
            some.forEach(session -> compare(session, Optional.ofNullable(kept.get(session))));
        }
    }

    private void compare(SessionId session, Optional<PrunedSession> kept) {
        SessionTally archived = tallies.getOrDefault(session, new SessionTally());
        long events = archived.events() + archived.forgotten();
        boolean fits = kept.flatMap(one -> SessionTally.known(one.tally()))
                .filter(tally -> tally.sameEvents(archived))
                .isPresent();
        // Of a session of which some is not archived, the sums are of more.
        boolean all = kept.map(one -> one.events() <= events).orElse(true);
        if (!fits && all) {
            findings.add(AuditFault.of(
                    Kind.SUMMARY,
                    "what is kept of the " + events + " events of session " + session
                            + " that have gone does not fit those that the archive has"));
        }
    }
}
