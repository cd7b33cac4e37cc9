// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Verifier;
import io.contextgraph.event.Json;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Header;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.operation.Operation;
import io.contextgraph.operation.OperationJson;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Work;
import io.contextgraph.wire.AuditWork;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Long work: to begin it, to look at it, to end it. */
final class OperationRoutes implements RouteGroup {
    private static final String ADDRESS = "/v1/admin/operations/";

    private static final Parameter<Boolean> DEEP = Parameter.query(
                    "deep", ValueForm.FLAG, "Compare every property of every event and edge, and not only the sums")
            .otherwise(false);
    private static final Parameter<Boolean> ANEW = Parameter.query(
                    "anew", ValueForm.FLAG, "Begin anew even where an interrupted rebuild could go on")
            .otherwise(false);
    private static final Parameter<Boolean> FROM_ARCHIVE = Parameter.query(
                    "from_archive",
                    ValueForm.FLAG,
                    "Begin with what the archive has of events that have gone from the ledger, then anew")
            .otherwise(false);
    private static final Parameter<String> ID = Parameter.path(
            "id", new ValueForm<>(Schema.text(), (ignored, text) -> text), "As the route that began it answered");

    private static final Parameter<Integer> MAX = Parameter.query(
                    "max",
                    ValueForm.whole(0, AuditWork.MOST_NAMED),
                    "Most differences to name, and sessions; all are counted")
            .otherwise(AuditWork.NAMED);

    private static final Declaration VERIFY = begins(
            "verify",
            "Compare ledger and graph",
            "By digests of each session; what differs is told, and nothing is changed.",
            DEEP);
    private static final Declaration REPAIR = begins(
            "repair",
            "Make the graph what the ledger says",
            "Compares as verify does, and projects anew what differs.",
            DEEP);
    private static final Declaration REBUILD = begins(
            "rebuild",
            "Replay the ledger into the graph, then take out what is foreign",
            "The graph answers meanwhile. An interrupted rebuild goes on where it was. Events that have gone from the ledger stay.",
            ANEW,
            FROM_ARCHIVE);
    private static final Declaration LIST = Declaration.of(
                    "listOperations",
                    Topic.OPERATIONS,
                    "The last operations of this server, newest first",
                    "Those that run, and the last that have ended.")
            .answers(200, "Operations", AdminSchemas.OPERATIONS);
    private static final Declaration GET = one(
            "getOperation",
            "How an operation stands, and what it found",
            "Ask again until it is no longer running.",
            "The operation");
    private static final Declaration CANCEL = one(
            "cancelOperation",
            "Ask an operation to end",
            "One that has ended already stays as it is.",
            "It will end at the next place from which it can be done again");

    private final Operations operations;
    private final AuditWork audit;

    OperationRoutes(HttpPorts ports) {
        this.operations = ports.admin().operations();
        this.audit = ports.admin().audit();
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/admin/verify", Role.ADMIN, VERIFY, this::verify),
                Route.post("/v1/admin/repair", Role.ADMIN, REPAIR, this::repair),
                Route.post("/v1/admin/rebuild", Role.ADMIN, REBUILD, this::rebuild),
                Route.get("/v1/admin/operations", Role.ADMIN, LIST, this::list),
                Route.get(ADDRESS + "{id}", Role.ADMIN, GET, call -> one(call, operations::find)),
                Route.delete(ADDRESS + "{id}", Role.ADMIN, CANCEL, call -> one(call, operations::cancel)));
    }

    private Answer verify(Call call) {
        Asked asked = Asked.of(call);
        return begin(audit.verify(asked.depth(), asked.max()));
    }

    private Answer repair(Call call) {
        Asked asked = Asked.of(call);
        return begin(audit.repair(asked.depth(), asked.max()));
    }

    private Answer rebuild(Call call) {
        Parameters parameters = call.parameters();
        Rebuild.Start start = parameters.get(ANEW) ? Rebuild.Start.ANEW : Rebuild.Start.RESUME;
        start = parameters.get(FROM_ARCHIVE) ? Rebuild.Start.ARCHIVE : start;
        int max = parameters.get(MAX);
        parameters.check();
        return begin(audit.rebuild(start, max));
    }

    /** How the work is to be done: whether deeply, and how many differences it names. */
    private record Asked(boolean deep, int max) {
        static Asked of(Call call) {
            Parameters parameters = call.parameters();
            boolean deep = parameters.get(DEEP);
            int max = parameters.get(MAX);
            parameters.check();
            return new Asked(deep, max);
        }

        Verifier.Depth depth() {
            return deep ? Verifier.Depth.EXACT : Verifier.Depth.DIGEST;
        }
    }

    private static Declaration begins(String id, String summary, String description, Parameter<?>... flags) {
        return Declaration.of(id, Topic.OPERATIONS, summary, description)
                .takes(flags)
                .takes(MAX)
                .answers(Reply.json(202, "It has begun", AdminSchemas.OPERATION)
                        .with(new Header("Location", "Where to look at it", Schema.text(), true)))
                .refuses(ProblemCode.OPERATION_RUNNING);
    }

    private static Declaration one(String id, String summary, String description, String answer) {
        return Declaration.of(id, Topic.OPERATIONS, summary, description)
                .takes(ID)
                .answers(200, answer, AdminSchemas.OPERATION)
                .refuses(ProblemCode.OPERATION_NOT_FOUND);
    }

    private Answer begin(Work work) {
        return begin(operations, work);
    }

    /** Begins work, and answers where to look at it. */
    static Answer begin(Operations operations, Work work) {
        Operation begun = operations.start(work).orElseThrow(() -> {
            Problem problem =
                    Problem.of(ProblemCode.OPERATION_RUNNING, "Another operation runs; wait for it or end it.");
            return operations
                    .at(work.lock())
                    .map(other -> problem.with("operation_id", other.id()))
                    .orElse(problem)
                    .raised();
        });
        return Answer.json(202, OperationJson.of(begun), Map.of("Location", ADDRESS + begun.id()));
    }

    private Answer list(Call call) {
        call.parameters().check();
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode array = answer.putArray("operations");
        operations.list().forEach(operation -> array.add(OperationJson.of(operation)));
        return Answer.json(200, answer);
    }

    private static Answer one(Call call, Function<String, Optional<Operation>> ask) {
        call.parameters().check();
        Operation operation = ask.apply(call.path(ID))
                .orElseThrow(() -> Problem.of(ProblemCode.OPERATION_NOT_FOUND, "There is no such operation (any more).")
                        .raised());
        return Answer.json(200, OperationJson.of(operation));
    }
}
