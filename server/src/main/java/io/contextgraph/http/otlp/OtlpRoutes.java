// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import io.contextgraph.capture.live.ExportOutcome;
import io.contextgraph.capture.live.OtlpIntake;
import io.contextgraph.capture.live.Signal;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.ProblemForm;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import io.contextgraph.tracing.OwnTraces;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * OTLP over HTTP.
 *
 * <p><b>Source.</b> OTLP specification 1.x, OTLP/HTTP.
 */
public final class OtlpRoutes implements RouteGroup {
    private static final Schema MESSAGE = Schema.object()
            .saying("The message of OTLP as JSON: opentelemetry-proto has its fields")
            .named("OtlpMessage");
    private static final Schema BYTES =
            Schema.text().set("contentMediaType", OtlpForm.PROTOBUF.mediaType()).named("OtlpBytes");
    private static final Schema STATUS = Schema.fields()
            .with("code", Schema.whole().saying("Of gRPC"))
            .with("message", Schema.text().saying("What is wrong, and what to do"))
            .saying("google.rpc.Status")
            .named("OtlpStatus");

    private static final ProblemForm PROBLEMS = (problem, asked) -> {
        OtlpForm form = OtlpForm.of(asked.contentType().orElse(""));
        RpcStatus status = RpcStatus.of(problem);
        return new Answer.Whole(status.http(), form.mediaType(), problem.headers(), form.status(status));
    };

    private final OtlpIntake intake;
    private final int mostBytes;

    /** @param mostBytes of a body, unpacked */
    public OtlpRoutes(OtlpIntake intake, int mostBytes) {
        this.intake = intake;
        this.mostBytes = intake.mostBytes(mostBytes);
    }

    @Override
    public List<Route> routes() {
        return Stream.of(Signal.values()).map(this::route).toList();
    }

    private Route route(Signal signal) {
        String name = signal.wireName();
        String keeps = signal == Signal.METRICS
                ? "Metrics are not kept: every data point is counted as refused in partial_success, so that one endpoint can"
                        + " be named for all signals."
                : "What is in the ledger when this is answered: everything but what partial_success counts as refused, and"
                        + " says why. The same request again adds nothing.";
        Declaration says = Declaration.of(
                        "export" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
                        Topic.OTLP,
                        "Take " + name + " of OpenTelemetry",
                        keeps + " Answers and errors are in the form of the request.")
                .takesAnyQuery()
                .takesBody(OtlpForm.PROTOBUF.mediaType(), BYTES)
                .takesBody(OtlpForm.JSON.mediaType(), MESSAGE)
                .answers(new Reply(200, "What became of the request", OtlpForm.JSON.mediaType(), MESSAGE, List.of()))
                .answers(new Reply(200, "What became of the request", OtlpForm.PROTOBUF.mediaType(), BYTES, List.of()))
                .refuses(ProblemCode.MALFORMED_PROTOBUF)
                .refuses(ProblemCode.OWN_TRACES)
                .refusesAs(Map.of(OtlpForm.JSON.mediaType(), STATUS, OtlpForm.PROTOBUF.mediaType(), BYTES));
        return Route.post("/v1/" + name, Role.INGEST, says, call -> take(signal, call))
                .tellingProblems(PROBLEMS);
    }

    /**
     * Lets in what others send.
     *
     * @param mark of whoever has made the traces, where that was a Context Graph
     * @throws ProblemException when it was this server, or another one on its ledger
     */
    static void requireForeign(OtlpIntake intake, Optional<String> mark) {
        if (mark.filter(intake::isOwn).isPresent()) {
            throw Problem.of(
                            ProblemCode.OWN_TRACES,
                            "These are traces of the requests of this server, or of another one on its ledger, which would be traced"
                                    + " again without end: let tracing.endpoint name another place.")
                    .raised();
        }
    }

    private Answer take(Signal signal, Call call) {
        OtlpForm form = OtlpForm.of(call.contentType(OtlpForm.PROTOBUF.mediaType(), OtlpForm.JSON.mediaType()));
        requireForeign(intake, call.header(OwnTraces.HEADER));
        byte[] body = call.bytes(mostBytes);
        ExportOutcome outcome = intake.take(
                signal,
                body.length,
                () -> form.read(signal, body),
                call.caller().label());
        return new Answer.Whole(200, form.mediaType(), Map.of(), form.answer(signal, outcome));
    }
}
