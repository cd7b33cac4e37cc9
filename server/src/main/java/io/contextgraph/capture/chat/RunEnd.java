// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.event.EventStatus;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** How a run ended, as SWE-agent and mini-swe-agent say it. */
final class RunEnd {
    private static final String EXIT_STATUS = "exit_status";

    private RunEnd() {}

    /** What is told of a run, or its last message: empty where that does not say how it ended. */
    static Optional<EventStatus> of(JsonNode told) {
        return Stream.of(told.path("info"), told.path("extra"))
                .map(place -> place.path(EXIT_STATUS))
                .filter(JsonNode::isString)
                .findFirst()
                .map(exit -> status(exit.stringValue()));
    }

    /** What an exit status means. */
    static EventStatus status(String exit) {
        String lower = exit.toLowerCase(Locale.ROOT);
        if (lower.startsWith("submitted")) {
            return EventStatus.COMPLETED;
        }
        return Stream.of("timeout", "execution_time", "timeexceeded").anyMatch(lower::contains)
                ? EventStatus.TIMEOUT
                : EventStatus.FAILED;
    }
}
