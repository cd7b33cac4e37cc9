// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose ledger is on a node of a cluster. */
class ClusterServerIT {
    private static final String PREFIX = "{p0}:";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RedisCluster cluster = RedisCluster.start(Duration.ofSeconds(1), List.of());
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), ClusterServerIT.class, "no Redis 8 is installed");
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        client.close();
        cluster.close();
    }

    private HttpResponse<String> append(URI server, int number) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/events"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        EventJson.toJson(Events.full(number, "session")).toString()))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> get(URI server, String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    /** Whoever sends is told to come again until the replica has taken over; the server goes on as it is. */
    @Test
    void aServerGoesOnWithTheReplicaThatTakesOver() throws Exception {
        RunningRedis master = cluster.owner(PREFIX);
        RunningRedis other = cluster.anotherMaster(PREFIX);
        Map<String, String> data = Map.of("CG_DATA_DIR", folder.resolve("data").toString());
        try (ServerProcess server = ServerProcess.startCommand(
                "serve",
                master.url(),
                data,
                "--redis.cluster=true",
                "--redis.cluster-nodes=127.0.0.1:" + other.port(),
                "--redis.prefix=" + PREFIX)) {
            URI address = server.address();
            assertThat(append(address, 1).statusCode()).isEqualTo(201);
            cluster.awaitWhole();
            master.kill();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                HttpResponse<String> answer = append(address, 2);
                if (answer.statusCode() == 503) {
                    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                    assertThat(answer.body()).contains("ledger_unavailable");
                    return false;
                }
                assertThat(answer.statusCode()).isEqualTo(201);
                return true;
            });
            assertThat(get(address, "/v1/events/" + Events.id(1)).statusCode()).isEqualTo(200);
            assertThat(get(address, "/v1/events/" + Events.id(2)).statusCode()).isEqualTo(200);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> get(address, "/v1/health/ready").statusCode() == 200);
        }
    }
}
