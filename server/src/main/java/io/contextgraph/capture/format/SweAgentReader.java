// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a trajectory of SWE-agent, of all three generations; a {@code history} without a trajectory is read as a chat.
 *
 * <p><b>Shape.</b> The first system and user entries of the history that are no demonstration, then an
 * {@code llm.chat} (thought, response) and a {@code tool.execute} (action, observation) for each step, each caused by
 * the one before, then {@code system.session_end} with the run's {@code info}. The copy of the whole conversation that
 * the newest generation repeats in every step is left out.
 *
 * <p><b>Times.</b> All synthetic: a second for each event, and what {@code execution_time} says for a tool.
 */
public final class SweAgentReader implements TraceReader {
    /** Fields of a step that belong to the model's event, and those that repeat the conversation. */
    private static final Set<String> NOT_OF_TOOL = Set.of("thought", "response", "messages", "query");

    private static final Duration LONGEST_EXECUTION = Duration.ofDays(30);

    private final CaptureOptions options;
    private final Emitter out;

    public SweAgentReader(CaptureOptions options, Emitter out) {
        this.options = options;
        this.out = out;
    }

    @Override
    public void read(Unit unit) {
        String session = options.sessionPrefix().orElse("swe-agent") + ":" + unit.name();
        String agent = options.agentId().orElseGet(() -> agent(unit.json().path("history")));
        if (unit.json().path("trajectory").isArray()) {
            new Trajectory(unit, session, agent).read();
        } else {
            new Transcript(options, out)
                    .read(
                            new Transcript.Source(session, agent, options.syntheticStart()),
                            unit.json().path("history"),
                            unit,
                            "/history");
        }
    }

    private static String agent(JsonNode history) {
        for (JsonNode entry : history) {
            if (!demo(entry) && entry.path("agent").isString()) {
                return entry.path("agent").stringValue();
            }
        }
        return "swe-agent";
    }

    private static boolean demo(JsonNode entry) {
        return entry.path("is_demo").asBoolean(false);
    }

    /** One trajectory on its way out: when it is and what came last. */
    private final class Trajectory {
        private final Unit unit;
        private final JsonNode file;
        private final String session;
        private final String agent;
        private final Answers answers;
        private Instant now = options.syntheticStart();
        private @Nullable String lastId;

        Trajectory(Unit unit, String session, String agent) {
            this.unit = unit;
            this.file = unit.json();
            this.session = session;
            this.agent = agent;
            this.answers = new Answers(file.path("history"));
        }

        void read() {
            opening("system", "system", "system.session_start");
            opening("user", "input", "observation.input");
            for (JsonNode entry : file.path("history")) {
                if (demo(entry)) {
                    out.passOver();
                }
            }
            JsonNode steps = file.path("trajectory");
            for (int i = 0; i < steps.size(); i++) {
                step(i, steps.get(i));
            }
            end();
        }

        private void opening(String role, String name, String type) {
            JsonNode history = file.path("history");
            for (int i = 0; i < history.size(); i++) {
                JsonNode entry = history.get(i);
                if (entry instanceof ObjectNode message
                        && role.equals(entry.path("role").asString(""))
                        && !demo(entry)) {
                    Draft draft = draft("/history/" + i, name, type, null).payload(message.deepCopy());
                    emit(role.equals("system") ? draft.opening() : draft);
                    return;
                }
            }
        }

        private void step(int index, JsonNode json) {
            String pointer = "/trajectory/" + index;
            if (!(json instanceof ObjectNode step)) {
                out.refuse(unit.at(pointer), "a step must be an object");
                return;
            }
            ObjectNode answer = Json.MAPPER.createObjectNode();
            for (String field : new String[] {"thought", "response"}) {
                if (step.has(field)) {
                    answer.set(field, step.get(field));
                }
            }
            emit(draft(pointer, index + ":llm", "llm.chat", null)
                    .status(EventStatus.COMPLETED)
                    .payload(answer));

            ObjectNode work = step.deepCopy();
            work.remove(NOT_OF_TOOL);
            String action = step.path("action").asString("");
            JsonNode call = answers.next(action);
            if (!call.isMissingNode()) {
                work.set("call", call);
            }
            Duration execution = execution(step.path("execution_time"));
            emit(draft(pointer, index + ":tool", "tool.execute", execution)
                    .tool(tool(call, action))
                    .status(EventStatus.COMPLETED)
                    .payload(work));
        }

        private void end() {
            ObjectNode payload = Json.MAPPER.createObjectNode();
            file.forEachEntry((name, value) -> {
                if (!name.equals("trajectory") && !name.equals("history")) {
                    payload.set(name, value);
                }
            });
            emit(draft("/info", "end", "system.session_end", null)
                    .status(exit(file.path("info").path("exit_status").asString("")))
                    .payload(payload));
        }

        private Draft draft(String pointer, String name, String type, @Nullable Duration lasting) {
            String id = DerivedIds.event("urn:swe:" + session + ":" + name);
            Draft draft = new Draft(unit.at(pointer), id, type)
                    .of(session, agent, DerivedIds.trace(session, 0))
                    .at(now, lasting == null ? null : now.plus(lasting))
                    .parent(lastId);
            now = now.plusSeconds(1).plus(lasting == null ? Duration.ZERO : lasting);
            lastId = id;
            return draft;
        }

        private void emit(Draft draft) {
            draft.payload().put(draft.payload().has("time") ? "capture_time" : "time", "synthetic");
            out.foreign(draft.payloadRefByContent());
        }
    }

    /** The model's answers in the history, to be matched with the steps in order. */
    private static final class Answers {
        private final JsonNode history;
        private int next;

        Answers(JsonNode history) {
            this.history = history;
        }

        /** The first tool call of the next answer with this action; missing when there is none. */
        JsonNode next(String action) {
            for (int i = next; i < history.size(); i++) {
                JsonNode entry = history.get(i);
                if ("assistant".equals(entry.path("role").asString(""))
                        && !demo(entry)
                        && action.equals(entry.path("action").asString(null))) {
                    next = i + 1;
                    return entry.path("tool_calls").path(0);
                }
            }
            return Json.MAPPER.missingNode();
        }
    }

    private static String tool(JsonNode call, String action) {
        String named = call.path("function").path("name").asString("");
        String[] words = action.strip().split("\\s+", 2);
        String name = named.isEmpty() ? words[0] : named;
        return Ids.fault(name).isPresent() ? "bash" : name;
    }

    /** Seconds as a decimal number; nothing for what cannot be a duration. */
    private static @Nullable Duration execution(JsonNode seconds) {
        if (!seconds.isNumber()) {
            return null;
        }
        BigDecimal value = seconds.decimalValue();
        if (value.signum() < 0 || value.compareTo(BigDecimal.valueOf(LONGEST_EXECUTION.toSeconds())) > 0) {
            return null;
        }
        return Duration.ofMillis(value.movePointRight(3).longValue());
    }

    private static EventStatus exit(String status) {
        if (status.startsWith("submitted")) {
            return EventStatus.COMPLETED;
        }
        return status.contains("timeout") || status.contains("execution_time")
                ? EventStatus.TIMEOUT
                : EventStatus.FAILED;
    }
}
