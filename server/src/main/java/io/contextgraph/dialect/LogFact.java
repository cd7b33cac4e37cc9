// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import java.util.List;

/** What an event of a program's log can say of itself, and the attributes that say it, the first that is there first. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are never changed
public enum LogFact {
    TURN("prompt that it belongs to", "prompt.id", "prompt_id"),
    AGENT("agent", "agent_name"),
    TOOL("tool", "tool_name", "function_name"),
    MODEL("model", "model"),
    INPUT_TOKENS("input tokens", "input_tokens", "input_token_count"),
    OUTPUT_TOKENS("output tokens", "output_tokens", "output_token_count"),
    MILLIS("how long it took, in milliseconds", "duration_ms"),
    SUCCESS("whether it succeeded", "success"),
    HTTP_STATUS("status of HTTP, a failure from 400 on", "status_code", "http.response.status_code"),
    ERROR("why it failed", "error", "error.message", "error_type", "error_name"),
    GIVEN("what was given", "prompt", "request_text", "tool_input", "tool_parameters", "arguments", "function_args"),
    RETURNED("what came back", "response", "response_text", "output");

    private final String title;
    private final List<String> attributes;

    LogFact(String title, String... attributes) {
        this.title = title;
        this.attributes = List.of(attributes);
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** Where it stands. */
    public List<String> attributes() {
        return attributes;
    }
}
