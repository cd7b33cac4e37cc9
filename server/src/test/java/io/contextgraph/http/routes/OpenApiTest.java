// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ops.Concern;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Holds the contract against the server, both ways: routes, parameters, statuses, fields. */
class OpenApiTest {
    private static final String ID = new UUID(0, 1).toString();
    private static final String CHILD = new UUID(0, 2).toString();

    /** What each route is asked for; every status of 2xx that is documented must come up, and every field. */
    private static final Map<String, List<String>> GETS = new TreeMap<>(Map.ofEntries(
            Map.entry("/", List.of("/")),
            Map.entry("/openapi.json", List.of("/openapi.json")),
            Map.entry("/v1/health", List.of("/v1/health")),
            Map.entry("/v1/health/live", List.of("/v1/health/live")),
            Map.entry("/v1/health/ready", List.of("/v1/health/ready")),
            Map.entry("/v1/events", List.of("/v1/events", "/v1/events?limit=1", "/v1/events?limit=0")),
            Map.entry("/v1/events/{event_id}", List.of("/v1/events/" + ID, "/v1/events/" + new UUID(9, 9))),
            Map.entry("/v1/events/{event_id}/ancestors", List.of("/v1/events/" + CHILD + "/ancestors")),
            Map.entry("/v1/sessions", List.of("/v1/sessions", "/v1/sessions?limit=x")),
            Map.entry("/v1/sessions/{session_id}", List.of("/v1/sessions/s1", "/v1/sessions/nobody")),
            Map.entry(
                    "/v1/context/{session_id}",
                    List.of(
                            "/v1/context/s1",
                            "/v1/context/s1?max_nodes=1",
                            "/v1/context/s1?min_position=99999999999999-0&timeout_ms=100")),
            Map.entry("/v1/admin/operations", List.of("/v1/admin/operations", "/v1/admin/operations?x=1")),
            Map.entry("/v1/admin/operations/{id}", List.of("/v1/admin/operations/x")),
            Map.entry("/v1/admin/parked", List.of("/v1/admin/parked", "/v1/admin/parked?limit=1")),
            Map.entry("/v1/admin/parked/dropped", List.of("/v1/admin/parked/dropped", "/v1/admin/parked?limit=0")),
            Map.entry(
                    "/v1/nodes/{node_id}/lineage", List.of("/v1/nodes/" + CHILD + "/lineage", "/v1/nodes/x/lineage"))));

    private final TestServer server = TestServer.start();
    private final JsonNode contract = TestServer.json(server.get("/openapi.json"));

