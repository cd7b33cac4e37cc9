// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.prune.Founding;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.prune.Holds;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.trim.Fence;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Remembers what of a ledger in memory is gone. Guarded by the ledger's lock; the envelopes of what is gone stay in its list,
 * where nobody is given them any more.
 */
final class InMemoryPruning implements Pruning, Holds, Founding {
    private final InMemoryLedger ledger;
    private final InMemoryTrimming trimming;
    private final TreeMap<Instant, Pruned> prunings = new TreeMap<>();
    private final Map<EventId, Instant> gone = new HashMap<>();
    private final Set<Long> numbers = new HashSet<>();
    private final Map<SessionId, PrunedSession> sessions = new HashMap<>();
    private final Map<SessionId, Hold> holds = new HashMap<>();
    private Head through = Head.EMPTY;
    private long firstSeq = 1;
    private boolean ended;

    InMemoryPruning(InMemoryLedger ledger, InMemoryTrimming trimming) {
        this.ledger = ledger;
        this.trimming = trimming;
    }

    boolean isGone(RecordedEvent event) {
        return numbers.contains(event.seq());
    }

    /** What is remembered of an event. */
    Optional<Lookup.Gone> find(EventId id) {
        return Optional.ofNullable(gone.get(id)).map(prunings::get).map(Pruned::gone);
    }

    @Override
    public Pruned begin(Fence fence, Plan plan) {
        return ledger.locked(() -> {
            trimming.requireHeld(fence);
            if (!ended
                    && !prunings.isEmpty()
                    && prunings.lastEntry().getValue().plan().segment().equals(plan.segment())) {
                return prunings.lastEntry().getValue();
            }
            Instant now = ledger.clock.instant().truncatedTo(ChronoUnit.MILLIS);
            Instant at = prunings.isEmpty() || now.isAfter(prunings.lastKey())
                    ? now
                    : prunings.lastKey().plusMillis(1);
            Pruned pruned = new Pruned(at, plan);
            Pruned ignored = prunings.put(at, pruned);
            ended = false;
            return pruned;
        });
    }

    @Override
    public Optional<SessionId> step(
            Fence fence, Pruned pruning, List<RecordedEvent> events, Map<SessionId, String> tallies, long first) {
        requireFits(events);
        return ledger.locked(() -> {
            trimming.requireHeld(fence);
            Optional<SessionId> held = events.stream()
                    .map(event -> event.event().sessionId())
                    .filter(holds::containsKey)
                    .findFirst();
            if (held.isPresent()) {
                return held;
            }
            RecordedEvent last = events.getLast();
            if (last.seq() > trimming.trimmed().seq()
                    || last.seq() >= ledger.currentHead().seq()) {
                throw new IllegalArgumentException("events have entries in the streams: " + last.seq());
            }
            events.forEach(event -> take(event, pruning, tallies));
            through = last.seq() > through.seq() ? new Head(last.seq(), last.position()) : through;
            firstSeq = Math.max(firstSeq, first);
            return Optional.empty();
        });
    }

    private void take(RecordedEvent event, Pruned pruning, Map<SessionId, String> tallies) {
        if (!numbers.add(event.seq())) {
            throw new IllegalArgumentException("event with seq " + event.seq() + " is gone already");
        }
        SessionId session = event.event().sessionId();
        String tally = tallies.get(session);
        if (tally == null) {
            throw new IllegalArgumentException("no tally for session " + session);
        }
        Object ignored = gone.put(event.event().id(), pruning.at());
        ledger.documents.forget(event.event().id());
        long before = Optional.ofNullable(sessions.get(session))
                .map(PrunedSession::events)
                .orElse(0L);
        PrunedSession now = new PrunedSession(before + 1, tally);
        ignored = sessions.put(session, now);
        if (now.events() == ledger.find(session).map(SessionSummary::eventCount).orElse(0L)) {
            ledger.forgetAgents(session);
        }
    }

    @Override
    public void restore(Fence fence, List<RecordedEvent> events, Map<SessionId, String> tallies) {
        requireFits(events);
        boolean ignored = ledger.locked(() -> {
            trimming.requireHeld(fence);
            events.forEach(this::requireGone);
            events.forEach(event -> PersonalPayloads.requireSealed(event.event()));
            Map<SessionId, PrunedSession> left = left(events, tallies);
            events.forEach(this::bring);
            sessions.putAll(left);
            firstSeq = Math.min(firstSeq, events.getFirst().seq());
            through = numbers.isEmpty() ? Head.EMPTY : through;
            ended = true;
            return sessions.values().removeIf(known -> known.events() == 0);
        });
    }

    /** What is gone of the sessions of some events when these are back. */
    private Map<SessionId, PrunedSession> left(List<RecordedEvent> events, Map<SessionId, String> tallies) {
        Map<SessionId, PrunedSession> left = new HashMap<>();
        for (RecordedEvent event : events) {
            SessionId session = event.event().sessionId();
            PrunedSession before = left.getOrDefault(session, Objects.requireNonNull(sessions.get(session)));
            left.put(session, new PrunedSession(before.events() - 1, tallies.getOrDefault(session, "")));
        }
        left.forEach((session, known) -> {
            if (known.events() > 0 && known.tally().isEmpty()) {
                throw new IllegalArgumentException("no tally for session " + session);
            }
        });
        return left;
    }

