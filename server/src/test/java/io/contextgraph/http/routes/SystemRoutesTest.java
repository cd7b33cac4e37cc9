// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ops.Check.Checked;
import io.contextgraph.ops.Concern;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SystemRoutesTest {
    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void healthTellsWhichStoreIsAway() {
        HttpResponse<String> healthy = server.get("/v1/health");
        assertThat(healthy.statusCode()).isEqualTo(200);
        assertThat(healthy.body())
                .isEqualTo("{\"status\":\"healthy\",\"redis\":true,\"neo4j\":true,\"version\":\"1.2.3\"}");
        assertThat(server.get("/v1/health/ready?of=projection").statusCode()).isEqualTo(200);
        server.projection = TestServer.wrong(false, Concern.degrading("projection_waiting"));
        assertThat(server.get("/v1/health").body())
                .isEqualTo("{\"status\":\"degraded\",\"redis\":true,\"neo4j\":true,\"version\":\"1.2.3\","
                        + "\"concerns\":[\"projection_waiting\"]}");
        assertThat(server.get("/v1/health/ready").statusCode()).isEqualTo(200);
        assertThat(server.get("/v1/health/ready?of=projection").statusCode()).isEqualTo(503);
        assertThat(server.get("/v1/health/ready?of=neo4j").statusCode()).isEqualTo(422);
        server.projection = new Checked(false, List.of());
        assertThat(server.get("/v1/health/ready?of=projection").statusCode()).isEqualTo(503);
        Checked well = server.neo4j;
        server.neo4j = TestServer.wrong(false, Concern.degrading("neo4j_unavailable"));
        HttpResponse<String> degraded = server.get("/v1/health");
        assertThat(degraded.statusCode()).isEqualTo(200);
        assertThat(TestServer.json(degraded).get("status").stringValue()).isEqualTo("degraded");
        assertThat(server.get("/v1/health/ready").statusCode()).isEqualTo(200);
        server.neo4j = well;
        server.redis = TestServer.wrong(true, Concern.degrading("memory_high"));
        assertThat(server.get("/v1/health").body())
                .isEqualTo("{\"status\":\"degraded\",\"redis\":true,\"neo4j\":true,\"version\":\"1.2.3\","
                        + "\"concerns\":[\"memory_high\"]}");
        server.redis = TestServer.wrong(false, Concern.stopping("redis_unavailable"));
        HttpResponse<String> unhealthy = server.get("/v1/health");
        assertThat(unhealthy.statusCode()).isEqualTo(503);
        assertThat(TestServer.json(unhealthy).get("status").stringValue()).isEqualTo("unhealthy");
        assertThat(server.get("/v1/health/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/v1/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void everyFamilyIsThereFromTheStart() {
        String metrics = server.get("/metrics").body();
        for (String family : List.of(
                "contextgraph_http_requests_seconds_bucket{method=\"POST\",route=\"/v1/events\",status=\"201\",le=",
                "contextgraph_http_requests_seconds_count{method=\"GET\",route=\"/v1/events/{event_id}\",status=\"200\"} 0",
                "contextgraph_http_refusals_total{reason=\"malformed\"} 0.0",
                "contextgraph_http_unexpected_errors_total 0.0",
                "contextgraph_http_requests_in_work 1.0",
                "contextgraph_http_streams_open 0.0",
                "contextgraph_http_connections_open 1.0",
                "contextgraph_http_connections_closed_total{reason=\"crowded\"} 0.0",
                "contextgraph_http_connections_closed_total{reason=\"slow\"} 0.0",
                "contextgraph_events_appended_total{outcome=\"appended\"} 0.0",
                "contextgraph_events_appended_total{outcome=\"conflict\"} 0.0",
                "contextgraph_ledger_failures_total{reason=\"ledger_full\"} 0.0",
                "contextgraph_store_duration_seconds_count{operation=\"append\"} 0",
                "jvm_memory_used_bytes{")) {
            assertThat(metrics).contains(family);
        }
    }

    @Test
    void idsOfClientsNeverBecomeLabels() {
        server.get("/v1/sessions/secret-session");
        server.get("/secret-path");
        String metrics = server.get("/metrics").body();
        assertThat(metrics)
                .doesNotContain("secret")
                .contains("contextgraph_http_requests_seconds_count{method=\"GET\",route=\"/v1/sessions/{session_id}\","
                        + "status=\"404\"} 1")
                .contains(
                        "contextgraph_http_requests_seconds_count{method=\"GET\",route=\"unmatched\",status=\"404\"} 1");
    }

    @Test
    void theDirectoryOfSessionsHasPages() {
        for (String session : List.of("s1", "s2", "a/b", "s1")) {
            server.post(
                    "/v1/events",
                    TestServer.event(Map.of("session_id", session)).toString());
        }
        JsonNode first = TestServer.json(server.get("/v1/sessions?limit=2"));
        assertThat(first.get("sessions")
                        .valueStream()
                        .map(s -> s.get("session_id").stringValue())
                        .toList())
                .containsExactly("a/b", "s2");
        JsonNode second = TestServer.json(server.get("/v1/sessions?limit=2&cursor="
                + first.get("pagination").get("cursor").stringValue()));
        assertThat(second.get("sessions")
                        .valueStream()
                        .map(s -> s.get("session_id").stringValue() + " " + s.get("event_count"))
                        .toList())
                .containsExactly("s1 2");
        assertThat(second.get("pagination").get("has_more").booleanValue()).isFalse();
        assertThat(TestServer.json(server.get("/v1/sessions/a%2Fb"))
                        .get("event_count")
                        .intValue())
                .isEqualTo(1);
        assertThat(server.get("/v1/sessions/nobody").statusCode()).isEqualTo(404);
        assertThat(server.get("/v1/sessions?limit=1001").statusCode()).isEqualTo(422);
        assertThat(server.get("/v1/sessions?limit=1&cursor=x").statusCode()).isEqualTo(422);
    }
}
