// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.summary;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Surrogates;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Makes the {@link Summary} of events as they come, without keeping them.
 *
 * <p><b>Guarantees.</b> The same events in the same order give the same summary, to the byte. Nothing of what an event with a
 * {@code data_subject_id} says comes into it.
 *
 * <p><b>Units and bounds.</b> Holds {@value #MAX_COUNTED} names of each sort, as they come first: all others are counted
 * together; what 16 failures need, and little of the last 4,096 events. Texts have up to {@value #MAX_TEXT} characters.
 *
 * <p><b>Threads.</b> For one thread.
 */
public final class Summarizer {
    /** Most characters of a text. */
    public static final int MAX_TEXT = 500;

    private static final int MAX_COUNTED = 1_000;

    private final SessionId session;
    private final String segment;
    private final Function<Event, String> said;
    private final MessageDigest ids = sha256();
    private final Counter types = new Counter();
    private final Counter tools = new Counter();
    private final Counter agents = new Counter();
    private final Counter statuses = new Counter();
    private final Failures failures = new Failures();
    private long events;
    private long firstSeq = Long.MAX_VALUE;
    private long lastSeq;
    private Instant firstAt = Instant.MAX;
    private Instant lastAt = Instant.MIN;
    private Optional<String> firstText = Optional.empty();
    private Optional<String> lastText = Optional.empty();

    /** @param said what an event's payload says, as text for people; asked of events that are about no person */
    public Summarizer(SessionId session, String segment, Function<Event, String> said) {
        this.session = session;
        this.segment = segment;
        this.said = said;
    }

    /**
     * Adds an event of the session, with its payload.
     *
     * @throws IllegalArgumentException when it is of another session
     */
    public void add(RecordedEvent recorded) {
        Event event = recorded.event();
        if (!event.sessionId().equals(session)) {
            throw new IllegalArgumentException("an event of " + event.sessionId() + " in the summary of " + session);
        }
        events++;
        firstSeq = Math.min(firstSeq, recorded.seq());
        lastSeq = Math.max(lastSeq, recorded.seq());
        firstAt = event.occurredAt().isBefore(firstAt) ? event.occurredAt() : firstAt;
        lastAt = event.occurredAt().isAfter(lastAt) ? event.occurredAt() : lastAt;
        types.add(event.type().value());
        event.toolName().ifPresent(tools::add);
        agents.add(event.agentId());
        event.status().map(EventStatus::wireName).ifPresent(statuses::add);
        ids.update((event.id() + "\n").getBytes(StandardCharsets.UTF_8));
        Optional<String> text = text(event);
        firstText = firstText.or(() -> text);
        lastText = text.or(() -> lastText);
        failures.add(event, text);
    }

    private Optional<String> text(Event event) {
        if (event.dataSubjectId().isPresent() || event.payload().isEmpty()) {
            return Optional.empty();
        }
        String text = said.apply(event).strip();
        if (text.codePointCount(0, text.length()) > MAX_TEXT) {
            text = text.substring(0, text.offsetByCodePoints(0, MAX_TEXT - 1)) + "…";
        }
        return Optional.of(Surrogates.replaced(text)).filter(some -> !some.isEmpty());
    }

    /**
     * The summary of what has been added so far.
     *
     * @throws IllegalStateException when nothing has
     */
    public Summary summary() {
        if (events == 0) {
            throw new IllegalStateException("a summary must be of some events: " + Summary.id(session, segment));
        }
        return new Summary(
                session,
                segment,
                events,
                firstSeq,
                lastSeq,
                firstAt,
                lastAt,
                types.counts(),
                tools.counts(),
                agents.counts(),
                statuses.counts(),
                firstText,
                lastText,
                failures.told(),
                idsDigest());
    }

    private String idsDigest() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) ids.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every Java platform can go on with a digest", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Counts names. */
    private static final class Counter {
        private final Map<String, Long> counts = new TreeMap<>();
        private long others;

        void add(String name) {
            if (counts.size() < MAX_COUNTED || counts.containsKey(name)) {
                counts.merge(name, 1L, Long::sum);
            } else {
                others++;
            }
        }

        NameCounts counts() {
            return NameCounts.of(counts, others);
        }
    }
}
