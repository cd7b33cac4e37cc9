// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.prune.SeqRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeqNumbersTest {
    private static final int MOST = 60;

    /** Whatever runs there are, in whatever order, that lie apart, meet or overlap: it has what any of them has. */
    @Test
    void hasWhatAnyRunHas() {
        long seed = Long.getLong("contextgraph.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            List<SeqRun> runs = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                long from = 1L + random.nextInt(MOST);
                runs.add(new SeqRun(from, from + random.nextInt(9)));
            }
            SeqNumbers numbers = SeqNumbers.of(runs);
            for (long seq = 0; seq < MOST + 12; seq++) {
                long number = seq;
                assertThat(numbers.has(number))
                        .as("%s in %s, round %s, seed %s", number, runs, round, seed)
                        .isEqualTo(runs.stream().anyMatch(run -> run.has(number)));
            }
        }
    }
}
