// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.testing.TestPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two deployments, of which one keeps the traces of the other's requests. The graph is away. */
class TracingE2eIT {
    @TempDir
    private Path folder = Path.of("");

    private Distribution distribution(String name, String... settings) {
        return new Distribution(folder.resolve(name))
                .with(Stream.concat(
                                Stream.of("--otlp.grpc.port=0", "--neo4j.uri=bolt://127.0.0.1:1"), Stream.of(settings))
                        .toArray(String[]::new));
    }

    private static HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void oneKeepsTheTracesOfTheOther() throws Exception {
        try (Distribution.Server keeping = distribution("keeping").serve()) {
            Distribution traced = distribution("traced", "--tracing.endpoint=" + keeping.address());
            try (Distribution.Server server = traced.serve()) {
                assertThat(get(server.address().resolve("/v1/sessions/nobody")).statusCode())
                        .isEqualTo(404);
            }
            JsonNode kept = Json.MAPPER.readTree(get(keeping.address().resolve("/v1/events?agent_id=contextgraph"))
                    .body());
            assertThat(kept.get("events")
                            .valueStream()
                            .map(event -> event.get("event_type").stringValue())
                            .collect(Collectors.toList()))
                    .containsExactly("system.span", "system.span");
            assertThat(keeping.metrics()).contains("contextgraph_tracing_spans_total{outcome=\"exported\"} 0");
        }
    }

    @Test
    void aServerDoesNotTraceToItself() throws Exception {
        int port = TestPorts.free();
        Distribution.Result refused = distribution(
                        "itself", "--http.port=" + port, "--tracing.endpoint=http://localhost:" + port)
                .run("serve");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("tracing.endpoint must not be this server itself");
    }
}