    @BeforeEach
    void fill() {
        server.post(
                "/v1/events",
                TestServer.event(Map.of(
                                "event_id",
                                ID,
                                "payload",
                                Map.of("text", "hello"),
                                "tool_name",
                                "t",
                                "ended_at",
                                "2026-03-01T11:00:01Z",
                                "status",
                                "completed",
                                "importance_hint",
                                3))
                        .toString());
        server.post(
                "/v1/events",
                TestServer.event(Map.of("event_id", CHILD, "parent_event_id", ID))
                        .toString());
        server.project();
        server.park();
        server.park();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theRoutesAreThoseOfTheContract() {
        Set<String> documented = new TreeSet<>();
        for (String path : contract.get("paths").propertyNames()) {
            contract.get("paths").get(path).propertyNames().forEach(m -> documented.add(m + " " + path));
        }
        Set<String> served = new TreeSet<>();
        server.server.routes().forEach(r -> served.add(r.method().toLowerCase(Locale.ROOT) + " " + r.template()));
        assertThat(served).isEqualTo(documented);
    }

    @Test
    void theParametersAreThoseOfTheContract() {
        for (String path : GETS.keySet()) {
            List<String> documented = new ArrayList<>();
            contract.get("paths").get(path).get("get").path("parameters").forEach(p -> {
                if (p.get("in").stringValue().equals("query")) {
                    documented.add(p.get("name").stringValue());
                }
            });
            if (path.equals("/") || path.equals("/openapi.json")) {
                assertThat(documented).isEmpty();
                continue;
            }
            String address = GETS.get(path).getFirst();
            JsonNode problem = TestServer.json(server.get(address + "?unheard_of_parameter=1"));
            String message = problem.get("errors").get(0).get("message").stringValue();
            String expected =
                    documented.isEmpty() ? "; there are none" : "; there are " + String.join(", ", documented);
            assertThat(sorted(message)).as(path).isEqualTo(sorted("is not a parameter of this address" + expected));
        }
    }

    private static List<String> sorted(String text) {
        return List.of(text.replace("; there are ", ", ").split(", ")).stream()
                .sorted()
                .toList();
    }

    @Test
    void everyAnswerIsAsDocumented() {
        GETS.forEach((path, addresses) -> {
            for (String address : addresses) {
                conforms(path, "get", server.get(address));
            }
        });
        for (String body : List.of("{\"all\":true}", "{\"ids\":[\"1-1\"]}", "{\"ids\":[7]}", "{", "{}")) {
            conforms("/v1/admin/parked/redrive", "post", server.post("/v1/admin/parked/redrive", body));
        }
        for (String id : List.of(server.park(), "1-1", "x")) {
            conforms("/v1/admin/parked/{id}", "delete", server.delete("/v1/admin/parked/" + id + "?reason=because"));
        }
        conforms("/v1/admin/parked/{id}", "delete", server.delete("/v1/admin/parked/1-1"));
        for (String kind : List.of("verify", "repair", "rebuild")) {
            String path = "/v1/admin/" + kind;
            HttpResponse<String> begun = server.post(path, "");
            conforms(path, "post", begun);
            String address = begun.headers().firstValue("Location").orElseThrow();
            server.ended(address);
            conforms("/v1/admin/operations/{id}", "get", server.get(address));
            conforms("/v1/admin/operations/{id}", "delete", server.delete(address));
            conforms(path, "post", server.post(path + "?deep=perhaps", ""));
        }
        conforms("/v1/admin/operations", "get", server.get("/v1/admin/operations"));
        conforms("/v1/admin/operations/{id}", "delete", server.delete("/v1/admin/operations/x"));
        conforms("/v1/admin/parked/dropped", "get", server.get("/v1/admin/parked/dropped"));
        server.redis = TestServer.wrong(false, Concern.stopping("redis_unavailable"));
        conforms("/v1/health", "get", server.get("/v1/health"));
        conforms("/v1/health/ready", "get", server.get("/v1/health/ready"));
        String event = TestServer.event().toString();
        conforms("/v1/events", "post", server.post("/v1/events", event));
        conforms("/v1/events", "post", server.post("/v1/events", event));
        conforms("/v1/events", "post", server.post("/v1/events", "{"));
        conforms("/v1/events", "post", server.post("/v1/events", "{}"));
        conforms("/v1/events", "post", server.post("/v1/events", event, "Expected-Session-Seq", "77"));
        conforms(
                "/v1/events",
                "post",
                server.post(
                        "/v1/events", TestServer.event(Map.of("event_id", ID)).toString()));
        conforms(
                "/v1/events",
                "post",
                server.post(
                        "/v1/events",
                        TestServer.event(Map.of("payload", Map.of("x", "y".repeat(300_000))))
                                .toString()));
        conforms("/v1/events/batch", "post", server.post("/v1/events/batch", "{\"events\":[" + event + ",{}]}"));
        conforms("/v1/events/batch", "post", server.post("/v1/events/batch", "{\"events\":[{}]}"));
        HttpResponse<String> lines = server.send(HttpRequest.newBuilder(server.uri("/v1/events/batch"))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(event + "\n{}\n")));
        JsonNode schema = answer("/v1/events/batch", "post", lines);
        lines.body()
                .lines()
                .forEach(line -> assertThat(faults(schema, Json.MAPPER.readTree(line), ""))
                        .isEmpty());
    }

