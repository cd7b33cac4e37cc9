// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.SessionSummary;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The entry of a session, as the append script keeps it.
 *
 * <p><b>Shape.</b> A hash: {@code first_seq}, {@code count}, {@code first_at}, {@code last_at}, {@code last_event},
 * {@code status}, which is empty where the last event has none, and an empty {@code agent:<agent_id>} for each agent;
 * times in milliseconds since 1970.
 */
public final class SessionEntry {
    public static final String COUNT = "count";

    /** How many of its events are gone; absent where none is. */
    public static final String PRUNED = "pruned";

    /** What is kept in their place; absent where none is gone. */
    public static final String TALLY = "tally";

    private static final String FIRST_SEQ = "first_seq";
    private static final String FIRST_AT = "first_at";
    private static final String LAST_AT = "last_at";
    public static final String LAST_EVENT = "last_event";
    private static final String STATUS = "status";
    private static final String AGENT = "agent:";

    /** What is left where all its events are gone. */
    public static final List<String> OF_GONE =
            List.of(FIRST_SEQ, COUNT, FIRST_AT, LAST_AT, LAST_EVENT, STATUS, PRUNED, TALLY);

    private static final Pattern COUNTED = Pattern.compile("\\d{1,16}");

    /** Some are before 1970. */
    private static final Pattern MILLIS = Pattern.compile("-?\\d{1,16}");

    private SessionEntry() {}

    /** The fields of a session, in the order in which mend.lua takes them. */
    public static Map<String, String> of(SessionSummary summary) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(FIRST_SEQ, Long.toString(summary.firstSeq()));
        fields.put(COUNT, Long.toString(summary.eventCount()));
        fields.put(FIRST_AT, Long.toString(summary.firstEventAt().toEpochMilli()));
        fields.put(LAST_AT, Long.toString(summary.lastEventAt().toEpochMilli()));
        fields.put(LAST_EVENT, summary.lastEventId().toString());
        fields.put(STATUS, summary.status().map(EventStatus::wireName).orElse(""));
        summary.agents().forEach(agent -> fields.put(AGENT + agent, ""));
        return fields;
    }

    /**
     * What an entry says.
     *
     * @throws IllegalArgumentException or NoSuchElementException when it lacks a field, or one is not readable
     */
    public static SessionSummary read(SessionId id, Map<String, String> fields) {
        return new SessionSummary(
                        id,
                        Long.parseLong(required(fields, FIRST_SEQ)),
                        time(required(fields, FIRST_AT)),
                        time(required(fields, LAST_AT)),
                        EventId.of(required(fields, LAST_EVENT)),
                        Long.parseLong(required(fields, COUNT)),
                        fields.keySet().stream()
                                .filter(name -> name.startsWith(AGENT))
                                .map(name -> name.substring(AGENT.length()))
                                .sorted()
                                .toList(),
                        Optional.of(required(fields, STATUS))
                                .filter(status -> !status.isEmpty())
                                .map(status -> EventStatus.parse(status).orElseThrow()))
                .withPruned(LedgerHeader.count(fields.get(PRUNED)));
    }

    /** The number of a session's first event; empty where the entry does not say it. */
    public static OptionalLong firstSeq(Map<String, String> fields) {
        return number(COUNTED, fields.get(FIRST_SEQ));
    }

    /** The number that a field has; empty where it has none of this form. */
    private static OptionalLong number(Pattern form, @Nullable String text) {
        return text != null && form.matcher(text).matches()
                ? OptionalLong.of(Long.parseLong(text))
                : OptionalLong.empty();
    }

    /**
     * How far a session reaches; empty for what its entry does not say.
     *
     * @param count how many events it has ever had
     * @param firstSeq the number of the first
     * @param firstAt the earliest {@code occurred_at}, in milliseconds since 1970
     * @param lastAt the latest
     */
    public record Span(OptionalLong count, OptionalLong firstSeq, OptionalLong firstAt, OptionalLong lastAt) {
        /** The fields that say it. */
        public static final List<String> FIELDS = List.of(COUNT, FIRST_SEQ, FIRST_AT, LAST_AT);

        /** @param values of these fields, in their order, null where the entry has none; none where it is about no session */
        public static Span of(List<String> values) {
            if (values.isEmpty()) {
                return new Span(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
            }
            return new Span(
                    number(COUNTED, values.get(0)),
                    number(COUNTED, values.get(1)),
                    number(MILLIS, values.get(2)),
                    number(MILLIS, values.get(3)));
        }
    }

    private static Instant time(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }

    private static String required(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new NoSuchElementException("field " + name + " is missing");
        }
        return value;
    }
}
