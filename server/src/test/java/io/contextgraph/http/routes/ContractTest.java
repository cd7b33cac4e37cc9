// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Json;
import io.contextgraph.http.routes.Contract.Operation;
import io.contextgraph.http.routes.Contract.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever holds the contract against the server must find what is wrong. */
class ContractTest {
    private final TestServer server = TestServer.start();
    private final Contract contract = new Contract(TestServer.json(server.get("/openapi.json")));
    private final Operation health = contract.operation("get", "/v1/health");
    private final Reply healthy = Reply.of(server.get("/v1/health"));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aValueThatBreaksItsSchemaIsFound() {
        assertThat(contract.faults(
                        contract.at("/components/schemas/Health"),
                        Json.MAPPER.readTree("{\"status\":\"fine\",\"redis\":1,\"extra\":1}")))
                .containsExactlyInAnyOrder(
                        ": required property 'neo4j' not found",
                        ": required property 'version' not found",
                        ": property 'extra' is not defined in the schema and the schema does not allow additional"
                                + " properties",
                        "/status: does not have a value in the enumeration [\"healthy\", \"degraded\","
                                + " \"unhealthy\"]",
                        "/redis: integer found, boolean expected");
    }

    @Test
    void anAnswerThatIsNotDocumentedIsFound() {
        Reply live = Reply.of(server.get("/v1/health/live"));
        assertThatThrownBy(() -> contract.holds(health, new Reply(418, healthy.headers(), healthy.body())))
                .hasMessageContaining("get /v1/health 418 is documented");
        assertThatThrownBy(() -> contract.holds(health, new Reply(200, healthy.headers(), live.body())))
                .hasMessageContaining("required property 'redis' not found");
        Reply problem = Reply.of(server.get("/v1/health?x=1"));
        assertThatThrownBy(() -> contract.holds(health, new Reply(200, problem.headers(), problem.body())))
                .hasMessageContaining("application/json");
        assertThatThrownBy(() -> contract.holds(health, new Reply(421, problem.headers(), problem.body())))
                .hasMessageContaining("421");
        Reply overloaded = Reply.of(server.get("/v1/sessions/nobody"));
        assertThatThrownBy(() -> contract.holds(
                        contract.operation("get", "/v1/sessions"), new Reply(503, overloaded.headers(), "{}")))
                .hasMessageContaining("has no header Retry-After");
    }

    @Test
    void whatHasNotBeenSeenIsNamed() {
        assertThat(contract.unseen()).hasSize(contract.size()).contains("get /v1/health 200");
        contract.holds(health, healthy);
        assertThat(contract.unseen()).hasSize(contract.size() - 1).doesNotContain("get /v1/health 200");
    }

    @Test
    void anAddressLeadsWhereTheServerLeadsIt() {
        assertThat(contract.operation("get", "/v1/admin/parked/dropped?limit=0").path())
                .isEqualTo("/v1/admin/parked/dropped");
        assertThat(contract.operation("get", "/v1/events/stream").path()).isEqualTo("/v1/events/stream");
        assertThat(contract.operation("get", "/v1/events/x").path()).isEqualTo("/v1/events/{event_id}");
        assertThatThrownBy(() -> contract.operation("get", "/v1/events/x/y"))
                .hasMessageContaining("not in the contract");
    }
}
