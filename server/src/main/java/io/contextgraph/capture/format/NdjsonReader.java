// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.Provenance;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.TraceReader;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.EventFields;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the project's own events, exactly as {@code POST /v1/events} takes them, or as an export has them: one a line,
 * or several as an array or under {@code events}. What a ledger had assigned becomes the event's {@link Provenance}.
 */
public final class NdjsonReader implements TraceReader {
    private final Survey survey;
    private final Emitter out;

    public NdjsonReader(Survey survey, Emitter out) {
        this.survey = survey;
        this.out = out;
    }

    static boolean fits(Shape shape) {
        return shape.any("event_id", "event_type", "events/event_id", "events/event_type")
                || (shape.all("session_id", "agent_id")
                        && !shape.any("messages", "traj", "trajectory", "history", "role"));
    }

    @Override
    public void survey(Unit unit) {
        events(unit, (event, place) -> {
            if (!isOfRun(event) && event.path(EventFields.SESSION_ID).isString()) {
                survey.session(event.path(EventFields.SESSION_ID).stringValue());
            }
        });
    }

    @Override
    public void read(Unit unit) {
        events(unit, this::event);
    }

    private static boolean isOfRun(JsonNode event) {
        return event.path(EventFields.PAYLOAD).path(Mark.FIELD).has(Mark.RUN)
                || Mark.ofReference(event.path(EventFields.PAYLOAD_REF).stringValue(""))
                        .flatMap(Mark::run)
                        .isPresent();
    }

    private static void events(Unit unit, BiConsumer<JsonNode, String> each) {
        JsonNode json = unit.json();
        if (json.isArray()) {
            events(json, unit, "/", each);
        } else if (json.path("events").isArray()) {
            events(json.path("events"), unit, "/events/", each);
        } else {
            each.accept(json, unit.at(""));
        }
    }

    private static void events(JsonNode events, Unit unit, String folder, BiConsumer<JsonNode, String> each) {
        for (int i = 0; i < events.size(); i++) {
            each.accept(events.get(i), unit.at(folder + i));
        }
    }

    private void event(JsonNode json, String place) {
        Provenance provenance = json instanceof ObjectNode object ? Provenance.takenFrom(object) : Provenance.NONE;
        out.own(json, provenance, place);
    }
}
