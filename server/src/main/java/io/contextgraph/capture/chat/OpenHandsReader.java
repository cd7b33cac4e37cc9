// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.RecordTime;
import io.contextgraph.capture.record.Run;
import io.contextgraph.capture.record.RunName;
import io.contextgraph.capture.record.RunReader;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Step;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads sessions of OpenHands: an array of events, or rows that have it as their {@code history}.
 *
 * <p><b>Shape.</b> What the user says: {@code observation.input}; what the agent says: {@code llm.chat}; that it has
 * finished or gives up: {@code system.session_end}; every other action: {@code tool.execute}, closed by the observation that
 * names it as its cause. Each is caused by the one before. Actions and observations of the program itself are skipped,
 * counted by name. What a row says beside its history and its name is an event of its own, {@code system.run}.
 */
public final class OpenHandsReader extends RunReader {
    private static final String OPENHANDS = "openhands";
    private static final String HISTORY = "history";
    private static final String ACTION = "action";
    private static final String OBSERVATION = "observation";
    private static final String ERROR = "error";

    /** Actions of the program. */
    private static final Set<String> OF_PROGRAM = Set.of("system", "recall", "change_agent_state", "null");

    private final CaptureOptions options;
    private final Emitter out;

    /** Whether it is a session, or an event of one. */
    public static boolean fits(Shape shape) {
        return shape.any("history/source", "history/observation")
                || (shape.any("source") && shape.any(ACTION, OBSERVATION));
    }

    public OpenHandsReader(CaptureOptions options, Survey survey, Emitter out) {
        super(survey, out);
        this.options = options;
        this.out = out;
    }

    @Override
    protected void runs(Unit unit, RunTaker taker) {
        JsonNode json = unit.json();
        if (!json.isArray()) {
            row(unit, json, "", taker);
        } else if (json.valueStream().anyMatch(row -> row.has(HISTORY))) {
            for (int i = 0; i < json.size(); i++) {
                row(unit, json.get(i), "/" + i, taker);
            }
        } else {
            session(new Source(unit, Json.MAPPER.createObjectNode(), json, "", ""), taker);
        }
    }

    private void row(Unit unit, JsonNode row, String pointer, RunTaker taker) {
        if (!(row instanceof ObjectNode object) || !row.path(HISTORY).isArray()) {
            out.refuse(
                    unit.at(pointer),
                    "a session must be an array of events, or a row with such an array in \"history\": put the events of"
                            + " one session into one array");
            return;
        }
        ObjectNode facts = object.deepCopy();
        JsonNode history = facts.remove(HISTORY);
        session(new Source(unit, facts, history, pointer, pointer + "/" + HISTORY), taker);
    }

    /** A session, and where it stands. */
    private record Source(Unit unit, ObjectNode facts, JsonNode events, String pointer, String eventsAt) {
        String model() {
            return facts.path("metadata").path("llm_config").path("model").stringValue("");
        }
    }

    private void session(Source source, RunTaker taker) {
        String place = source.unit().at(source.pointer());
        try {
            About about = options.whom()
                    .ofRun(Stream.concat(
                            Stream.of(source.facts()), source.events().valueStream()));
            taker.take(new Pass(source, about).read(), place);
        } catch (IllegalArgumentException unclear) {
            out.refuse(place, String.valueOf(unclear.getMessage()));
        }
    }

    private String agent(Source source) {
        String named = source.facts().path("metadata").path("agent_class").stringValue("");
        return options.agentId().orElse(Ids.fault(named).isEmpty() ? named : OPENHANDS);
    }

    /** One way through the events of a session. */
    private final class Pass {
        private final Source source;
        private final String agent;
        private final Run run;
        private final Map<String, Step> open = new HashMap<>();
        private int turn;
        private boolean synthetic;
        private @Nullable String last;
        private @Nullable Instant begin;

        Pass(Source source, About about) {
            this.source = source;
            this.agent = agent(source);
            this.run = new Run(about);
        }

