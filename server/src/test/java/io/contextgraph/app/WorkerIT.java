// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.event.Json;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A process that only feeds the graph, while Neo4j is away. */
class WorkerIT {
    private final RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        redis.close();
    }

    private ServerProcess worker(int port) throws Exception {
        return ServerProcess.startCommand(
                "project",
                redis.url(),
                Map.of("CG_PROJECTION_ENABLED", "false", "CG_HTTP_HOST", "0.0.0.0"),
                "--data.dir=" + folder,
                "--metrics.port=" + port);
    }

    private static HttpResponse<String> get(HttpClient client, URI address, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString());
    }

    @Test
    void itTellsHowItIsAndNothingElse() throws Exception {
        try (ServerProcess worker = worker(0);
                HttpClient client = HttpClient.newHttpClient()) {
            URI address = worker.address();
            assertThat(address.getHost()).isEqualTo("127.0.0.1");
            Awaitility.await().untilAsserted(() -> {
                HttpResponse<String> health = get(client, address, "/v1/health");
                assertThat(health.statusCode()).isEqualTo(200);
                JsonNode json = Json.MAPPER.readTree(health.body());
                assertThat(json.get("status").stringValue()).isEqualTo("degraded");
                assertThat(json.get("concerns").valueStream().map(JsonNode::stringValue))
                        .contains("neo4j_unavailable", "projection_waiting");
            });
            assertThat(get(client, address, "/v1/health/live").statusCode()).isEqualTo(200);
            assertThat(get(client, address, "/v1/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(client, address, "/v1/health/ready?of=projection").statusCode())
                    .isEqualTo(503);
            assertThat(get(client, address, "/metrics").body())
                    .contains(
                            "contextgraph_projection_lag", "contextgraph_concern{concern=\"projection_waiting\"} 1.0");
            for (String path : List.of("/", "/v1/events", "/openapi.json", "/v1/admin/stats")) {
                assertThat(get(client, address, path).statusCode()).as(path).isEqualTo(404);
            }
            assertThat(worker.stop()).isEqualTo(143);
        }
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsSetting() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerProcess worker = worker(taken.getLocalPort())) {
            assertThat(worker.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(worker.said()).last().asString().contains("set metrics.port (CG_METRICS_PORT)");
        }
    }
}
