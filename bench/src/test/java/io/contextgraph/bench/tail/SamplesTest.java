// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.bench.stall.Cause;
import io.contextgraph.bench.stall.Evidence;
import io.contextgraph.bench.stall.Stall;
import io.contextgraph.bench.tail.Samples.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The arithmetic of the tail. */
class SamplesTest {
    private static final long MILLI = 1_000_000;

    /** Due at a millisecond, answered so many later. */
    private static Sample sample(long due, long took) {
        return new Sample(due * MILLI, due * MILLI, (due + took) * MILLI);
    }

    private static Samples took(long... millis) {
        return new Samples(
                LongStream.of(millis).mapToObj(took -> sample(0, took)).toList());
    }

    private static Evidence grown(long from, long to, long took) {
        return new Evidence(Cause.GROWTH, from * MILLI, to * MILLI, took * MILLI, "JSON.MSET");
    }

    @Test
    void aPercentileIsTheLeastThatSoManyDidNotExceed() {
        Samples samples = new Samples(LongStream.rangeClosed(1, 1000)
                .mapToObj(took -> sample(0, took))
                .toList());
        assertThat(samples.millis(50)).isEqualTo(500);
        assertThat(samples.millis(99)).isEqualTo(990);
        assertThat(samples.millis(99.9)).isEqualTo(999);
        assertThat(samples.millis(100)).isEqualTo(1000);
        assertThat(took(7).millis(50)).isEqualTo(7);
    }

    @Test
    void ofNothingThereIsNoPercentile() {
        assertThatThrownBy(() -> took().millis(99)).hasMessageContaining("measure longer");
    }

    @Test
    void aShareCountsTheBoundItself() {
        assertThat(took(4, 5, 6, 7).within(5)).isEqualTo(50);
    }

    @Test
    void latencyCountsFromWhenItWasDue() {
        Samples samples = new Samples(List.of(new Sample(0, 3 * MILLI, 5 * MILLI)));
        assertThat(samples.millis(50)).isEqualTo(5);
        assertThat(samples.begunLate().millis(50)).isEqualTo(3);
    }

    @Test
    void aTimeHoldsWhatWasDueInIt() {
        Samples samples = new Samples(List.of(sample(9, 5), sample(10, 1), sample(19, 50), sample(20, 1)));
        List<Window> times = List.of(new Window(10 * MILLI, 20 * MILLI));
        assertThat(samples.within(times).all()).containsExactly(sample(10, 1), sample(19, 50));
        assertThat(samples.without(times).all()).containsExactly(sample(9, 5), sample(20, 1));
    }

    @Test
    void aPauseIsAStallForEachThatWaited() {
        assertThat(new Samples(List.of(sample(1, 5), sample(2, 6))).stalls())
                .containsExactly(new Stall(2 * MILLI, 8 * MILLI, 0));
    }

    @Test
    void growthIsApartUntilAllThatWaitedIsMadeUpFor() {
        // A table grows from 100 to 200; what is due meanwhile is answered at 200 and later, each a little after the
        // last.
        List<Sample> all = new ArrayList<>();
        for (long due = 0; due < 400; due++) {
            long answered = due < 100 || due > 250 ? due + 1 : Math.max(due + 1, 200 + (due - 100) / 2);
            all.add(sample(due, answered - due));
        }
        Samples samples = new Samples(all);
        List<Window> growths = samples.growths(List.of(grown(95, 205, 100)));
        assertThat(growths).hasSize(1);
        Samples apart = samples.without(growths);
        assertThat(samples.millis(99)).isGreaterThan(90);
        assertThat(apart.millis(100)).isLessThanOrEqualTo(5);
        // The rest is still there.
        assertThat(apart.all()).hasSizeGreaterThan(200);
    }

    @Test
    void whatIsNoGrowthIsNotApart() {
        Samples samples = took(50);
        assertThat(samples.growths(List.of(new Evidence(Cause.FORK, 0, 100 * MILLI, 50 * MILLI, "fork"))))
                .isEmpty();
        // A command that is slow because Redis had no processor makes no table larger.
        Evidence waited = new Evidence(Cause.PROCESSOR, 50 * MILLI, 150 * MILLI, 45 * MILLI, "no processor");
        assertThat(samples.growths(List.of(grown(0, 100, 50), waited))).isEmpty();
        assertThat(samples.growths(List.of(grown(0, 100, 300), waited))).hasSize(1);
        // A command that is slow for a few milliseconds makes no table larger.
        assertThat(samples.growths(List.of(grown(0, 100, 9)))).isEmpty();
    }
}
