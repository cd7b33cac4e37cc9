// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.chat.MiniSweReader;
import io.contextgraph.capture.chat.OpenAiChatReader;
import io.contextgraph.capture.chat.OpenHandsReader;
import io.contextgraph.capture.chat.SweAgentReader;
import io.contextgraph.capture.otlp.OtlpReader;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.TraceReader;
import io.contextgraph.capture.session.ClaudeCodeReader;
import io.contextgraph.capture.session.LangSmithReader;
import io.contextgraph.capture.session.LangfuseReader;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a file holds, as found in its content: a row for each format, the first that fits. A new format is a row here, a
 * reader, and a row of {@code docs/import.md}.
 */
@SuppressWarnings("ImmutableEnumChecker") // its functions keep nothing
public enum Format {
    /** The project's own events as {@code POST /v1/events} takes them, one a line. */
    EVENTS("Context Graph events", NdjsonReader::fits, (options, survey, out) -> new NdjsonReader(survey, out)),
    /** OpenTelemetry spans and log records as OTLP/JSON, also as Grafana Tempo exports them, and in parts of a request. */
    OTLP("OTLP/JSON", OtlpReader::fits, OtlpReader::new),
    /** Requests as exporters send them over gRPC, told by their bytes: they are read as the OTLP/JSON that says the same. */
    OTLP_PROTOBUF("OTLP/protobuf", shape -> false, OtlpReader::new),
    /** Simulations with timed messages. */
    TAU2("tau2 chat", shape -> shape.any("simulations"), OpenAiChatReader::new),
    /** Rows with a task, a trial and an OpenAI chat transcript. */
    TAU_BENCH("tau-bench chat", shape -> shape.any("traj"), OpenAiChatReader::new),
    /** Observations and traces of Langfuse, as its interface and its exports have them. */
    LANGFUSE("Langfuse export", LangfuseReader::fits, LangfuseReader::new),
    /** Runs of LangSmith. */
    LANGSMITH("LangSmith runs", LangSmithReader::fits, LangSmithReader::new),
    /** Rows of a session of Claude Code, or of one of its sub-agents. */
    CLAUDE_CODE("Claude Code session", ClaudeCodeReader::fits, ClaudeCodeReader::new),
    /** One trajectory of SWE-agent. */
    SWE_AGENT("SWE-agent trajectory", SweAgentReader::fits, SweAgentReader::new),
    /** Sessions of OpenHands: an array of events, or rows that have it as their history. */
    OPENHANDS("OpenHands events", OpenHandsReader::fits, OpenHandsReader::new),
    /** One trajectory of mini-swe-agent. */
    MINI_SWE("mini-swe-agent trajectory", MiniSweReader::fits, MiniSweReader::new),
    /** One message or item of a chat: those of a file are one conversation. */
    OPENAI_MESSAGES("chat, a message a line", OpenAiChatReader::fitsMessage, OpenAiChatReader::new),
    /** Items of OpenAI Responses: a bare array, or response objects with {@code output}. */
    OPENAI_RESPONSES("OpenAI Responses", OpenAiChatReader::fitsResponses, OpenAiChatReader::new),
    /** Anthropic Messages, with calls and results in their content. */
    ANTHROPIC("Anthropic Messages", OpenAiChatReader::fitsAnthropic, OpenAiChatReader::new),
    /** OpenAI chat messages: a bare array, or objects with {@code messages}. */
    OPENAI_CHAT("OpenAI chat", shape -> shape.any("messages", "role"), OpenAiChatReader::new),
    /** Rows with a span or a log record of OTLP/JSON in each. */
    AWS_CLOUDWATCH("AWS CloudWatch spans or logs", shape -> shape.any("raw_otel_json"), OtlpReader::ofCloudWatch),
    /** Traces with spans and processes, as its query service answers, or one of them. */
    JAEGER(
            "Jaeger JSON",
            shape -> shape.any("data/traceID", "data/spans") || shape.all("traceID", "spans"),
            OtlpReader::ofJaeger),
    /** Spans as SDKs print them, and objects of SDKs as programs dump them. */
    SDK_DUMP(
            "OpenTelemetry SDK console output",
            shape -> shape.any("spans/context", "spans/trace_id", "context/trace_id")
                    || shape.all("trace_id", "span_id"),
            OtlpReader::ofSdkDump),
    /** JSON of no known shape. */
    OTHER_JSON("JSON of no known trace format"),
    /** Text that is not JSON, such as a README. */
    TEXT("text, not JSON"),
    ZIP("zip archive"),
    OTHER_ARCHIVE("packed in another way"),
    BINARY("unknown binary data"),
    EMPTY("empty file"),
    /** Could not be opened, or is cut or malformed before its format shows. */
    UNREADABLE("unreadable");

    private final String label;
    private final Predicate<Shape> fits;
    private final @Nullable Maker reader;

    /** Makes the reader of one file on one walk. */
    private interface Maker {
        TraceReader of(CaptureOptions options, Survey survey, Emitter out);
    }

    Format(String label, Predicate<Shape> fits, @Nullable Maker reader) {
        this.label = label;
        this.fits = fits;
        this.reader = reader;
    }

    /** Not recognized by the shape of JSON. */
    Format(String label) {
        this(label, shape -> false, null);
    }

    /** What a value of this shape is. */
    public static Format of(Shape shape) {
        return Stream.of(values())
                .filter(format -> format.fits.test(shape))
                .findFirst()
                .orElse(OTHER_JSON);
    }

    /** The name for people. */
    public String label() {
        return label;
    }

    /** Whether events are read from it. */
    public boolean supported() {
        return reader != null;
    }

    /** Whether a value is but a part: those of a file are read together, as one array. */
    public boolean joined() {
        return this == OPENAI_MESSAGES;
    }

    /**
     * A reader for one file on one walk.
     *
     * @throws IllegalStateException when it is not supported
     */
    public TraceReader reader(CaptureOptions options, Survey survey, Emitter out) {
        if (reader == null) {
            throw new IllegalStateException("no reader for " + this);
        }
        return reader.of(options, survey, out);
    }
}
