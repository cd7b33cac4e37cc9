// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.testing.Neo4jServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the README promises, done with what the build has made. */
class DistributionE2eIT {
    private static final String EVENT = """
            {"event_id": "0198c0de-0000-7000-8000-000000000001", "event_type": "tool.execute", "session_id": "e2e",
             "occurred_at": "2026-03-01T12:00:00Z", "agent_id": "tester", "trace_id": "t", "tool_name": "probe",
             "payload": {"text": "over HTTP"}}""";

    @TempDir
    private Path dataDir = Path.of("");

    /** What the first start from a checkout makes, the build has made too; otherwise each start would only be slower. */
    @Test
    void neo4jHasAnArchiveOfItsClasses() {
        assertThat(Neo4jServers.settings().neo4jArchive())
                .hasValueSatisfying(archive -> assertThat(archive).isNotEmptyFile());
    }

    /** Import, serve, import again meanwhile, be killed, serve again, verify: one story on one folder. */
    @Test
    void whatIsTakenStaysWhateverHappens() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        Path traces = Distribution.traces();
        JsonNode first = json(distribution.run("import", "--json", traces.toString()));
        long events = first.get("new").longValue();
        long read = first.get("events").longValue();
        // The same request lies there in two encodings.
        assertThat(events).isPositive().isEqualTo(read - first.get("duplicates").longValue());

        Distribution.Server killed = distribution.serve();
        JsonNode second = json(distribution.run("import", "--json", traces.toString()));
        assertThat(second.get("new").longValue()).isZero();
        assertThat(second.get("duplicates").longValue()).isEqualTo(read);
        assertThat(post(killed.address(), EVENT).statusCode()).isEqualTo(201);
        // The other process finds the stores of the running server.
        assertThat(distribution
                        .run("event", "0198c0de-0000-7000-8000-000000000001")
                        .exitCode())
                .isZero();
        killed.kill();

        try (Distribution.Server server = distribution.serve()) {
            HttpResponse<String> again = post(server.address(), EVENT);
            assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
            assertThat(Json.MAPPER.readTree(again.body()).get("seq").longValue())
                    .isEqualTo(events + 1);
            assertEqual(distribution, events + 1);
        }
        // Once more without a server, over what it has left.
        assertEqual(distribution, events + 1);
    }

    private static void assertEqual(Distribution distribution, long events) throws IOException {
        JsonNode verified = json(distribution.run("verify", "--json"));
        assertThat(verified.get("equal").booleanValue()).isTrue();
        assertThat(verified.get("events").longValue()).isEqualTo(events);
    }

    @Test
    void brokenInputIsRefusedPolitelyAndTheRestIsTaken() throws IOException {
        Path file = Files.writeString(dataDir.resolve("mixed.ndjson"), """
                {"event_id": "no", "event_type": "No", "occurred_at": "now", "session_id": "__global__", "agent_id": ""}
                not JSON
                %s
                """.formatted(EVENT.replace("\n", "")));
        Distribution distribution = new Distribution(dataDir.resolve("data"));
        Distribution.Result result = distribution.run("import", file.toString());
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.out()).contains("1 events: 1 new, 0 duplicate, 2 refused");
        assertThat(result.err())
                .contains("/event_id")
                .contains("/event_type")
                .contains("/occurred_at")
                .contains("/session_id")
                .contains("/agent_id")
                .contains("line 2: malformed JSON");
    }

    @Test
    void aServerThatHasLostItsRedisSaysSoAndEnds() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        try (Distribution.Server server = distribution.serve()) {
            assertThat(post(server.address(), EVENT).statusCode()).isEqualTo(201);
            long redis = Json.MAPPER
                    .readTree(Files.readString(dataDir.resolve("redis").resolve("process.json")))
                    .get("pid")
                    .longValue();
            ProcessHandle.of(redis).orElseThrow().destroyForcibly();
            assertThat(server.process().onExit().get(1, TimeUnit.MINUTES).exitValue())
                    .isEqualTo(5);
        }
        assertThat(distribution.run("sessions").exitCode()).isZero();
    }

    @Test
    void aPortThatIsTakenIsNamedBeforeAnythingStarts() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Distribution.Result refused = new Distribution(dataDir).run("serve", "--http.port=" + taken.getLocalPort());
            assertThat(refused.exitCode()).isEqualTo(5);
            assertThat(refused.err()).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
            assertThat(dataDir).isEmptyDirectory();
        }
    }

    @Test
    void anAddressForOthersIsRefusedWithoutKeys() throws IOException {
        Distribution.Result refused = new Distribution(dataDir).run("serve", "--http.host=0.0.0.0");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("http.host must be a loopback address");
    }

    private static JsonNode json(Distribution.Result result) {
        assertThat(result.out()).as(result.err()).isNotEmpty();
        return Json.MAPPER.readTree(result.out());
    }

    private static HttpResponse<String> post(URI address, String event) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/events"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(event))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
