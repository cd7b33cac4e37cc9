// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.personal;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.ports.KnownEvent;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.privacy.erasure.ErasureJson;
import io.contextgraph.privacy.sealing.PayloadSealer.Opened;
import io.contextgraph.privacy.subject.ShownPayload;
import io.contextgraph.privacy.subject.SubjectJson;
import io.contextgraph.privacy.subject.Subjects;
import java.util.List;
import java.util.Optional;

/** What is personal, for those who may see it; there is a record of each call. */
public final class PrivacyRoutes implements RouteGroup {
    private static final Parameter<EventId> PAYLOAD_REF = Parameter.path(
                    EventFields.PAYLOAD_REF,
                    ValueForm.of(
                            Schema.text().matching("^(payload:)?[0-9a-fA-F-]{36}$"),
                            "must be payload: and the UUID of an event, or the UUID alone",
                            Event::ofStoredPayloadRef),
                    "The payload, by the payload_ref of its event, or by the id of that")
            .recordedAs(sent ->
                    Event.ofStoredPayloadRef(sent).map(EventId::toString).orElse("-"));

    private static final Schema PAYLOAD = Schema.fields()
            .with(EventFields.EVENT_ID, Schema.uuid())
            .with(
                    EventFields.DATA_SUBJECT_ID,
                    Schema.text().orNull().saying("The pseudonym of the person; null where the event is about nobody"))
            .with(
                    EventFields.PAYLOAD,
                    Schema.object()
                            .orNull()
                            .saying("As it was sent; null where the event about the person brought none"))
            .named("OpenedPayload");

    private static final Declaration OPEN = Declaration.of(
                    "readPayload",
                    Topic.PRIVACY,
                    "A payload, opened",
                    "The payload of an event as its producer sent it, also where it was sealed because it is about a person.")
            .takes(PAYLOAD_REF)
            .answers(200, "The payload", PAYLOAD)
            .refuses(
                    ProblemCode.EVENT_NOT_FOUND,
                    ProblemCode.PAYLOAD_NOT_FOUND,
                    ProblemCode.EVENT_GONE,
                    ProblemCode.PAYLOAD_ERASED,
                    ProblemCode.PRIVACY_UNAVAILABLE);

    private final HttpPorts ports;

    public PrivacyRoutes(HttpPorts ports) {
        this.ports = ports;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v1/payloads/{payload_ref}", Role.PRIVACY, OPEN, this::open));
    }

    private Answer open(Call call) {
        call.parameters().check();
        Event event = KnownEvent.require(ports, call.path(PAYLOAD_REF)).event();
        return switch (ShownPayload.of(event, this::opened)) {
            case ShownPayload.Whole shown -> Answer.json(200, SubjectJson.of(event, shown.payload()));
            case ShownPayload.Erased ignored -> throw erased(event);
            case ShownPayload.Elsewhere ignored ->
                throw Problem.of(
                                ProblemCode.PAYLOAD_NOT_FOUND,
                                "The event has brought no payload: it is where payload_ref says.")
                        .with(EventFields.EVENT_ID, event.id().toString())
                        .with(EventFields.PAYLOAD_REF, event.payloadRef())
                        .raised();
        };
    }

    private Optional<Opened> opened(Event sealed) {
        Subjects subjects = SubjectParameter.subjects(ports);
        return KeyCalls.of(() -> subjects.open(sealed));
    }

    private RuntimeException erased(Event event) {
        Problem told = Problem.of(ProblemCode.PAYLOAD_ERASED, "The person whom the payload was about was erased.")
                .with(EventFields.EVENT_ID, event.id().toString())
                .with(EventFields.DATA_SUBJECT_ID, event.dataSubjectId().orElse(""));
        return ports.privacy()
                .receipt(event)
                .map(receipt -> told.with("receipt", ErasureJson.of(receipt)))
                .orElse(told)
                .raised();
    }
}
