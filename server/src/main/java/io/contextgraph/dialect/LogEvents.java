// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The table of log records that are events: those of OpenTelemetry GenAI, whose event name begins with {@value #PREFIX},
 * and those of programs that write what they do as a stream of events.
 *
 * <p><b>Source.</b> OpenTelemetry semantic conventions for generative AI events; the pages of Claude Code on monitoring,
 * of Codex CLI on its configuration, of Gemini CLI on telemetry.
 */
public final class LogEvents {
    public static final String PREFIX = "gen_ai.";

    /** The type of any other record. */
    public static final String OTHER = "system.log";

    /** The type of what a tool gave back, as a model is told it. */
    public static final String TOOL_OUTPUT = "tool.output";

    /** The type of what a user has said. */
    public static final String INPUT = "observation.input";

    private static final String MESSAGE = "llm.message";
    private static final String DETAILS = "llm.inference_details";
    private static final String CHAT = "llm.chat";
    private static final String STREAM_EVENT = "llm.stream_event";
    private static final String DECISION = "tool.decision";
    private static final String ERROR = "system.error";
    private static final String START = "system.session_start";

    /** What an event says of how something ended. */
    public enum Outcome {
        /** Nothing. */
        NONE,
        /** Something ended, well or badly, as its attributes say; it began as long before as they say. */
        ENDED,
        /** Something failed. */
        FAILED
    }

    /**
     * A name, and the type of event that it makes of a log record.
     *
     * @param repeats whether it says again what another event says: the history that a model is given, parts of an answer
     */
    public record Kind(String name, String type, boolean repeats, Outcome outcome) {
        private Kind(String name, String type, boolean repeats) {
            this(name, type, repeats, Outcome.NONE);
        }
    }

    /**
     * A program that writes a stream of events.
     *
     * @param prefix that the names of its events begin with; they may be written without it where it is in the body
     */
    public record Program(Dialect dialect, String prefix) {}

    public static final List<Program> PROGRAMS = List.of(
            new Program(Dialect.CLAUDE_CODE, "claude_code."),
            new Program(Dialect.CODEX, "codex."),
            new Program(Dialect.GEMINI_CLI, "gemini_cli."));

    public static final List<Kind> KINDS = kinds();

    private static final Map<String, Kind> BY_NAME =
            KINDS.stream().collect(Collectors.toUnmodifiableMap(Kind::name, Function.identity()));

    private LogEvents() {}

    private static List<Kind> kinds() {
        List<Kind> all = new ArrayList<>();
        all.add(new Kind("gen_ai.system.message", "system.instruction", false));
        all.add(new Kind("gen_ai.user.message", INPUT, false));
        all.add(new Kind("gen_ai.assistant.message", MESSAGE, true));
        all.add(new Kind("gen_ai.tool.message", TOOL_OUTPUT, false));
        all.add(new Kind("gen_ai.choice", MESSAGE, false));
        all.add(new Kind("gen_ai.client.inference.operation.details", DETAILS, false));
        all.add(new Kind("gen_ai.client.operation.exception", ERROR, false));
        all.add(new Kind("gen_ai.client.inference.exception", ERROR, false));
        all.add(new Kind("gen_ai.evaluation.result", "evaluation.result", false));
        all.add(new Kind("claude_code.user_prompt", INPUT, false));
        all.add(new Kind("claude_code.assistant_response", MESSAGE, false));
        all.add(new Kind("claude_code.api_request", CHAT, false, Outcome.ENDED));
        all.add(new Kind("claude_code.api_error", CHAT, false, Outcome.FAILED));
        all.add(new Kind("claude_code.api_refusal", "llm.refusal", false));
        all.add(new Kind("claude_code.api_request_body", DETAILS, true));
        all.add(new Kind("claude_code.api_response_body", DETAILS, true));
        all.add(new Kind("claude_code.tool_decision", DECISION, false));
        all.add(new Kind("claude_code.tool_result", Dialects.TOOL_CALL, false, Outcome.ENDED));
        all.add(new Kind("claude_code.internal_error", ERROR, false, Outcome.FAILED));
        all.add(new Kind("claude_code.api_retries_exhausted", ERROR, false, Outcome.FAILED));
        all.add(new Kind("codex.conversation_starts", START, false));
        all.add(new Kind("codex.user_prompt", INPUT, false));
        all.add(new Kind("codex.api_request", CHAT, false, Outcome.ENDED));
        all.add(new Kind("codex.websocket_request", CHAT, false, Outcome.ENDED));
        all.add(new Kind("codex.sse_event", STREAM_EVENT, true, Outcome.ENDED));
        all.add(new Kind("codex.websocket_event", STREAM_EVENT, true, Outcome.ENDED));
        all.add(new Kind("codex.tool_decision", DECISION, false));
        all.add(new Kind("codex.tool_result", Dialects.TOOL_CALL, false, Outcome.ENDED));
        all.add(new Kind("gemini_cli.config", START, false));
        all.add(new Kind("gemini_cli.user_prompt", INPUT, false));
        all.add(new Kind("gemini_cli.api_request", "llm.request", true));
        all.add(new Kind("gemini_cli.api_response", CHAT, false, Outcome.ENDED));
        all.add(new Kind("gemini_cli.api_error", CHAT, false, Outcome.FAILED));
        all.add(new Kind("gemini_cli.tool_call", Dialects.TOOL_CALL, false, Outcome.ENDED));
        all.add(new Kind("gemini_cli.agent.start", "agent.start", true));
        all.add(new Kind("gemini_cli.agent.finish", Dialects.AGENT_CALL, false, Outcome.ENDED));
        all.add(new Kind("gemini_cli.chat.content_retry_failure", ERROR, false, Outcome.FAILED));
        all.add(new Kind("gemini_cli.malformed_json_response", ERROR, false, Outcome.FAILED));
        all.add(new Kind("gemini_cli.conversation_finished", "system.session_end", false));
        return List.copyOf(all);
    }

    /** What an event of this name is; a name without a row is {@value #OTHER}. */
    public static Kind of(String name) {
        return Optional.ofNullable(BY_NAME.get(name)).orElse(new Kind(name, OTHER, false));
    }

    /** Whether a record of this name is an event, whatever it belongs to. */
    public static boolean isEvent(String name) {
        return name.startsWith(PREFIX) || isOfProgram(name);
    }

    /** Whether an event of this name was written by a program of the table. */
    public static boolean isOfProgram(String name) {
        return PROGRAMS.stream().anyMatch(program -> name.startsWith(program.prefix()));
    }

    /**
     * The whole name of an event.
     *
     * @param stated as the record says it, perhaps without the prefix of its program; empty when it says none
     * @param body of the record, where it is a text: some programs write the name there
     */
    public static String name(String stated, String body) {
        boolean whole = PROGRAMS.stream()
                .anyMatch(program -> stated.isEmpty()
                        ? BY_NAME.containsKey(body) && body.startsWith(program.prefix())
                        : body.equals(program.prefix() + stated));
        return whole ? body : stated;
    }
}
