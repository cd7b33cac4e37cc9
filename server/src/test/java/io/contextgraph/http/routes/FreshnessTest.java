// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.http.engine.ProblemException;
import io.contextgraph.ledger.EventFeed.Progress;
import io.contextgraph.ledger.Head;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final long HEAD = 9;

    private final List<Runnable> pauses = new ArrayList<>();
    private long seen;
    private int looks;
    private long nanos;
    private final Freshness freshness = new Freshness(this::look, () -> nanos, this::pause);

    private Progress look() {
        looks++;
        return new Progress(at(seen), seen, 0, 0, Optional.empty(), new Head(HEAD, at(HEAD)));
    }

    private static Position at(long seq) {
        return new Position(seq, 0);
    }

    /** What happens in one pause after the other, each of 10 ms. */
    private void pause() {
        nanos += Duration.ofMillis(10).toNanos();
        pauses.removeFirst().run();
    }

    private Progress await(long seq) {
        return freshness.await(Optional.of(at(seq)), Duration.ofMillis(30).toNanos());
    }

    @Test
    void whoDoesNotWaitIsToldHowFarTheGraphIsNow() {
        seen = 3;
        assertThat(freshness.await(Optional.empty(), 0).seenThroughSeq()).isEqualTo(3);
        seen = 4;
        assertThat(freshness.await(Optional.empty(), 0).seenThroughSeq()).isEqualTo(4);
        assertThat(await(4).seenThroughSeq()).isEqualTo(4);
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void looksAgainAfterEachPauseUntilThePositionIsSeen() {
        pauses.addAll(List.of(() -> seen = 4, () -> seen = 6));
        assertThat(await(5).seenThroughSeq()).isEqualTo(6);
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void takesWhatAnotherHasJustLearnt() {
        pauses.add(() -> {
            seen = 5;
            assertThat(await(5).seenThroughSeq()).isEqualTo(5);
        });
        assertThat(await(5).seenThroughSeq()).isEqualTo(5);
        assertThat(looks).isEqualTo(2);
    }

    @Test
    void whatAnotherHasLearntGrowsOld() {
        pauses.add(() -> {
            freshness.await(Optional.empty(), 0);
            nanos += Duration.ofMillis(5).toNanos();
            seen = 5;
        });
        assertThat(await(5).seenThroughSeq()).isEqualTo(5);
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void tellsTheLagWhenTheTimeIsOver() {
        pauses.addAll(List.of(() -> {}, () -> {}, () -> seen = 4));
        assertThatThrownBy(() -> await(5))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        late -> assertThat(late.problem().extras())
                                .isEqualTo(Map.of("lag_events", 5L, "as_of", "4-0")));
    }

    @Test
    void aPositionBeyondTheLedgerIsAFaultAtOnce() {
        assertThatThrownBy(() -> await(HEAD + 1)).isInstanceOf(InvalidInputException.class);
        assertThat(looks).isEqualTo(1);
    }
}
