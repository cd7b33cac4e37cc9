// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Provenance;
import io.contextgraph.capture.record.TraceReader;
import io.contextgraph.capture.record.Unit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the project's own events, exactly as {@code POST /v1/events} takes them, or as an export has them: one a line,
 * or several as an array or under {@code events}. What a ledger had assigned becomes the event's {@link Provenance}.
 */
public final class NdjsonReader implements TraceReader {
    private final Emitter out;

    public NdjsonReader(Emitter out) {
        this.out = out;
    }

    @Override
    public void read(Unit unit) {
        JsonNode json = unit.json();
        if (json.isArray()) {
            events(json, unit, "/");
        } else if (json.path("events").isArray()) {
            events(json.path("events"), unit, "/events/");
        } else {
            event(json, unit.at(""));
        }
    }

    private void events(JsonNode events, Unit unit, String folder) {
        for (int i = 0; i < events.size(); i++) {
            event(events.get(i), unit.at(folder + i));
        }
    }

    private void event(JsonNode json, String place) {
        Provenance provenance = json instanceof ObjectNode object ? Provenance.takenFrom(object) : Provenance.NONE;
        out.own(json, provenance, place);
    }
}
