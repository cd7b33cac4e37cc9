// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.capture.record.RecordTime;
import io.contextgraph.event.EventStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what single messages of a chat say, in the form of the interface that they were written for. */
interface ChatForm {
    /** Who speaks. */
    enum Voice {
        SYSTEM,
        USER,
        MODEL,
        TOOL,
        /** What began ends. */
        END
    }

    /**
     * What a message says.
     *
     * @param says whether it is an event beside its calls and results
     * @param calls in their order
     * @param results what came back of earlier calls, in order
     */
    record Said(Voice voice, boolean says, List<Call> calls, List<Result> results) {
        public Said {
            calls = List.copyOf(calls);
            results = List.copyOf(results);
        }
    }

    /**
     * A call.
     *
     * @param id what its result names it by
     * @param name of the tool
     * @param json as it stands in the message
     * @param ended how it ended, where the message itself says it
     */
    record Call(String id, @Nullable String name, JsonNode arguments, JsonNode json, Optional<EventStatus> ended) {}

    /**
     * What came back of a call.
     *
     * @param id of the call
     * @param name of the tool, where it is said
     * @param content what came back
     * @param json as it stands in the message, with what is beside it
     */
    record Result(String id, @Nullable String name, JsonNode content, JsonNode json, EventStatus status) {}

    /**
     * What a message says; empty when nobody is known to speak like that.
     *
     * @param open whether calls wait for their results
     */
    Optional<Said> said(ObjectNode message, boolean open);

    /** When it was said. */
    default Optional<Instant> time(JsonNode message) {
        return RecordTime.of(message.path("timestamp"));
    }
}
