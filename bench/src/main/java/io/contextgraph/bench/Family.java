// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of {@link Workload} as a ledger records them, with two families that are larger than any: in the first
 * {@link #wide} events all are effects of the first one, of one session and one agent; in the next as many all are effects
 * of {@link #branches} effects of one. In the rest each event of a session is caused by the one before it.
 */
record Family(int events, int wide, int branches) {
    static final SessionId WIDE = new SessionId("sess-wide");
    private static final int MOST_BRANCHES = 100;
    private static final int LEAST = 5_000;

    /** A family of so many events in all, a tenth of them in each of the large families. */
    static Family of(int events) {
        if (events < LEAST) {
            throw new IllegalArgumentException("there must be at least " + LEAST + " events: " + events);
        }
        int wide = events / 10 / Workload.SESSION_LENGTH * Workload.SESSION_LENGTH;
        return new Family(events, wide, Math.min(MOST_BRANCHES, wide / 10));
    }

    /** The first event whose session is a chain. */
    int firstOfChains() {
        return 2 * wide;
    }

    static EventId id(long number) {
        return Workload.event(number).id();
    }

    List<RecordedEvent> recorded(long first, int count) {
        List<RecordedEvent> recorded = new ArrayList<>(count);
        for (long number = first; number < Math.min(events, first + count); number++) {
            recorded.add(recorded(number));
        }
        return recorded;
    }

    RecordedEvent recorded(long number) {
        Event event = number < firstOfChains() ? ofLargeFamily(number) : Workload.event(number);
        long sessionSeq = number < wide ? number + 1 : number % Workload.SESSION_LENGTH + 1;
        Position position = new Position(Workload.at(number).toEpochMilli(), 0);
        return new RecordedEvent(event, position, number + 1, sessionSeq, Workload.at(number), EventJson.hash(event));
    }

    private Event ofLargeFamily(long number) {
        Event plain = Workload.event(number);
        SessionId session = number < wide ? WIDE : plain.sessionId();
        Event.Builder builder = Event.builder(plain.id(), plain.type(), plain.occurredAt(), session)
                .agentId(number < wide ? "agent-wide" : plain.agentId())
                .traceId(plain.traceId())
                .payloadRef(plain.payloadRef())
                .toolName(plain.toolName().orElse(null));
        plain.importanceHint().ifPresent(builder::importanceHint);
        if (number % wide != 0) {
            builder.parentId(id(parent(number)));
        }
        return builder.build();
    }

    private long parent(long number) {
        boolean ofBranches = number > wide + branches;
        return ofBranches ? wide + 1 + number % branches : number / wide * wide;
    }
}
