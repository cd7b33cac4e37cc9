// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a payload says, as text for people. */
public final class PayloadText {
    /** Fields in which agents put what they say, the most telling first. */
    private static final List<String> TELLING = List.of(
            "text", "content", "message", "summary", "error", "result", "output", "query", "input", "arguments");

    private PayloadText() {}

    /** The first telling field that is a text or holds something; else the whole payload as JSON. */
    public static String of(Payload payload) {
        JsonNode json = Json.MAPPER.readTree(payload.json());
        for (String name : TELLING) {
            JsonNode value = json.get(name);
            if (value != null && value.isString() && !value.stringValue().isBlank()) {
                return value.stringValue();
            }
            if (value != null && value.isContainer() && !value.isEmpty()) {
                return Json.MAPPER.writeValueAsString(value);
            }
        }
        return payload.json();
    }
}
