// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Run;
import io.contextgraph.capture.record.RunReader;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Step;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a trajectory of SWE-agent, of all three generations; a {@code history} without a trajectory is read as a chat.
 *
 * <p><b>Shape.</b> The first system and user entries of the history that are no demonstration, then an
 * {@code llm.chat} (thought, response) and a {@code tool.execute} (action, observation) for each step, each caused by
 * the one before, then what the file says of the run: {@code system.session_end} once it says how the run ended, else
 * {@code system.run}. Entries of the history that repeat a step, and the copy of the whole conversation that the newest
 * generation has in every step, are left out, counted.
 *
 * <p><b>Times.</b> All synthetic: a second for each event, and what {@code execution_time} says for a tool.
 */
public final class SweAgentReader extends RunReader {
    private static final String SWE_AGENT = "swe-agent";

    /** Fields of a step that belong to the model's event. */
    private static final Set<String> OF_MODEL = Set.of("thought", "response");

    /** Fields of a step that repeat the conversation. */
    private static final Set<String> COPIES = Set.of("messages", "query");

    private static final Duration LONGEST_EXECUTION = Duration.ofDays(30);

    private final CaptureOptions options;
    private final Emitter out;

    /** Whether it is a trajectory. */
    public static boolean fits(Shape shape) {
        return shape.any("history/role") || shape.all("trajectory", "history") || shape.any("trajectory/action");
    }

    public SweAgentReader(CaptureOptions options, Survey survey, Emitter out) {
        super(survey, out);
        this.options = options;
        this.out = out;
    }

    @Override
    protected void runs(Unit unit, RunTaker taker) {
        if (unit.json().isArray()) {
            for (int i = 0; i < unit.json().size(); i++) {
                run(unit, unit.json().get(i), "/" + i, taker);
            }
        } else {
            run(unit, unit.json(), "", taker);
        }
    }

    private void run(Unit unit, JsonNode json, String pointer, RunTaker taker) {
        if (!json.path("trajectory").isArray() && !json.path("history").isArray()) {
            out.refuse(unit.at(pointer), "a trajectory must have an array \"trajectory\" or \"history\"");
            return;
        }
        if (json.hasNonNull("history") && !json.path("history").isArray()) {
            out.refuse(unit.at(pointer + "/history"), "the history of a trajectory must be an array");
            return;
        }
        About about;
        try {
            about = options.whom()
                    .ofRun(Stream.concat(Stream.of(json), json.path("history").valueStream()));
        } catch (IllegalArgumentException unclear) {
            out.refuse(unit.at(pointer), String.valueOf(unclear.getMessage()));
            return;
        }
        String agent = options.agentId().orElseGet(() -> agent(json.path("history")));
        ObjectNode facts = Json.MAPPER.createObjectNode();
        json.forEachEntry((name, value) -> {
            if (!name.equals("trajectory") && !name.equals("history")) {
                facts.set(name, value);
            }
        });
        JsonNode settings = settings(json);
        ObjectNode told = Json.MAPPER.createObjectNode();
        for (JsonNode instance : new JsonNode[] {
            json.path("instance_id"),
            json.path("info").path("instance_id"),
            settings.path("problem_statement").path("id"),
            settings.path("agent").path("name")
        }) {
            if (instance.isString() && !told.has("instance_id")) {
                told.set("instance_id", instance);
            }
        }
        String model = settings.path("agent").path("model").path("name").stringValue("");
        if (json.path("trajectory").isArray()) {
            taker.take(new Trajectory(unit, json, pointer, agent, facts, about).read(told, model), unit.at(pointer));
        } else {
            Run run = new Transcript(options, out)
                    .read(
                            new Transcript.Source(SWE_AGENT, facts, model, agent, about),
                            json.path("history"),
                            unit,
                            pointer + "/history");
            run.name(SWE_AGENT, told, model);
            taker.take(run, unit.at(pointer));
        }
    }

    /** The settings that a run can be repeated with: an object, or its JSON as a text. */
    private static JsonNode settings(JsonNode file) {
        JsonNode settings = file.path("replay_config");
        if (!settings.isString()) {
            return settings;
        }
        try {
            return Json.MAPPER.readTree(settings.stringValue());
        } catch (JacksonException notJson) {
            return Json.MAPPER.missingNode();
        }
    }

