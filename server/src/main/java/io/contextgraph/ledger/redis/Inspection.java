// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.LedgerFault.Kind;
import io.contextgraph.ledger.redis.append.Appender;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.IndexedSearch;
import io.contextgraph.ledger.redis.search.RedisSessions;
import io.contextgraph.ledger.redis.search.SessionMender;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks at the ledger itself: whether an event can be appended now, and whether what is stored fits together.
 *
 * <p><b>Guarantees.</b> Writes nothing, but for what it makes again without any loss. Fails only when Redis does not
 * answer, or not now.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Inspection {
    /** Faults of one kind that are named. */
    private static final int MOST = 20;

    /** Any session will do: that of the product itself is nobody's. */
    private static final SessionId TRIAL = SessionId.AUDIT;

    private static final int SESSIONS_AT_ONCE = 1000;

    private final Appender appender;
    private final EventReader reader;
    private final RedisSessions sessions;
    private final SessionMender mender;
    private final IndexedSearch search;
    private final Noticed noticed;
    private final AtomicLong seen = new AtomicLong();

    Inspection(
            Appender appender,
            EventReader reader,
            RedisSessions sessions,
            SessionMender mender,
            IndexedSearch search,
            Noticed noticed) {
        this.appender = appender;
        this.reader = reader;
        this.sessions = sessions;
        this.mender = mender;
        this.search = search;
        this.noticed = noticed;
    }

    /**
     * What can be found in some milliseconds: an append is tried up to its first write, the head, every page of ids and the
     * number of events in the index are looked at, some documents in turn, and whatever requests have come upon.
     */
    List<LedgerFault> brief() {
        Glance glance = new Glance();
        glance.whole();
        long from = seen.get() >= glance.last ? 1 : seen.get() + 1;
        long to = Math.min(glance.last, from + EventReader.CHUNK - 1);
        glance.attempt(Kind.NUMBERS, () -> glance.documents(from, to));
        seen.set(to);
        return List.copyOf(glance.faults);
    }

    /** The same, with every document and every session. */
    List<LedgerFault> thorough() {
        Glance glance = new Glance();
        glance.whole();
        for (long from = 1; from <= glance.last; from += EventReader.CHUNK) {
            long first = from;
            long to = Math.min(glance.last, from + EventReader.CHUNK - 1);
            glance.attempt(Kind.NUMBERS, () -> glance.documents(first, to));
        }
        if (glance.canAppend()) {
            glance.attempt(Kind.SESSION, glance::directory);
        }
        return List.copyOf(glance.faults);
    }

    /** One glance, and what it has found. */
    private final class Glance {
        private final Set<LedgerFault> faults = new LinkedHashSet<>();
        private boolean headIsKnown;
        private long last;

        /** @throws LedgerException when Redis does not answer */
        void attempt(Kind kind, Runnable check) {
            try {
                check.run();
            } catch (LedgerException failed) {
                boolean passes = failed.reason().retryable() && failed.reason() != Reason.INCOMPLETE;
                if (passes && kind != Kind.APPEND) {
                    throw failed;
                }
                boolean ignored = faults.add(LedgerFault.of(kind, failed));
            }
        }

        void whole() {
            attempt(Kind.APPEND, () -> sessions(List.of(TRIAL)));
            attempt(Kind.HEAD, this::head);
            attempt(Kind.NUMBERS, () -> reader.requirePages(last));
            if (headIsKnown) {
                attempt(Kind.INDEX, search::requireComplete);
            }
            List<Long> numbers = noticed.numbers();
            List<SessionId> met = noticed.sessions();
            noticed.forget(numbers, met);
            for (long seq : numbers) {
                attempt(Kind.NUMBERS, () -> documents(seq, Math.min(seq, last)));
            }
            if (canAppend()) {
                attempt(Kind.SESSION, () -> sessions(met));
            }
        }

        /** Where no event can be appended, no session tells anything of its own. */
        boolean canAppend() {
            return faults.stream().noneMatch(fault -> fault.kind() == Kind.APPEND);
        }

        private void head() {
            Head head = reader.head();
            headIsKnown = true;
            last = head.seq();
            if (last > 0) {
                RecordedEvent newest = reader.events(reader.refs(last, last)).getFirst();
                if (!newest.position().equals(head.position())) {
                    throw RedisErrors.corrupt("the head is at position " + head.position()
                            + ", the newest event, with seq " + last + ", at " + newest.position());
                }
            }
        }

        void documents(long from, long to) {
            if (from <= to) {
                documents(reader.refs(from, to));
            }
        }

        /** Halves what cannot be read, until what is wrong is alone. */
        private void documents(List<Ref> refs) {
            if (refs.isEmpty() || isNamed(Kind.DOCUMENT)) {
                return;
            }
            try {
                List<RecordedEvent> ignored = reader.events(refs);
            } catch (LedgerException failed) {
                if (failed.reason() != Reason.CORRUPT) {
                    throw failed;
                }
                if (refs.size() == 1) {
                    boolean ignored = faults.add(LedgerFault.of(Kind.DOCUMENT, failed));
                } else {
                    documents(refs.subList(0, refs.size() / 2));
                    documents(refs.subList(refs.size() / 2, refs.size()));
                }
            }
        }

        private boolean isNamed(Kind kind) {
            return faults.stream().filter(fault -> fault.kind() == kind).count() >= MOST;
        }

        /** @return how many events they have, those that are as they should be */
        private long sessions(List<SessionId> ids) {
            long events = 0;
            List<AppendOutcome> outcomes = appender.trial(ids);
            for (int i = 0; i < ids.size(); i++) {
                AppendOutcome outcome = outcomes.get(i);
                if (outcome instanceof AppendOutcome.UnexpectedSessionSeq fine) {
                    events += fine.actual();
                } else if (outcome instanceof AppendOutcome.Refused refused) {
                    events += refused(ids.get(i), refused);
                }
            }
            return events;
        }

        private long refused(SessionId id, AppendOutcome.Refused refused) {
            if (Appender.isOfLostSession(refused)) {
                long[] events = {0};
                attempt(Kind.SESSION, () -> {
                    mender.mend(id);
                    events[0] = sessions.find(id).orElseThrow().eventCount();
                    boolean ignored = faults.add(new LedgerFault(
                            Kind.SESSION,
                            refused.reason(),
                            "the entry of session " + id + " was missing, and has been made again from its events",
                            true));
                });
                return events[0];
            }
            if (!isNamed(Kind.SESSION)) {
                boolean ignored = faults.add(new LedgerFault(
                        Kind.SESSION, refused.reason(), "session " + id + " takes no event: " + refused.why(), false));
            }
            return 0;
        }

        /** Every session that the directory names; together they have every event. */
        void directory() {
            long atLeast = reader.head().seq();
            long events = 0;
            long from = 0;
            List<SessionId> names = sessions.names(from, SESSIONS_AT_ONCE);
            while (!names.isEmpty()) {
                events += sessions(names);
                from += names.size();
                names = sessions.names(from, SESSIONS_AT_ONCE);
            }
            boolean known = faults.stream().noneMatch(fault -> fault.kind() == Kind.SESSION && !fault.mended());
            if (known && (events < atLeast || events > reader.head().seq())) {
                throw RedisErrors.corrupt("the " + from + " sessions of the directory have " + events
                        + " events together, the ledger has " + atLeast);
            }
        }
    }
}
