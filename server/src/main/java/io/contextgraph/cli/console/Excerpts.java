// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.view.CallResults;
import io.contextgraph.view.PayloadText;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What events say, in a line each; a call with what its result says. */
public final class Excerpts {
    /** Enough for a line of the widest terminal. */
    private static final int LENGTH = 160;

    private final Map<EventId, Payload> payloads;
    private final CallResults results;

    private Excerpts(Map<EventId, Payload> payloads, CallResults results) {
        this.payloads = payloads;
        this.results = results;
    }

    public static Excerpts of(Collection<RecordedEvent> events, CallResults results, EventLog log) {
        Set<EventId> ids = new LinkedHashSet<>();
        for (RecordedEvent recorded : events) {
            EventId id = recorded.event().id();
            ids.add(id);
            results.of(id).ifPresent(result -> ids.add(result.event().id()));
        }
        return new Excerpts(log.payloads(ids), results);
    }

    /** The beginning of what the event's payload says; empty when it has none. */
    public String of(EventId id) {
        Optional<Payload> payload = Optional.ofNullable(payloads.get(id));
        Optional<Payload> result = results.of(id)
                .flatMap(recorded ->
                        Optional.ofNullable(payloads.get(recorded.event().id())));
        return Console.cut(PayloadText.line(payload, result, LENGTH), LENGTH);
    }
}
