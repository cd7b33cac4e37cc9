// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.system;

import io.contextgraph.event.Json;
import io.contextgraph.http.contract.Declaration;
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
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ops.Health;
import io.contextgraph.ops.Metrics;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What those ask for that look after a process, whatever it does: its health and its metrics. */
public final class HealthRoutes implements RouteGroup {
    /** What a part calls itself that events need. */
    private static final String REDIS = "redis";

    private static final Parameter<String> OF = Parameter.query(
                    "of",
                    ValueForm.choice(List.of("events", "projection")),
                    "What it should be ready for: events, or feeding the graph")
            .otherwise("events");

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
                    "Whether events can be read, or whether this server feeds the graph",
                    "For load balancers and orchestrators. Also while nothing can be appended, as in a full Redis, of which health tells:"
                            + " a server must not lose its readers because of that. Not any more once the server has been asked to stop.")
            .takes(OF)
            .answers(200, "They can", SystemSchemas.PROBE)
            .answers(503, "They cannot", SystemSchemas.PROBE);
    private static final Declaration METRICS = Declaration.of(
                    "metrics",
                    Topic.OPERATIONS,
                    "Metrics in the Prometheus text format",
                    "Of this server, and of the ledger and the graph as it sees them.")
            .takesAnyQuery()
            .answers(new Reply(200, "Every family, also those at zero", "text/plain", Schema.text(), List.of()))
            .refuses(ProblemCode.SERVER_OVERLOADED);

    private final Health health;
    private final Metrics metrics;
    private final String version;

    /** @param version of the product, as health shows it */
    public HealthRoutes(Health health, Metrics metrics, String version) {
        this.health = health;
        this.metrics = metrics;
        this.version = version;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/health", Role.OPEN, HEALTH, this::health).evenUnderLoad(),
                Route.get("/v1/health/live", Role.OPEN, LIVE, this::live).evenUnderLoad(),
                Route.get("/v1/health/ready", Role.OPEN, READY, this::ready).evenUnderLoad(),
                Route.get("/metrics", Role.ANY, METRICS, this::metrics).evenUnderLoad());
    }

    private Answer health(Call call) {
        call.parameters().check();
        Health.Report report = health.report();
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("status", report.status().wireName())
                .put(REDIS, report.isReady(REDIS))
                .put("neo4j", report.isReady("neo4j"))
                .put("version", version);
        if (!report.concerns().isEmpty()) {
            ArrayNode concerns = json.putArray("concerns");
            report.concerns().forEach(concern -> concerns.add(concern.name()));
        }
        return Answer.json(report.status() == Health.Status.UNHEALTHY ? 503 : 200, json);
    }

    private Answer live(Call call) {
        call.parameters().check();
        return Answer.json(200, Json.MAPPER.createObjectNode().put("status", "live"));
    }

    private Answer ready(Call call) {
        Parameters parameters = call.parameters();
        String of = parameters.get(OF);
        parameters.check();
        boolean ready = health.ready(of.equals("events") ? REDIS : of);
        ObjectNode json = Json.MAPPER.createObjectNode().put("status", ready ? "ready" : "not_ready");
        return Answer.json(ready ? 200 : 503, json);
    }

    private Answer metrics(Call call) {
        String page = metrics.page()
                .orElseThrow(() -> Problem.unavailable(
                                ProblemCode.SERVER_OVERLOADED,
                                "The metrics could not be read in time.",
                                Duration.ofSeconds(1))
                        .raised());
        return Answer.text(200, "text/plain; version=0.0.4; charset=utf-8", page);
    }
}
