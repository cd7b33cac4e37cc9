// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.testing.Processes;
import io.contextgraph.testing.Skips;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution with a Neo4j that stands still, and with an archive whose disk is full. */
class StoreFaultsE2eIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int EVENTS = 200;

    @TempDir
    private Path folder = Path.of("");

    private static String event(Random random, int number) {
        byte[] bytes = new byte[1024];
        random.nextBytes(bytes);
        return Json.MAPPER
                .createObjectNode()
                .put("event_id", "00000000-0000-4000-8000-%012x".formatted(number))
                .put("event_type", "tool.execute")
                .put("occurred_at", "2026-01-31T12:00:00Z")
                .put("session_id", "faults")
                .put("agent_id", "a")
                .put("trace_id", "t")
                .set(
                        "payload",
                        Json.MAPPER
                                .createObjectNode()
                                .put("text", Base64.getEncoder().encodeToString(bytes)))
                .toString();
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    private static int append(HttpClient client, URI address, int number) throws IOException, InterruptedException {
        return send(
                        client,
                        HttpRequest.newBuilder(address.resolve("/v1/events"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(event(new Random(number), number))))
                .statusCode();
    }

    private static HttpResponse<String> get(HttpClient client, URI address, String path)
            throws IOException, InterruptedException {
        return send(client, HttpRequest.newBuilder(address.resolve(path)));
    }

    /** Its connections stay open, and nobody answers. */
    @Test
    void aStoppedNeo4jStopsNoEvents() throws Exception {
        Distribution distribution = new Distribution(folder.resolve("data"));
        try (Distribution.Server server = distribution.serve();
                HttpClient client = HttpClient.newHttpClient()) {
            URI address = server.address();
            assertThat(append(client, address, 1)).isEqualTo(201);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> get(client, address, "/v1/context/faults")
                            .body()
                            .contains("00000000-0000-4000-8000-000000000001"));
            ProcessHandle neo4j = server.process()
                    .descendants()
                    .filter(one -> one.info().commandLine().orElse("").contains("-Dcontextgraph.neo4j.home="))
                    .findFirst()
                    .orElseThrow();
            Processes.signal(neo4j, "STOP");
            try {
                HttpResponse<String> context = get(client, address, "/v1/context/faults");
                assertThat(context.statusCode()).as(context.body()).isEqualTo(503);
                assertThat(Json.MAPPER.readTree(context.body()).get("code").stringValue())
                        .isEqualTo("graph_unavailable");
                assertThat(context.headers().firstValue("Retry-After")).isPresent();
                for (int number = 2; number <= 20; number++) {
                    assertThat(append(client, address, number)).isEqualTo(201);
                }
                assertThat(get(client, address, "/v1/events?session_id=faults").body())
                        .contains("00000000-0000-4000-8000-000000000014");
                HttpResponse<String> health = get(client, address, "/v1/health");
                assertThat(health.statusCode()).isEqualTo(200);
                assertThat(health.body()).contains("\"degraded\"", "neo4j_unavailable");
                assertThat(get(client, address, "/v1/health/ready").statusCode())
                        .isEqualTo(200);
                assertThat(server.metrics()).contains("contextgraph_concern{concern=\"neo4j_unavailable\"} 1.0");
            } finally {
                Processes.signal(neo4j, "CONT");
            }
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    get(client, address, "/v1/context/faults").body())
                            .contains("00000000-0000-4000-8000-000000000014"));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !get(client, address, "/v1/health").body().contains("neo4j_unavailable"));
        }
    }

    /** Nothing is signed any more, and that is said; events are taken all the same, and signed for when there is room. */
    @Test
    void aFullDiskUnderTheLog() throws Exception {
        Skips.unless(
                System.getProperty("user.name").equals("root"),
                StoreFaultsE2eIT.class,
                "only root can have a small disk for a test");
        Path log = Files.createDirectories(folder.resolve("log"));
        Distribution distribution = new Distribution(folder.resolve("data"))
                .with("--proof.store=" + log, "--proof.interval=100ms")
                .withDisk(log, "64k");
        try (Distribution.Server server = distribution.serve();
                HttpClient client = HttpClient.newHttpClient()) {
            URI address = server.address();
            int events = 0;
            while (!get(client, address, "/v1/health").body().contains("proof_stopped")) {
                assertThat(batch(client, address, events + 1, 100)).isEqualTo(201);
                events += 100;
                assertThat(events).isLessThan(100_000);
            }
            assertThat(batch(client, address, events + 1, 100)).isEqualTo(201);
            HttpResponse<String> health = get(client, address, "/v1/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).contains("\"degraded\"", "proof_stopped");
            assertThat(server.log()).anyMatch(line -> line.contains("nothing is signed now: cannot write"));
            assertThat(get(client, address, "/v1/health/ready").statusCode()).isEqualTo(200);
            assertThat(server.metrics()).contains("contextgraph_concern{concern=\"proof_stopped\"} 1.0");
            Processes.run(
                    "nsenter",
                    "--target",
                    Long.toString(server.process().pid()),
                    "--mount",
                    "mount",
                    "-o",
                    "remount,size=16m",
                    log.toString());
            String last = "/v1/events/00000000-0000-4000-8000-%012x/proof".formatted(events + 100);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> get(client, address, last).statusCode() == 200);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !get(client, address, "/v1/health").body().contains("proof_stopped"));
        }
    }

    private static int batch(HttpClient client, URI address, int first, int count)
            throws IOException, InterruptedException {
        String events = IntStream.range(first, first + count)
                .mapToObj(number -> event(new Random(number), number))
                .collect(Collectors.joining(",", "{\"events\":[", "]}"));
        return send(
                        client,
                        HttpRequest.newBuilder(address.resolve("/v1/events/batch"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(events)))
                .statusCode();
    }

    /** Nothing leaves the ledger as long as there is no room for it; when there is, it goes as if nothing had been. */
    @Test
    void aFullDiskUnderTheArchive() throws Exception {
        Skips.unless(
                System.getProperty("user.name").equals("root"),
                StoreFaultsE2eIT.class,
                "only root can have a small disk for a test");
        Path archive = Files.createDirectories(folder.resolve("archive"));
        Path traces = folder.resolve("in.ndjson");
        Random random = new Random(20260131);
        Files.writeString(
                traces,
                IntStream.rangeClosed(1, EVENTS)
                        .mapToObj(number -> event(random, number))
                        .collect(Collectors.joining("\n", "", "\n")));
        Distribution distribution = new Distribution(folder.resolve("data"));
        assertThat(distribution.run("import", traces.toString()).exitCode()).isZero();
        assertThat(distribution.run("verify").out()).contains("equal (" + EVENTS + " events");
        Distribution archiving = distribution.archivingAtOnce(archive);

        Distribution.Result full = archiving.withDisk(archive, "64k").run("retention", "run");
        assertThat(full.exitCode()).as(full.out() + full.err()).isEqualTo(6);
        assertThat(full.out()).contains("events past the ceiling stay: cannot write", "no room is left on its disk");
        assertThat(imported(distribution)).isEqualTo(EVENTS);

        Distribution.Result room = archiving.run("retention", "run");
        assertThat(room.out()).contains(EVENTS + " events recorded before", "1 segments were written");
        assertThat(imported(distribution)).isZero();
        Distribution.Result verified = archiving.run("archives", "verify");
        assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
        assertThat(verified.out()).contains("1 segments read, 0 faults");
    }

    private static long imported(Distribution distribution) throws IOException {
        return distribution
                .run("export")
                .out()
                .lines()
                .filter(line -> line.contains("\"session_id\":\"faults\""))
                .count();
    }
}
