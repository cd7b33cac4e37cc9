// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.system;

import io.contextgraph.event.Json;
import io.contextgraph.http.console.ConsoleRoutes;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.openapi.OpenApi;
import io.contextgraph.ops.Finding;
import io.contextgraph.wire.FindingJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What tells of the server as a whole: the contract, a signpost, and what an operator is told of all parts. */
public final class SystemRoutes implements RouteGroup {
    private static final Declaration SIGNPOST = Declaration.of(
                    "signpost",
                    Topic.OPERATIONS,
                    "Where things are",
                    "The addresses to begin with; to a browser, which accepts `text/html`, the console, a page for people."
                            + " The files of that page, under `/console/`, are no part of this contract.")
            .takesAnyQuery()
            .answers(200, "The main addresses", SystemSchemas.SIGNPOST)
            .answers(new Reply(200, "The console", "text/html", Schema.text(), List.of()));
    private static final Declaration DETAILED = Declaration.of(
                    "readDetailedHealth",
                    Topic.OPERATIONS,
                    "Examine all parts",
                    "What the command doctor prints: everything that was looked at, and what to do about it.")
            .answers(200, "What was found", SystemSchemas.DETAILED_HEALTH);
    private static final Declaration CONTRACT = Declaration.of(
                    "contract", Topic.OPERATIONS, "This document", "Made from what the routes of this server say.")
            .takesAnyQuery()
            .answers(200, "OpenAPI 3.1", Schema.object());

    private final String version;
    private final Supplier<List<Finding>> examination;
    private final List<RouteGroup> others;
    private @Nullable String contract;

    /**
     * Tells of a server.
     *
     * @param version of the product
     * @param examination looks at all parts: one finding for each thing looked at
     * @param others whose routes the contract has, too
     */
    public SystemRoutes(String version, Supplier<List<Finding>> examination, List<RouteGroup> others) {
        this.version = version;
        this.examination = examination;
        this.others = List.copyOf(others);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/", Role.OPEN, SIGNPOST, this::signpost).evenUnderLoad(),
                Route.get("/v1/admin/health/detailed", Role.ADMIN, DETAILED, this::detailed),
                Route.get("/openapi.json", Role.OPEN, CONTRACT, this::contract).evenUnderLoad());
    }

    /** What {@code doctor} finds, by looking at everything anew. */
    private Answer detailed(Call call) {
        call.parameters().check();
        List<Finding> findings = examination.get();
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("version", version)
                .put("java", Runtime.version().toString());
        json.set("findings", FindingJson.of(findings));
        return Answer.json(200, json);
    }

    private Answer contract(Call call) {
        return Answer.text(200, Declaration.JSON, contract());
    }

    private synchronized String contract() {
        if (contract == null) {
            List<Route> all = new ArrayList<>();
            others.forEach(group -> all.addAll(group.routes()));
            all.addAll(routes());
            contract = OpenApi.text(OpenApi.of(all));
        }
        return contract;
    }

    private Answer signpost(Call call) {
        if (ConsoleRoutes.wantsPage(call)) {
            return ConsoleRoutes.page();
        }
        ObjectNode json = Json.MAPPER.createObjectNode().put("name", "Context Graph");
        json.put("version", version);
        json.putObject("links")
                .put("events", "/v1/events")
                .put("sessions", "/v1/sessions")
                .put("context", "/v1/context/{session_id}")
                .put("lineage", "/v1/nodes/{node_id}/lineage")
                .put("parked", "/v1/admin/parked")
                .put("health", "/v1/health")
                .put("metrics", "/metrics")
                .put("contract", "/openapi.json");
        return Answer.json(200, json, Map.of("Vary", "Accept, Origin"));
    }
}
