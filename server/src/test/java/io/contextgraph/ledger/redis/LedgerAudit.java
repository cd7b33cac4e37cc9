// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.IndexedField;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks through a whole ledger that nobody writes to and names every fault: each event must be in the global stream,
 * its session's stream, its document, every index, the pages of ids and its session's entry, once, under one number
 * and one position; numbers without gaps, positions rising; and nothing may lie about that belongs to no event. Events that
 * have been trimmed must be in no stream.
 *
 * <p><b>Units and bounds.</b> Memory in proportion to sessions and to different values of indexed fields, not to
 * events. At most {@value #MOST_SEARCHED} values of a field are searched for, evenly chosen.
 */
public final class LedgerAudit {
    private static final int PAGE = 1000;
    private static final int MOST_FAULTS = 50;
    private static final int MOST_SEARCHED = 200;

    private final RedisLedger ledger;
    private final LedgerLayout layout;
    private final java.util.function.Consumer<RecordedEvent> visitor;
    private final List<String> faults = new ArrayList<>();

    private final Map<SessionId, Session> sessions = new HashMap<>();
    private final Map<IndexedField, Map<String, Tally>> values = new EnumMap<>(IndexedField.class);
    private final Map<String, Tally> subjects = new HashMap<>();
    private final Tally every = new Tally();

    /** Those that the index has. */
    private final Tally all = new Tally();

    private Head last = Head.EMPTY;

    /** The last event that has no entries in streams any more. */
    private Head trimmed = Head.EMPTY;

    /** The last event that is not in the index any more. */
    private Head unindexed = Head.EMPTY;

    private long payloads;
    private long originals;

    private LedgerAudit(RedisLedger ledger, LedgerLayout layout, java.util.function.Consumer<RecordedEvent> visitor) {
        this.ledger = ledger;
        this.layout = layout;
        this.visitor = visitor;
    }

    /** Fails with every fault, or returns where the ledger ends. */
    public static Head assertWhole(RedisSettings settings) {
        return assertWhole(settings, event -> {});
    }

    /**
     * Fails with every fault, or returns where the ledger ends.
     *
     * @param visitor is shown every event in commit order, without its payload
     */
    public static Head assertWhole(RedisSettings settings, java.util.function.Consumer<RecordedEvent> visitor) {
        List<String> faults = new ArrayList<>();
        Head head = audit(settings, visitor, faults);
        assertThat(faults).as("faults of the ledger").isEmpty();
        return head;
    }

    /** Every fault in a sentence of its own, up to {@value #MOST_FAULTS}. */
    public static List<String> faults(RedisSettings settings) {
        List<String> faults = new ArrayList<>();
        Head ignored = audit(settings, event -> {}, faults);
        return faults;
    }

    private static Head audit(
            RedisSettings settings, java.util.function.Consumer<RecordedEvent> visitor, List<String> faults) {
        try (RedisLedger ledger = RedisLedger.connect(settings);
                Redis redis = new Redis(settings)) {
            LedgerLayout layout = new LedgerLayout(redis, new Keys(settings.prefix()), ledger.engine());
            LedgerAudit audit = new LedgerAudit(ledger, layout, visitor);
            try {
                audit.run();
            } catch (RuntimeException unreadable) {
                audit.fault("the ledger cannot be read: " + unreadable.getMessage());
            }
            faults.addAll(audit.faults);
            return audit.last;
        }
    }

    private void run() {
        trimmed = ledger.trimming().trimmed();
        unindexed = ledger.trimming().index().unindexed();
        walk();
        Head head = ledger.order().head();
        expect("the head", head, last);
        sessions.values().forEach(this::checkSession);
        checkDirectory();
        expect("events in the index", layout.indexed(), last.seq() - unindexed.seq());
        values.forEach(this::checkIndex);
        expect("all events by time", search(EventQuery.builder(), EventQuery.Order.TIME_ASC), all);
        expect("all events by position", search(EventQuery.builder(), EventQuery.Order.POSITION_DESC), every);
        long streams = sessions.isEmpty()
                ? 0
                : sessions.values().stream()
                                .filter(session -> session.positions.count > 0)
                                .count()
                        + 1L;
        expect(
                "keys",
                layout.counts(),
                Map.of(
                        "documents",
                        last.seq(),
                        "payloads",
                        payloads,
                        "sealed payloads",
                        layout.sealed(),
                        "subjects",
                        ledger.engine() == Engine.SORTED_SET ? (long) subjects.size() : 0L,
                        "streams",
                        streams,
                        "session entries",
                        (long) sessions.size(),
                        "originals",
                        originals));
        expect(
                "sealed payloads that the ledger counts",
                layout.sealed(),
                subjects.values().stream().mapToLong(tally -> tally.count).sum());
        subjects.forEach((subject, tally) -> expect("events about " + subject, layout.about(subject), tally.count));
    }

    /** Everything in commit order, from the documents, the feed and the global stream side by side. */
    private void walk() {
        String group = "audit-" + UUID.randomUUID();
        boolean empty = ledger.order().head().equals(Head.EMPTY);
        if (empty) {
            return;
        }
        List<Position> first = layout.global(Position.START, 1);
        if (first.stream().anyMatch(position -> position.compareTo(trimmed.position()) <= 0)) {
            fault("global stream begins at " + first + ", and was trimmed up to " + trimmed);
        }
        try (Consumer feed = ledger.feed(group).open("audit")) {
            List<RecordedEvent> page = ledger.order().read(0, PAGE);
            while (!page.isEmpty()) {
                List<Position> positions =
                        page.stream().map(RecordedEvent::position).toList();
                List<Position> entries = page.stream()
                        .filter(event -> event.seq() > trimmed.seq())
                        .map(RecordedEvent::position)
                        .toList();
                Position behind = Collections.max(List.of(last.position(), trimmed.position()));
                expect("global stream", layout.global(behind, entries.size()), entries);
                List<Delivery> expected = page.stream()
                        .map(event -> (Delivery) new Delivery.Arrived(event, 1))
                        .toList();
                expect("feed", feed.poll(page.size(), Duration.ZERO), expected);
                feed.acknowledge(positions);
                List<EventId> ids = page.stream().map(e -> e.event().id()).toList();
                Map<EventId, Payload> carried = ledger.log().payloads(ids);
                originals += ledger.log().originals(ids).size();
                page.forEach(event -> take(event, carried.get(event.event().id())));
                page = ledger.order().read(last.seq(), PAGE);
            }
            expect("global stream beyond the head", layout.global(last.position(), PAGE), List.of());
            expect("feed beyond the head", feed.poll(PAGE, Duration.ZERO), List.of());
        } finally {
            layout.forgetGroup(group);
        }
    }

    private void take(RecordedEvent recorded, @Nullable Payload payload) {
        visitor.accept(recorded);
        Event event = recorded.event();
        expect("seq of " + event.id(), recorded.seq(), last.seq() + 1);
        if (recorded.position().compareTo(last.position()) <= 0) {
            fault("position of " + event.id() + " does not rise: " + recorded.position());
        }
        Event whole = event.withPayload(Optional.ofNullable(payload));
        if (PersonalPayloads.isForgotten(whole)) {
            SubjectPseudonym subject =
                    new SubjectPseudonym(event.dataSubjectId().orElseThrow());
            expect("fence of " + event.id(), ledger.personal().fence(subject).isPresent(), true);
        } else {
            expect("content hash of " + event.id(), EventJson.hash(whole), recorded.contentHash());
        }
        payloads += payload == null || event.dataSubjectId().isPresent() ? 0 : 1;
        event.dataSubjectId()
                .filter(subject -> payload != null)
                .ifPresent(subject ->
                        subjects.computeIfAbsent(subject, name -> new Tally()).add(recorded));
        last = new Head(recorded.seq(), recorded.position());
        every.add(recorded);
        boolean indexed = recorded.seq() > unindexed.seq();
        if (indexed) {
            all.add(recorded);
        }
        Session session = sessions.computeIfAbsent(event.sessionId(), id -> new Session(recorded));
        expect("session_seq of " + event.id(), recorded.sessionSeq(), session.events.count + 1);
        session.add(recorded, recorded.seq() > trimmed.seq());
        for (IndexedField field : IndexedField.values()) {
            // Those of a session are found wherever they are.
            field.in(event)
                    .filter(value -> indexed || field == IndexedField.SESSION)
                    .ifPresent(value -> values.computeIfAbsent(field, f -> new HashMap<>())
                            .computeIfAbsent(value, v -> new Tally())
                            .add(recorded));
        }
    }

    private void checkSession(Session session) {
        SessionId id = session.first.event().sessionId();
        expect("entry of session " + id, ledger.sessions().find(id), Optional.of(session.summary()));
        Tally stream = new Tally();
        layout.session(id).forEach(position -> stream.add(number(position)));
        expect("stream of session " + id, stream, session.positions);
    }

    private void checkDirectory() {
        List<SessionSummary> expected = sessions.values().stream()
                .map(Session::summary)
                .sorted(Comparator.comparingLong(SessionSummary::firstSeq).reversed())
                .toList();
        List<SessionSummary> listed = new ArrayList<>();
        var page = ledger.sessions().list(PAGE, Optional.empty());
        listed.addAll(page.items());
        while (page.next().isPresent()) {
            page = ledger.sessions().list(PAGE, page.next());
            listed.addAll(page.items());
        }
        expect("the directory of sessions", listed, expected);
    }

    private void checkIndex(IndexedField field, Map<String, Tally> tallies) {
        List<String> names = tallies.keySet().stream().sorted().toList();
        for (int from = 0; from < names.size(); from += PAGE) {
            List<String> chunk = names.subList(from, Math.min(from + PAGE, names.size()));
            List<Long> sizes = layout.indexed(field, chunk);
            for (int i = 0; i < sizes.size() && (unindexed.seq() == 0 || field != IndexedField.SESSION); i++) {
                expect(
                        "index entries of " + field.keyName() + " " + chunk.get(i),
                        sizes.get(i),
                        tally(tallies, chunk.get(i)).count);
            }
        }
        int step = Math.max(1, names.size() / MOST_SEARCHED);
        IntStream.range(0, names.size()).filter(i -> i % step == 0).forEach(i -> {
            String value = names.get(i);
            Tally expected = tally(tallies, value);
            // Within their own times, so that an event that the index has under another time is missed.
            EventQuery.Builder within = query(field, value).from(expected.from).to(expected.to.plusMillis(1));
            Tally found = search(within, EventQuery.Order.TIME_DESC);
            expect("events found by " + field.keyName() + " " + value, found, expected);
        });
    }

    private static Tally tally(Map<String, Tally> tallies, String value) {
        return Optional.ofNullable(tallies.get(value)).orElseThrow();
    }

    private static EventQuery.Builder query(IndexedField field, String value) {
        EventQuery.Builder query = EventQuery.builder();
        return switch (field) {
            case SESSION -> query.sessionId(new SessionId(value));
            case AGENT -> query.agentId(value);
            case TRACE -> query.traceId(value);
            case TYPE -> query.type(new TypeFilter(value));
            case TOOL -> query.toolName(value);
            case PARENT -> query.parentId(EventId.of(value));
            case STATUS -> query.status(EventStatus.parse(value).orElseThrow());
        };
    }

    private Tally search(EventQuery.Builder filters, EventQuery.Order order) {
        EventQuery query = filters.order(order).limit(EventQuery.MAX_LIMIT).build();
        Tally found = new Tally();
        @Nullable RecordedEvent before = null;
        EventPage page = ledger.search().search(query);
        while (true) {
            for (RecordedEvent event : page.events()) {
                if (before != null && order.comparator().compare(before, event) >= 0) {
                    fault("search out of order: " + before.seq() + " before " + event.seq());
                }
                before = event;
                found.add(event);
            }
            if (page.next().isEmpty()) {
                return found;
            }
            page = ledger.search().search(query.withCursor(page.next().orElseThrow()));
        }
    }

    private void expect(String what, Object found, Object expected) {
        if (!found.equals(expected)) {
            fault(what + ": " + cut(found) + " instead of " + cut(expected));
        }
    }

    /** Different positions have different numbers: no millisecond sees a million events. */
    private static long number(Position position) {
        return position.millis() * 1_000_000 + position.sequence();
    }

    private static String cut(Object value) {
        String text = value.toString();
        return text.length() <= 300 ? text : text.substring(0, 300) + "...";
    }

    private void fault(String text) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(text);
        }
    }

    /** How many, and which: equal sets have equal tallies, and different ones hardly ever. */
    private static final class Tally {
        private long count;
        private long sum;
        private Instant from = Instant.MAX;
        private Instant to = Instant.MIN;

        void add(RecordedEvent recorded) {
            Instant at = recorded.event().occurredAt();
            from = at.isBefore(from) ? at : from;
            to = at.isAfter(to) ? at : to;
            add(recorded.seq());
        }

        void add(long member) {
            long mixed = (member + 1) * 0x9E3779B97F4A7C15L;
            sum += (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
            count++;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Tally tally && tally.count == count && tally.sum == sum;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(sum);
        }

        @Override
        public String toString() {
            return count + " events (" + Long.toHexString(sum) + ")";
        }
    }

    /** What the directory must say of a session, made from its events. */
    private static final class Session {
        private final RecordedEvent first;
        private final Tally events = new Tally();
        private final Tally positions = new Tally();
        private final TreeSet<String> agents = new TreeSet<>();
        private RecordedEvent last;

        Session(RecordedEvent first) {
            this.first = first;
            this.last = first;
        }

        void add(RecordedEvent recorded, boolean hasEntry) {
            events.add(recorded);
            if (hasEntry) {
                positions.add(number(recorded.position()));
            }
            agents.add(recorded.event().agentId());
            last = recorded;
        }

        SessionSummary summary() {
            return new SessionSummary(
                    first.event().sessionId(),
                    first.seq(),
                    events.from,
                    events.to,
                    last.event().id(),
                    events.count,
                    List.copyOf(agents),
                    last.event().status());
        }
    }
}
