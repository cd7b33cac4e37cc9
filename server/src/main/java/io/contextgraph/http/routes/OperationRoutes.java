// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.audit.Verifier;
import io.contextgraph.event.Json;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemCode;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.operation.Operation;
import io.contextgraph.operation.OperationJson;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Work;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Long work: to begin it, to look at it, to end it. */
final class OperationRoutes implements RouteGroup {
    private static final String ADDRESS = "/v1/admin/operations/";

    private final Operations operations;
    private final AuditWork audit;

    OperationRoutes(HttpPorts ports) {
        this.operations = ports.admin().operations();
        this.audit = ports.admin().audit();
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/admin/verify", Role.ADMIN, call -> begin(audit.verify(depth(call)))),
                Route.post("/v1/admin/repair", Role.ADMIN, call -> begin(audit.repair(depth(call)))),
                Route.post("/v1/admin/rebuild", Role.ADMIN, call -> begin(audit.rebuild(flag(call, "anew")))),
                Route.get("/v1/admin/operations", Role.ADMIN, this::list),
                Route.get(ADDRESS + "{id}", Role.ADMIN, call -> one(call, operations::find)),
                Route.delete(ADDRESS + "{id}", Role.ADMIN, call -> one(call, operations::cancel)));
    }

    private static Verifier.Depth depth(Call call) {
        return flag(call, "deep") ? Verifier.Depth.EXACT : Verifier.Depth.DIGEST;
    }

    private static boolean flag(Call call, String name) {
        Parameters parameters = call.parameters(name);
        String value = parameters.choice(name, List.of("true", "false"), "false");
        parameters.check();
        return value.equals("true");
    }

    private Answer begin(Work work) {
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
        Operation operation = ask.apply(call.text("id"))
                .orElseThrow(() -> Problem.of(ProblemCode.OPERATION_NOT_FOUND, "There is no such operation (any more).")
                        .raised());
        return Answer.json(200, OperationJson.of(operation));
    }
}
