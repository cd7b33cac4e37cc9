// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.Times;
import io.contextgraph.ledger.trim.RetentionNotes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What retention remembers.
 *
 * <p><b>Shape.</b> Notes {@value #WINDOW} and {@value #CEILING} in milliseconds, {@value #ARCHIVING} as a number, {@value #LAST_RUN} and each {@code release:<group>} as JSON,
 * {@value #REACHED} as a time.
 *
 * @param releases by group
 */
record Remembered(
        Optional<Duration> window,
        Optional<Duration> ceiling,
        Optional<RetentionReport> lastRun,
        Optional<Instant> reachedAt,
        Map<String, GroupRelease> releases) {
    private static final String WINDOW = "hot_window_ms";
    private static final String CEILING = "ceiling_ms";
    private static final String ARCHIVING = "archiving_from";
    private static final String LAST_RUN = "last_run";
    private static final String REACHED = "reached_at";
    private static final String RELEASE = "release:";

    static Remembered read(RetentionNotes notes) {
        Map<String, String> all = notes.all();
        Map<String, GroupRelease> releases = new TreeMap<>();
        all.forEach((name, text) -> {
            if (name.startsWith(RELEASE)) {
                RetentionJson.remembered(Optional.of(text), RetentionJson::release)
                        .ifPresent(release -> releases.put(release.group(), release));
            }
        });
        return new Remembered(
                number(all.get(WINDOW)).map(Duration::ofMillis),
                number(all.get(CEILING)).map(Duration::ofMillis),
                RetentionJson.remembered(Optional.ofNullable(all.get(LAST_RUN)), RetentionJson::report),
                Optional.ofNullable(all.get(REACHED)).flatMap(Times::parse),
                releases);
    }

    private static Optional<Long> number(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(digits -> digits.matches("\\d{1,16}"))
                .map(Long::parseLong);
    }

    /** @param window what memory has made of the hot window; empty where it is as it is set */
    static void shrunk(RetentionNotes notes, Remembered before, Optional<Duration> window) {
        put(notes, WINDOW, before.window(), window);
    }

    /** @param ceiling what memory has made of the ceiling; empty where it is as it is set */
    static void lowered(RetentionNotes notes, Remembered before, Optional<Duration> ceiling) {
        put(notes, CEILING, before.ceiling(), ceiling);
    }

    private static void put(RetentionNotes notes, String name, Optional<Duration> before, Optional<Duration> now) {
        if (now.isPresent()) {
            notes.put(name, Long.toString(now.get().toMillis()));
        } else if (before.isPresent()) {
            notes.remove(name);
        }
    }

    /** From which number on there may be events that the archive has, and the ledger too. */
    static OptionalLong unfinished(RetentionNotes notes) {
        return number(notes.all().get(ARCHIVING)).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** Before a segment is written. */
    static void begun(RetentionNotes notes, long seq) {
        notes.put(ARCHIVING, Long.toString(seq));
    }

    /** When nothing of what the archive has is left. */
    static void finished(RetentionNotes notes) {
        notes.remove(ARCHIVING);
    }

    static void ran(RetentionNotes notes, RetentionReport report) {
        notes.put(LAST_RUN, RetentionJson.of(report).toString());
        if (report.obstacle().isEmpty()) {
            notes.put(REACHED, Times.format(report.at()));
        }
    }

    static void released(RetentionNotes notes, GroupRelease release) {
        notes.put(RELEASE + release.group(), RetentionJson.of(release).toString());
    }

    static void ended(RetentionNotes notes, GroupRelease release) {
        notes.remove(RELEASE + release.group());
    }
}
