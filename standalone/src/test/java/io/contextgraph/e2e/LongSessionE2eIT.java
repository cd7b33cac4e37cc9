// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.testing.Extent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One long session, and servers with little memory. */
class LongSessionE2eIT {
    private static final int EVENTS = Extent.VERIFIED_EVENTS.value();

    /** No more than a session of the short form took when it was compared all at once. */
    private static final int HEAP_MEGABYTES = 48;

    /** With less, the JVM starts and little else. */
    private static final int NO_HEAP_MEGABYTES = 8;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path dataDir = Path.of("");

    @Test
    void isComparedEventByEventInLittleMemory() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        Distribution.Result imported = distribution.run(
                "import", "--json", events(dataDir.resolve("long.ndjson")).toString());
        assertThat(Json.MAPPER.readTree(imported.out()).get("new").longValue()).isEqualTo(EVENTS);

        try (Distribution.Server server = distribution.withHeap(HEAP_MEGABYTES).serve()) {
            // The import has left the graph to the server, which may take longer than a comparison waits.
            JsonNode verified = operation(server, "verify?deep=true");
            while (verified.get("verdict").stringValue().equals("unsettled")) {
                verified = operation(server, "verify?deep=true");
            }
            assertThat(verified.get("verdict").stringValue())
                    .as(verified.toString())
                    .isEqualTo("equal");
            // Beside the long session there is the record of what was asked of the server here.
            assertThat(verified.get("events").longValue()).isGreaterThan(EVENTS);
            assertThat(verified.get("exact_sessions").longValue()).isEqualTo(2);
            assertThat(operation(server, "repair?deep=true").get("complete").booleanValue())
                    .isTrue();
            assertThat(get(server.address().resolve("/v1/health")).get("status").stringValue())
                    .isEqualTo("healthy");
            assertThat(server.process().isAlive()).isTrue();
        }
    }

    @Test
    void aProcessThatRunsOutOfMemorySaysSoAndEnds() throws IOException {
        Distribution.Result result =
                new Distribution(dataDir).withHeap(NO_HEAP_MEGABYTES).run("serve");

        assertThat(result.err()).contains("Terminating due to java.lang.OutOfMemoryError");
        assertThat(result.exitCode()).isEqualTo(3);
        // It could not end its Redis any more: who starts next does, and goes on in the same folder.
        assertThat(new Distribution(dataDir).run("sessions").exitCode()).isZero();
    }

    /** Every hundredth comes late. */
    private static Path events(Path file) throws IOException {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int n = 1; n <= EVENTS; n++) {
                out.write("""
                        {"event_id": "%s", "event_type": "tool.execute", "session_id": "long", "occurred_at": "%s",\
                         "agent_id": "agent-%d", "trace_id": "trace", "tool_name": "tool-%d", "payload_ref": "ref:%d",\
                         "parent_event_id": "%s"}
                        """.formatted(
                                new UUID(1, n),
                                begin.plusMillis(n % 100 == 0 ? n - 500L : n),
                                n % 7,
                                n % 5,
                                n,
                                new UUID(1, Math.max(n - 1, 1) == n ? EVENTS : n - 1)));
            }
        }
        return file;
    }

    /** Begins an operation and waits for its end. */
    private JsonNode operation(Distribution.Server server, String what) throws IOException, InterruptedException {
        URI begin = server.address().resolve("/v1/admin/" + what);
        HttpResponse<String> begun = http.send(
                HttpRequest.newBuilder(begin)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
        URI place =
                server.address().resolve(begun.headers().firstValue("Location").orElseThrow());
        while (true) {
            JsonNode operation = get(place);
            if (!operation.get("state").stringValue().equals("running")) {
                assertThat(operation.get("state").stringValue())
                        .as(operation.toString())
                        .isEqualTo("succeeded");
                return operation.get("result");
            }
            boolean unused = new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
        }
    }

    private JsonNode get(URI place) throws IOException, InterruptedException {
        return Json.MAPPER.readTree(
                http.send(HttpRequest.newBuilder(place).build(), HttpResponse.BodyHandlers.ofString())
                        .body());
    }
}
