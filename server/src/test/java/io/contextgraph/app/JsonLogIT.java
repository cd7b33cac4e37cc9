// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Everything that a real server says is JSON, a line each, where that is set. */
class JsonLogIT {
    private static final String MARK = "what-only-the-payload-says";
    private static final String GOOD = """
            {"event_id": "%s", "event_type": "tool.execute", "session_id": "s", "occurred_at": "2026-03-01T12:00:00Z",
             "agent_id": "a", "trace_id": "t", "payload": {"text": "%s"}}""";

    @TempDir
    private Path folder;

    @Test
    void everyLineOfAServerIsAnObject() throws Exception {
        try (RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());
                ServerProcess server = ServerProcess.start(
                        redis.url(), Map.of("CG_LOG_FORMAT", "json", "CG_LOG_LEVEL", "debug"), "--data.dir=" + folder);
                HttpClient client = HttpClient.newHttpClient()) {
            URI address = server.address();
            String id = "0198c0de-0000-7000-8000-000000000001";
            assertThat(post(client, address, "good", GOOD.formatted(id, MARK))).isEqualTo(201);
            assertThat(post(
                            client,
                            address,
                            "bad",
                            GOOD.formatted("no id", MARK).replace("\"s\"", "7")))
                    .isEqualTo(422);
            assertThat(post(client, address, "broken", GOOD.formatted(id, MARK) + "}"))
                    .isEqualTo(400);
            // The graph is away: a reason to log.
            HttpRequest lineage = HttpRequest.newBuilder(address.resolve("/v1/nodes/" + id + "/lineage"))
                    .header("X-Request-ID", "asked-in-vain")
                    .build();
            assertThat(client.send(lineage, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(503);
            String told = server.await(line -> line.contains("asked-in-vain"));
            assertThat(Json.MAPPER.readTree(told).get("request_id").stringValue())
                    .isEqualTo("asked-in-vain");
            assertThat(server.stop()).isEqualTo(143);
            assertObjects(server.said());
            assertThat(server.said())
                    .anyMatch(line ->
                            line.contains("\"message\":\"setting log.format=json (environment CG_LOG_FORMAT)\""))
                    .anyMatch(line -> line.contains("\"message\":\"stopping\""));
            assertThat(String.join("\n", server.said()))
                    .doesNotContain(redis.password())
                    .doesNotContain(MARK);
        }
    }

    /** As a flag it counts before anything is said. */
    @Test
    void whatKeepsAServerFromStartingIsAnObjectToo() throws Exception {
        try (RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of("--appendonly", "no"));
                ServerProcess server = ServerProcess.start(
                        redis.url(),
                        Map.of(),
                        "--log.format=json",
                        "--durability.default=fsync",
                        "--data.dir=" + folder)) {
            assertThat(server.exitCode()).isEqualTo(2);
            assertObjects(server.said());
            JsonNode last = Json.MAPPER.readTree(server.said().getLast());
            assertThat(last.get("level").stringValue()).isEqualTo("ERROR");
            assertThat(last.get("message").stringValue())
                    .startsWith("these settings cannot be used: ")
                    .contains("durability.default fsync cannot be kept");
        }
    }

    /** In the environment it counts even where the settings cannot be read. */
    @Test
    void settingsThatCannotBeUsedAreAnObject() throws Exception {
        Path settings = Files.writeString(folder.resolve("bad.properties"), "http.prot=1\n");
        try (ServerProcess server = ServerProcess.start(
                URI.create("redis://127.0.0.1:1"), Map.of("CG_LOG_FORMAT", "json"), "--config=" + settings)) {
            assertThat(server.exitCode()).isEqualTo(2);
            assertObjects(server.said());
            assertThat(server.said())
                    .singleElement()
                    .asString()
                    .contains("\"level\":\"ERROR\"")
                    .contains("unknown setting http.prot");
        }
    }

    private static void assertObjects(List<String> lines) {
        assertThat(lines).isNotEmpty();
        Set<String> fields = new HashSet<>();
        for (String line : lines) {
            assertThat(line).startsWith("{").endsWith("}");
            JsonNode object = Json.MAPPER.readTree(line);
            assertThat(object.isObject()).as(line).isTrue();
            fields.addAll(object.propertyNames());
            assertThat(Instant.parse(object.get("time").stringValue())).isBeforeOrEqualTo(Instant.now());
            assertThat(object.get("level").stringValue()).isIn("ERROR", "WARN", "INFO", "DEBUG");
            assertThat(object.get("logger").stringValue()).isNotBlank();
            assertThat(object.get("message").stringValue()).isNotBlank();
        }
        assertThat(Set.of("time", "level", "logger", "message", "request_id", "exception"))
                .containsAll(fields);
    }

    private static int post(HttpClient client, URI address, String request, String body)
            throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(address.resolve("/v1/events"))
                                .header("Content-Type", "application/json")
                                .header("X-Request-ID", request)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
