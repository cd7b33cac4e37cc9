// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** One query on its way to one page, whatever finds the events. Belongs to one thread. */
final class QueryRun {
    /** Index entries in one step. */
    static final int MAX_CHUNK = 1000;

    private static final int TRIES = 3;

    private final EventQuery query;
    private final EventReader reader;
    private final Duration timeout;
    private final Optional<EventQuery.Place> after;
    private final Head asOf;
    private final long headSeq;
    private final long lowestIndexed;
    private final SessionEntry.Span session;
    private final long deadline;
    private Head unindexed;
    private boolean merges;
    private Pruning.Extent pruned;
    private long prunedOfLedger;
    private boolean passedOver;
    private boolean inSequence;

    QueryRun(EventQuery query, EventReader reader, Duration timeout) {
        this.query = query;
        this.reader = reader;
        this.timeout = timeout;
        this.after = query.after();
        EventReader.Extent extent = reader.extent(query.sessionId());
        this.asOf = after.map(place -> new Head(place.asOfSeq(), place.asOf())).orElse(extent.head());
        this.headSeq = extent.head().seq();
        this.session = extent.session();
        this.unindexed = extent.unindexed();
        this.lowestIndexed = Math.max(unindexed.seq() + 1, extent.pruned().firstSeq());
        this.pruned = pruned(extent);
        this.prunedOfLedger = extent.pruned().events();
        this.deadline = System.nanoTime() + timeout.toNanos();
    }

    /** Makes a page; anew where events have left the index, or come back, so that it would not be complete. */
    static EventPage settled(
            EventQuery query, EventReader reader, Duration timeout, Function<QueryRun, EventPage> page) {
        QueryRun run = new QueryRun(query, reader, timeout);
        for (int tries = 0; tries < TRIES; tries++) {
            try {
                EventPage made = page.apply(run);
                if (run.merges == run.mustMerge()) {
                    return made;
                }
            } catch (CameBackException again) {
                run.checkTime();
            }
            run = new QueryRun(query, reader, timeout);
        }
        throw run.incomplete();
    }

    private boolean mustMerge() {
        return query.sessionId().isPresent() && unindexed.seq() > 0;
    }

    /** A walk through the index, and for a session also through what the index does not have of it. */
    Walk withUnindexed(Walk indexed, Redis redis, Keys keys) {
        merges = mustMerge();
        return merges ? new MergedWalk(this, indexed, new ColdSession(redis, keys, reader, query)) : indexed;
    }

    EventQuery query() {
        return query;
    }

    /** To be told whenever the index has been read: what it did not have. */
    void sawUnindexed(Head seen) {
        if (seen.seq() > unindexed.seq()) {
            unindexed = seen;
        }
    }

    /** To be told when all has been read: what is not there any more. */
    void sawAgain() {
        EventReader.Extent extent = reader.extent(query.sessionId());
        sawUnindexed(extent.unindexed());
        pruned = pruned(extent);
        prunedOfLedger = extent.pruned().events();
        passedOver = false;
    }

    /** To be told when the index has been read: how many events of the ledger are gone. */
    void sawPruned(long events) {
        passedOver |= events != prunedOfLedger;
    }

    private static Pruning.Extent pruned(EventReader.Extent extent) {
        Pruning.Extent ofLedger = extent.pruned();
        long events = extent.ofSession().orElse(ofLedger.events());
        return events == 0 ? Pruning.Extent.NONE : new Pruning.Extent(ofLedger.through(), events, ofLedger.firstSeq());
    }

    /** Thrown where what a session has outside of the index has come back to it meanwhile: the page is to be made anew. */
    static final class CameBackException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * @throws CameBackException see there
     * @throws LedgerException where events of the session cannot be found any more
     */
    void requireNoneUnindexed(ColdSession cold) {
        if (unindexed.seq() > 0 && cold.beginsUpTo(unindexed.seq())) {
            if (cold.beginsUpTo(reader.extent().unindexed().seq())) {
                throw cold.missing();
            }
            throw new CameBackException();
        }
    }

    /** The newest event there is. */
    long headSeq() {
        return headSeq;
    }

    /** The lowest number that the index may have, when the run began. */
    long lowestIndexed() {
        return lowestIndexed;
    }

    /** How far the session of the query reaches, when the run began; unknown where it names none. */
    SessionEntry.Span session() {
        return session;
    }

    /** The newest event that the answer considers. */
    long asOfSeq() {
        return asOf.seq();
    }

    /** The last event of the page before, where there is one; its id is not known. */
    Optional<Ref> lastSeen() {
        return after.filter(place -> !place.isBegin())
                .map(place -> new Ref(place.seq(), IdPages.NO_ID, place.timeMillis()));
    }

