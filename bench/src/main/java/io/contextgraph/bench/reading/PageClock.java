// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.reading;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import java.io.IOException;
import java.util.Random;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** How long pages take, one after another, each kind first for a while without counting. */
public final class PageClock {
    public static final int PAGE = EventQuery.DEFAULT_LIMIT;
    private static final int DEEP_PAGE = 5000;
    private static final int WARM_UP = 200;

    private final Function<EventQuery, Readings.Page> store;
    private final int events;
    private final int samples;

    /**
     * @param store the first page of the answer to a question
     * @param events in the store
     * @param samples of each kind
     */
    public PageClock(Function<EventQuery, Readings.Page> store, int events, int samples) {
        this.store = store;
        this.events = events;
        this.samples = samples;
    }

    /**
     * First pages of one question.
     *
     * @param latency in nanoseconds
     * @param found events on a page, on average
     */
    public record Asked(Histogram latency, double found) {}

    /** Asks about random events, the same for every store. */
    public Asked ask(Question question) throws Exception {
        Random random = new Random(1);
        Histogram latency = new Histogram(3);
        long found = 0;
        for (int i = -Math.min(WARM_UP, samples); i < samples; i++) {
            Readings.Page page =
                    store.apply(question.about().apply(random.nextInt(events)).build());
            long begun = System.nanoTime();
            int read = page.read().events();
            if (i >= 0) {
                latency.recordValue(System.nanoTime() - begun);
                found += read;
            }
        }
        return new Asked(latency, (double) found / samples);
    }

    /**
     * The first page of the whole store and one far behind it.
     *
     * @param page which one
     * @param first the first one, in nanoseconds
     * @param far that one
     */
    public record Deep(int page, Histogram first, Histogram far) {
        /** How much slower it is than the first. */
        public double ratio() {
            return (double) far.getValueAtPercentile(50) / first.getValueAtPercentile(50);
        }
    }

    /** Follows the cursors of all pages before it. */
    public Deep deep(Order order) throws Exception {
        Readings.Page first = store.apply(EventQuery.builder().order(order).build());
        int depth = Math.min(DEEP_PAGE, events / PAGE / 2);
        Readings.Page page = first;
        for (int number = 1; number < depth; number++) {
            page = page.read().next();
        }
        return new Deep(depth, again(first), again(page));
    }

    private Histogram again(Readings.Page page) throws Exception {
        Histogram latency = new Histogram(3);
        for (int i = -Math.min(WARM_UP, samples); i < samples; i++) {
            long begun = System.nanoTime();
            if (page.read().events() != PAGE) {
                throw new IOException("a page is not full");
            }
            if (i >= 0) {
                latency.recordValue(System.nanoTime() - begun);
            }
        }
        return latency;
    }
}
