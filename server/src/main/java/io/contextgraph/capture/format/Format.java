// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

/** What a file holds, as found in its content. */
public enum Format {
    /** The project's own events as {@code POST /v1/events} takes them, one a line. */
    EVENTS("Context Graph events", true),
    /** OpenAI chat messages: a bare array, or objects with {@code messages}. */
    OPENAI_CHAT("OpenAI chat", true),
    /** One OpenAI chat message: those of a file are one conversation. */
    OPENAI_MESSAGES("OpenAI chat, a message a line", true),
    /** Rows with a task, a trial and an OpenAI chat transcript. */
    TAU_BENCH("tau-bench chat", true),
    /** Simulations with timed messages. */
    TAU2("tau2 chat", true),
    /** One trajectory of SWE-agent. */
    SWE_AGENT("SWE-agent trajectory", true),
    /**
     * OpenTelemetry spans, and log records that are events, as OTLP/JSON, also as Grafana Tempo exports them, and in
     * parts of a request.
     */
    OTLP("OTLP/JSON", true),
    OTLP_PROTOBUF("OTLP/protobuf", false),
    OTLP_OTHER_SIGNALS("OTLP/JSON logs or metrics", false),
    OPENHANDS("OpenHands events", false),
    CLAUDE_CODE("Claude Code session", false),
    JAEGER("Jaeger JSON", false),
    AWS_CLOUDWATCH("AWS CloudWatch spans or logs", false),
    SDK_DUMP("OpenTelemetry SDK console output", false),
    /** JSON of no known shape. */
    OTHER_JSON("JSON of no known trace format", false),
    /** Text that is not JSON, such as a README. */
    TEXT("text, not JSON", false),
    ZIP("zip archive", false),
    OTHER_ARCHIVE("compressed with something other than gzip", false),
    BINARY("unknown binary data", false),
    EMPTY("empty file", false),
    /** Could not be opened, or is cut or malformed before its format shows. */
    UNREADABLE("unreadable", false);

    private final String label;
    private final boolean supported;

    Format(String label, boolean supported) {
        this.label = label;
        this.supported = supported;
    }

    /** The name for people. */
    public String label() {
        return label;
    }

    /** Whether events are read from it. */
    public boolean supported() {
        return supported;
    }
}
