// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.event.PayloadText;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventLog;
import java.util.List;
import java.util.Map;

/** What events say, in a line each. */
public final class Excerpts {
    /** Enough for a line of the widest terminal. */
    private static final int LENGTH = 160;

    private final Map<EventId, Payload> payloads;

    private Excerpts(Map<EventId, Payload> payloads) {
        this.payloads = payloads;
    }

    public static Excerpts of(List<RecordedEvent> events, EventLog log) {
        return new Excerpts(
                log.payloads(events.stream().map(e -> e.event().id()).toList()));
    }

    /** The beginning of what the event's payload says; empty when it has none. */
    public String of(EventId id) {
        Payload payload = payloads.get(id);
        return payload == null ? "" : Console.cut(PayloadText.of(payload), LENGTH);
    }
}
