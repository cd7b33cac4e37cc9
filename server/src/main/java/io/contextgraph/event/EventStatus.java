// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How the work behind an event stands or ended. */
public enum EventStatus {
    PENDING,
    RUNNING,
    COMPLETED,
    FAILED,
    TIMEOUT;

    /** The name on the wire, in lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All of them. */
    public static List<String> wireNames() {
        return Stream.of(values()).map(EventStatus::wireName).toList();
    }

    /** Reads the exact wire name; empty for anything else. */
    public static Optional<EventStatus> parse(String text) {
        for (EventStatus status : values()) {
            if (status.wireName().equals(text)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }
}
