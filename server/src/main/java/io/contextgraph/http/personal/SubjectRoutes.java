// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.personal;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureJson;
import io.contextgraph.privacy.erasure.ErasureReceipt;
import io.contextgraph.privacy.erasure.ErasureReport;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.subject.SubjectJson;
import io.contextgraph.privacy.subject.SubjectStanding;
import io.contextgraph.privacy.subject.Subjects;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ObjectNode;

/** One person, for those who may see what is personal; the record of a call has the pseudonym, never the id. */
public final class SubjectRoutes implements RouteGroup {
    private static final Schema STANDING = Schema.fields()
            .with(EventFields.DATA_SUBJECT_ID, Schema.text().saying("The pseudonym that is used now"))
            .with(
                    "names",
                    Schema.list(Schema.fields()
                            .with(EventFields.DATA_SUBJECT_ID, Schema.text())
                            .with("payloads", Schema.whole().saying("Sealed ones in the ledger"))
                            .with("parked", Schema.whole().saying("Entries that groups have set aside"))
                            .with("key", Schema.flag().saying("Whether there is a key that opens what is said now"))
                            .with(
                                    "erased_key_generation",
                                    Schema.whole().saying("The last that was erased; 0: none was"))
                            .with("erased_at", Schema.time().orNull())))
            .maybe("erasure", ErasureSchemas.REPORT)
            .maybe("receipt", ErasureSchemas.RECEIPT)
            .named("SubjectStanding");

    private static final Schema LINE = Schema.object()
            .saying(
                    "An event as the ledger answers it, its payload opened, with \"erased\": true where nobody can open it"
                            + " any more. The last line is {\"exported\": {\"ledger\", \"archived\", \"unread\"}}: without it the"
                            + " export broke off, and unread names events whose payload does not open, and segments of the archive that cannot be read")
            .named("SubjectExportLine");

    private final HttpPorts ports;
    private final Parameter<SubjectId> subject;
    private final Declaration standing;
    private final Declaration export;

    public SubjectRoutes(HttpPorts ports) {
        this.ports = ports;
        this.subject = SubjectParameter.of(ports);
        this.standing = Declaration.of(
                        "readSubject",
                        Topic.PRIVACY,
                        "Where what is about a person is",
                        "Counted by place, for each pseudonym that the person has.")
                .takes(subject)
                .answers(200, "Where it is", STANDING)
                .refuses(ProblemCode.SUBJECT_NOT_FOUND, ProblemCode.PRIVACY_UNAVAILABLE);
        this.export = Declaration.of(
                        "exportSubject",
                        Topic.PRIVACY,
                        "All that is about a person, readable",
                        "Every event about the person that the ledger or its archive has, a line each, payloads opened."
                                + " The archive is read whole.")
                .takes(subject)
                .answers(new Declaration.Reply(200, "A line each", Call.NDJSON, LINE, List.of()))
                .refuses(ProblemCode.SUBJECT_NOT_FOUND, ProblemCode.PRIVACY_UNAVAILABLE);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/subjects/{id}", Role.PRIVACY, standing, this::standing),
                Route.get("/v1/subjects/{id}/export", Role.PRIVACY, export, this::export));
    }

    private Answer standing(Call call) {
        call.parameters().check();
        SubjectId id = call.path(subject);
        SubjectStanding found =
                KeyCalls.of(() -> SubjectParameter.subjects(ports).standing(id));
        if (!found.isKnown()) {
            throw SubjectParameter.unknown(found.newest());
        }
        ObjectNode json = SubjectJson.of(found);
        Optional<ErasureReport> report = told(found, Eraser::report);
        Optional<ErasureReceipt> receipt = told(found, Eraser::receipt);
        report.ifPresent(one -> json.set("erasure", ErasureJson.of(one)));
        receipt.ifPresent(one -> json.set("receipt", ErasureJson.of(one)));
        return Answer.json(200, json);
    }

    /** What is told of the erasure under any of the pseudonyms. */
    private <T> Optional<T> told(SubjectStanding found, BiFunction<Eraser, Pseudonym, Optional<T>> what) {
        return ports.privacy()
                .eraser()
                .flatMap(eraser -> found.names().stream()
                        .map(name -> what.apply(eraser, name.pseudonym()))
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    private Answer export(Call call) {
        call.parameters().check();
        SubjectId id = call.path(subject);
        SubjectParameter.requireKnown(ports, id);
        return new Answer.Streamed(200, Call.NDJSON, out -> {
            try {
                Subjects.Exported exported = SubjectParameter.subjects(ports).export(id, line -> write(out, line));
                write(out, SubjectJson.of(exported));
            } catch (UncheckedIOException gone) {
                throw gone.getCause();
            }
        });
    }

    private static void write(OutputStream out, ObjectNode line) {
        try {
            out.write((Json.MAPPER.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