    @Test
    void metricsAndTheStreamAreAsDocumented() throws IOException, InterruptedException {
        HttpResponse<String> metrics = server.get("/metrics");
        assertThat(metrics.statusCode()).isEqualTo(200);
        JsonNode text = answer("/metrics", "get", metrics);
        assertThat(text.get("type").stringValue()).isEqualTo("string");
        String stream = "/v1/events/stream";
        HttpResponse<InputStream> followed = server.open(HttpRequest.newBuilder(server.uri(stream)));
        try (InputStream body = followed.body()) {
            assertThat(followed.statusCode()).isEqualTo(200);
            assertThat(answer(stream, "get", followed)).isNotNull();
            assertThat(new String(body.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("retry:");
        }
        HttpResponse<String> refused = server.get(stream + "?from=nowhere");
        assertThat(refused.statusCode()).isEqualTo(422);
        conforms(stream, "get", refused);
    }

    @Test
    void everyFieldOfTheContractIsGiven() {
        Set<String> given = new HashSet<>();
        given.addAll(fieldsOf("/v1/events/" + ID));
        given.addAll(fieldsOf("/v1/events/" + CHILD));
        given.add("data_subject_id");
        conforms("/v1/events/{event_id}", "get", server.get("/v1/events/" + imported()));
        conforms("/v1/events", "get", server.get("/v1/events?session_id=imported"));
        given.addAll(fieldsOf("/v1/events/" + imported()));
        Set<String> documented = Set.copyOf(
                contract.at("/components/schemas/RecordedEvent/properties").propertyNames());
        assertThat(given).isEqualTo(documented);
    }

    private EventId imported() {
        Event event = Events.event(99, "imported");
        Original original = new Original(new Position(1_600_000_000_000L, 0), 7, 2, Events.BASE);
        List<Append> appends = List.of(Append.imported(event, Optional.of(original)));
        assertThat(server.ledger.append(appends, Durability.MEMORY).outcomes()).hasSize(1);
        return event.id();
    }

    private Set<String> fieldsOf(String address) {
        return Set.copyOf(TestServer.json(server.get(address)).propertyNames());
    }

    @Test
    void theCheckerItselfFindsWhatIsWrong() {
        JsonNode schema = contract.at("/components/schemas/Health");
        JsonNode good = TestServer.json(server.get("/v1/health"));
        assertThat(faults(schema, good, "")).isEmpty();
        assertThat(faults(schema, Json.MAPPER.readTree("{\"status\":\"fine\",\"redis\":1,\"extra\":1}"), ""))
                .containsExactlyInAnyOrder(
                        "/neo4j missing", "/version missing", "/extra unknown", "/status not in enum", "/redis type");
    }

    private void conforms(String path, String method, HttpResponse<String> response) {
        JsonNode schema = answer(path, method, response);
        assertThat(faults(schema, TestServer.json(response), ""))
                .as(method + " " + path + ": " + response.body())
                .isEmpty();
    }

    /** The schema of this answer, after a look at its status, media type and headers. */
    private JsonNode answer(String path, String method, HttpResponse<?> response) {
        JsonNode documented = contract.get("paths")
                .get(path)
                .get(method)
                .get("responses")
                .get(Integer.toString(response.statusCode()));
        assertThat(documented)
                .as(method + " " + path + " " + response.statusCode())
                .isNotNull();
        // The format of metrics has its version behind the type.
        String type = response.headers()
                .firstValue("Content-Type")
                .orElse("")
                .replaceFirst("^(text/plain); version=.*", "$1");
        assertThat(documented.get("content").propertyNames()).as(path).contains(type);
        for (String header : List.of("X-Request-ID", "X-Request-Time-Ms")) {
            assertThat(response.headers().firstValue(header)).isPresent();
        }
        for (String header : List.of("Retry-After", "Idempotent-Replayed")) {
            if (response.headers().firstValue(header).isPresent()) {
                assertThat(documented.get("headers").has(header))
                        .as(path + " " + header)
                        .isTrue();
            }
        }
        return documented.get("content").get(type).get("schema");
    }

    /** The part of JSON Schema that the contract uses. */
    private List<String> faults(JsonNode schema, JsonNode value, String at) {
        if (schema.has("$ref")) {
            return faults(contract.at(schema.get("$ref").stringValue().substring(1)), value, at);
        }
        if (schema.has("oneOf")) {
            List<List<String>> all = schema.get("oneOf")
                    .valueStream()
                    .map(choice -> faults(choice, value, at))
                    .toList();
            return all.stream().filter(List::isEmpty).count() == 1 ? List.of() : List.of(at + " " + all);
        }
        List<String> faults = new ArrayList<>();
        if (!types(schema).contains(type(value))
                && !(types(schema).contains("number") && type(value).equals("integer"))) {
            return List.of(at + " type");
        }
        if (schema.has("enum") && schema.get("enum").valueStream().noneMatch(value::equals)) {
            faults.add(at + " not in enum");
        }
        schema.path("required").forEach(name -> {
            if (!value.has(name.stringValue())) {
                faults.add(at + "/" + name.stringValue() + " missing");
            }
        });
        if (value.isObject()) {
            for (String name : value.propertyNames()) {
                JsonNode additional = schema.path("additionalProperties");
                JsonNode inner = schema.path("properties").path(name);
                if (!inner.isMissingNode()) {
                    faults.addAll(faults(inner, value.get(name), at + "/" + name));
                } else if (additional.isObject()) {
                    faults.addAll(faults(additional, value.get(name), at + "/" + name));
                } else if (additional.isBoolean()) {
                    faults.add(at + "/" + name + " unknown");
                }
            }
        }
        if (value.isArray() && schema.has("items")) {
            value.forEach(item -> faults.addAll(faults(schema.get("items"), item, at + "/-")));
        }
        return faults;
    }

    private static List<String> types(JsonNode schema) {
        JsonNode type = schema.get("type");
        return type.isArray() ? type.valueStream().map(JsonNode::stringValue).toList() : List.of(type.stringValue());
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            default -> "null";
        };
    }
}
