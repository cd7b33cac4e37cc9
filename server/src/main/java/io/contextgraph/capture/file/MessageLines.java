// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.capture.text.Replaced;
import io.contextgraph.event.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;

/** The chat messages of a file that has one a line: together they are one conversation, which is held up to a limit. */
final class MessageLines {
    private final TraceFile file;
    private final long maxChars;
    private final ArrayNode messages = Json.MAPPER.createArrayNode();
    private long chars;
    private boolean full;
    private Replaced replaced = Replaced.NONE;

    MessageLines(TraceFile file, long maxChars) {
        this.file = file;
        this.maxChars = maxChars;
    }

    /** Takes a message; answers a refusal when this is the first that is too much. */
    Optional<Refusal> add(Unit message) {
        if (full) {
            return Optional.empty();
        }
        chars += message.chars();
        if (chars > maxChars) {
            full = true;
            return Optional.of(new Refusal(
                    file.name(),
                    message.place(),
                    "the messages of a conversation must not have more than " + maxChars
                            + " characters: from here on they are left out",
                    List.of()));
        }
        messages.add(message.json());
        replaced = replaced.plus(message.replaced());
        return Optional.empty();
    }

    /** All of them as one value; empty when there are none. */
    Optional<Unit> whole() {
        return messages.isEmpty() ? Optional.empty() : Optional.of(new Unit("", messages, chars, replaced));
    }
}
