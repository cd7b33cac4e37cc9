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

/** The chat messages of a file that has one a line, which are held up to a limit: only together they are conversations. */
final class MessageLines {
    private final TraceFile file;
    private final long maxChars;
    private final ArrayNode messages = Json.MAPPER.createArrayNode();
    private long chars;
    private long left;
    private String leftFrom = "";
    private Replaced replaced = Replaced.NONE;

    MessageLines(TraceFile file, long maxChars) {
        this.file = file;
        this.maxChars = maxChars;
    }

    void add(Unit message) {
        chars += left > 0 ? 0 : message.chars();
        if (chars > maxChars) {
            leftFrom = left == 0 ? message.place() : leftFrom;
            left++;
            return;
        }
        messages.add(message.json());
        replaced = replaced.plus(message.replaced());
    }

    /** What is to be said of messages that are too much. */
    Optional<Refusal> tooMuch() {
        return left == 0
                ? Optional.empty()
                : Optional.of(new Refusal(
                        file.name(),
                        leftFrom,
                        "messages that stand one a line must not have more than " + maxChars
                                + " characters together: from here on " + left + " are left out",
                        List.of()));
    }

    /** All of them as one value; empty when there are none. */
    Optional<Unit> whole() {
        return messages.isEmpty() ? Optional.empty() : Optional.of(new Unit("", messages, chars, replaced));
    }
}
