// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Gives out the numbers of events at a steady pace, and knows which have all been taken. Safe for threads. */
final class Numbers {
    private final int perSecond;
    private final TreeSet<Long> underWay = new TreeSet<>();
    private long next;
    private long paceFrom;
    private long paceFromNanos = System.nanoTime();

    Numbers(int perSecond) {
        this.perSecond = perSecond;
    }

    /**
     * Some numbers that follow each other.
     *
     * @param dueNanos when the last of them is due, as {@link System#nanoTime}
     */
    record Block(long first, int count, long dueNanos) {
        long waitMillis() {
            return Math.max(0, TimeUnit.NANOSECONDS.toMillis(dueNanos - System.nanoTime()));
        }
    }

    /** The pace begins anew: what was not sent in a silence is not caught up with. */
    synchronized void begin() {
        paceFrom = next;
        paceFromNanos = System.nanoTime();
    }

    synchronized Block take(int count) {
        long first = next;
        next += count;
        underWay.add(first);
        return new Block(first, count, paceFromNanos + (next - paceFrom) * 1_000_000_000 / perSecond);
    }

    synchronized void taken(Block block) {
        underWay.remove(block.first());
    }

    /** All events below this number are in the ledger. */
    synchronized long known() {
        return underWay.isEmpty() ? next : underWay.first();
    }
}
