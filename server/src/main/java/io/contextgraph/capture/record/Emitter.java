// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import io.contextgraph.intake.Decoded;
import io.contextgraph.intake.Intake;
import io.contextgraph.intake.NamedPersons;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The one door for the events of a file: fits foreign payloads into the limits, decodes strictly, passes on. */
public final class Emitter {
    private final String file;
    private final Intake intake;
    private final int maxEventBytes;
    private final PayloadFitter fitter;
    private final CaptureSink sink;
    private final Whom whom;
    private final NamedPersons persons;

    /**
     * For one file on one walk.
     *
     * @param persons of whom nothing that is emitted or told may have the id, but in a payload that will be sealed
     */
    public Emitter(String file, CaptureOptions options, Intake intake, NamedPersons persons, CaptureSink sink) {
        this.whom = options.whom();
        this.persons = persons;
        this.file = file;
        this.intake = intake;
        this.maxEventBytes = options.limits().maxEventBytes();
        this.fitter = new PayloadFitter(options.limits());
        this.sink = sink;
    }

    /** Events that stand or fall together: where the envelope of one has the id of a person, none is emitted. */
    void together(List<Draft> drafts, String place) {
        List<Fault> naming = drafts.stream()
                .flatMap(draft -> naming(draft).stream())
                .distinct()
                .toList();
        if (naming.isEmpty()) {
            drafts.forEach(this::fitted);
        } else {
            sink.refused(new Refusal(
                    file,
                    place,
                    "the run is refused with all it has, " + Texts.count(drafts.size(), "event")
                            + ": envelopes would have the id of a person",
                    naming));
        }
    }

    /** What is wrong with the names in an envelope, for the sake of its own person, or another one of this import. */
    private List<Fault> naming(Draft draft) {
        if (!whom.isTold()) {
            return List.of();
        }
        ObjectNode envelope = Json.MAPPER.createObjectNode().setAll(draft.json());
        JsonNode ignored = envelope.remove(EventFields.PAYLOAD);
        List<Fault> own = intake.namesSubject(envelope);
        return own.isEmpty() ? persons.faults(envelope) : own;
    }

    /** An event made from a foreign trace: its payload is cut where it is over the limits. */
    public void foreign(Draft draft) {
        List<Fault> naming = naming(draft);
        if (!naming.isEmpty()) {
            refuse(draft.json(), draft.place(), naming);
        } else {
            fitted(draft);
        }
    }

    private void fitted(Draft draft) {
        Optional<Mark> mark = Mark.of(draft.payload());
        Decoded decoded = intake.decode(draft.json());
        // Nearly all fit as they are.
        if (!decoded.faults().isEmpty() || fitter.isLarge(draft.json())) {
            fitter.fit(draft.json());
            decoded = intake.decode(draft.json());
        }
        emit(draft.json(), Provenance.NONE, mark, decoded, draft.place());
    }

    /**
     * An event as its producer wrote it: over the limits it is refused, as the HTTP route would. What a ledger has taken
     * once is not measured again: it is a little longer there, and that ledger may have had other limits.
     */
    public void own(JsonNode json, Provenance provenance, String place) {
        if (provenance.original().isPresent()) {
            emit(json, provenance, Optional.empty(), intake.decodeRecorded(json), place);
            return;
        }
        OptionalInt excess = intake.excess(json);
        if (excess.isPresent()) {
            Fault fault = new Fault(
                    "",
                    "too_large",
                    "an event must not have more than " + maxEventBytes + " bytes, has " + excess.getAsInt());
            sink.refused(new Refusal(file, place, fault.message(), List.of(fault)));
            return;
        }
        emit(json, provenance, Optional.empty(), intake.decode(json), place);
    }

    /** Something is on purpose no event; {@code what} says which kind of thing, in the plural. */
    public void skip(String what) {
        skip(what, 1);
    }

    /** The same, of several; of none, nothing is said. */
    public void skip(String what, long count) {
        if (count > 0) {
            sink.skipped(what, count);
        }
    }

    /** Events that stand here a second time, of a run that is longer elsewhere in the same import. */
    public void repeated(int events, boolean personal) {
        sink.repeated(events, personal);
    }

    /** A piece of the file for a message, behind {@code before}; nothing where it may be of a person. */
    public String quoted(String before, String piece) {
        return whom.isTold() ? "" : before + Texts.shown(piece);
    }

    /** The file, and the place in it. */
    String where(String place) {
        return place.isEmpty() ? file : file + ", " + place;
    }

    /** Something that stands at {@code place} cannot be read; {@code reason} is a sentence for people. */
    public void refuse(String place, String reason) {
        sink.refused(new Refusal(file, place, reason, List.of()));
    }

    /** The same, of several; the first stands at {@code place}, and of none, nothing is said. */
    public void refuse(String place, String reason, long count) {
        if (count > 0) {
            sink.refused(new Refusal(file, place, reason, List.of()), count);
        }
    }

    private void emit(JsonNode json, Provenance provenance, Optional<Mark> mark, Decoded decoded, String place) {
        List<Fault> faults = new ArrayList<>(decoded.faults());
        faults.addAll(provenance.faults(decoded.event()));
        if (decoded.event().isPresent() && faults.isEmpty()) {
            sink.event(decoded.event().get(), provenance.original(), mark, place);
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
