// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventDecoder;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemCode;
import io.contextgraph.http.engine.Problems;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.PersonalPayloads;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the three ways of appending have in common: from JSON to an event, and from an outcome to JSON. */
final class Appends {
    static final String TOO_LARGE = ProblemCode.EVENT_TOO_LARGE.code();

    private final EventLimits limits;
    private final EventDecoder decoder;

    Appends(EventLimits limits, Clock clock) {
        this.limits = limits;
        this.decoder = new EventDecoder(limits, clock);
    }

    /**
     * Reads one event by every rule there is.
     *
     * @param json the event
     * @param atMostBytes no event in this text can be larger; saves measuring small ones
     * @throws InvalidInputException with every fault
     */
    Event read(JsonNode json, long atMostBytes) {
        // Written again without white space, a text at most doubles: 1e9 becomes 1E+9.
        if (atMostBytes * 2 > limits.maxEventBytes()) {
            int size = Json.MAPPER.writeValueAsBytes(json).length;
            if (size > limits.maxEventBytes()) {
                throw new InvalidInputException(
                        "",
                        TOO_LARGE,
                        "an event must have at most " + limits.maxEventBytes()
                                + " bytes of JSON without white space, has " + size);
            }
        }
        Event event = decoder.decode(json);
        PersonalPayloads.refusal(event).ifPresent(fault -> {
            throw new InvalidInputException(List.of(fault));
        });
        return event;
    }

    /** The code that sums up the faults of one event. */
    static String code(List<Fault> faults) {
        String first = faults.getFirst().code();
        boolean telling = first.equals(TOO_LARGE) || first.equals(PersonalPayloads.CODE);
        return faults.size() == 1 && telling ? first : ProblemCode.INVALID_EVENT.code();
    }

    /** What the event claims to be called, where it says so in a usable form. */
    static Optional<String> claimedId(JsonNode json) {
        JsonNode id = json.get("event_id");
        return id != null && id.isString() && id.stringValue().length() <= 64
                ? Optional.of(id.stringValue())
                : Optional.empty();
    }

    /** Writes where a taken event stands. */
    static void receipt(ObjectNode json, AppendOutcome.Receipt receipt) {
        json.put("global_position", receipt.position().toString());
        json.put("seq", receipt.seq());
        json.put("session_seq", receipt.sessionSeq());
        json.put("recorded_at", Times.format(receipt.recordedAt()));
    }

    static Problem refusal(AppendOutcome.Conflict conflict) {
        return Problem.of(ProblemCode.EVENT_ID_CONFLICT, "Another event has this id; nothing was written.")
                .with("event_id", conflict.eventId().toString())
                .with("stored_content_hash", conflict.stored().hex())
                .with("offered_content_hash", conflict.offered().hex());
    }

    static Problem refusal(AppendOutcome.UnexpectedSessionSeq unexpected) {
        return Problem.of(
                        ProblemCode.UNEXPECTED_SESSION_SEQ,
                        "The session does not have the expected number of events; nothing was written.")
                .with("event_id", unexpected.eventId().toString())
                .with("actual_session_seq", unexpected.actual());
    }

    static Problem refusal(AppendOutcome.Refused refused) {
        return Problems.ledger(refused.reason(), Optional.of(refused.why()))
                .with("event_id", refused.eventId().toString());
    }

    /** The same as {@link #refusal(AppendOutcome.Refused)}, as a fault of one event among others. */
    static Fault fault(AppendOutcome.Refused refused) {
        return new Fault("", refused.reason().code(), refusal(refused).detail());
    }

    /** The same as {@link #refusal(AppendOutcome.Conflict)}, as a fault of one event among others. */
    static Fault fault(AppendOutcome.Conflict conflict) {
        return new Fault(
                "/event_id",
                ProblemCode.EVENT_ID_CONFLICT.code(),
                "another event has this id: stored content hash " + conflict.stored() + ", offered "
                        + conflict.offered());
    }
}
