// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventStatus;
import java.time.Duration;

/** Parts of events as people read them. */
public final class EventText {
    private EventText() {}

    /** The type, and the tool where there is one. */
    public static String what(Event event) {
        return event.toolName()
                .map(tool -> event.type() + " " + tool)
                .orElse(event.type().value());
    }

    /** The status; a dash where there is none. */
    public static String status(Event event) {
        return event.status().map(EventStatus::wireName).orElse("-");
    }

    /** How long it took; empty where that is not known. */
    public static String took(Event event) {
        return event.endedAt()
                .map(end -> duration(Duration.between(event.occurredAt(), end)))
                .orElse("");
    }

    private static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 10_000) {
            return millis + " ms";
        }
        long seconds = duration.toSeconds();
        return seconds < 600 ? seconds + " s" : duration.toMinutes() + " min";
    }
}
