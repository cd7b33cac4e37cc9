// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Json;
import io.contextgraph.http.console.ConsoleRoutes;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.openapi.OpenApi;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Health;
import io.contextgraph.wire.FindingJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What tools and people look at first: health, metrics, the contract, and a signpost. */
final class SystemRoutes implements RouteGroup {
    private static final Parameter<String> OF = Parameter.query(
                    "of",
                    ValueForm.choice(List.of("events", "projection")),
                    "What it should be ready for: events, or feeding the graph")
            .otherwise("events");

    private static final Declaration SIGNPOST = Declaration.of(
                    "signpost",
                    Topic.OPERATIONS,
                    "Where things are",
                    "The addresses to begin with; to a browser, which accepts `text/html`, the console, a page for people."
                            + " The files of that page, under `/console/`, are no part of this contract.")
            .takesAnyQuery()
            .answers(200, "The main addresses", SystemSchemas.SIGNPOST)
            .answers(new Reply(200, "The console", "text/html", Schema.text(), List.of()));
    private static final Declaration HEALTH = Declaration.of(
                    "health",
                    Topic.OPERATIONS,
                    "Whether the product can do its work",
                    "Degraded: events can be appended and read, but something is wrong; concerns names it.")
            .answers(200, "Healthy or degraded", SystemSchemas.HEALTH)
            .answers(503, "Unhealthy: no event can be appended", SystemSchemas.HEALTH);
    private static final Declaration LIVE = Declaration.of(
                    "live", Topic.OPERATIONS, "Whether the process answers", "Looks at no store.")
            .answers(200, "It does", SystemSchemas.PROBE);
    private static final Declaration READY = Declaration.of(
                    "ready",
                    Topic.OPERATIONS,
                    "Whether events can be appended and read, or whether this server feeds the graph",
                    "For load balancers and orchestrators.")
            .takes(OF)
            .answers(200, "They can", SystemSchemas.PROBE)
            .answers(503, "They cannot", SystemSchemas.PROBE);
    private static final Declaration DETAILED = Declaration.of(
                    "readDetailedHealth",
                    Topic.OPERATIONS,
                    "Examine all parts",
                    "What the command doctor prints: everything that was looked at, and what to do about it.")
            .answers(200, "What was found", SystemSchemas.DETAILED_HEALTH);

    private static final Declaration METRICS = Declaration.of(
                    "metrics",
                    Topic.OPERATIONS,
                    "Metrics in the Prometheus text format",
                    "Of this server, and of the ledger and the graph as it sees them.")
            .takesAnyQuery()
            .answers(new Reply(200, "Every family, also those at zero", "text/plain", Schema.text(), List.of()))
            .refuses(ProblemCode.SERVER_OVERLOADED);
    private static final Declaration CONTRACT = Declaration.of(
                    "contract", Topic.OPERATIONS, "This document", "Made from what the routes of this server say.")
            .takesAnyQuery()
            .answers(200, "OpenAPI 3.1", Schema.object());

    private final HttpSettings settings;
    private final HttpPorts ports;
    private final List<RouteGroup> others;
    private @Nullable String contract;

    /** @param others whose routes the contract has, too */
    SystemRoutes(HttpSettings settings, HttpPorts ports, List<RouteGroup> others) {
        this.settings = settings;
        this.others = others;
        this.ports = ports;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/", Role.OPEN, SIGNPOST, this::signpost).evenUnderLoad(),
                Route.get("/v1/health", Role.OPEN, HEALTH, this::health).evenUnderLoad(),
                Route.get("/v1/health/live", Role.OPEN, LIVE, this::live).evenUnderLoad(),
                Route.get("/v1/health/ready", Role.OPEN, READY, this::ready).evenUnderLoad(),
                Route.get("/v1/admin/health/detailed", Role.ADMIN, DETAILED, this::detailed),
                Route.get("/metrics", Role.ANY, METRICS, this::metrics).evenUnderLoad(),
                Route.get("/openapi.json", Role.OPEN, CONTRACT, this::contract).evenUnderLoad());
    }

    private Answer health(Call call) {
        call.parameters().check();
        Health.Report report = ports.health().report();
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("status", report.status().wireName())
                .put("redis", report.isReady("redis"))
                .put("neo4j", report.isReady("neo4j"))
                .put("version", settings.version());
        if (!report.concerns().isEmpty()) {
            ArrayNode concerns = json.putArray("concerns");
            report.concerns().forEach(concern -> concerns.add(concern.name()));
        }
        return Answer.json(report.status() == Health.Status.UNHEALTHY ? 503 : 200, json);
    }

    /** What {@code doctor} finds, by looking at everything anew. */
    private Answer detailed(Call call) {
        call.parameters().check();
        List<Finding> findings = ports.admin().examination().get();
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("version", settings.version())
                .put("java", Runtime.version().toString());
        json.set("findings", FindingJson.of(findings));
        return Answer.json(200, json);
    }

    private Answer live(Call call) {
        call.parameters().check();
        return Answer.json(200, Json.MAPPER.createObjectNode().put("status", "live"));
    }

    private Answer ready(Call call) {
        Parameters parameters = call.parameters();
        String of = parameters.get(OF);
        parameters.check();
        boolean ready = ports.health().ready(of.equals("events") ? "redis" : of);
        ObjectNode json = Json.MAPPER.createObjectNode().put("status", ready ? "ready" : "not_ready");
        return Answer.json(ready ? 200 : 503, json);
    }

    private Answer metrics(Call call) {
        String page = ports.metrics()
                .page()
                .orElseThrow(() -> Problem.unavailable(
                                ProblemCode.SERVER_OVERLOADED,
                                "The metrics could not be read in time.",
                                Duration.ofSeconds(1))
                        .raised());
        return Answer.text(200, "text/plain; version=0.0.4; charset=utf-8", page);
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
        json.put("version", settings.version());
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
