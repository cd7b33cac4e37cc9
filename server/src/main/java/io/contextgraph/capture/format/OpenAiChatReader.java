// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * Reads OpenAI chat transcripts: a bare array of messages, objects with {@code messages}, rows of tau-bench
 * ({@code traj}) and result files of tau2 ({@code simulations}).
 *
 * <p><b>Shape.</b> System message: {@code system.session_start} (a later one: {@code system.instruction}). User text:
 * {@code observation.input}. Assistant: one {@code llm.chat}. Each tool call: one {@code tool.execute}, closed by the
 * nearest later result with its id. An event's parent is what it answers: the last event before it; a call's is its
 * message. A trace is a user message and the work that it causes.
 *
 * <p><b>Times.</b> A message's own time without a zone is read as UTC; an {@code llm.chat} lasts from the message
 * before it. Without times, message n of session k is at {@code start + k * stagger + n} seconds, an {@code llm.chat}
 * has no end, and the payload says {@code "time": "synthetic"}.
 */
public final class OpenAiChatReader implements TraceReader {
    private final CaptureOptions options;
    private final Emitter out;
    private final Transcript transcript;

    public OpenAiChatReader(CaptureOptions options, Emitter out) {
        this.options = options;
        this.out = out;
        this.transcript = new Transcript(options, out);
    }

    @Override
    public void read(Unit unit) {
        JsonNode json = unit.json();
        String prefix = options.sessionPrefix().orElse(unit.name());
        if (json.path("simulations").isArray()) {
            String model = text(json.path("info").path("agent_info").path("llm"), "assistant");
            rows(unit, json.path("simulations"), "/simulations/", prefix, model);
        } else if (json.isArray() && json.path(0).has("role")) {
            transcript.read(new Transcript.Source(prefix, agent("assistant"), start(0)), json, unit, "");
        } else if (json.isArray()) {
            rows(unit, json, "/", prefix, "assistant");
        } else {
            row(unit, json, "", new Row(prefix, 0, text(json.path("model"), "assistant")));
        }
    }

    private void rows(Unit unit, JsonNode rows, String pointer, String prefix, String agent) {
        for (int i = 0; i < rows.size(); i++) {
            boolean named = rows.get(i).has("traj") || rows.get(i).path("id").isString();
            row(unit, rows.get(i), pointer + i, new Row(named ? prefix : prefix + ":" + i, i, agent));
        }
    }

    /** What a row is told by its surroundings: how its session is called, its number, who acts. */
    private record Row(String session, int ordinal, String agent) {}

    private void row(Unit unit, JsonNode row, String pointer, Row context) {
        String field = row.has("traj") ? "traj" : "messages";
        if (!row.path(field).isArray()) {
            out.refuse(
                    unit.at(pointer), "a chat transcript must have an array of messages in \"messages\" or \"traj\"");
            return;
        }
        String session = row.has("traj")
                ? context.session() + ":" + scalar(row.path("task_id"), context.ordinal()) + ":"
                        + scalar(row.path("trial"), 0)
                : text(row.path("id"), context.session());
        transcript.read(
                new Transcript.Source(session, agent(context.agent()), start(context.ordinal())),
                row.path(field),
                unit,
                pointer + "/" + field);
    }

    private String agent(String found) {
        return options.agentId().orElse(found);
    }

    private Instant start(int ordinal) {
        return options.syntheticStart().plus(options.sessionStagger().multipliedBy(ordinal));
    }

    private static String text(JsonNode node, String otherwise) {
        return node.isString() && !node.stringValue().isEmpty() ? node.stringValue() : otherwise;
    }

    private static String scalar(JsonNode node, int otherwise) {
        return node.isNumber() || node.isString() ? node.asString() : Integer.toString(otherwise);
    }
}