    private static void requireFits(List<RecordedEvent> events) {
        if (events.isEmpty() || events.size() > MAX_STEP) {
            throw new IllegalArgumentException("a step takes 1 to " + MAX_STEP + " events: " + events.size());
        }
    }

    private void requireGone(RecordedEvent event) {
        if (!numbers.contains(event.seq())) {
            throw new LedgerException(
                    LedgerException.Reason.CORRUPT, "no event is gone that had the number " + event.seq());
        }
    }

    private void bring(RecordedEvent event) {
        numbers.remove(event.seq());
        gone.remove(event.event().id());
        ledger.remember(event);
    }

    @Override
    public boolean keep(Fence fence, SessionId session, PrunedSession before, String tally) {
        return ledger.locked(() -> {
            trimming.requireHeld(fence);
            return sessions.replace(session, before, new PrunedSession(before.events(), tally));
        });
    }

    @Override
    public Optional<Pruned> find(Instant at) {
        return ledger.locked(() -> Optional.ofNullable(prunings.get(at)));
    }

    @Override
    public Optional<Pruned> last() {
        return ledger.locked(() -> Optional.ofNullable(prunings.lastEntry())
                .map(Map.Entry::getValue)
                .filter(last -> !ended));
    }

    @Override
    public Extent extent() {
        return ledger.locked(() -> new Extent(through, numbers.size(), firstSeq));
    }

    /** The same of the events of a session. */
    Extent extent(Optional<SessionId> session) {
        long of = session.map(id -> Optional.ofNullable(sessions.get(id))
                        .map(PrunedSession::events)
                        .orElse(0L))
                .orElse((long) numbers.size());
        return of == 0 ? Extent.NONE : new Extent(through, of, firstSeq);
    }

    /** A session with how many of its events are gone. */
    SessionSummary told(SessionSummary session) {
        return session.withPruned(extent(Optional.of(session.id())).events());
    }

    @Override
    public Map<SessionId, PrunedSession> sessions(Collection<SessionId> wanted) {
        return ledger.locked(() -> {
            Map<SessionId, PrunedSession> found = new HashMap<>(sessions);
            boolean ignored = found.keySet().retainAll(Set.copyOf(wanted));
            return found;
        });
    }

    @Override
    public Holds holds() {
        return this;
    }

    @Override
    public Founding founding() {
        return this;
    }

    @Override
    public boolean found(LedgerIdentity identity, Head last) {
        return ledger.locked(() -> {
            if (!ledger.events.isEmpty()) {
                return false;
            }
            for (long seq = 1; seq <= last.seq(); seq++) {
                ledger.events.add(unknown(seq, last.position()));
                boolean ignored = numbers.add(seq);
            }
            ledger.epochs.found(identity);
            trimming.found(last);
            through = last;
            firstSeq = last.seq() + 1;
            return true;
        });
    }

    /** Nothing comes behind an event that is still away. */
    void requireLast() {
        if (numbers.contains((long) ledger.events.size())) {
            throw new LedgerException(
                    LedgerException.Reason.CORRUPT,
                    "ledger: no event has seq " + ledger.events.size() + ", at which the head is");
        }
    }

    /** In the place of an event that may come back. */
    private static RecordedEvent unknown(long seq, Position position) {
        Event event = Event.builder(
                        new EventId(new UUID(0x4000L, 0x8000_0000_0000_0000L | seq)),
                        new EventType("system.unknown"),
                        Instant.EPOCH,
                        new SessionId("unknown"))
                .agentId("unknown")
                .traceId("unknown")
                .payloadRef("unknown")
                .build();
        return new RecordedEvent(event, position, seq, 1, Instant.EPOCH, EventJson.hash(event));
    }

    @Override
    public void sessions(Map<SessionSummary, String> known, Set<EventType> types) {
        boolean ignored = ledger.locked(() -> {
            known.forEach((session, tally) -> {
                ledger.sessions.put(session.id(), session.withoutAgents());
                sessions.put(session.id(), new PrunedSession(session.eventCount(), tally));
            });
            return true;
        });
    }

    @Override
    public long remembered() {
        return ledger.locked(() -> (long) gone.size());
    }

    @Override
    public int forget(Fence fence, Instant before, int most) {
        return ledger.locked(() -> {
            trimming.requireHeld(fence);
            List<EventId> old = gone.entrySet().stream()
                    .filter(one -> one.getValue().isBefore(before))
                    .limit(most)
                    .map(Map.Entry::getKey)
                    .toList();
            old.forEach(gone::remove);
            return old.size();
        });
    }

    @Override
    public Map<SessionId, Hold> all() {
        return ledger.locked(() -> {
            Map<SessionId, Hold> all = new LinkedHashMap<>();
            holds.entrySet().stream()
                    .sorted(Comparator.comparing(one -> one.getKey().value()))
                    .forEach(one -> all.put(one.getKey(), one.getValue()));
            return all;
        });
    }

    @Override
    public void put(SessionId session, Hold hold) {
        Optional<Hold> ignored = ledger.locked(() -> Optional.ofNullable(holds.put(session, hold)));
    }

    @Override
    public boolean release(SessionId session) {
        return ledger.locked(() -> holds.remove(session) != null);
    }
}
