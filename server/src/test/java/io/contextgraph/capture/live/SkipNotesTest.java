// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SkipNotesTest {
    private Instant now = Instant.EPOCH;
    private final SkipNotes notes = new SkipNotes(() -> now);

    @Test
    void eachIsToldAtOnceAndThenOnceAMinute() {
        assertThat(notes.of("a", Map.of())).isEmpty();
        assertThat(notes.of("a", Map.of("spans like x", 2L)))
                .isEqualTo("left out by capture.skip, and counted: 2 spans like x");
        now = now.plusSeconds(59);
        assertThat(notes.of("a", Map.of("spans like x", 3L))).isEmpty();
        assertThat(notes.of("b", Map.of("spans like x", 1L))).isNotEmpty();
        now = now.plusSeconds(1);
        assertThat(notes.of("a", Map.of("spans like x", 1L, "spans like y", 1L)))
                .isEqualTo("left out by capture.skip, and counted: 4 spans like x, 1 spans like y");
    }

    @Test
    void fewAreRemembered() {
        for (int i = 0; i < 5_000; i++) {
            assertThat(notes.of("caller " + i, Map.of("x", 1L))).isNotEmpty();
        }
        assertThat(notes.of("caller 0", Map.of("x", 1L))).endsWith(": 1 x");
        assertThat(notes.of("caller 4999", Map.of("x", 1L))).isEmpty();
    }
}
