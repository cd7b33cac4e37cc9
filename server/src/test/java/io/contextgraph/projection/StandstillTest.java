// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.EventFeed.Progress;
import io.contextgraph.ledger.Head;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StandstillTest {
    private static final Duration NEARLY = Standstill.AFTER.minusMillis(1);

    private final ManualClock clock = new ManualClock();
    private final Standstill standstill = new Standstill(clock);

    @Test
    void aGraphThatIsBehindAndDoesNotMoveStands() {
        assertThat(standstill.lasts(progress(5, 9), 5)).isFalse();
        clock.advance(NEARLY);
        // The lag grows meanwhile: nothing is projected all the same.
        assertThat(standstill.lasts(progress(5, 900), 5)).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(standstill.lasts(progress(5, 1_000), 5)).isTrue();
    }

    @Test
    void whoeverMovesItEndsTheStandstill() {
        assertThat(standstill.lasts(progress(5, 9), 5)).isFalse();
        clock.advance(Standstill.AFTER);
        assertThat(standstill.lasts(progress(5, 9), 5)).isTrue();
        assertThat(standstill.lasts(progress(6, 9), 5)).as("another server").isFalse();
        clock.advance(Standstill.AFTER);
        assertThat(standstill.lasts(progress(6, 9), 5)).isTrue();
        assertThat(standstill.lasts(progress(6, 9), 6))
                .as("this server, behind one that is set aside")
                .isFalse();
    }

    @Test
    void nothingToDoIsNoStandstill() {
        assertThat(standstill.lasts(progress(9, 9), 5)).isFalse();
        clock.advance(Duration.ofHours(1));
        assertThat(standstill.lasts(progress(9, 9), 5)).isFalse();
        clock.advance(Duration.ofHours(1));
        assertThat(standstill.lasts(progress(9, 10), 5)).as("it has just come").isFalse();
        clock.advance(Standstill.AFTER);
        assertThat(standstill.lasts(progress(9, 10), 5)).isTrue();
        assertThat(standstill.lasts(progress(10, 10), 6)).isFalse();
    }

    private static Progress progress(long seen, long head) {
        return new Progress(
                Position.of("1-" + seen), seen, 0, 0, Optional.empty(), new Head(head, Position.of("1-" + head)));
    }
}
