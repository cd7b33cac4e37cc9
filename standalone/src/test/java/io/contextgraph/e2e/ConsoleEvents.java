// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Events for the console to show, known by numbers. */
final class ConsoleEvents {
    private final List<ObjectNode> events = new ArrayList<>();

    /** The id of the event with this number. */
    static String id(long number) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L + number).toString();
    }

    /** One more, which may be changed. */
    ObjectNode add(long number, String session, String occurredAt) {
        ObjectNode event = Json.MAPPER
                .createObjectNode()
                .put("event_id", id(number))
                .put("event_type", number % 2 == 0 ? "llm.chat" : "tool.execute")
                .put("occurred_at", occurredAt)
                .put("session_id", session)
                .put("agent_id", "agent")
                .put("trace_id", "trace");
        event.putObject("payload").put("content", "What " + number + " says.");
        events.add(event);
        return event;
    }

    /** One more, with a cause. */
    ObjectNode add(long number, String session, String occurredAt, long cause) {
        return add(number, session, occurredAt).put("parent_event_id", id(cause));
    }

    /** Appends all that have been added since the last time. */
    void append(Distribution distribution, Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "events", ".ndjson");
        Files.writeString(file, events.stream().map(ObjectNode::toString).collect(Collectors.joining("\n", "", "\n")));
        events.clear();
        Distribution.Result imported = distribution.run("import", file.toString());
        if (imported.exitCode() != 0) {
            throw new AssertionError(imported.out() + imported.err());
        }
    }
}
