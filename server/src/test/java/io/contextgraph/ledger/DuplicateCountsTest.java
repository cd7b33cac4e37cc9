// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.projection.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DuplicateCountsTest {
    private static final Instant BEGIN = Instant.parse("2026-01-31T13:00:00Z");

    private final ManualClock clock = new ManualClock();
    private final DuplicateCounts counts = new DuplicateCounts(clock, 2);

    private static EventId id(int number) {
        return new EventId(new UUID(0, number));
    }

    private static Instant minute(int minute) {
        return BEGIN.plus(Duration.ofMinutes(minute));
    }

    private void again(int number) {
        clock.advance(Duration.ofMinutes(1));
        counts.add(id(number));
    }

    @Test
    void eachTimeIsCountedWithTheLastOfThem() {
        assertThat(counts.of(id(1))).isEqualTo(new DuplicateCounts.Count(0, BEGIN, Optional.empty()));
        again(1);
        again(2);
        again(1);
        assertThat(counts.of(id(1))).isEqualTo(new DuplicateCounts.Count(2, BEGIN, Optional.of(minute(3))));
        assertThat(counts.of(id(2))).isEqualTo(new DuplicateCounts.Count(1, BEGIN, Optional.of(minute(2))));
    }

    @Test
    void theOneThatHasNotComeAgainForTheLongestTimeGoesAndWhatIsSaidOfItStaysTrue() {
        again(1);
        again(2);
        again(1);
        again(3);
        assertThat(counts.of(id(2))).isEqualTo(new DuplicateCounts.Count(0, minute(2), Optional.empty()));
        assertThat(counts.of(id(1)).answered()).isEqualTo(2);
        again(2);
        assertThat(counts.of(id(2))).isEqualTo(new DuplicateCounts.Count(1, minute(2), Optional.of(minute(5))));
        assertThat(counts.of(id(1))).isEqualTo(new DuplicateCounts.Count(0, minute(3), Optional.empty()));
    }
}
