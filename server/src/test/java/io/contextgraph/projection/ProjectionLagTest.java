// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeed.Progress;
import io.contextgraph.ledger.Head;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProjectionLagTest {
    private final AtomicLong nanos = new AtomicLong();

    /** A group that sees one event each ten milliseconds. */
    private final ProjectionLag lag = new ProjectionLag(
            new EventFeed() {
                @Override
                public Consumer open(String consumerName) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Progress progress() {
                    long seen = TimeUnit.NANOSECONDS.toMillis(nanos.get()) / 10;
                    return new Progress(
                            new Position(1, seen),
                            seen,
                            0,
                            0,
                            Optional.empty(),
                            new Head(1_000, new Position(1, 1_000)));
                }
            },
            nanos::get,
            nanos::addAndGet);

    @Test
    void itReturnsAsSoonAsTheEventHasBeenSeen() {
        assertThat(lag.await(0, Duration.ofSeconds(1)).seenThroughSeq()).isZero();
        assertThat(nanos.get()).isZero();

        Progress progress = lag.await(5, Duration.ofSeconds(1));

        assertThat(progress.seenThroughSeq()).isGreaterThanOrEqualTo(5);
        assertThat(Duration.ofNanos(nanos.get())).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    }

    @Test
    void itGivesUpWhenTheTimeIsOver() {
        Progress progress = lag.await(500, Duration.ofMillis(105));

        assertThat(progress.seenThroughSeq()).isEqualTo(10);
        assertThat(progress.lag()).isEqualTo(990);
        assertThat(Duration.ofNanos(nanos.get())).isEqualTo(Duration.ofMillis(105));
    }
}