    /** For orders by position: the number at which to go on. */
    long firstSeq() {
        boolean descending = query.order().descending();
        long first = after.map(place -> descending ? place.seq() - 1 : place.seq() + 1)
                .orElse(descending ? asOfSeq() : 1);
        return descending ? first : Math.max(first, lowestSeq());
    }

    /** The first number that the answer considers. */
    private long lowestSeq() {
        return leftOut().map(Head::seq).orElse(0L) + 1;
    }

    /** A walk by number through all that the answer considers, and that the index has. */
    Walk sequence() {
        inSequence = true;
        long lowest = mustMerge() ? unindexed.seq() + 1 : lowestSeq();
        return query.order().descending()
                ? new SequenceWalk(reader, true, firstSeq(), lowest)
                : new SequenceWalk(reader, false, Math.max(firstSeq(), lowest), asOfSeq());
    }

    /** @throws LedgerException when the time allowed is over */
    void checkTime() {
        if (System.nanoTime() - deadline > 0) {
            throw incomplete();
        }
    }

    LedgerException incomplete() {
        return new LedgerException(
                Reason.INCOMPLETE,
                "the query was not answered within " + timeout.toMillis() + " ms: narrow its filters or its times");
    }

    EventPage nothing() {
        merges = mustMerge();
        return page(List.of(), Optional.empty());
    }

    private Optional<Head> leftOut() {
        return Optional.of(unindexed).filter(last -> last.seq() > 0 && !query.needsNoIndex());
    }

    /** A page that was made, without what it turns out not to be over. */
    EventPage page(EventPage made) {
        return page(made.events(), made.next());
    }

    private EventPage page(List<RecordedEvent> events, Optional<Cursor> next) {
        // Only where some may have gone since they were counted.
        if (passedOver) {
            sawAgain();
        }
        Optional<Head> leftOut = leftOut();
        long behind = leftOut.map(Head::seq).orElse(0L);
        return new EventPage(
                events.stream().filter(event -> event.seq() > behind).toList(), next, asOf.position(), leftOut, pruned);
    }

    /**
     * Fills the page from a walk that meets every answer in order, and perhaps others.
     *
     * @param sieve drops what can be seen to be no answer before its document is read
     */
    EventPage page(Walk walk, UnaryOperator<List<Ref>> sieve) {
        List<RecordedEvent> found = new ArrayList<>();
        int chunk = Math.min(query.limit() + 1, MAX_CHUNK);
        List<Ref> refs = walk.next(chunk);
        while (!refs.isEmpty()) {
            List<Ref> known = refs.stream().filter(r -> r.seq() <= asOfSeq()).toList();
            List<Ref> wanted = sieve.apply(known);
            List<RecordedEvent> there = reader.events(wanted);
            passedOver |= there.size() < wanted.size();
            there.stream().filter(e -> query.matches(e.event())).forEach(found::add);
            if (found.size() > query.limit()) {
                break;
            }
            checkTime();
            chunk = Math.min(chunk * 2, MAX_CHUNK);
            refs = walk.next(chunk);
        }
        passedOver |= inSequence && !isUnbroken(found);
        return firstOf(found);
    }

    /**
     * A page of what is at hand wholly.
     *
     * @param all every event that the answer considers, whether or not it is one, in any order
     */
    EventPage page(List<RecordedEvent> all) {
        merges = mustMerge();
        Comparator<Ref> order = ColdSession.order(query.order());
        return firstOf(all.stream()
                .filter(event -> event.seq() <= asOfSeq() && query.matches(event.event()))
                .filter(event -> lastSeen()
                        .map(last -> order.compare(ref(event), last) > 0)
                        .orElse(true))
                .sorted(query.order().comparator())
                .toList());
    }

    private static Ref ref(RecordedEvent event) {
        return new Ref(
                event.seq(), event.event().id(), event.event().occurredAt().toEpochMilli());
    }

    /** @param found in order, from where the page begins */
    private EventPage firstOf(List<RecordedEvent> found) {
        if (found.size() <= query.limit()) {
            return page(found, Optional.empty());
        }
        List<RecordedEvent> page = found.subList(0, query.limit());
        return page(page, Optional.of(query.cursorAfter(page.getLast(), asOfSeq(), asOf.position())));
    }

    /** Whether no number is missing from the first to the last of a page in commit order, or to the end of the answer. */
    private boolean isUnbroken(List<RecordedEvent> found) {
        if (found.isEmpty() || found.getFirst().seq() != firstSeq()) {
            return false;
        }
        long last = found.getLast().seq();
        long end = query.order().descending() ? lowestSeq() : asOfSeq();
        return Math.abs(last - firstSeq()) + 1 == found.size() && (found.size() > query.limit() || last == end);
    }
}