    private static String agent(JsonNode history) {
        for (JsonNode entry : history) {
            if (!demo(entry)
                    && entry.path("agent").isString()
                    && Ids.fault(entry.path("agent").stringValue()).isEmpty()) {
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
        private final String at;
        private final String agent;
        private final ObjectNode facts;
        private final Answers answers;
        private final Run run;
        private Instant now = options.syntheticStart();
        private @Nullable String last;

        Trajectory(Unit unit, JsonNode file, String at, String agent, ObjectNode facts, About about) {
            this.unit = unit;
            this.file = file;
            this.at = at;
            this.agent = agent;
            this.facts = facts;
            this.answers = new Answers(file.path("history"));
            this.run = new Run(about);
        }

        Run read(JsonNode told, String model) {
            int openings = opening("system", "system.session_start") + opening("user", "observation.input");
            JsonNode steps = file.path("trajectory");
            for (int i = 0; i < steps.size(); i++) {
                step(i, steps.get(i));
            }
            int demonstrations = 0;
            for (JsonNode entry : file.path("history")) {
                demonstrations += demo(entry) ? 1 : 0;
            }
            out.skip("demonstrations", demonstrations);
            out.skip(
                    "entries of the history beside the steps",
                    file.path("history").size() - demonstrations - openings);
            end();
            run.name(SWE_AGENT, told, model);
            return run;
        }

        /** Answers how many entries it has used. */
        private int opening(String role, String type) {
            JsonNode history = file.path("history");
            for (int i = 0; i < history.size(); i++) {
                JsonNode entry = history.get(i);
                if (entry instanceof ObjectNode message
                        && role.equals(entry.path("role").asString(""))
                        && !demo(entry)) {
                    Step step = lead(at + "/history/" + i, run.record(message), type)
                            .payload(message.deepCopy());
                    add(role.equals("system") ? step.opening() : step);
                    return 1;
                }
            }
            return 0;
        }

        private void step(int index, JsonNode json) {
            String pointer = at + "/trajectory/" + index;
            int record = run.record(withoutCopies(json));
            if (!(json instanceof ObjectNode step)) {
                out.refuse(unit.at(pointer), "a step must be an object");
                return;
            }
            ObjectNode answer = Json.MAPPER.createObjectNode();
            ObjectNode work = Json.MAPPER.createObjectNode();
            step.forEachEntry((name, value) -> {
                if (OF_MODEL.contains(name)) {
                    answer.set(name, value);
                } else if (COPIES.contains(name)) {
                    out.skip("copies of the conversation in steps");
                } else {
                    work.set(name, value);
                }
            });
            add(lead(pointer, record, "llm.chat").status(EventStatus.COMPLETED).payload(answer));

            String action = step.path("action").asString("");
            JsonNode call = answers.next(action);
            if (!call.isMissingNode()) {
                work.set("call", call);
            }
            Duration execution = execution(step.path("execution_time"));
            add(step(pointer, record, record + ":0", "tool.execute", execution)
                    .tool(tool(call, action))
                    .status(EventStatus.COMPLETED)
                    .payload(work));
        }

        private JsonNode withoutCopies(JsonNode json) {
            if (!(json instanceof ObjectNode step)) {
                return json;
            }
            ObjectNode own = Json.MAPPER.createObjectNode();
            step.forEachEntry((name, value) -> {
                if (!COPIES.contains(name)) {
                    own.set(name, value);
                }
            });
            return own;
        }

        private void end() {
            if (facts.isEmpty()) {
                return;
            }
            JsonNode exit = file.path("info").path("exit_status");
            boolean ended = exit.isString();
            Instant at = ended ? now : options.syntheticStart();
            String cause = ended ? last : null;
            run.addFact(
                    "end",
                    name -> {
                        Step step = new Step(
                                        0, name, ended ? "system.session_end" : Run.TOLD_FIRST, unit.at(at + "/info"))
                                .by(agent, 0)
                                .at(at, null)
                                .causedBy(cause)
                                .payload(facts);
                        ObjectNode ignored = ChatMessage.markSynthetic(step.payload());
                        return ended ? step.status(RunEnd.status(exit.stringValue())) : step.aside();
                    },
                    facts);
        }

        private Step lead(String pointer, int record, String type) {
            return step(pointer, record, Integer.toString(record), type, null);
        }

        private Step step(String pointer, int record, String name, String type, @Nullable Duration lasting) {
            Step step = new Step(record, name, type, unit.at(pointer))
                    .by(agent, 0)
                    .at(now, lasting == null ? null : now.plus(lasting))
                    .causedBy(last);
            now = now.plusSeconds(1).plus(lasting == null ? Duration.ZERO : lasting);
            last = name;
            return step;
        }

        private void add(Step step) {
            ObjectNode ignored = ChatMessage.markSynthetic(step.payload());
            run.add(step);
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
}
