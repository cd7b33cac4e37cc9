// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

/** What a span can say of itself besides its kind. */
public enum Fact {
    SESSION("session"),
    AGENT("agent"),
    TOOL("tool"),
    PROVIDER("provider"),
    MODEL("model"),
    INPUT_TOKENS("input tokens"),
    OUTPUT_TOKENS("output tokens"),
    FAILURE_MESSAGE("why it failed"),
    INSTRUCTIONS("instructions"),
    INPUT_MESSAGES("messages in"),
    OUTPUT_MESSAGES("messages out"),
    CALLS("calls that the model asked for"),
    ARGUMENTS("arguments of a tool"),
    RESULT("result of a tool"),
    INPUT("any other input"),
    OUTPUT("any other output");

    private final String title;

    Fact(String title) {
        this.title = title;
    }

    /** For people. */
    public String title() {
        return title;
    }
}
