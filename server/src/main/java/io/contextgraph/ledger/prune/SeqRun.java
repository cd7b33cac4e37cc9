// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import io.contextgraph.event.Original;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers of a ledger that follow each other.
 *
 * @param from the first, at least 1
 * @param to the last
 */
public record SeqRun(long from, long to) {
    /** @throws IllegalArgumentException when it is none */
    public SeqRun {
        if (from < 1 || to < from || to > Original.MAX_NUMBER) {
            throw new IllegalArgumentException("a run needs 1 <= from <= to <= 2^53: " + from + ", " + to);
        }
    }

    /** How many. */
    public long count() {
        return to - from + 1;
    }

    public boolean has(long seq) {
        return from <= seq && seq <= to;
    }

    /** The runs of some numbers, each greater than the one before. */
    public static List<SeqRun> of(Iterable<Long> ascending) {
        List<SeqRun> runs = new ArrayList<>();
        for (long seq : ascending) {
            if (!runs.isEmpty() && runs.getLast().to() == seq - 1) {
                runs.set(runs.size() - 1, new SeqRun(runs.getLast().from(), seq));
            } else {
                runs.add(new SeqRun(seq, seq));
            }
        }
        return runs;
    }
}
