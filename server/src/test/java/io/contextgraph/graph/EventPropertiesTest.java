// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.testing.Events;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EventPropertiesTest {
    @Test
    void whatIsWrittenReadsBack() {
        History history = History.random(new Random(1), 200);
        RecordedEvent personal = history.add(Events.personal(201, "s").withPayload(Optional.empty()));
        assertThat(EventProperties.of(personal)).containsEntry("data_subject_id", "subject-1");
        for (RecordedEvent event : history.events()) {
            assertThat(EventProperties.read(EventProperties.of(event))).isEqualTo(event);
        }
    }

    @Test
    void theNameOfThePartitionIsWrittenAndNotAddedUp() {
        RecordedEvent alone = new History().add(1, "s", 0);
        RecordedEvent named = alone.at(alone.position().in(2));

        Map<String, Object> node = EventProperties.of(named);

        assertThat(node).containsEntry("global_position", named.position().toString());
        assertThat(node)
                .containsEntry("digest", EventProperties.of(alone).get("digest"))
                .containsEntry("digest", EventProperties.digest(named));
        assertThat(EventProperties.read(node)).isEqualTo(named);
    }

    @Test
    void aNodeThatLacksAFieldIsRefused() {
        assertThatThrownBy(() ->
                        EventProperties.read(Map.of("event_id", History.id(1).toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an event node must have event_type, has null");
    }
}
