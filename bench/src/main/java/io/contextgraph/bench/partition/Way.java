// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.event.Event;
import java.util.List;
import java.util.stream.LongStream;

/** How events come. */
enum Way {
    SINGLE("single events, 1 writer", 1, 1, true),
    SINGLES("single events, 64 writers", 64, 1, true),
    BATCHES("batches of 100 of one session, 8 writers", 8, 100, false),
    MIXED("batches of 100 of 20 sessions, 8 writers", 8, 100, true);

    /** Events of whole sessions, in either order. */
    static final int BLOCK = Workload.AGENTS * Workload.SESSION_LENGTH;

    private static final int MOST_SINGLE = 2 * BLOCK;

    private final String shown;
    private final int writers;
    private final int batch;
    private final boolean abreast;

    Way(String shown, int writers, int batch, boolean abreast) {
        this.shown = shown;
        this.writers = writers;
        this.batch = batch;
        this.abreast = abreast;
    }

    /** In a few words. */
    String shown() {
        return shown;
    }

    int writers() {
        return writers;
    }

    /** Events of a call. */
    int batch() {
        return batch;
    }

    /** How many of so many events are appended so: whole sessions, and of those that come one after the other not too many. */
    int share(int events) {
        int wanted = this == SINGLE ? Math.min(events, MOST_SINGLE) : events;
        return Math.max(1, wanted / BLOCK) * BLOCK;
    }

    /** The number of the event whose turn it is. */
    long number(long turn) {
        return abreast ? Workload.abreast(turn) : turn;
    }

    /** The events of a call. */
    List<Event> call(long first) {
        return LongStream.range(first, first + batch)
                .map(this::number)
                .mapToObj(Workload::event)
                .toList();
    }
}
