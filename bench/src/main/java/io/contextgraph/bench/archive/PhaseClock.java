// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.archive;

import io.contextgraph.operation.Watcher;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long the phases of long work take, and how long something else takes meanwhile.
 *
 * <p><b>Threads.</b> One does the work; any do something else.
 */
public final class PhaseClock implements Watcher {
    private static final String NONE = "";
    private static final long HIGHEST_NANOS = Duration.ofMinutes(1).toNanos();

    private final Map<String, Long> nanos = new ConcurrentHashMap<>();
    private final Map<String, Histogram> others = new ConcurrentHashMap<>();
    private volatile String phase = NONE;
    private long since;

    @Override
    public void at(Phase next, long done, long total) {
        turn(next.wireName());
    }

    /** The work is done. */
    public void end() {
        turn(NONE);
    }

    private void turn(String next) {
        long now = System.nanoTime();
        if (!phase.equals(next)) {
            if (!phase.equals(NONE)) {
                nanos.merge(phase, now - since, Long::sum);
            }
            since = now;
            phase = next;
        }
    }

    /** Something else has taken so long. */
    public void meanwhile(long took) {
        others.computeIfAbsent(phase, name -> new ConcurrentHistogram(HIGHEST_NANOS, 3))
                .recordValue(Math.min(took, HIGHEST_NANOS));
    }

    /** How long these phases have taken together. */
    public double seconds(Phase... phases) {
        double sum = 0;
        for (Phase one : phases) {
            sum += nanos.getOrDefault(one.wireName(), 0L) / 1e9;
        }
        return sum;
    }

    /** How long everything else took, in nanoseconds, that ended in one of these phases. */
    public Histogram meanwhile(Phase... phases) {
        Histogram all = new Histogram(HIGHEST_NANOS, 3);
        for (Phase one : phases) {
            Histogram own = others.get(one.wireName());
            if (own != null) {
                all.add(own);
            }
        }
        return all;
    }
}
