// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.http.routes.Contract.Reply;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds against the server what the contract says once, and not with every operation. */
class OpenApiRefusalsTest {
    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whatNoOperationSeesIsRefusedAsTheContractSays() throws IOException {
        String host = "Host: localhost\r\nConnection: close\r\n";
        Map<Integer, String> refused = Map.of(
                400, "NOT HTTP\r\n\r\n",
                404, "GET /nothing HTTP/1.1\r\n" + host + "\r\n",
                405, "DELETE /metrics HTTP/1.1\r\n" + host + "\r\n",
                414, "GET /" + "x".repeat(40_000) + " HTTP/1.1\r\n" + host + "\r\n",
                501, "POST /v1/events HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                505, "GET /metrics HTTP/1.0\r\n" + host + "\r\n");
        Contract contract = new Contract(TestServer.json(server.get("/openapi.json")));
        String said = contract.at("/info/description").stringValue();
        for (Map.Entry<Integer, String> each : refused.entrySet()) {
            Reply reply = Reply.parse(server.raw(each.getValue()));
            String status = each.getKey().toString();
            assertThat(reply.status()).isEqualTo(each.getKey());
            assertThat(said).contains(status);
            assertThat(reply.type()).as(status).isEqualTo("application/problem+json");
            assertThat(contract.faults(contract.at("/components/schemas/Problem"), Json.MAPPER.readTree(reply.body())))
                    .as(status)
                    .isEmpty();
            assertThat(reply.has("X-Request-ID") && reply.has("X-Request-Time-Ms"))
                    .as(status)
                    .isTrue();
        }
    }
}
