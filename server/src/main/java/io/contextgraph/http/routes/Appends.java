// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Times;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.http.ports.KnownEvent;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.Problems;
import io.contextgraph.intake.Judged;
import io.contextgraph.intake.Reading;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.wire.FaultJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the three ways of appending tell of an event. */
final class Appends {
    /** Up to which generation keys were erased. */
    static final String KEY_GENERATION = "erased_key_generation";

    private static final String ERASED = "The subject of the event was erased; nothing was written";

    private Appends() {}

    /** Writes where a taken event stands. */
    static void receipt(ObjectNode json, AppendOutcome.Receipt receipt) {
        json.put("global_position", receipt.position().toString());
        json.put("seq", receipt.seq());
        json.put("session_seq", receipt.sessionSeq());
        json.put("recorded_at", Times.format(receipt.recordedAt()));
    }

    static Problem refusal(Verdict.Conflict conflict) {
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

    static Problem refusal(Verdict.Fenced fenced) {
        return Problem.of(ProblemCode.SUBJECT_ERASED, ERASED + ".")
                .with("event_id", fenced.eventId().toString())
                .with(KEY_GENERATION, fenced.generation());
    }

    static Problem refusal(Verdict.Refused refused) {
        return Problems.ledger(refused.reason(), Optional.of(refused.why()))
                .with("event_id", refused.eventId().toString());
    }

    /** What is left to say of those that are gone. */
    static Map<EventId, Summary> summaries(GraphReader graph, List<Judged> judged) {
        List<EventId> gone = judged.stream()
                .flatMap(one -> one instanceof Verdict.Gone found ? Stream.of(found.eventId()) : Stream.empty())
                .distinct()
                .toList();
        return KnownEvent.summaries(graph, gone);
    }

    /**
     * Writes what became of one event among others.
     *
     * @param summaries of those that are gone
     */
    static void tell(ObjectNode json, Judged judged, Map<EventId, Summary> summaries) {
        switch (judged) {
            case Verdict.Taken taken -> {
                json.put("event_id", taken.eventId().toString());
                receipt(json, taken.receipt());
                json.put("duplicate", taken.duplicate());
            }
            case Verdict.Conflict conflict -> {
                Fault fault = new Fault(
                        "/event_id",
                        ProblemCode.EVENT_ID_CONFLICT.code(),
                        "another event has this id: stored content hash " + conflict.stored() + ", offered "
                                + conflict.offered());
                refused(json, conflict.eventId().toString(), fault.code(), List.of(fault));
                json.put("stored_content_hash", conflict.stored().hex());
                json.put("offered_content_hash", conflict.offered().hex());
            }
            case Verdict.Personal personal ->
                refused(json, personal.eventId().toString(), PersonalPayloads.CODE, List.of(personal.fault()));
            case Verdict.Fenced fenced -> {
                Fault fault = new Fault("/" + EventFields.DATA_SUBJECT_ID, ProblemCode.SUBJECT_ERASED.code(), ERASED);
                refused(json, fenced.eventId().toString(), fault.code(), List.of(fault));
                json.put(KEY_GENERATION, fenced.generation());
            }
            case Verdict.Gone gone -> {
                Fault fault = new Fault("/event_id", ProblemCode.EVENT_GONE.code(), KnownEvent.told(gone.gone()));
                refused(json, gone.eventId().toString(), fault.code(), List.of(fault));
                json.put("gone_at", Times.format(gone.gone().at()));
                json.put("reason", gone.gone().why());
                json.put("archive", gone.gone().where());
                Optional.ofNullable(summaries.get(gone.eventId()))
                        .ifPresent(summary -> json.put(Summary.SUMMARY_ID, summary.id()));
            }
            case Verdict.Refused refused -> {
                Fault fault =
                        new Fault("", refused.reason().code(), refusal(refused).detail());
                refused(json, refused.eventId().toString(), fault.code(), List.of(fault));
            }
            case Reading.Invalid invalid ->
                refused(json, invalid.claimedId().orElse(null), invalid.code(), invalid.faults());
        }
    }

    /** Writes why one event among others was not taken. */
    static void refused(ObjectNode json, @Nullable String eventId, String code, List<Fault> faults) {
        json.put("event_id", eventId).put("code", code);
        json.set("errors", FaultJson.of(faults));
    }
}
