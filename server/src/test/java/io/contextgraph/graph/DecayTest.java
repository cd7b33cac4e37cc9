// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.contextgraph.event.Event;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DecayTest {
    @Test
    void theScoreIsImportanceTimesAgeHalvedEachDay() {
        for (int importance = 1; importance <= 10; importance++) {
            for (int hours = 0; hours < 1_000; hours += 7) {
                double expected = importance / 10.0 * Math.pow(2, -hours / 24.0);
                assertThat(Decay.score(Decay.rank(event(importance)), History.START.plus(Duration.ofHours(hours))))
                        .isCloseTo(expected, within(1e-8));
            }
        }
    }

    @Test
    void anEventWithoutAHintIsOfMiddlingImportance() {
        assertThat(Decay.rank(event(null))).isEqualTo(Decay.rank(event(5)));
    }

    @Test
    void theScoreNeverExceedsOne() {
        assertThat(Decay.score(Decay.rank(event(10)), History.START.minusSeconds(300)))
                .isEqualTo(1);
    }

    private static Event event(@Nullable Integer importance) {
        return new History().add(1, "s", 0, e -> e.importanceHint(importance)).event();
    }
}
