// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message, or what else a run wrote down, where it stands and when it was.
 *
 * @param index among those of its run
 * @param synthetic whether its time is made up
 */
record ChatMessage(int index, ObjectNode json, String place, Instant time, boolean synthetic) {
    /** As it is, marked. */
    ObjectNode payload() {
        return markWhereSynthetic(json.deepCopy());
    }

    ObjectNode markWhereSynthetic(ObjectNode payload) {
        return synthetic ? markSynthetic(payload) : payload;
    }

    /** Says that the time is made up, without overwriting anything. */
    static ObjectNode markSynthetic(ObjectNode payload) {
        return payload.put(payload.has("time") ? "capture_time" : "time", "synthetic");
    }
}
