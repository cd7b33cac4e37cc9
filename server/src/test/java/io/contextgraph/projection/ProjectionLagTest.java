// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeed.Progress;
import io.contextgraph.ledger.Head;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ProjectionLagTest {
    private static final long HEAD = 1_000;

    private final List<Runnable> pauses = new ArrayList<>();
    private long seen;
    private int looks;
    private long nanos;
    private final ProjectionLag lag = new ProjectionLag(
            new EventFeed() {
                @Override
                public Consumer open(String consumerName) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Progress progress() {
                    looks++;
                    return new Progress(at(seen), seen, 0, 0, Optional.empty(), new Head(HEAD, at(HEAD)));
                }
            },
            () -> nanos,
            this::pause);

    private static Position at(long seq) {
        return new Position(1, seq);
    }

    /** What happens in one pause after the other. */
    private void pause(long length) {
        nanos += length;
        pauses.removeFirst().run();
    }

    private long await(long seq) {
        return lag.await(seq, Duration.ofMillis(25)).seenThroughSeq();
    }

    @Test
    void howFarTheGraphIsNowIsAlwaysAskedAnew() {
        assertThat(lag.now().seenThroughSeq()).isZero();
        seen = 3;
        assertThat(lag.now().seenThroughSeq()).isEqualTo(3);
        assertThat(lag.now().lag()).isEqualTo(HEAD - 3);
    }

    @Test
    void itReturnsAsSoonAsTheEventHasBeenSeen() {
        assertThat(await(0)).isZero();
        nanos = Duration.ofSeconds(1).toNanos();
        pauses.addAll(List.of(() -> seen = 4, () -> seen = 6));
        assertThat(await(5)).isEqualTo(6);
        assertThat(looks).isEqualTo(4);
        seen = 7;
        pauses.add(() -> seen = 8);
        assertThat(lag.await(at(7), Duration.ofSeconds(1)).seenThroughSeq()).isEqualTo(8);
    }

    @Test
    void itGivesUpWhenTheTimeIsOver() {
        pauses.addAll(List.of(() -> seen = 1, () -> seen = 2, () -> seen = 3));
        assertThat(await(500)).isEqualTo(3);
        assertThat(Duration.ofNanos(nanos)).isEqualTo(Duration.ofMillis(25));
    }

    @Test
    void whoIsInterruptedIsToldAtOnce() {
        Thread.currentThread().interrupt();
        assertThat(await(5)).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void takesWhatAnotherHasJustLearnt() {
        pauses.add(() -> {
            seen = 5;
            assertThat(lag.now().seenThroughSeq()).isEqualTo(5);
        });
        assertThat(await(5)).isEqualTo(5);
        assertThat(looks).isEqualTo(2);
    }

    @Test
    void whatAnotherHasLearntGrowsOld() {
        pauses.add(() -> {
            assertThat(lag.now().seenThroughSeq()).isZero();
            nanos += Duration.ofMillis(5).toNanos();
            seen = 5;
        });
        assertThat(await(5)).isEqualTo(5);
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void whoWaitsLooksAsSoonAsAWorkerHasMoved() {
        assertThat(lag.now().seenThroughSeq()).isZero();
        pauses.add(() -> {
            assertThat(lag.now().seenThroughSeq()).isZero();
            seen = 5;
            lag.moved();
        });
        assertThat(await(5)).isEqualTo(5);
        assertThat(looks).isEqualTo(3);
        assertThat(lag.await(5, Duration.ZERO).seenThroughSeq()).isEqualTo(5);
        assertThat(looks).as("what was learnt since is shared").isEqualTo(3);
    }
}
