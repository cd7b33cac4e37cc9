// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What to search for, as data: every filter given must match.
 *
 * @param sessionId events of this session
 * @param agentId events of this agent
 * @param traceId events of this trace
 * @param type events of this type or prefix
 * @param toolName events that used this tool
 * @param status events that stand so
 * @param parentId events caused by this one
 * @param from not before, by {@code occurred_at}, inclusive
 * @param to before, by {@code occurred_at}, exclusive
 * @param minImportance events with at least this importance hint
 * @param order order of the answer
 * @param limit most events on one page, 1 to {@value #MAX_LIMIT}
 * @param cursor where the last page ended
 */
public record EventQuery(
        Optional<SessionId> sessionId,
        Optional<String> agentId,
        Optional<String> traceId,
        Optional<TypeFilter> type,
        Optional<String> toolName,
        Optional<EventStatus> status,
        Optional<EventId> parentId,
        Optional<Instant> from,
        Optional<Instant> to,
        OptionalInt minImportance,
        Order order,
        int limit,
        Optional<Cursor> cursor) {

    /** Most events on one page. */
    public static final int MAX_LIMIT = 1000;

    /** Before and behind what {@code occurred_at} may be, in milliseconds since 1970: the years 0 and 10000. */
    private static final long FIRST_MILLIS = -62_167_219_200_001L;

    private static final long LAST_MILLIS = 253_402_300_800_000L;

    /** Events on one page when nobody says otherwise. */
    public static final int DEFAULT_LIMIT = 100;

    /**
     * The orders of an answer: by {@code occurred_at} with ties by partition and position, or by position alone. Between partitions
     * that is the order of their clocks.
     */
    public enum Order {
        TIME_ASC,
        TIME_DESC,
        POSITION_ASC,
        POSITION_DESC;

        public boolean byTime() {
            return this == TIME_ASC || this == TIME_DESC;
        }

        public boolean descending() {
            return this == TIME_DESC || this == POSITION_DESC;
        }

        /** This order over events. */
        public Comparator<RecordedEvent> comparator() {
            // Within a partition positions rise with numbers; numbers of several say nothing of each other.
            Comparator<RecordedEvent> byPlace = Comparator.comparingInt(
                            (RecordedEvent e) -> e.position().partition())
                    .thenComparingLong(RecordedEvent::seq);
            Comparator<RecordedEvent> ascending = byTime()
                    ? Comparator.<RecordedEvent, Instant>comparing(
                                    e -> e.event().occurredAt())
                            .thenComparing(byPlace)
                    : Comparator.comparingLong((RecordedEvent e) -> e.position().millis())
                            .thenComparing(byPlace);
            return descending() ? ascending.reversed() : ascending;
        }
    }

    /** @throws InvalidInputException when the limit is out of range or the time range is empty by construction */
    public EventQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidInputException("/limit", "out_of_range", "must be from 1 to " + MAX_LIMIT + ": " + limit);
        }
        if (from.isPresent() && to.isPresent() && from.get().isAfter(to.get())) {
            throw new InvalidInputException("/from", "after_to", "must not be after to");
        }
    }

    /**
     * The last event of a page, and the ledger as it was when the first page was made: later pages leave out what
     * was recorded since, so that all pages together are one consistent answer.
     *
     * @param timeMillis {@code occurred_at} of the last event on the page
     * @param seq its number
     * @param asOfSeq the newest event that the answer considers
     * @param asOf its position
     */
    public record Place(long timeMillis, long seq, long asOfSeq, Position asOf) {
        private static final int PARTS = 4;

        /** Behind an event. */
        public static Place behind(RecordedEvent last, long asOfSeq, Position asOf) {
            return new Place(last.event().occurredAt().toEpochMilli(), last.seq(), asOfSeq, asOf);
        }

        /** Whether it is behind no event: then a page begins where the query does. */
        public boolean isBegin() {
            return timeMillis == FIRST_MILLIS || timeMillis == LAST_MILLIS;
        }

        private static Place of(List<String> parts) {
            return new Place(
                    Long.parseLong(parts.get(0)),
                    Long.parseLong(parts.get(1)),
                    Long.parseLong(parts.get(2)),
                    Position.of(parts.get(3)));
        }

        private List<String> parts() {
            return List.of(Long.toString(timeMillis), Long.toString(seq), Long.toString(asOfSeq), asOf.toString());
        }
    }

    /** Every event, oldest first. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether it goes over everything in commit order. */
    private boolean isUnfiltered() {
        return !order.byTime()
                && inCommitOrder(DEFAULT_LIMIT).equals(builder().build().inCommitOrder(DEFAULT_LIMIT));
    }

    /** Whether it can be answered without an index over all events: by session, or in commit order. */
    public boolean needsNoIndex() {
        return sessionId.isPresent() || isUnfiltered();
    }

    /** Whether the filters select {@code event}; order, limit and cursor play no part. */
    public boolean matches(Event event) {
        return sessionId.map(s -> s.equals(event.sessionId())).orElse(true)
                && agentId.map(a -> a.equals(event.agentId())).orElse(true)
                && traceId.map(t -> t.equals(event.traceId())).orElse(true)
                && type.map(t -> t.matches(event.type())).orElse(true)
                && (toolName.isEmpty() || toolName.equals(event.toolName()))
                && (status.isEmpty() || status.equals(event.status()))
                && (parentId.isEmpty() || parentId.equals(event.parentId()))
                && from.map(f -> !event.occurredAt().isBefore(f)).orElse(true)
                && to.map(t -> event.occurredAt().isBefore(t)).orElse(true)
                && (minImportance.isEmpty() || event.importanceHint().orElse(0) >= minImportance.getAsInt());
    }

    /**
     * Where to go on, when there is a cursor.
     *
     * @throws InvalidInputException when the cursor is damaged or belongs to another query
     */
    public Optional<Place> after() {
        return places(1).map(List::getFirst);
    }

    /**
     * Where to go on in each of several partitions, when there is a cursor.
     *
     * @throws InvalidInputException when the cursor is damaged, or belongs to another query or to another number of partitions
     */
    public Optional<List<Place>> places(int partitions) {
        return cursor.map(c -> {
            List<String> parts = c.open(meaning(), Place.PARTS * partitions);
            try {
                return IntStream.range(0, partitions)
                        .mapToObj(i -> Place.of(parts.subList(Place.PARTS * i, Place.PARTS * (i + 1))))
                        .toList();
            } catch (IllegalArgumentException damaged) {
                throw Cursor.invalid("is damaged");
            }
        });
    }

    /** The cursor of the page after one that ended with {@code last}. */
    public Cursor cursorAfter(RecordedEvent last, long asOfSeq, Position asOf) {
        return cursorAt(List.of(Place.behind(last, asOfSeq, asOf)));
    }

    /** The cursor of a page that goes on at these places, one for each partition. */
    public Cursor cursorAt(List<Place> places) {
        return Cursor.of(
                meaning(),
                places.stream().flatMap(place -> place.parts().stream()).toList());
    }

    /** The place that all events are behind that a ledger has now. */
    public Place begin(long asOfSeq, Position asOf) {
        return order.descending()
                ? new Place(LAST_MILLIS, asOfSeq + 1, asOfSeq, asOf)
                : new Place(FIRST_MILLIS, 0, asOfSeq, asOf);
    }

    /** Filters and order, without page size and cursor. */
    private String meaning() {
        return "events"
                + new EventQuery(
                        sessionId,
                        agentId,
                        traceId,
                        type,
                        toolName,
                        status,
                        parentId,
                        from,
                        to,
                        minImportance,
                        order,
                        DEFAULT_LIMIT,
                        Optional.empty());
    }

    /** This query from another place on. */
    public EventQuery withCursor(Cursor next) {
        return new EventQuery(
                sessionId,
                agentId,
                traceId,
                type,
                toolName,
                status,
                parentId,
                from,
                to,
                minImportance,
                order,
                limit,
                Optional.of(next));
    }

    /** These filters over the whole ledger, in commit order. */
    public EventQuery inCommitOrder(int pageSize) {
        return new EventQuery(
                sessionId,
                agentId,
                traceId,
                type,
                toolName,
                status,
                parentId,
                from,
                to,
                minImportance,
                Order.POSITION_ASC,
                pageSize,
                Optional.empty());
    }

    /** Collects a query's filters by name; null means "any". */
    public static final class Builder {
        private @Nullable SessionId sessionId;
        private @Nullable String agentId;
        private @Nullable String traceId;
        private @Nullable TypeFilter type;
        private @Nullable String toolName;
        private @Nullable EventStatus status;
        private @Nullable EventId parentId;
        private @Nullable Instant from;
        private @Nullable Instant to;
        private @Nullable Integer minImportance;
        private Order order = Order.TIME_ASC;
        private int limit = DEFAULT_LIMIT;
        private @Nullable Cursor cursor;

        private Builder() {}

        public Builder sessionId(@Nullable SessionId value) {
            sessionId = value;
            return this;
        }

        public Builder agentId(@Nullable String value) {
            agentId = value;
            return this;
        }

        public Builder traceId(@Nullable String value) {
            traceId = value;
            return this;
        }

        public Builder type(@Nullable TypeFilter value) {
            type = value;
            return this;
        }

        public Builder toolName(@Nullable String value) {
            toolName = value;
            return this;
        }

        public Builder status(@Nullable EventStatus value) {
            status = value;
            return this;
        }

        public Builder parentId(@Nullable EventId value) {
            parentId = value;
            return this;
        }

        public Builder from(@Nullable Instant value) {
            from = value;
            return this;
        }

        public Builder to(@Nullable Instant value) {
            to = value;
            return this;
        }

        public Builder minImportance(@Nullable Integer value) {
            minImportance = value;
            return this;
        }

        public Builder order(Order value) {
            order = value;
            return this;
        }

        public Builder limit(int value) {
            limit = value;
            return this;
        }

        public Builder cursor(@Nullable Cursor value) {
            cursor = value;
            return this;
        }

        /** @throws InvalidInputException when the limit is out of range or the time range is turned round */
        public EventQuery build() {
            return new EventQuery(
                    Optional.ofNullable(sessionId),
                    Optional.ofNullable(agentId),
                    Optional.ofNullable(traceId),
                    Optional.ofNullable(type),
                    Optional.ofNullable(toolName),
                    Optional.ofNullable(status),
                    Optional.ofNullable(parentId),
                    Optional.ofNullable(from),
                    Optional.ofNullable(to),
                    minImportance == null ? OptionalInt.empty() : OptionalInt.of(minImportance),
                    order,
                    limit,
                    Optional.ofNullable(cursor));
        }
    }
}
