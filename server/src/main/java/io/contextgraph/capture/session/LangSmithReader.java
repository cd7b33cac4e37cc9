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
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads runs of LangSmith: one a line, an array, or a page of the interface ({@code runs}), with runs in them
 * ({@code child_runs}) or flat.
 *
 * <p><b>Shape.</b> A run is an event by its type, see {@link #TYPES}, under its own id. Its session is the
 * {@code session_id}, {@code thread_id} or {@code conversation_id} of its metadata; its own {@code session_id} is that of a
 * project, and stays in the payload. A run with an error has failed; one without an end is running.
 *
 * <p><i>Source</i>: LangSmith's documentation of the format of runs, and of threads.
 */
public final class LangSmithReader extends SpanExportReader {
    private static final String FORMAT = "langsmith";
    private static final String CHILDREN = "child_runs";
    private static final String SPAN = "system.span";
    private static final String TOOL_CALL = "tool.execute";

    /** How far runs may stand in runs: what nests deeper stays in the payload. */
    private static final int DEEPEST = 100;

    /** What the types of runs are. */
    private static final Map<String, String> TYPES =
            Map.of("llm", "llm.chat", "embedding", "llm.embed", "tool", TOOL_CALL, "retriever", TOOL_CALL);

    /** Whether it has runs. */
    public static boolean fits(Shape shape) {
        return shape.any("run_type", "runs/run_type");
    }

    public LangSmithReader(CaptureOptions options, Survey survey, Emitter out) {
        super(options, survey, out);
    }

    @Override
    void spans(Unit unit, Consumer<ExportedSpan> each) {
        JsonNode json = unit.json();
        boolean paged = json.path("runs").isArray();
        JsonNode runs = paged ? json.path("runs") : json;
        String pointer = paged ? "/runs" : "";
        if (runs.isArray()) {
            for (int i = 0; i < runs.size(); i++) {
                run(new Place(unit, pointer + "/" + i, 0), runs.get(i), Optional.empty(), each);
            }
        } else {
            run(new Place(unit, "", 0), runs, Optional.empty(), each);
        }
    }

    /** Where a run stands, and within how many others. */
    private record Place(Unit unit, String pointer, int depth) {
        Place child(int index) {
            return new Place(unit, pointer + "/" + CHILDREN + "/" + index, depth + 1);
        }

        String told() {
            return unit.at(pointer);
        }
    }

    /** What a run is told by the one that it stands in. */
    private record Above(String run, String trace) {}

    private void run(Place place, JsonNode json, Optional<Above> above, Consumer<ExportedSpan> each) {
        Optional<String> id = text(json, "id", "run_id");
        Optional<Instant> start = RecordTime.orNumber(json.path("start_time"));
        if (!(json instanceof ObjectNode object) || id.isEmpty() || start.isEmpty()) {
            refuse(place.told(), "a run must have an \"id\" and a \"start_time\"");
            return;
        }
        Optional<String> dotted = text(json, "dotted_order");
        Optional<String> parent = text(json, "parent_run_id")
                .or(() -> dotted.flatMap(order -> before(order)))
                .or(() -> above.map(Above::run));
        String trace = text(json, "trace_id")
                .or(() -> dotted.map(order -> run(order.split("\\.", 2)[0])))
                .or(() -> above.map(Above::trace))
                .orElse(id.get());
        ObjectNode own = object.deepCopy();
        JsonNode children = json.path(CHILDREN);
        boolean apart = children.isArray() && place.depth() < DEEPEST;
        if (apart) {
            own.remove(CHILDREN);
        }
        Optional<Instant> end = RecordTime.orNumber(json.path("end_time"));
        JsonNode metadata = json.path("extra").path("metadata");
        about(place.told(), json, metadata)
                .ifPresent(about -> each.accept(new ExportedSpan(
                        place.told(),
                        own,
                        about,
                        new ExportedSpan.Key(
                                trace,
                                id.get(),
                                parent,
                                eventId(id.get()),
                                parent.map(LangSmithReader::eventId),
                                text(metadata, "session_id", "thread_id", "conversation_id")),
                        kind(json, end),
                        new ExportedSpan.Lasting(start.get(), end))));
        for (int i = 0; apart && i < children.size(); i++) {
            run(place.child(i), children.get(i), Optional.of(new Above(id.get(), trace)), each);
        }
    }

    /** The run before the last one of a dotted order. */
    private static Optional<String> before(String order) {
        String[] steps = order.split("\\.", -1);
        return steps.length < 2 ? Optional.empty() : Optional.of(run(steps[steps.length - 2]));
    }

    /** The run of a step of a dotted order, behind its time. */
    private static String run(String step) {
        return step.substring(step.indexOf('Z') + 1);
    }

    /** A run's own id where events can have it. */
    private static String eventId(String run) {
        return EventId.parse(run).map(EventId::toString).orElseGet(() -> DerivedIds.record(FORMAT, run));
    }

    private static ExportedSpan.Kind kind(JsonNode json, Optional<Instant> end) {
        String type = TYPES.getOrDefault(json.path("run_type").asString("").toLowerCase(Locale.ROOT), SPAN);
        boolean failed = text(json, "error").isPresent()
                || json.path("status").asString("").equals("error");
        EventStatus ended = end.isPresent() ? EventStatus.COMPLETED : EventStatus.RUNNING;
        return new ExportedSpan.Kind(
                type,
                Optional.empty(),
                text(json, "name").filter(tool -> type.equals(TOOL_CALL)),
                Optional.of(failed ? EventStatus.FAILED : ended),
                type.equals(SPAN));
    }
}
