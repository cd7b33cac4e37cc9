// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventDecoder;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.PersonalPayloads;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The one door for the events of a file: fits foreign payloads into the limits, decodes strictly, passes on. */
final class Emitter {
    private final String file;
    private final EventDecoder decoder;
    private final int maxEventBytes;
    private final PayloadFitter fitter;
    private final CaptureSink sink;

    Emitter(String file, CaptureOptions options, EventDecoder decoder, CaptureSink sink) {
        this.file = file;
        this.decoder = decoder;
        this.maxEventBytes = options.limits().maxEventBytes();
        this.fitter = new PayloadFitter(options.limits());
        this.sink = sink;
    }

    /** An event made from a foreign trace: its payload is cut where it is over the limits. */
    void foreign(Draft draft) {
        fitter.fit(draft.json());
        decode(draft.json(), draft.place());
    }

    /** An event as its producer wrote it: over the limits it is refused, as the HTTP route would. */
    void own(JsonNode json, String place) {
        int size = Json.MAPPER.writeValueAsString(json).getBytes(StandardCharsets.UTF_8).length;
        if (size > maxEventBytes) {
            Fault fault = new Fault(
                    "", "too_large", "an event must not have more than " + maxEventBytes + " bytes, has " + size);
            sink.refused(new Refusal(file, place, fault.message(), List.of(fault)));
            return;
        }
        decode(json, place);
    }

    void passOver() {
        sink.passedOver();
    }

    void refuse(String place, String reason) {
        sink.refused(new Refusal(file, place, reason, List.of()));
    }

    private void decode(JsonNode json, String place) {
        Event event;
        try {
            event = decoder.decode(json);
        } catch (InvalidInputException invalid) {
            refuse(json, place, invalid.faults());
            return;
        }
        PersonalPayloads.refusal(event)
                .ifPresentOrElse(fault -> refuse(json, place, List.of(fault)), () -> sink.event(event, place));
    }

    private void refuse(JsonNode json, String place, List<Fault> faults) {
        String id = json.path(EventFields.EVENT_ID).isString()
                ? " " + Texts.shown(json.path(EventFields.EVENT_ID).stringValue())
                : "";
        sink.refused(
                new Refusal(file, place, "invalid event" + id + ", " + Texts.count(faults.size(), "fault"), faults));
    }
}
