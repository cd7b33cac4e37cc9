// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.session;

import static io.contextgraph.capture.session.ExportedSpan.text;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.RecordTime;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.EventStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads exports of Langfuse: observations, one a line, as an array or as a page of the interface ({@code data}); traces with
 * their {@code observations}, or alone; sessions with their {@code traces}. Names of fields are those of the interface
 * ({@code traceId}) or of exports to a bucket ({@code trace_id}).
 *
 * <p><b>Shape.</b> An observation is an event by its type, see {@link #TYPES}; what a trace says of itself beside its
 * observations is a {@code system.run}. An observation of the level {@code ERROR} has failed; one that has no end is
 * running, unless it is a point in time.
 *
 * <p><i>Source</i>: Langfuse's documentation of its API and of its exports.
 */
public final class LangfuseReader extends SpanExportReader {
    private static final String FORMAT = "langfuse";
    private static final String OBSERVATIONS = "observations";
    private static final String TRACES = "traces";
    private static final String SPAN = "system.span";
    private static final String TOOL_CALL = "tool.execute";

    /** What the types of observations are. */
    private static final Map<String, String> TYPES = Map.of(
            "generation", "llm.chat",
            "embedding", "llm.embed",
            "tool", TOOL_CALL,
            "retriever", TOOL_CALL,
            "agent", "agent.invoke",
            "guardrail", "guardrail.check",
            "evaluator", "evaluation.run");

    /** Whether it has observations, or traces as only Langfuse has them. */
    public static boolean fits(Shape shape) {
        return shape.any("parentObservationId", "parent_observation_id")
                || shape.any("data/parentObservationId", "observations/parentObservationId", "observations/traceId")
                || (shape.all("id", "timestamp") && shape.any("bookmarked", "htmlPath", "html_path"))
                || shape.any("traces/bookmarked", "traces/htmlPath", "data/htmlPath")
                || shape.all("traces/id", "traces/timestamp");
    }

    public LangfuseReader(CaptureOptions options, Survey survey, Emitter out) {
        super(options, survey, out);
    }

    @Override
    void spans(Unit unit, Consumer<ExportedSpan> each) {
        value(unit, unit.json(), "", each);
    }

    private void value(Unit unit, JsonNode json, String pointer, Consumer<ExportedSpan> each) {
        if (json.isArray()) {
            for (int i = 0; i < json.size(); i++) {
                value(unit, json.get(i), pointer + "/" + i, each);
            }
        } else if (json.path("data").isArray()) {
            value(unit, json.path("data"), pointer + "/data", each);
        } else if (json instanceof ObjectNode object && (object.has("startTime") || object.has("start_time"))) {
            observation(unit.at(pointer), object, Optional.empty(), each);
        } else if (json instanceof ObjectNode object && object.path(TRACES).isArray()) {
            value(unit, object.path(TRACES), pointer + "/" + TRACES, each);
        } else if (json instanceof ObjectNode object && isTrace(object)) {
            trace(unit, object, pointer, each);
        } else {
            refuse(unit.at(pointer), "an export of Langfuse must have observations with a \"startTime\", or traces");
        }
    }

    private static boolean isTrace(ObjectNode object) {
        return object.path("trace").isObject()
                || object.has("timestamp")
                || object.path(OBSERVATIONS).isArray();
    }

    /** A trace, and the observations in it, which stand in it or beside it. */
    private void trace(Unit unit, ObjectNode json, String pointer, Consumer<ExportedSpan> each) {
        JsonNode trace = json.path("trace").isObject() ? json.path("trace") : json;
        Optional<String> id = text(trace, "id");
        if (id.isEmpty()) {
            refuse(unit.at(pointer), "a trace must have an \"id\"");
            return;
        }
        ObjectNode told = json.deepCopy();
        JsonNode inside = told.path(OBSERVATIONS).isArray() ? told.remove(OBSERVATIONS) : trace.path(OBSERVATIONS);
        if (told.path("trace") instanceof ObjectNode own) {
            own.remove(OBSERVATIONS);
        }
        Optional<Instant> time = RecordTime.orNumber(trace.path("timestamp"))
                .or(() -> RecordTime.orNumber(inside.path(0).path("startTime")));
        if (time.isEmpty()) {
            refuse(unit.at(pointer), "a trace must have a \"timestamp\"");
        } else {
            about(unit.at(pointer), trace, json)
                    .ifPresent(about -> each.accept(new ExportedSpan(
                            unit.at(pointer),
                            told,
                            about,
                            new ExportedSpan.Key(
                                    id.get(),
                                    "",
                                    Optional.empty(),
                                    DerivedIds.record(FORMAT, id.get()),
                                    Optional.empty(),
                                    session(trace)),
                            new ExportedSpan.Kind(
                                    "system.run", Optional.empty(), Optional.empty(), Optional.empty(), true),
                            new ExportedSpan.Lasting(time.get(), Optional.empty()))));
        }
        for (int i = 0; inside.isArray() && i < inside.size(); i++) {
            String place = unit.at(pointer + "/" + OBSERVATIONS + "/" + i);
            if (inside.get(i) instanceof ObjectNode observation) {
                observation(place, observation, id, each);
            } else if (!inside.get(i).isString()) {
                // The list of traces has the ids of its observations only, which stand elsewhere.
                refuse(place, "an observation must be an object");
            }
        }
    }

    private static Optional<String> session(JsonNode json) {
        return text(json, "sessionId", "session_id");
    }

    private void observation(String place, ObjectNode json, Optional<String> ofTrace, Consumer<ExportedSpan> each) {
        Optional<String> id = text(json, "id");
        Optional<String> trace = text(json, "traceId", "trace_id").or(() -> ofTrace);
        Optional<Instant> start = time(json, "startTime", "start_time");
        if (id.isEmpty() || trace.isEmpty() || start.isEmpty()) {
            refuse(place, "an observation must have an \"id\", a \"traceId\" and a \"startTime\"");
            return;
        }
        Optional<String> parent = text(json, "parentObservationId", "parent_observation_id");
        Optional<Instant> end = time(json, "endTime", "end_time");
        about(place, json)
                .ifPresent(about -> each.accept(new ExportedSpan(
                        place,
                        json,
                        about,
                        new ExportedSpan.Key(
                                trace.get(),
                                id.get(),
                                parent,
                                DerivedIds.record(FORMAT, trace.get(), id.get()),
                                parent.map(above -> DerivedIds.record(FORMAT, trace.get(), above)),
                                session(json)),
                        kind(json, end),
                        new ExportedSpan.Lasting(start.get(), end))));
    }

    private static Optional<Instant> time(JsonNode json, String name, String other) {
        return RecordTime.orNumber(json.path(name)).or(() -> RecordTime.orNumber(json.path(other)));
    }

    private static ExportedSpan.Kind kind(JsonNode json, Optional<Instant> end) {
        String kind = json.path("type").asString("").toLowerCase(Locale.ROOT);
        String type = TYPES.getOrDefault(kind, SPAN);
        Optional<String> name = text(json, "name");
        EventStatus ended = kind.equals("event") || end.isPresent() ? EventStatus.COMPLETED : EventStatus.RUNNING;
        boolean failed = json.path("level").asString("").equalsIgnoreCase("ERROR");
        return new ExportedSpan.Kind(
                type,
                name.filter(agent -> kind.equals("agent")),
                name.filter(tool -> type.equals(TOOL_CALL)),
                Optional.of(failed ? EventStatus.FAILED : ended),
                type.equals(SPAN));
    }
}
