// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventDecoder;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.PersonalPayloads;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The one door for the events of a file: fits foreign payloads into the limits, decodes strictly, passes on. */
public final class Emitter {
    private final String file;
    private final EventDecoder decoder;
    private final EventDecoder anyLedgers;
    private final int maxEventBytes;
    private final PayloadFitter fitter;
    private final CaptureSink sink;

    /**
     * @param decoder reads what producers send
     * @param anyLedgers reads what a ledger has taken already, whose limits were perhaps wider
     */
    public Emitter(
            String file, CaptureOptions options, EventDecoder decoder, EventDecoder anyLedgers, CaptureSink sink) {
        this.file = file;
        this.decoder = decoder;
        this.anyLedgers = anyLedgers;
        this.maxEventBytes = options.limits().maxEventBytes();
        this.fitter = new PayloadFitter(options.limits());
        this.sink = sink;
    }

    /** An event made from a foreign trace: its payload is cut where it is over the limits. */
    void foreign(Draft draft) {
        fitter.fit(draft.json());
        decode(draft.json(), Provenance.NONE, decoder, draft.place());
    }

    /**
     * An event as its producer wrote it: over the limits it is refused, as the HTTP route would. What a ledger has taken
     * once is not measured again: it is a little longer there, and that ledger may have had other limits.
     */
    void own(JsonNode json, Provenance provenance, String place) {
        if (provenance.original().isPresent()) {
            decode(json, provenance, anyLedgers, place);
            return;
        }
        int size = Json.MAPPER.writeValueAsString(json).getBytes(StandardCharsets.UTF_8).length;
        if (size > maxEventBytes) {
            Fault fault = new Fault(
                    "", "too_large", "an event must not have more than " + maxEventBytes + " bytes, has " + size);
            sink.refused(new Refusal(file, place, fault.message(), List.of(fault)));
            return;
        }
        decode(json, provenance, decoder, place);
    }

    void passOver() {
        sink.passedOver();
    }

    public void refuse(String place, String reason) {
        sink.refused(new Refusal(file, place, reason, List.of()));
    }

    private void decode(JsonNode json, Provenance provenance, EventDecoder by, String place) {
        List<Fault> faults = new ArrayList<>();
        Optional<Event> event = Optional.empty();
        try {
            event = Optional.of(by.decode(json));
        } catch (InvalidInputException invalid) {
            faults.addAll(invalid.faults());
        }
        faults.addAll(provenance.faults(event));
        event.flatMap(PersonalPayloads::refusal).ifPresent(faults::add);
        if (event.isPresent() && faults.isEmpty()) {
            sink.event(event.get(), provenance.original(), place);
        } else {
            refuse(json, place, faults);
        }
    }

    private void refuse(JsonNode json, String place, List<Fault> faults) {
        String id = json.path(EventFields.EVENT_ID).isString()
                ? " " + Texts.shown(json.path(EventFields.EVENT_ID).stringValue())
                : "";
        sink.refused(
                new Refusal(file, place, "invalid event" + id + ", " + Texts.count(faults.size(), "fault"), faults));
    }
}
