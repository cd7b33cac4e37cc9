// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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

    /** Events on one page when nobody says otherwise. */
    public static final int DEFAULT_LIMIT = 100;

    /** The orders of an answer: by {@code occurred_at} with ties by position, or by position alone. */
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
            Comparator<RecordedEvent> bySeq = Comparator.comparingLong(RecordedEvent::seq);
            Comparator<RecordedEvent> ascending = byTime()
                    ? Comparator.<RecordedEvent, Instant>comparing(
                                    e -> e.event().occurredAt())
                            .thenComparing(bySeq)
                    : bySeq;
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
    public record Place(long timeMillis, long seq, long asOfSeq, Position asOf) {}

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
        return cursor.map(c -> {
            List<String> place = c.open(meaning(), 4);
            try {
                return new Place(
                        Long.parseLong(place.get(0)),
                        Long.parseLong(place.get(1)),
                        Long.parseLong(place.get(2)),
                        Position.of(place.get(3)));
            } catch (IllegalArgumentException damaged) {
                throw Cursor.invalid("is damaged");
            }
        });
    }

    /** The cursor of the page after one that ended with {@code last}. */
    public Cursor cursorAfter(RecordedEvent last, long asOfSeq, Position asOf) {
        return Cursor.of(
                meaning(),
                List.of(
                        Long.toString(last.event().occurredAt().toEpochMilli()),
                        Long.toString(last.seq()),
                        Long.toString(asOfSeq),
                        asOf.toString()));
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
