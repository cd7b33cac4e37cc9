// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Json;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemCode;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.ops.Health;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What tools and people look at first: health, metrics, the contract, and a signpost. */
final class SystemRoutes implements RouteGroup {
    private final HttpSettings settings;
    private final HttpPorts ports;

    SystemRoutes(HttpSettings settings, HttpPorts ports) {
        this.settings = settings;
        this.ports = ports;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/", Role.OPEN, this::signpost).evenUnderLoad(),
                Route.get("/v1/health", Role.OPEN, this::health).evenUnderLoad(),
                Route.get("/v1/health/live", Role.OPEN, this::live).evenUnderLoad(),
                Route.get("/v1/health/ready", Role.OPEN, this::ready).evenUnderLoad(),
                Route.get("/metrics", Role.ANY, this::metrics).evenUnderLoad(),
                Route.get("/openapi.json", Role.OPEN, this::contract).evenUnderLoad());
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

    private Answer live(Call call) {
        call.parameters().check();
        return Answer.json(200, Json.MAPPER.createObjectNode().put("status", "live"));
    }

    private Answer ready(Call call) {
        Parameters parameters = call.parameters("of");
        String of = parameters.choice("of", List.of("events", "projection"), "events");
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
        try (InputStream in = SystemRoutes.class.getResourceAsStream("/openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("the build left out openapi.json");
            }
            return Answer.text(200, "application/json", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer signpost(Call call) {
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
        return Answer.json(200, json);
    }
}
