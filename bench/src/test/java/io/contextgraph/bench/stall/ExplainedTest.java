// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.stall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which cause a pause has, by what happened at the same time. */
class ExplainedTest {
    private static final Stall STALL = new Stall(100, 200, 1);

    private static Evidence evidence(Cause cause, long from, long to, long nanos) {
        return new Evidence(cause, from, to, nanos, cause.shown());
    }

    private static Cause cause(Evidence... evidence) {
        return Explained.of(STALL, List.of(evidence)).cause();
    }

    @Test
    void whatTookHalfOfItIsTheCause() {
        assertThat(cause(evidence(Cause.FORK, 90, 210, 50))).isEqualTo(Cause.FORK);
        assertThat(cause(evidence(Cause.FORK, 90, 210, 49))).isEqualTo(Cause.UNEXPLAINED);
        assertThat(cause(evidence(Cause.FORK, 90, 210, 50), evidence(Cause.GROWTH, 90, 210, 60)))
                .isEqualTo(Cause.GROWTH);
        assertThat(cause(evidence(Cause.GROWTH, 100, 150, 30), evidence(Cause.GROWTH, 150, 200, 30)))
                .isEqualTo(Cause.GROWTH);
    }

    @Test
    void whatWasAtAnotherTimeIsNone() {
        assertThat(cause(evidence(Cause.FORK, 200, 300, 80))).isEqualTo(Cause.UNEXPLAINED);
        assertThat(cause(evidence(Cause.FORK, 160, 300, 80))).isEqualTo(Cause.UNEXPLAINED);
        assertThat(Explained.of(STALL, List.of(evidence(Cause.FORK, 200, 300, 80)))
                        .seen())
                .isEmpty();
    }

    @Test
    void aForkedProcessExplainsOnlyWhatNothingElseDoes() {
        Evidence beside = evidence(Cause.REWRITE, 100, 200, 100);
        assertThat(cause(beside)).isEqualTo(Cause.REWRITE);
        assertThat(cause(beside, evidence(Cause.SYNC, 100, 200, 60))).isEqualTo(Cause.SYNC);
    }

    @Test
    void aCollectionIsNoFaultOfTheMachine() {
        Evidence late = evidence(Cause.GENERATOR, 100, 200, 90);
        assertThat(cause(late)).isEqualTo(Cause.GENERATOR);
        assertThat(cause(late, evidence(Cause.COLLECTION, 100, 200, 85))).isEqualTo(Cause.COLLECTION);
    }

    @Test
    void aCommandIsNotSlowWhereRedisHadNoProcessor() {
        Evidence slow = evidence(Cause.GROWTH, 100, 200, 90);
        assertThat(cause(slow, evidence(Cause.PROCESSOR, 100, 200, 85))).isEqualTo(Cause.PROCESSOR);
        assertThat(cause(slow, evidence(Cause.PROCESSOR, 100, 200, 20))).isEqualTo(Cause.GROWTH);
    }

    @Test
    void whatWasSeenIsAddedUp() {
        Stall stall = new Stall(0, 10_000_000, 1);
        assertThat(Explained.of(
                                stall,
                                List.of(
                                        new Evidence(Cause.SYNC, 0, 5_000_000, 1_000_000, "a"),
                                        new Evidence(Cause.FORK, 0, 5_000_000, 2_000_000, "b"),
                                        new Evidence(Cause.SYNC, 5_000_000, 9_000_000, 3_000_000, "a")))
                        .seen())
                .isEqualTo("a 4 ms in 2; b 2 ms");
    }

    @Test
    void whatSeveralWaitedForIsOne() {
        assertThat(Stall.merged(List.of(new Stall(0, 10, 1), new Stall(5, 30, 2), new Stall(30, 40, 3))))
                .containsExactly(new Stall(5, 30, 2), new Stall(30, 40, 3));
    }
}
