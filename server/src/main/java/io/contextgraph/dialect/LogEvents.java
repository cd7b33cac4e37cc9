// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import java.util.List;

/** The table of log records that are events: those whose event name begins with {@value #PREFIX}. */
public final class LogEvents {
    public static final String PREFIX = "gen_ai.";

    /** The type of any other event of a name that begins so. */
    public static final String OTHER = "system.log";

    /** The type of what a tool gave back, as a model is told it. */
    public static final String TOOL_OUTPUT = "tool.output";

    private static final String MESSAGE = "llm.message";

    /**
     * A name, and the type of event that it makes of a log record.
     *
     * @param repeats whether it says again what was an event before: the history that a model is given
     */
    public record Kind(String name, String type, boolean repeats) {}

    public static final List<Kind> KINDS = List.of(
            new Kind("gen_ai.system.message", "system.instruction", false),
            new Kind("gen_ai.user.message", "observation.input", false),
            new Kind("gen_ai.assistant.message", MESSAGE, true),
            new Kind("gen_ai.tool.message", TOOL_OUTPUT, false),
            new Kind("gen_ai.choice", MESSAGE, false),
            new Kind("gen_ai.client.inference.operation.details", "llm.inference_details", false),
            new Kind("gen_ai.client.operation.exception", "system.error", false),
            new Kind("gen_ai.client.inference.exception", "system.error", false),
            new Kind("gen_ai.evaluation.result", "evaluation.result", false));

    private LogEvents() {}

    /** What an event of this name is; a name without a row is {@value #OTHER}. */
    public static Kind of(String name) {
        return KINDS.stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElse(new Kind(name, OTHER, false));
    }
}
