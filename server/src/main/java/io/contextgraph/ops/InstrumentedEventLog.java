// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An event log that counts what becomes of events, and times itself. */
public final class InstrumentedEventLog implements EventLog {
    private final EventLog log;
    private final Metrics metrics;

    /** Measures {@code log}. */
    public InstrumentedEventLog(EventLog log, Metrics metrics) {
        this.log = log;
        this.metrics = metrics;
    }

    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        AppendResult result = Timed.call(metrics, Metrics.Operation.APPEND, () -> log.append(appends, atLeast));
        result.outcomes().forEach(outcome -> metrics.appended(name(outcome), 1));
        return result;
    }

    private static Metrics.Outcome name(AppendOutcome outcome) {
        return switch (outcome) {
            case AppendOutcome.Appended appended -> Metrics.Outcome.APPENDED;
            case AppendOutcome.Duplicate duplicate -> Metrics.Outcome.DUPLICATE;
            case AppendOutcome.Conflict conflict -> Metrics.Outcome.CONFLICT;
            case AppendOutcome.UnexpectedSessionSeq unexpected -> Metrics.Outcome.UNEXPECTED_SESSION_SEQ;
            case AppendOutcome.Refused refused -> Metrics.Outcome.REFUSED;
        };
    }

    @Override
    public Optional<RecordedEvent> find(EventId id) {
        return Timed.call(metrics, Metrics.Operation.FIND, () -> log.find(id));
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return Timed.call(metrics, Metrics.Operation.PAYLOADS, () -> log.payloads(ids));
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        return Timed.call(metrics, Metrics.Operation.ORIGINALS, () -> log.originals(ids));
    }

    @Override
    public List<RecordedEvent> read(long afterSeq, int max) {
        return Timed.call(metrics, Metrics.Operation.READ, () -> log.read(afterSeq, max));
    }

    @Override
    public Head head() {
        return log.head();
    }
}
