// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.session;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.capture.record.Draft;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.RowIndex;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.TraceReader;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.capture.session.ClaudeCodeRow.Block;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads sessions of Claude Code, a row a line, with those of sub-agents, which have files of their own.
 *
 * <p><b>Shape.</b> What a user says: {@code observation.input}. What the model says or thinks: {@code llm.chat}. Each call:
 * {@code tool.execute}, closed by its result; a result whose call is recorded without it: {@code tool.result}. Ids are the
 * rows' own, parents the nearest rows that are events; a result stands for its call. What a sub-agent is told has as its
 * parent the call that started it, where that is known. A trace is what a user, or who started a sub-agent, asks for.
 * Rows of other types are skipped, counted by their type.
 *
 * <p><b>Guarantees.</b> A row that was copied into another session is the same event. A call waits for its result as far
 * as about 8 MiB of rows.
 */
public final class ClaudeCodeReader implements TraceReader {
    private static final long HELD_CHARS = 8L << 20;

    private final CaptureOptions options;
    private final Survey survey;
    private final RowIndex index;
    private final Emitter out;
    private final Map<String, Surveyed> surveyedCalls = new HashMap<>();
    private final Map<String, Held> calls = new HashMap<>();

    /** Results that stand in their calls, by the events that they would have been. */
    private final Set<String> closing = new HashSet<>();

    private final List<Held> held = new ArrayList<>();
    private long heldChars;

    /** Whether it is a row. */
    public static boolean fits(Shape shape) {
        return (shape.any("uuid", "sessionId", "leafUuid") && shape.any("parentUuid", "type"))
                || shape.all("type", "messageId", "snapshot");
    }

    public ClaudeCodeReader(CaptureOptions options, Survey survey, Emitter out) {
        this.options = options;
        this.survey = survey;
        this.index = survey.rows();
        this.out = out;
    }

    /** A call that was seen in the first walk. */
    private record Surveyed(String event, About about) {}

    /** An event that may still wait for what it came back with. */
    private static final class Held {
        private final Draft draft;
        private final String event;
        private final About about;
        private final ObjectNode mark;
        private boolean waiting;
        private boolean gone;

        Held(Draft draft, String event, About about, ObjectNode mark) {
            this.draft = draft;
            this.event = event;
            this.about = about;
            this.mark = mark;
        }
    }

    @Override
    public void survey(Unit unit) {
        rows(unit, row -> {
            survey.session(row.session());
            if (!row.id().isEmpty()) {
                index.add(new RowIndex.Row(
                        row.id(), row.parent(), row.session(), row.event(), row.answers(), row.asks()));
                about(row).ifPresent(about -> surveyCalls(row, about));
            }
        });
    }

    private void surveyCalls(ClaudeCodeRow row, About about) {
        survey.about(about);
        row.messageId().ifPresent(message -> index.isFirst(message, row.id()));
        for (Block call : row.calls()) {
            index.call(row.nameOf(call), row.eventId(call));
            row.startedBy(call).ifPresent(start -> index.start(start, row.eventId(call)));
            surveyedCalls.put(row.nameOf(call), new Surveyed(row.eventId(call), about));
        }
        for (Block result : row.results()) {
            index.call(row.nameOf(result))
                    .ifPresent(call -> row.workedFor().ifPresent(agent -> index.start(row.startOfAgent(agent), call)));
            Surveyed call = surveyedCalls.get(row.nameOf(result));
            // What is not read closes nothing, nor does what is about somebody else.
            if (call != null && row.time().isPresent() && call.about().person().equals(about.person())) {
                index.answered(call.event(), about.isPersonal());
            }
        }
    }

    /** Gives the rows that are of a session. */
    private void rows(Unit unit, Consumer<ClaudeCodeRow> each) {
        JsonNode json = unit.json();
        if (json.isArray()) {
            for (int i = 0; i < json.size(); i++) {
                row(json.get(i), unit.at("/" + i), each);
            }
        } else {
            row(json, unit.at(""), each);
        }
    }

    private void row(JsonNode json, String place, Consumer<ClaudeCodeRow> each) {
        if (!(json instanceof ObjectNode object)) {
            out.refuse(place, "a row of a session must be an object");
            return;
        }
        ClaudeCodeRow row = new ClaudeCodeRow(object, place);
        if (row.speaks() && (row.id().isEmpty() || row.session().isEmpty())) {
            out.refuse(place, "a message of a session must have a \"uuid\" and a \"sessionId\"");
        } else if (row.session().isEmpty()) {
            other(row);
        } else {
            each.accept(row);
        }
    }

    private void other(ClaudeCodeRow row) {
        out.skip("rows" + out.quoted(" of type ", row.type()));
    }

    private Optional<About> about(ClaudeCodeRow row) {
        try {
            return Optional.of(options.whom().of(row.json(), row.message()));
        } catch (IllegalArgumentException unclear) {
            out.refuse(row.place(), String.valueOf(unclear.getMessage()));
            return Optional.empty();
        }
    }

    @Override
    public void read(Unit unit) {
        rows(unit, row -> {
            if (!row.speaks()) {
                other(row);
            } else if (row.time().isEmpty()) {
                out.refuse(row.place(), "a message of a session must have a \"timestamp\" as RFC 3339 has it");
            } else {
                about(row).ifPresent(about -> row(row, about, row.time().get()));
            }
        });
        heldChars += unit.chars();
        if (heldChars >= HELD_CHARS) {
            emitAll();
        } else {
            emitFinished();
        }
    }

