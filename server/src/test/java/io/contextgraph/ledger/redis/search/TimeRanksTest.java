// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeRanksTest {
    /** Ten events each, in no order. */
    private final TimeRanks ranks = new TimeRanks(10, List.of(3000L, 1000L, 2000L, 2100L, 9000L));

    @Test
    void itGoesAheadBySoManyEvents() {
        assertThat(ranks.ahead(null, 10, false)).hasValue(2000);
        assertThat(ranks.ahead(null, 20, false)).hasValue(2100);
        assertThat(ranks.ahead(2000L, 10, false)).hasValue(2100);
        assertThat(ranks.ahead(null, 10, true)).hasValue(3000);
        assertThat(ranks.ahead(3000L, 20, true)).hasValue(2000);
    }

    @Test
    void betweenTwoTimesItGoesPartOfTheWay() {
        assertThat(ranks.ahead(null, 5, false)).hasValue(1500);
        assertThat(ranks.ahead(1500L, 5, false)).hasValue(2000);
        assertThat(ranks.ahead(null, 1, true)).hasValue(8400);
        assertThat(ranks.ahead(6000L, 15, true)).hasValue(2100);
    }

    @Test
    void whereThereAreNotSoManyItHasNoEnd() {
        assertThat(ranks.ahead(null, 40, false)).hasValue(9000);
        assertThat(ranks.ahead(null, 41, false)).isEmpty();
        assertThat(ranks.ahead(null, 41, true)).isEmpty();
        assertThat(ranks.ahead(10_000L, 1, false)).isEmpty();
        assertThat(ranks.ahead(500L, 1, true)).isEmpty();
        assertThat(new TimeRanks(10, List.of()).ahead(null, 1, false)).isEmpty();
        assertThat(new TimeRanks(10, List.of()).ahead(5L, 1, true)).isEmpty();
    }

    @Test
    void outsideOfAllTimesItBeginsAtTheNearest() {
        assertThat(ranks.ahead(-5L, 10, false)).hasValue(2000);
        assertThat(ranks.ahead(10_000L, 10, true)).hasValue(3000);
    }

    @Test
    void manyAtOneTimeAreNoHindrance() {
        TimeRanks ties = new TimeRanks(1, Collections.nCopies(100, 7L));
        assertThat(ties.ahead(null, 50, false)).hasValue(7);
        assertThat(ties.ahead(7L, 200, false)).isEmpty();
    }
}
