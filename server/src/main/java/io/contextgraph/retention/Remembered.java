// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.Times;
import io.contextgraph.ledger.trim.RetentionNotes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What retention remembers.
 *
 * <p><b>Shape.</b> Notes {@value #WINDOW} in milliseconds, {@value #LAST_RUN} and each {@code release:<group>} as JSON,
 * {@value #REACHED} as a time.
 *
 * @param releases by group
 */
record Remembered(
        Optional<Duration> window,
        Optional<RetentionReport> lastRun,
        Optional<Instant> reachedAt,
        Map<String, GroupRelease> releases) {
    private static final String WINDOW = "hot_window_ms";
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
                Optional.ofNullable(all.get(WINDOW))
                        .filter(text -> text.matches("\\d{1,15}"))
                        .map(text -> Duration.ofMillis(Long.parseLong(text))),
                RetentionJson.remembered(Optional.ofNullable(all.get(LAST_RUN)), RetentionJson::report),
                Optional.ofNullable(all.get(REACHED)).flatMap(Times::parse),
                releases);
    }

    /** @param window what memory has made of the hot window; empty where it is as it is set */
    static void shrunk(RetentionNotes notes, Remembered before, Optional<Duration> window) {
        if (window.isPresent()) {
            notes.put(WINDOW, Long.toString(window.get().toMillis()));
        } else if (before.window().isPresent()) {
            notes.remove(WINDOW);
        }
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
