// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.http.routes.Contract.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether the contract is a sound document, whatever the server does. */
class OpenApiFormTest {
    private final TestServer server = TestServer.start();
    private final Contract contract = new Contract(TestServer.json(server.get("/openapi.json")));

    @AfterEach
    void stop() {
        server.close();
    }

    /** The schema of the OpenAPI Initiative for documents of version 3.1. */
    @Test
    void itIsOpenApi() throws IOException {
        assertThat(faults(contract.json())).isEmpty();
    }

    @Test
    void whatIsNotOpenApiIsFound() throws IOException {
        ObjectNode broken = (ObjectNode) contract.json().deepCopy();
        broken.remove("info");
        ((ObjectNode) broken.at("/paths/~1v1~1events/get/parameters/0")).put("in", "nowhere");
        assertThat(faults(broken).toString()).contains("info").contains("/paths/~1v1~1events/get/parameters/0/in");
    }

    private static List<Error> faults(JsonNode document) throws IOException {
        JsonNode schema;
        try (InputStream in = OpenApiFormTest.class.getResourceAsStream("/openapi-3.1-schema.json")) {
            schema = Json.MAPPER.readTree(in);
        }
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema)
                .validate(document);
    }

    @Test
    void everySchemaIsAJsonSchema() {
        JsonNode schemas = contract.at("/components/schemas");
        var meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));
        schemas.forEachEntry(
                (name, schema) -> assertThat(meta.validate(schema)).as(name).isEmpty());
    }

    @Test
    void everyOperationIsExplained() {
        for (Operation operation : contract.operations()) {
            for (String field : List.of("operationId", "summary", "description", "x-role")) {
                assertThat(operation.json().path(field).stringValue(""))
                        .as(operation.name() + " " + field)
                        .isNotBlank();
            }
            for (JsonNode parameter : operation.parameters()) {
                assertThat(parameter.path("description").stringValue(""))
                        .as(operation.name() + " " + parameter.get("name"))
                        .isNotBlank();
            }
        }
    }

    @Test
    void whatIsReferredToIsThereAndWhatIsThereIsReferredTo() {
        List<String> references = new ArrayList<>();
        references(contract.json(), references);
        assertThat(references)
                .allSatisfy(reference -> assertThat(
                                contract.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        for (String kind : List.of("schemas", "responses", "headers")) {
            contract.at("/components/" + kind)
                    .propertyNames()
                    .forEach(name -> assertThat(references).contains("#/components/" + kind + "/" + name));
        }
    }

    private static void references(JsonNode node, List<String> found) {
        if (node.path("$ref").isString()) {
            found.add(node.get("$ref").stringValue());
        }
        node.forEach(inner -> references(inner, found));
    }

    @Test
    void examplesAreWhatTheySay() {
        contract.at("/components/schemas")
                .forEachEntry((name, schema) -> schema.path("examples")
                        .forEach(example -> assertThat(contract.faults(schema, example))
                                .as(name)
                                .isEmpty()));
    }

    /** What the server refuses of an event whatever its other fields are, the contract forbids, too; null is absent. */
    @Test
    void whatNoEventMaySayIsNoEventOfTheContract() {
        JsonNode event = contract.at("/components/schemas/Event");
        assertThat(contract.faults(event, TestServer.event())).isEmpty();
        for (Map<String, Object> wrong : List.<Map<String, Object>>of(
                Map.of("session_id", SessionId.AUDIT.value()),
                Map.of("agent_id", "__own"),
                Map.of("event_type", "a." + "b".repeat(254)),
                Map.of("tool_name", "a\nb"),
                Map.of("occurred_at", "2026-03-01T11:00:00+19:00"),
                Map.of("payload_ref", NullNode.getInstance()))) {
            ObjectNode sent = TestServer.event(wrong);
            assertThat(contract.faults(event, sent)).as(sent.toString()).isNotEmpty();
            assertThat(server.post("/v1/events", sent.toString()).statusCode()).isEqualTo(422);
        }
        ObjectNode absent = TestServer.event(Map.of("schema_version", NullNode.getInstance()));
        assertThat(contract.faults(event, absent)).isEmpty();
        assertThat(server.post("/v1/events", absent.toString()).statusCode()).isEqualTo(201);
    }

    @Test
    void examplesOfRequestsAreTaken() {
        for (Operation operation : contract.operations()) {
            JsonNode body = operation.json().at("/requestBody/content/application~1json/schema");
            for (JsonNode example : contract.resolved(body).path("examples")) {
                HttpResponse<String> response = server.post(operation.path(), example.toString());
                assertThat(response.statusCode()).as(operation.name()).isBetween(200, 201);
            }
        }
    }
}
