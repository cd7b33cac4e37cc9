// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Cursor;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Original;
import io.contextgraph.event.Page;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A ledger that lives as long as the process: reference implementation, test double and executable specification.
 *
 * <p><b>Guarantees.</b> Those of the ports, at {@link Durability#MEMORY} and no level above it.
 *
 * <p><b>Threads.</b> Safe for threads: one lock around everything.
 */
public final class InMemoryLedger implements Partition, EventLog, EventOrder, EventSearch, Sessions {
    /** How long a consumer may hold an entry before another takes it over, unless a feed says otherwise. */
    public static final Duration DEFAULT_CLAIM_AFTER = Duration.ofSeconds(30);

    final Clock clock;
    final ReentrantLock lock = new ReentrantLock();
    final Condition appended = lock.newCondition();

    /** In commit order, without payloads: the event with number {@code n} is at index {@code n - 1}. */
    final List<RecordedEvent> events = new ArrayList<>();

    final InMemoryDocuments documents = new InMemoryDocuments();
    final Map<SessionId, SessionSummary> sessions = new HashMap<>();
    private final Map<String, InMemoryFeed.Group> groups = new HashMap<>();
    final InMemoryParking parking = new InMemoryParking(this);
    private final OperationStore operations;
    final InMemoryEpochs epochs = new InMemoryEpochs(this);
    private final InMemoryTrimming trimming = new InMemoryTrimming(this);
    final InMemoryPruning pruning = new InMemoryPruning(this, trimming);
    final InMemoryPersonal personal = new InMemoryPersonal(this);
    private final Tiers tiers = new InMemoryTiers(this);
    private final Sealing sealing = new InMemorySealing(this);

    /** An empty ledger that takes {@code recorded_at} and positions from {@code clock}. */
    public InMemoryLedger(Clock clock) {
        this.clock = clock;
        this.operations = new InMemoryOperations(clock);
    }

    @Override
    public Epochs epochs() {
        return epochs;
    }

    @Override
    public EventLog log() {
        return this;
    }

    @Override
    public EventOrder order() {
        return this;
    }

    @Override
    public EventSearch search() {
        return this;
    }

    @Override
    public Sessions sessions() {
        return this;
    }

    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        if (appends.isEmpty() || appends.size() > MAX_BATCH) {
            throw new IllegalArgumentException("an append takes 1 to " + MAX_BATCH + " events: " + appends.size());
        }
        if (!Durability.MEMORY.covers(atLeast)) {
            throw new LedgerException(
                    LedgerException.Reason.DURABILITY_UNSUPPORTED,
                    "a ledger in memory does not reach " + atLeast.wireName());
        }
        return locked(() -> {
            pruning.requireLast();
            List<AppendOutcome> outcomes = new ArrayList<>();
            for (Append append : appends) {
                outcomes.add(append(append));
            }
            appended.signalAll();
            return new AppendResult(outcomes, Durability.MEMORY);
        });
    }

    private AppendOutcome append(Append append) {
        Event event = append.event();
        ContentHash hash = EventJson.hash(event);
        Optional<RecordedEvent> known = documents.bare(event.id());
        if (known.isPresent()) {
            RecordedEvent stored = known.get();
            return stored.contentHash().equals(hash)
                    ? new AppendOutcome.Duplicate(event.id(), receipt(stored))
                    : new AppendOutcome.Conflict(event.id(), stored.contentHash(), hash);
        }
        Optional<Lookup.Gone> gone = pruning.find(event.id());
        if (gone.isPresent()) {
            return new AppendOutcome.Gone(event.id(), gone.get());
        }
        Optional<AppendOutcome> refusal = personal.refusal(event);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        SessionSummary session = sessions.get(event.sessionId());
        long sessionSeq = session == null ? 0 : session.eventCount();
        if (!append.expected().isMetBy(sessionSeq)) {
            return new AppendOutcome.UnexpectedSessionSeq(event.id(), append.expected(), sessionSeq);
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        RecordedEvent recorded = new RecordedEvent(
                event.withPayload(Optional.empty()),
                nextPosition(now.toEpochMilli()),
                events.size() + 1L,
                sessionSeq + 1,
                now,
                hash);
        events.add(recorded);
        documents.keep(recorded.withPayload(event.payload()).withOriginal(append.original()));
        sessions.put(event.sessionId(), SessionSummary.with(session, recorded));
        return new AppendOutcome.Appended(event.id(), receipt(recorded));
    }

    /** Rises even where the clock stands still or goes back. */
    private Position nextPosition(long millis) {
        Position last = currentHead().position();
        return millis > last.millis() ? new Position(millis, 0) : new Position(last.millis(), last.sequence() + 1);
    }

    private static AppendOutcome.Receipt receipt(RecordedEvent event) {
        return new AppendOutcome.Receipt(event.position(), event.seq(), event.sessionSeq(), event.recordedAt());
    }

    @Override
    public Lookup find(EventId id) {
        return locked(() -> documents
                .whole(id)
                .<Lookup>map(Lookup.Found::new)
                .or(() -> pruning.find(id))
                .orElseGet(Lookup.Unknown::new));
    }

    /** Takes back what was taken away. */
    void remember(RecordedEvent event) {
        Event back = event.event();
        events.set((int) event.seq() - 1, event.withPayload(Optional.empty()).withOriginal(Optional.empty()));
        documents.keep(personal.restored(event));
        Object ignored = sessions.computeIfPresent(back.sessionId(), (id, known) -> known.withAgent(back.agentId()));
    }

    void forgetAgents(SessionId session) {
        Object ignored = sessions.computeIfPresent(session, (id, known) -> known.withoutAgents());
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return locked(() -> documents.payloads(ids));
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        return locked(() -> documents.originals(ids));
    }

    @Override
    public List<RecordedEvent> read(long afterSeq, int max) {
        EventOrder.requirePage(afterSeq, max);
        return locked(() -> events.stream()
                .skip(afterSeq)
                .filter(event -> !pruning.isGone(event))
                .limit(max)
                .toList());
    }

    @Override
    public Head head() {
        return locked(this::currentHead);
    }

    Head currentHead() {
        return events.isEmpty()
                ? Head.EMPTY
                : new Head(events.size(), events.getLast().position());
    }

    @Override
    public EventPage search(EventQuery query) {
        Optional<EventQuery.Place> after = query.after();
        return locked(() -> {
            Head head = currentHead();
            long asOfSeq = after.map(EventQuery.Place::asOfSeq).orElse(head.seq());
            Position asOf = after.map(EventQuery.Place::asOf).orElse(head.position());
            Optional<Head> leftOut =
                    Optional.of(trimming.index().unindexed()).filter(last -> last.seq() > 0 && !query.needsNoIndex());
            Pruning.Extent pruned = pruning.extent(query.sessionId());
            List<RecordedEvent> found = events.stream()
                    .filter(e -> e.seq() <= asOfSeq && !pruning.isGone(e))
                    .filter(e -> leftOut.map(last -> e.seq() > last.seq()).orElse(true))
                    .filter(e -> query.matches(e.event()))
                    .filter(e -> after.map(place -> isBeyond(place, e, query.order()))
                            .orElse(true))
                    .sorted(query.order().comparator())
                    .limit(query.limit() + 1L)
                    .toList();
            if (found.size() <= query.limit()) {
                return new EventPage(found, Optional.empty(), asOf, leftOut, pruned);
            }
            List<RecordedEvent> page = found.subList(0, query.limit());
            return new EventPage(
                    page, Optional.of(query.cursorAfter(page.getLast(), asOfSeq, asOf)), asOf, leftOut, pruned);
        });
    }

    private static boolean isBeyond(EventQuery.Place place, RecordedEvent event, EventQuery.Order order) {
        int bySeq = Long.compare(event.seq(), place.seq());
        int byTime = Long.compare(event.event().occurredAt().toEpochMilli(), place.timeMillis());
        int ascending = order.byTime() && byTime != 0 ? byTime : bySeq;
        return order.descending() ? ascending < 0 : ascending > 0;
    }

    @Override
    public Optional<SessionSummary> find(SessionId id) {
        return locked(() -> Optional.ofNullable(sessions.get(id)).map(pruning::told));
    }

    @Override
    public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
        if (limit < 1 || limit > Sessions.MAX_LIMIT) {
            throw new InvalidInputException(
                    "/limit", "out_of_range", "must be from 1 to " + Sessions.MAX_LIMIT + ": " + limit);
        }
        long before = cursor.map(Sessions::firstSeq).orElse(Long.MAX_VALUE);
        return locked(() -> {
            List<SessionSummary> found = sessions.values().stream()
                    .filter(s -> s.firstSeq() < before)
                    .sorted(Comparator.comparingLong(SessionSummary::firstSeq).reversed())
                    .limit(limit + 1L)
                    .map(pruning::told)
                    .toList();
            if (found.size() <= limit) {
                return new Page<>(found, Optional.empty());
            }
            List<SessionSummary> page = found.subList(0, limit);
            return new Page<>(page, Optional.of(Sessions.after(page.getLast())));
        });
    }

    @Override
    public EventFeed feed(String group) {
        return feed(group, DEFAULT_CLAIM_AFTER);
    }

    /**
     * The feed of a group; the group begins at the first event.
     *
     * @param claimAfter how long a consumer may hold an entry before another takes it over
     */
    public EventFeed feed(String group, Duration claimAfter) {
        return new InMemoryFeed(this, group, claimAfter);
    }

    @Override
    public Parking parking() {
        return parking;
    }

    @Override
    public OperationStore operations() {
        return operations;
    }

    @Override
    public Trimming trimming() {
        return trimming;
    }

    @Override
    public Pruning pruning() {
        return pruning;
    }

    @Override
    public PersonalEvents personal() {
        return personal;
    }

    @Override
    public Tiers tiers() {
        return tiers;
    }

    @Override
    public Sealing sealing() {
        return sealing;
    }

    boolean hasGroup(String name) {
        return locked(() -> groups.containsKey(name));
    }

    /** A group is there from its first consumer on. */
    InMemoryFeed.Group begin(String group) {
        return locked(() -> groups.computeIfAbsent(group, name -> new InMemoryFeed.Group()));
    }

    /** Nothing where it is not there. */
    InMemoryFeed.Group group(String group) {
        return locked(() -> groups.getOrDefault(group, new InMemoryFeed.Group()));
    }

    Map<String, InMemoryFeed.Group> groups() {
        return new TreeMap<>(groups);
    }

    long sessionCount() {
        return sessions.size();
    }

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
