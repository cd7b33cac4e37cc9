// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import io.contextgraph.capture.known.LedgerImported;
import io.contextgraph.capture.known.LedgerImported.OfTrace;
import io.contextgraph.capture.known.LedgerImported.Patience;
import io.contextgraph.capture.record.Imported;
import io.contextgraph.capture.record.Imported.Origin;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.ledger.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the ledger knows of traces, remembered for a while: an exporter sends a trace in many requests, and asks the same each
 * time.
 *
 * <p><b>Guarantees.</b> What this process has brought is known at once; what others bring meanwhile, after ten seconds.
 * Where it is not known, nothing is wrong with an event: it belongs to what its own request says.
 *
 * <p><b>Bounds.</b> {@value #MOST_TRACES} traces and {@value #MOST_EVENTS} events are remembered.
 * A request asks the ledger at most {@value #MOST_QUESTIONS} times.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class KnownTraces {
    private static final int MOST_TRACES = 10_000;
    private static final int MOST_EVENTS = 50_000;

    /** A request of an SDK has 512 spans, and fewer traces. */
    private static final int MOST_QUESTIONS = 1_000;

    private static final Duration FRESH = Duration.ofSeconds(10);

    private final Ledger ledger;
    private final InstantSource clock;
    private final Map<String, Trace> traces = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Brought> events = new LinkedHashMap<>();

    KnownTraces(Ledger ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * A trace.
     *
     * @param elsewhere whether the ledger has events of it that are not remembered here
     * @param since when it was asked
     */
    private record Trace(Optional<String> session, boolean elsewhere, Instant since) {}

    /** An event that this process has brought. */
    private record Brought(String trace, Origin origin) {}

    /** These events are in the ledger now. */
    synchronized void learn(Collection<Event> taken) {
        for (Event event : taken) {
            String session = event.sessionId().value();
            Brought ignored = events.put(
                    event.id().toString(), new Brought(event.traceId(), new Origin(session, event.agentId())));
            Trace trace = traces.get(event.traceId());
            if (trace != null && trace.session().isEmpty() && !session.equals(event.traceId())) {
                traces.put(event.traceId(), new Trace(Optional.of(session), trace.elsewhere(), trace.since()));
            }
        }
        while (events.size() > MOST_EVENTS) {
            Map.Entry<String, Brought> oldest = events.entrySet().iterator().next();
            events.remove(oldest.getKey());
            traces.computeIfPresent(
                    oldest.getValue().trace(), (id, trace) -> new Trace(trace.session(), true, trace.since()));
        }
    }

    /** What one request may ask: the ledger only so often. What it does not learn, nothing is wrong with. */
    Imported forRequest() {
        return new OfRequest();
    }

    /** For one thread. */
    private final class OfRequest implements Imported {
        private int left = MOST_QUESTIONS;

        private boolean mayAsk() {
            return left-- > 0;
        }

        @Override
        public Optional<String> sessionOfTrace(String traceId) {
            return trace(traceId).flatMap(Trace::session);
        }

        @Override
        public Optional<Origin> origin(String traceId, String eventId) {
            Optional<Origin> here = brought(eventId);
            return here.isPresent() || !trace(traceId).map(Trace::elsewhere).orElse(false) ? here : origin(eventId);
        }

        private Optional<Trace> trace(String traceId) {
            Optional<Trace> remembered = remembered(traceId, clock.instant());
            return remembered.isPresent() || !mayAsk() ? remembered : Optional.of(asked(traceId));
        }

        @Override
        public Optional<Origin> origin(String eventId) {
            return mayAsk() ? recorded(eventId) : Optional.empty();
        }

        @Override
        public Optional<String> promptOfTrace(String traceId) {
            return mayAsk() ? LedgerImported.prompt(ledger, Patience.NONE, traceId) : Optional.empty();
        }

        /** Not asked for spans and log records: their ids are their own. */
        @Override
        public Map<String, Mark> marks(Collection<String> eventIds) {
            return Map.of();
        }

        @Override
        public boolean hasSession(String session) {
            return false;
        }
    }

    private Optional<Origin> recorded(String eventId) {
        return ledger.log()
                .find(EventId.of(eventId))
                .found()
                .map(recorded -> new Origin(
                        recorded.event().sessionId().value(), recorded.event().agentId()));
    }

    private synchronized Optional<Origin> brought(String eventId) {
        return Optional.ofNullable(events.get(eventId)).map(Brought::origin);
    }

    private Trace asked(String traceId) {
        Instant now = clock.instant();
        begin(traceId);
        // Not under the lock: the ledger may take its time.
        OfTrace found = LedgerImported.trace(ledger, Patience.NONE, traceId);
        return remember(traceId, new Trace(found.session(), found.known(), now));
    }

    private synchronized Optional<Trace> remembered(String traceId, Instant now) {
        return Optional.ofNullable(traces.get(traceId))
                .filter(trace -> trace.since().plus(FRESH).isAfter(now));
    }

    /** What is learnt of the trace from now on, the ledger may not have known when it was asked. */
    private synchronized void begin(String traceId) {
        Trace ignored = traces.putIfAbsent(traceId, new Trace(Optional.empty(), true, Instant.MIN));
    }

    private synchronized Trace remember(String traceId, Trace asked) {
        Optional<String> learnt = Optional.ofNullable(traces.get(traceId)).flatMap(Trace::session);
        Trace trace = new Trace(asked.session().or(() -> learnt), asked.elsewhere(), asked.since());
        traces.put(traceId, trace);
        while (traces.size() > MOST_TRACES) {
            String oldest = traces.keySet().iterator().next();
            traces.remove(oldest);
        }
        return trace;
    }
}
