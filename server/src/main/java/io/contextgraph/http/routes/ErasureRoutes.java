// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Header;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.personal.KeyCalls;
import io.contextgraph.http.personal.SubjectParameter;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureReport;
import io.contextgraph.privacy.erasure.ErasureWork;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.subject.SubjectJson;
import java.util.List;

/** Erases a person, and lets one return. */
final class ErasureRoutes implements RouteGroup {
    private static final Schema AUTHORISED = Schema.fields()
            .with(EventFields.DATA_SUBJECT_ID, Schema.text().saying("The pseudonym"))
            .with("key_generation", Schema.whole().saying("Of the key that seals what is said from now on"))
            .named("Authorised");

    private final HttpPorts ports;
    private final Parameter<SubjectId> subject;
    private final Declaration erase;
    private final Declaration authorise;

    ErasureRoutes(HttpPorts ports) {
        this.ports = ports;
        this.subject = SubjectParameter.of(ports);
        this.erase = Declaration.of(
                        "eraseSubject",
                        Topic.PRIVACY,
                        "Erase a person",
                        "Destroys the person's keys and every payload that they sealed. It goes on until it is done, whatever"
                                + " breaks off; repeating it is safe. A hold on a session of the person stops it before its"
                                + " first step, and its release lets it go on. GET /v1/subjects/{id} tells how far it is,"
                                + " what was found and done in each place and what remains, and has the signed receipt.")
                .takes(subject)
                .answers(Reply.json(202, "It has begun", AdminSchemas.OPERATION)
                        .with(new Header("Location", "Where an operator looks at it", Schema.text(), true)))
                .refuses(ProblemCode.SUBJECT_NOT_FOUND, ProblemCode.OPERATION_RUNNING, ProblemCode.PRIVACY_UNAVAILABLE);
        this.authorise = Declaration.of(
                        "authoriseSubject",
                        Topic.PRIVACY,
                        "Let a person return who was erased",
                        "From then on what is said of the person is sealed by a key of the next generation; what was erased"
                                + " stays erased.")
                .takes(subject)
                .answers(200, "The person may be spoken of again", AUTHORISED)
                .refuses(
                        ProblemCode.SUBJECT_NOT_FOUND, ProblemCode.ERASURE_UNFINISHED, ProblemCode.PRIVACY_UNAVAILABLE);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.delete("/v1/subjects/{id}", Role.PRIVACY, erase, this::erase),
                Route.post("/v1/subjects/{id}/authorise", Role.PRIVACY, authorise, this::authorise));
    }

    private Eraser eraser() {
        return ports.privacy()
                .eraser()
                .orElseThrow(() -> SubjectParameter.unavailable().raised());
    }

    private Answer erase(Call call) {
        call.parameters().check();
        SubjectId id = call.path(subject);
        Eraser eraser = eraser();
        SubjectParameter.requireKnown(ports, id);
        return KeyCalls.of(() -> OperationRoutes.begin(
                ports.admin().operations(),
                new ErasureWork(eraser, SubjectParameter.subjects(ports).namesOf(id))));
    }

    private Answer authorise(Call call) {
        call.parameters().check();
        SubjectId id = call.path(subject);
        Eraser eraser = eraser();
        SubjectParameter.requireKnown(ports, id);
        List<Pseudonym> names =
                KeyCalls.of(() -> SubjectParameter.subjects(ports).namesOf(id));
        boolean unfinished = KeyCalls.of(() -> names.stream()
                .flatMap(name -> eraser.report(name).stream())
                .anyMatch(report -> report.state() != ErasureReport.State.DONE));
        if (unfinished) {
            throw Problem.of(
                            ProblemCode.ERASURE_UNFINISHED,
                            "The person is being erased: let that end before you authorise a new key.")
                    .with(EventFields.DATA_SUBJECT_ID, names.getFirst().toString())
                    .raised();
        }
        Erasures now = KeyCalls.of(() -> eraser.authorise(names)).getFirst();
        return Answer.json(200, SubjectJson.authorised(now));
    }
}
