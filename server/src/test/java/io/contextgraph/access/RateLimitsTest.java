// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.access.RateLimits.Allowance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
    private static final long BODY = 8 * 1024 * 1024;

    private static RateLimits limits(long requests, long bytes) {
        return new RateLimits(new AccessSettings(false, Optional.empty(), requests, bytes), BODY);
    }

    private static Caller caller(String name, AccessKey.Limits own) {
        return new Caller(Caller.Kind.KEY, name, Set.of(KeyRole.READ), Optional.empty(), own);
    }

    @Test
    void withoutLimitsNothingIsCounted() {
        assertThat(limits(0, 0).of(caller("one", AccessKey.Limits.AS_SET))).isEmpty();
        assertThat(limits(1, 1).of(Caller.SOMEBODY)).isEmpty();
    }

    @Test
    void whoHasAskedForTwoSecondsWorthWaits() {
        RateLimits limits = limits(1, 0);
        Allowance one = limits.of(caller("one", AccessKey.Limits.AS_SET)).orElseThrow();
        assertThat(one.request(0)).isEmpty();
        assertThat(one.request(BODY)).isEmpty();
        assertThat(one.request(0))
                .hasValueSatisfying(wait -> assertThat(wait).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1)));
        assertThat(limits.of(caller("one", AccessKey.Limits.AS_SET))).containsSame(one);
        assertThat(limits.of(caller("two", AccessKey.Limits.AS_SET))
                        .orElseThrow()
                        .request(0))
                .isEmpty();
    }

    @Test
    void theLargestBodyAlwaysGetsInAtLast() {
        Allowance one =
                limits(0, 64 * 1024).of(caller("one", AccessKey.Limits.AS_SET)).orElseThrow();
        assertThat(one.request(BODY)).isEmpty();
        assertThat(one.request(BODY))
                .hasValueSatisfying(wait -> assertThat(wait).isPositive());
        assertThat(one.request(0)).isEmpty();
    }

    /** Whoever waits by the limits of before is let in by those of now, with a body as large as may be now. */
    @Test
    void limitsMayChangeMeanwhile() {
        RateLimits limits = limits(1, 0);
        Caller one = caller("one", AccessKey.Limits.AS_SET);
        Caller own = caller("two", new AccessKey.Limits(OptionalLong.of(1), OptionalLong.of(0)));
        for (Caller caller : List.of(one, own)) {
            assertThat(limits.of(caller).orElseThrow().request(0)).isEmpty();
            assertThat(limits.of(caller).orElseThrow().request(0)).isEmpty();
            assertThat(limits.of(caller).orElseThrow().request(0)).isPresent();
        }
        limits.change(new AccessSettings(false, Optional.empty(), 1, 0), BODY);
        assertThat(limits.of(one).orElseThrow().request(0)).isPresent();
        limits.change(new AccessSettings(false, Optional.empty(), 0, 64 * 1024), 2 * BODY);
        assertThat(limits.of(one).orElseThrow().requestsPerSecond()).isZero();
        assertThat(limits.of(one).orElseThrow().request(2 * BODY)).isEmpty();
        assertThat(limits.of(own).orElseThrow().requestsPerSecond()).isOne();
        limits.change(new AccessSettings(false, Optional.empty(), 0, 0), BODY);
        assertThat(limits.of(one)).isEmpty();
    }

    @Test
    void aKeyMayHaveLimitsOfItsOwn() {
        RateLimits limits = limits(1, 0);
        AccessKey.Limits none = new AccessKey.Limits(OptionalLong.of(0), OptionalLong.empty());
        assertThat(limits.of(caller("one", none))).isEmpty();
        AccessKey.Limits three = new AccessKey.Limits(OptionalLong.of(3), OptionalLong.empty());
        Allowance own = limits.of(caller("one", three)).orElseThrow();
        for (int i = 0; i < 6; i++) {
            assertThat(own.request(0)).isEmpty();
        }
        assertThat(own.request(0)).isPresent();
    }
}
