// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Ids;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the spans of an import, and the events of its logs, say about each other, wherever they stand: the session of a
 * trace, who acted above a span, and whether it has messages. Of each span a few dozen bytes are kept.
 *
 * <p><b>Guarantees.</b> The same for the same spans, whatever their order and the files that they are in. Where they do
 * not say it, what the ledger has of the trace and of the parent decides.
 */
public final class TraceIndex {
    /** How far a walk to the root goes: real traces are a few dozen deep, a hostile one must not cost its square. */
    private static final int MAX_ANCESTORS = 1000;

    private static final Comparator<Prompt> FIRST = Comparator.comparing(Prompt::startNanos)
            .thenComparing(prompt -> prompt.eventId().orElse(""));

    private final Map<String, Trace> traces = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, Prompt> prompts = new HashMap<>();
    private Imported ledger = Imported.NOTHING;

    /** What a span, or what happened in one, says of its place among others. */
    public interface Member {
        /** 32 hexadecimal digits. */
        String traceId();

        /** 16 hexadecimal digits; empty for what is no span. */
        String spanId();

        /** The span that it is in. */
        Optional<String> parentId();

        /** Nanoseconds since 1970. */
        BigInteger startNanos();

        /** The session that it names itself. */
        Optional<String> session();

        /** The agent that it names itself. */
        Optional<String> agent();
    }

    private static final class Trace {
        private final Map<String, Link> spans = new HashMap<>();
        private Optional<String> session = Optional.empty();
        private BigInteger sessionStart = BigInteger.ZERO;
        private String sessionSpan = "";
        private boolean asked;

        /** The first that names it decides; of those of one time, that with the lowest id, or name. */
        private void name(String name, Member by) {
            int order = session.isEmpty() ? -1 : by.startNanos().compareTo(sessionStart);
            order = order == 0 ? by.spanId().compareTo(sessionSpan) : order;
            order = order == 0 ? name.compareTo(session.orElse("")) : order;
            if (order < 0) {
                session = Optional.of(name);
                sessionStart = by.startNanos();
                sessionSpan = by.spanId();
            }
        }
    }

    private record Link(
            @Nullable String parent,
            @Nullable String session,
            @Nullable String agent,
            boolean speaks) {}

    /** @param speaks whether it has messages itself */
    public void add(Member span, boolean speaks) {
        Trace trace = traces.computeIfAbsent(span.traceId(), id -> new Trace());
        trace.spans.putIfAbsent(
                span.spanId(),
                new Link(
                        span.parentId().orElse(null),
                        usable(span.session()).map(this::shared).orElse(null),
                        usable(span.agent()).map(this::shared).orElse(null),
                        speaks));
        usable(span.session()).ifPresent(session -> trace.name(session, span));
    }

    /** Something that happened in a span: all that it says of others is the session of the trace. */
    public void addEvent(Member event) {
        usable(event.session())
                .ifPresent(session -> traces.computeIfAbsent(event.traceId(), id -> new Trace())
                        .name(session, event));
    }

    /** What a user has asked for, from which other records of a log follow. */
    private record Prompt(Optional<String> eventId, BigInteger startNanos) {}

    /**
     * A prompt; of several the first counts.
     *
     * @param trace of what it has led to
     * @param eventId of its own event
     */
    public void addPrompt(String trace, String eventId, BigInteger startNanos) {
        Prompt offered = new Prompt(Optional.of(eventId), startNanos);
        Prompt ignored = prompts.merge(trace, offered, (one, other) -> FIRST.compare(one, other) <= 0 ? one : other);
    }

    /** The event of the prompt that a trace of a log follows from, in this import or in the ledger. */
    public Optional<String> prompt(String trace) {
        return prompts.computeIfAbsent(trace, asked -> new Prompt(ledger.promptOfTrace(asked), BigInteger.ZERO))
                .eventId();
    }

    /** A name that no event may have is no reason to lose the span: it stays in the payload. */
    private static Optional<String> usable(Optional<String> name) {
        return name.filter(text -> Ids.fault(text).isEmpty());
    }

    /** Agents and sessions are few, and stand on many spans. */
    private String shared(String name) {
        return names.computeIfAbsent(name, same -> same);
    }

    void settle(Imported with) {
        ledger = with;
    }

    /**
     * The session of a span: its own, else that of the nearest span above it that has one, else of the first of its trace
     * that has one, else what the ledger knows.
     */
    public String session(Member span) {
        Optional<String> own = usable(span.session());
        if (own.isPresent()) {
            return own.get();
        }
        Trace trace = traces.computeIfAbsent(span.traceId(), id -> new Trace());
        Optional<String> above = above(trace, span);
        if (above.isPresent()) {
            return above.get();
        }
        if (trace.session.isEmpty() && !trace.asked) {
            trace.asked = true;
            trace.session = ledger.sessionOfTrace(span.traceId());
        }
        return trace.session.orElse(span.traceId());
    }

    /** Where the nearest span above belongs that names its session. */
    private static Optional<String> above(Trace trace, Member span) {
        Set<String> seen = new HashSet<>(Set.of(span.spanId()));
        String above = span.parentId().orElse(null);
        while (above != null && seen.size() < MAX_ANCESTORS && seen.add(above)) {
            Link link = trace.spans.get(above);
            if (link == null || link.session() != null) {
                return Optional.ofNullable(link).map(Link::session);
            }
            above = link.parent();
        }
        return Optional.empty();
    }

    /** Who acted: the span itself says it, else the nearest span above it that does; empty where none does. */
    public Optional<String> agent(Member span) {
        Optional<String> own = usable(span.agent());
        if (own.isPresent() || span.parentId().isEmpty()) {
            return own;
        }
        Trace trace = traces.computeIfAbsent(span.traceId(), id -> new Trace());
        Set<String> seen = new HashSet<>(Set.of(span.spanId()));
        String above = span.parentId().orElse(null);
        while (above != null && seen.size() < MAX_ANCESTORS && seen.add(above)) {
            Link link = trace.spans.get(above);
            if (link == null) {
                return stored(trace, span.traceId(), above);
            }
            if (link.agent() != null) {
                return Optional.of(link.agent());
            }
            above = link.parent();
        }
        return Optional.empty();
    }

    /** The agent of a span that was imported before. */
    private Optional<String> stored(Trace trace, String traceId, String spanId) {
        Optional<String> agent =
                ledger.origin(traceId, DerivedIds.span(traceId, spanId)).map(Imported.Origin::agent);
        trace.spans.put(spanId, new Link(null, null, agent.map(this::shared).orElse(null), false));
        return agent;
    }

    /** Whether a span of this import has messages itself. */
    public boolean speaks(String traceId, String spanId) {
        Trace trace = traces.get(traceId);
        Link link = trace == null ? null : trace.spans.get(spanId);
        return link != null && link.speaks();
    }

    /** How many spans are above this one, as far as they are known. */
    public int depth(Member span) {
        Trace trace = traces.get(span.traceId());
        if (trace == null) {
            return 0;
        }
        Set<String> seen = new HashSet<>(Set.of(span.spanId()));
        String above = span.parentId().orElse(null);
        while (above != null && seen.size() < MAX_ANCESTORS && seen.add(above)) {
            Link link = trace.spans.get(above);
            above = link == null ? null : link.parent();
        }
        return seen.size();
    }
}
