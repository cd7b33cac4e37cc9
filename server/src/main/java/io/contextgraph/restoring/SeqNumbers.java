// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.ledger.prune.SeqRun;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Numbers of events: asked of any number, however many runs of them there are. */
public final class SeqNumbers {
    /** Of each run the last number, by the first one; no two of them meet. */
    private final NavigableMap<Long, Long> runs = new TreeMap<>();

    private SeqNumbers() {}

    static SeqNumbers of(List<SeqRun> runs) {
        SeqNumbers numbers = new SeqNumbers();
        runs.stream().sorted(Comparator.comparingLong(SeqRun::from)).forEach(numbers::add);
        return numbers;
    }

    private void add(SeqRun run) {
        Map.Entry<Long, Long> before = runs.lastEntry();
        boolean meets = before != null && run.from() <= before.getValue() + 1;
        Long ignored = meets ? runs.merge(before.getKey(), run.to(), Math::max) : runs.put(run.from(), run.to());
    }

    /** Whether the event with this number is one of them. */
    public boolean has(long seq) {
        Map.Entry<Long, Long> run = runs.floorEntry(seq);
        return run != null && seq <= run.getValue();
    }
}
