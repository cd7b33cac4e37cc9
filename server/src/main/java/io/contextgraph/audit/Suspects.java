// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Page;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Digest;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.SessionDigest;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Watcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the sessions that need a look of their own. */
final class Suspects {
    /** Most sessions of the ledger that are added up at once: about 100 MB where each has many events. */
    static final int MOST_SESSIONS = 100_000;

    private static final int SESSIONS_PER_PAGE = 1_000;
    private static final int EVENTS_PER_PAGE = 1_000;

    private final List<Partition> partitions;
    private final Sessions sessions;
    private final GraphAudit graph;
    private final Cut cut;
    private final Looks looks;
    private final int most;

    /** @param most sessions to add up at once; more take as many readings of both sides as it takes */
    Suspects(Ledger ledger, Cut cut, GraphAudit graph, Looks looks, int most) {
        this.cut = cut;
        this.partitions = ledger.partitions();
        this.sessions = ledger.sessions();
        this.graph = graph;
        this.looks = looks;
        this.most = most;
    }

    /** Every session of either side. */
    void all(Consumer<SessionId> each) {
        Optional<Cursor> next = Optional.empty();
        do {
            Page<SessionSummary> page = sessions.list(SESSIONS_PER_PAGE, next);
            page.items().forEach(session -> each.accept(session.id()));
            next = page.next();
        } while (next.isPresent());
        List<SessionId> page = graph.sessions(Optional.empty(), SESSIONS_PER_PAGE);
        while (!page.isEmpty()) {
            page.stream().filter(session -> sessions.find(session).isEmpty()).forEach(each);
            page = graph.sessions(Optional.of(page.getLast()), SESSIONS_PER_PAGE);
        }
    }

    /**
     * Adds up both sides; half of the work is either side's.
     *
     * @param ends the last event of each partition to consider
     * @param equal told the number of events of each session that is the same on both sides
     * @param differing told the sessions that differ, or that only one side has, some at a time
     */
    void byDigest(Ends ends, Watcher watcher, LongConsumer equal, Consumer<List<SessionId>> differing) {
        long from = 0;
        while (from < Digest.EDGE_BOUND) {
            Part part = new Part(from, ends, watcher, differing);
            part.run(equal);
            from = part.to;
        }
    }

    /** The sessions whose keys lie in a range that is as wide as there is room. */
    private final class Part {
        private final long from;
        private final Ends ends;

        /** How many events there are. */
        private final long through;

        private final Watcher watcher;
        private final Consumer<List<SessionId>> tell;
        private final Map<SessionId, SessionTally> ledger = new HashMap<>();
        private List<SessionId> differing = new ArrayList<>();
        private long to = Digest.EDGE_BOUND;

        Part(long from, Ends ends, Watcher watcher, Consumer<List<SessionId>> tell) {
            this.from = from;
            this.ends = ends;
            this.through = ends.events();
            this.watcher = watcher;
            this.tell = tell;
        }

        private boolean holds(SessionId session) {
            if (from == 0 && to == Digest.EDGE_BOUND) {
                return true;
            }
            long key = Digest.key(session.value());
            return from <= key && key < to;
        }

        void run(LongConsumer equal) {
            // First: what leaves the ledger meanwhile is missed, and its session looked at, but never counted twice.
            cut.tallies(SESSIONS_PER_PAGE, (session, tally) -> addUp(session, tally));
            addUpLedger();
            SessionDigest open = null;
            long added = 0;
            Optional<DigestPage.Place> next = Optional.empty();
            do {
                DigestPage page = graph.digests(next, Looks.EVENTS_PER_SUM);
                for (SessionDigest part : page.sessions()) {
                    if (open != null && open.session().equals(part.session())) {
                        open = open.plus(part);
                    } else {
                        settle(open, equal);
                        open = part;
                    }
                    added += part.events();
                }
                progress(through + Math.min(through, added));
                next = page.next();
            } while (next.isPresent());
            settle(open, equal);
            differing.addAll(ledger.keySet());
            tellDiffering();
        }

        private void addUpLedger() {
            long before = 0;
            for (Partition partition : partitions) {
                long last = ends.seqs().get(partition.number());
                addUp(partition, last, before);
                before += last;
            }
        }

        /**
         * @param last number of its last event to add up
         * @param before how many events of others have been added up
         */
        private void addUp(Partition partition, long last, long before) {
            long seq = 0;
            while (seq < last) {
                List<RecordedEvent> page = partition.order().read(seq, (int) Math.min(EVENTS_PER_PAGE, last - seq));
                if (page.isEmpty()) {
                    throw new IllegalStateException(
                            "the ledger must give events up to number " + last + ", ends after " + seq);
                }
                page.forEach(this::addUp);
                seq = page.getLast().seq();
                progress(before + seq);
            }
        }

        private void addUp(RecordedEvent event) {
            SessionId session = event.event().sessionId();
            if (holds(session)) {
                ledger.computeIfAbsent(session, s -> new SessionTally()).add(event);
                makeRoom();
            }
        }

        private void addUp(SessionId session, SessionTally gone) {
            // Of what the graph has forgotten it has nothing.
            if (gone.events() > 0 && holds(session)) {
                ledger.put(session, gone);
                makeRoom();
            }
        }

        private void makeRoom() {
            while (ledger.size() > most && to - from > 1) {
                to = from + (to - from) / 2;
                ledger.keySet().removeIf(other -> !holds(other));
            }
        }

        /** @param done of twice as many as there are events, in this part */
        private void progress(long done) {
            double share = from + (to - from) * (done / (2.0 * Math.max(1, through)));
            watcher.at(AuditPhase.COMPARING, (long) (through * share / Digest.EDGE_BOUND), through);
        }

        private void settle(@Nullable SessionDigest actual, LongConsumer equal) {
            if (actual == null || !holds(actual.session())) {
                return;
            }
            SessionId session = actual.session();
            SessionTally tally = ledger.remove(session);
            if (tally != null
                    && tally.digest(session)
                            .or(() -> looks.expected(session))
                            .filter(actual::equals)
                            .isPresent()) {
                equal.accept(tally.events());
            } else {
                differing.add(session);
                // The graph may have any number of sessions that the ledger does not know.
                if (differing.size() >= most) {
                    tellDiffering();
                }
            }
        }

        private void tellDiffering() {
            List<SessionId> told = differing;
            differing = new ArrayList<>();
            tell.accept(told);
        }
    }
}
