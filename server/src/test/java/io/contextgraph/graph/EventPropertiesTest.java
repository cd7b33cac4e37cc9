// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.RecordedEvent;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EventPropertiesTest {
    @Test
    void whatIsWrittenReadsBack() {
        for (RecordedEvent event : History.random(new Random(1), 200).events()) {
            assertThat(EventProperties.read(EventProperties.of(event))).isEqualTo(event);
        }
    }

    @Test
    void aNodeThatLacksAFieldIsRefused() {
        assertThatThrownBy(() ->
                        EventProperties.read(Map.of("event_id", History.id(1).toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an event node must have event_type, has null");
    }
}