    private void row(ClaudeCodeRow row, About about, Instant time) {
        String digest = about.digest().of(row.record());
        if (row.isMessage()) {
            Draft draft = draft(row, row.eventId(), row.isAnswer() ? "llm.chat" : "observation.input", time)
                    .parent(parent(row))
                    .payload(once(row, row.json().deepCopy()));
            if (row.isAnswer()) {
                boolean failed = row.json().path("isApiErrorMessage").asBoolean(false);
                draft.status(failed ? EventStatus.FAILED : EventStatus.COMPLETED);
            }
            hold(draft, row.eventId(), about, digest);
        }
        row.calls().forEach(call -> call(row, call, about, time, digest));
        row.results().forEach(result -> result(row, result, about, time, digest));
        if (row.event().isEmpty()) {
            out.skip("messages without content");
        }
    }

    private Draft draft(ClaudeCodeRow row, String id, String type, Instant time) {
        String agent = row.agent().or(options::agentId).orElse(ClaudeCodeRow.FORMAT);
        String trace = DerivedIds.traceOf(ClaudeCodeRow.FORMAT, index.request(row.id()));
        return new Draft(row.place(), id, type)
                .of(index.session(row.id(), row.session()), agent, trace)
                .at(time, null);
    }

    /** The nearest row above that is an event; of the first one of a sub-agent, the call that started it. */
    private @Nullable String parent(ClaudeCodeRow row) {
        Optional<String> above = row.parent().flatMap(index::event).map(ClaudeCodeRow::eventId);
        return above.or(() -> row.isSidechain() ? start(row) : Optional.empty()).orElse(null);
    }

    private Optional<String> start(ClaudeCodeRow row) {
        return row.agent()
                .flatMap(agent -> index.start(row.startOfAgent(agent)))
                .or(() -> row.prompt().flatMap(prompt -> index.start(row.startOf(prompt))));
    }

    private ObjectNode once(ClaudeCodeRow row, ObjectNode payload) {
        boolean first =
                row.messageId().map(message -> index.isFirst(message, row.id())).orElse(true);
        return first ? payload : ClaudeCodeRow.withoutUsage(payload);
    }

    private void call(ClaudeCodeRow row, Block call, About about, Instant time, String digest) {
        ObjectNode payload = Json.MAPPER.createObjectNode();
        payload.set("arguments", call.json().path("input"));
        payload.set("call", call.json());
        if (!row.isMessage()) {
            payload.set("row", once(row, row.around()));
        }
        String event = row.eventId(call);
        Draft draft = draft(row, event, "tool.execute", time)
                .parent(row.isMessage() ? row.eventId() : parent(row))
                .tool(call.json().path("name").stringValue(null))
                .status(EventStatus.PENDING)
                .payload(payload);
        Held waits = hold(draft, event, about, digest);
        waits.waiting = !index.isApart(event);
        calls.put(row.nameOf(call), waits);
    }

    private void result(ClaudeCodeRow row, Block result, About about, Instant time, String digest) {
        EventStatus status =
                result.json().path("is_error").asBoolean(false) ? EventStatus.FAILED : EventStatus.COMPLETED;
        ObjectNode payload = Json.MAPPER.createObjectNode();
        payload.set("content", result.json().path("content"));
        payload.set("result", row.told(result));
        if (closing.contains(row.eventId(result))) {
            out.repeated(1, about.isPersonal());
            return;
        }
        Held call = calls.remove(row.nameOf(result));
        if (call != null && call.waiting && !call.gone && call.about.person().equals(about.person())) {
            call.draft.payload().setAll(payload);
            call.draft.endedAt(time).status(status);
            call.mark.put(Mark.ANSWER, digest);
            call.waiting = false;
            boolean ignored = closing.add(row.eventId(result));
            return;
        }
        Optional<String> known = call == null ? index.call(row.nameOf(result)) : Optional.of(call.event);
        String event = row.eventId(result);
        Draft draft = draft(row, event, known.isPresent() ? "tool.result" : "tool.execute", time)
                .parent(known.isPresent() ? known.get() : row.isMessage() ? row.eventId() : parent(row))
                .status(status)
                .payload(payload);
        Held ignored = hold(draft, event, about, digest);
    }

    private Held hold(Draft draft, String event, About about, String digest) {
        Held one = new Held(draft, event, about, Json.MAPPER.createObjectNode().put(Mark.RECORD, digest));
        held.add(one);
        return one;
    }

    private void emitFinished() {
        int finished = 0;
        while (finished < held.size() && !held.get(finished).waiting) {
            emit(held.get(finished++));
        }
        held.subList(0, finished).clear();
        heldChars = held.isEmpty() ? 0 : heldChars;
    }

    private void emitAll() {
        held.forEach(this::emit);
        held.clear();
        heldChars = 0;
    }

    private void emit(Held one) {
        one.gone = true;
        out.foreign(one.draft.about(one.about).marked(one.mark));
    }

    /** A call that has waited in vain stands in another file with its answer, or has none. */
    @Override
    public void finish() {
        for (Held one : held) {
            if (one.waiting && index.isAnswered(one.event)) {
                out.repeated(1, one.about.isPersonal());
            } else {
                emit(one);
            }
        }
        held.clear();
    }
}
