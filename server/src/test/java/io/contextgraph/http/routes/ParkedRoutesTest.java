// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ParkedRoutesTest {
    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> listed(String address, String name) {
        List<String> ids = new ArrayList<>();
        String cursor = "";
        while (true) {
            JsonNode page = TestServer.json(server.get(address + "?limit=2" + cursor));
            page.get(name).forEach(entry -> ids.add(entry.get("id").stringValue()));
            JsonNode pagination = page.get("pagination");
            if (!pagination.get("has_more").booleanValue()) {
                assertThat(pagination.get("cursor").isNull()).isTrue();
                return ids;
            }
            cursor = "&cursor=" + pagination.get("cursor").stringValue();
        }
    }

    @Test
    void whatIsParkedIsListedWithTheReason() {
        List<String> ids = List.of(server.park(), server.park(), server.park());
        ParkedEntry first = server.ledger
                .parking()
                .find(ParkedId.parse(ids.getFirst()).orElseThrow())
                .orElseThrow();

        assertThat(listed("/v1/admin/parked", "parked")).isEqualTo(ids);
        JsonNode entry =
                TestServer.json(server.get("/v1/admin/parked")).get("parked").get(0);
        assertThat(entry.get("event_id").stringValue())
                .isEqualTo(first.eventId().orElseThrow().toString());
        assertThat(entry.get("global_position").stringValue())
                .isEqualTo(first.position().toString());
        assertThat(entry.get("session_id").stringValue()).isEqualTo("parked");
        assertThat(entry.get("seq").intValue()).isEqualTo(1);
        assertThat(entry.get("reason").stringValue()).isEqualTo("refused");
        assertThat(entry.get("attempts").intValue()).isEqualTo(3);
        assertThat(entry.get("first_failure").stringValue()).isEqualTo("2026-03-01T12:00:00.000Z");
    }

    @Test
    void namedOnesAreTriedAgain() {
        String first = server.park();
        String second = server.park();

        HttpResponse<String> response =
                server.post("/v1/admin/parked/redrive", "{\"ids\":[\"" + second + "\",\"5-5\"]}");

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = TestServer.json(response);
        assertThat(answer.get("projected").intValue()).isEqualTo(1);
        assertThat(answer.get("unknown").intValue()).isEqualTo(1);
        assertThat(answer.get("refused").intValue()).isZero();
        assertThat(answer.get("results").get(0).get("id").stringValue()).isEqualTo(second);
        assertThat(answer.get("results").get(1).get("outcome").stringValue()).isEqualTo("unknown");
        assertThat(listed("/v1/admin/parked", "parked")).containsExactly(first);
        assertThat(server.graph.stats().events()).isEqualTo(1);
    }

    @Test
    void allAreTriedAgain() {
        server.park();
        server.park();

        JsonNode answer = TestServer.json(server.post("/v1/admin/parked/redrive", "{\"all\":true}"));

        assertThat(answer.get("projected").intValue()).isEqualTo(2);
        assertThat(listed("/v1/admin/parked", "parked")).isEmpty();
        assertThat(server.graph.stats().events()).isEqualTo(2);
    }

    @Test
    void allAreMoreThanOneAnswerHolds() {
        for (int i = 0; i < 1001; i++) {
            server.park();
        }

        JsonNode answer = TestServer.json(server.post("/v1/admin/parked/redrive", "{\"all\":true}"));
        assertThat(answer.get("projected").intValue()).isEqualTo(1000);
        String cursor = answer.get("pagination").get("cursor").stringValue();
        assertThat(server.post("/v1/admin/parked/redrive", "{\"all\":true,\"cursor\":7}")
                        .statusCode())
                .isEqualTo(422);
        JsonNode rest = TestServer.json(
                server.post("/v1/admin/parked/redrive", "{\"all\":true,\"cursor\":\"" + cursor + "\"}"));

        assertThat(rest.get("projected").intValue()).isEqualTo(1);
        assertThat(rest.get("pagination").get("has_more").booleanValue()).isFalse();
        assertThat(listed("/v1/admin/parked", "parked")).isEmpty();
    }

    @Test
    void aReasonIsCountedInCharactersAndNotInHalvesOfThem() {
        String emoji = "%F0%9F%98%80";
        String address = "/v1/admin/parked/" + server.park() + "?reason=";
        assertThat(server.delete(address + emoji.repeat(501)).statusCode()).isEqualTo(422);
        assertThat(server.delete(address + emoji.repeat(500)).statusCode()).isEqualTo(200);
    }

    @Test
    void givingUpNeedsAReasonThatIsKept() {
        String id = server.park();

        assertThat(server.delete("/v1/admin/parked/" + id).statusCode()).isEqualTo(422);
        assertThat(server.delete("/v1/admin/parked/" + id + "?reason=%20").statusCode())
                .isEqualTo(422);
        assertThat(server.delete("/v1/admin/parked/" + id + "?reason=" + "x".repeat(501))
                        .statusCode())
                .isEqualTo(422);
        assertThat(listed("/v1/admin/parked", "parked")).containsExactly(id);

        HttpResponse<String> response = server.delete("/v1/admin/parked/" + id + "?reason=ticket%207");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"id\":\"" + id + "\",\"reason\":\"ticket 7\"}");
        assertThat(listed("/v1/admin/parked", "parked")).isEmpty();
        HttpResponse<String> again = server.delete("/v1/admin/parked/" + id + "?reason=again");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(TestServer.json(again).get("code").stringValue()).isEqualTo("not_parked");
        JsonNode record = TestServer.json(server.get("/v1/admin/parked/dropped"))
                .get("dropped")
                .get(0);
        assertThat(record.get("reason").stringValue()).isEqualTo("ticket 7");
        assertThat(record.get("parked").get("id").stringValue()).isEqualTo(id);
        assertThat(listed("/v1/admin/parked/dropped", "dropped")).hasSize(1);
    }

    @Test
    void badQuestionsAreRefused() {
        server.park();
        for (String body : List.of(
                "[]",
                "{}",
                "{\"all\":false}",
                "{\"all\":true,\"cursor\":\"x\"}",
                "{\"all\":true,\"limit\":1}",
                "{\"ids\":[\"1-1\"],\"cursor\":null}",
                "{\"all\":true,\"ids\":[\"1-1\"]}",
                "{\"ids\":[]}",
                "{\"ids\":\"1-1\"}",
                "{\"ids\":[\"x\"]}",
                "{\"some\":true}")) {
            assertThat(server.post("/v1/admin/parked/redrive", body).statusCode())
                    .as(body)
                    .isEqualTo(422);
        }
        assertThat(server.get("/v1/admin/parked?cursor=x").statusCode()).isEqualTo(422);
        assertThat(server.delete("/v1/admin/parked/x?reason=y").statusCode()).isEqualTo(422);
        assertThat(server.ledger.parking().list(Optional.empty(), 10)).hasSize(1);
    }
}