        Run read() {
            JsonNode events = source.events();
            for (int i = 0; i < events.size(); i++) {
                event(events.get(i), source.unit().at(source.eventsAt() + "/" + i));
            }
            if (RunName.leavesOut(source.facts(), source.model())) {
                Instant at = begin == null ? options.syntheticStart() : begin;
                ObjectNode payload = source.facts().deepCopy();
                if (synthetic) {
                    ObjectNode ignored = ChatMessage.markSynthetic(payload);
                }
                run.addFact(
                        "facts",
                        name -> new Step(0, name, Run.TOLD_FIRST, source.unit().at(source.pointer()))
                                .by(agent, 0)
                                .at(at, null)
                                .aside()
                                .payload(payload),
                        source.facts());
            }
            run.name(OPENHANDS, source.facts(), source.model());
            return run;
        }

        private void event(JsonNode json, String place) {
            int record = run.record(json);
            if (!(json instanceof ObjectNode event) || !(json.has(ACTION) || json.has(OBSERVATION))) {
                out.refuse(place, "an event must be an object with an \"action\" or an \"observation\"");
                return;
            }
            Optional<Instant> own = RecordTime.of(json.path("timestamp"));
            synthetic |= own.isEmpty();
            Instant time = own.orElseGet(() -> options.syntheticStart().plusSeconds(record));
            begin = begin == null ? time : begin;
            ChatMessage told = new ChatMessage(record, event, place, time, own.isEmpty());
            if (json.has(ACTION)) {
                action(told);
            } else {
                observation(told);
            }
        }

        private void action(ChatMessage told) {
            String action = told.json().path(ACTION).asString("");
            boolean ofUser = told.json().path("source").asString("").equals("user");
            if (OF_PROGRAM.contains(action)) {
                out.skip("actions" + out.quoted(" of kind ", action));
                return;
            }
            if (!ofUser) {
                run.answeredIn(told.index());
            }
            switch (action) {
                case "message" -> {
                    turn += ofUser ? 1 : 0;
                    Step step = step(told, Integer.toString(told.index()), ofUser ? "observation.input" : "llm.chat");
                    add((ofUser ? step : step.status(EventStatus.COMPLETED)).payload(told.payload()));
                }
                case "finish", "reject" ->
                    add(step(told, Integer.toString(told.index()), "system.session_end")
                            .status(action.equals("finish") ? EventStatus.COMPLETED : EventStatus.FAILED)
                            .payload(told.payload()));
                default -> call(told, action, ofUser);
            }
        }

        private void call(ChatMessage told, String action, boolean ofUser) {
            ObjectNode payload = Json.MAPPER.createObjectNode();
            payload.set("arguments", told.json().path("args"));
            payload.set("call", told.json());
            ObjectNode ignored = told.markWhereSynthetic(payload);
            String function =
                    told.json().path("tool_call_metadata").path("function_name").asString("");
            Step step = step(told, told.index() + ":0", "tool.execute")
                    .by(ofUser ? "user" : agent, turn)
                    .tool(function.isEmpty() ? action : function)
                    .status(EventStatus.PENDING)
                    .payload(payload);
            add(step);
            open.put(told.json().path("id").asString(""), step);
        }

        private void observation(ChatMessage told) {
            JsonNode json = told.json();
            String observation = json.path(OBSERVATION).asString("");
            boolean failed = observation.equals(ERROR) || !json.path("success").asBoolean(true);
            Step call =
                    json.hasNonNull("cause") ? open.remove(json.path("cause").asString("")) : null;
            if (call != null) {
                ObjectNode payload = Json.MAPPER.createObjectNode();
                ObjectNode ignored = told.markWhereSynthetic(payload);
                payload.set("content", json.path("content"));
                payload.set("result", json);
                call.answered(new Step.Answer(
                        told.index(),
                        Integer.toString(told.index()),
                        run.digest(told.index()),
                        told.place(),
                        told.time(),
                        failed ? EventStatus.FAILED : EventStatus.COMPLETED,
                        payload));
            } else if (observation.equals(ERROR)) {
                add(step(told, Integer.toString(told.index()), "system.error")
                        .status(EventStatus.FAILED)
                        .payload(told.payload()));
            } else {
                out.skip("observations without a call" + out.quoted(", of kind ", observation));
            }
        }

        private Step step(ChatMessage told, String name, String type) {
            return new Step(told.index(), name, type, told.place())
                    .by(agent, turn)
                    .at(told.time(), null)
                    .causedBy(last);
        }

        private void add(Step step) {
            run.add(step);
            last = step.name();
        }
    }
}
