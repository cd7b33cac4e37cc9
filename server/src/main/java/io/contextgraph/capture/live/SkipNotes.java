// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Tells each exporter now and then what is left out of what it sends: at once when it begins, then once a minute with all
 * that came meanwhile.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class SkipNotes {
    private static final Duration BETWEEN = Duration.ofMinutes(1);

    /** Of so many exporters something is remembered: whoever has been silent for longest is forgotten. */
    private static final int MOST_CALLERS = 1_000;

    private final InstantSource clock;
    private final Map<String, Note> notes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Note> eldest) {
            return size() > MOST_CALLERS;
        }
    };

    SkipNotes(InstantSource clock) {
        this.clock = clock;
    }

    private static final class Note {
        private final Map<String, Long> untold = new TreeMap<>();
        private Instant told = Instant.MIN;
    }

    /**
     * Something was left out.
     *
     * @param caller whose request it was
     * @param left how many of each kind, which is named in the plural
     * @return what is to be told now, a sentence; often empty
     */
    synchronized String of(String caller, Map<String, Long> left) {
        if (left.isEmpty()) {
            return "";
        }
        Note note = notes.computeIfAbsent(caller, ignored -> new Note());
        left.forEach((what, count) -> note.untold.merge(what, count, Long::sum));
        Instant now = clock.instant();
        if (note.told.isAfter(now.minus(BETWEEN))) {
            return "";
        }
        String told = note.untold.entrySet().stream()
                .map(kind -> kind.getValue() + " " + kind.getKey())
                .collect(Collectors.joining(", ", "left out by capture.skip, and counted: ", ""));
        note.untold.clear();
        note.told = now;
        return told;
    }
}
