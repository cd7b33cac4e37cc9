// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.testing.Events;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is written is read, also what no append writes any more: a ledger may have events about persons. */
final class EventCodecTest {
    private static RecordedEvent recorded(Event event) {
        Position position = new Position(1_767_225_600_000L, 7);
        return new RecordedEvent(
                event.withPayload(Optional.empty()),
                position,
                12,
                3,
                Instant.ofEpochMilli(position.millis()),
                EventJson.hash(event));
    }

    private static List<Event> events() {
        List<Event> events =
                new ArrayList<>(List.of(Events.event(1, "s"), Events.full(2, "s"), Events.personal(3, "s")));
        for (String name : Events.HOSTILE_NAMES) {
            events.add(Events.builder(4, name)
                    .agentId(name)
                    .traceId(name)
                    .toolName(name)
                    .dataSubjectId(name)
                    .build());
        }
        return events;
    }

    @Test
    void documentsComeBack() {
        for (Event event : events()) {
            RecordedEvent recorded = recorded(event);
            assertThat(EventCodec.ofDocument(event.id(), EventCodec.document(recorded)))
                    .isEqualTo(recorded);
        }
    }

    @Test
    void entriesComeBack() {
        for (Event event : events()) {
            RecordedEvent recorded = recorded(event);
            assertThat(EventCodec.ofEntry(recorded.position(), EventCodec.entry(recorded)))
                    .isEqualTo(recorded);
        }
    }
}
