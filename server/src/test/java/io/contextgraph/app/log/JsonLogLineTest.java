// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class JsonLogLineTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00.500Z");

    @Test
    void aLineHasWhatIsKnownAndNoMore() {
        assertThat(encoded("{} took {} ms", null, Map.of("other", "secret"), "it", 7))
                .isEqualTo(
                        "{\"time\":\"2026-03-01T12:00:00.500Z\",\"level\":\"WARN\",\"logger\":\"io.contextgraph.Part\","
                                + "\"message\":\"it took 7 ms\"}\n");
        assertThat(encoded("asked", null, Map.of("request_id", "r-1"))).endsWith(",\"request_id\":\"r-1\"}\n");
        assertThat(encoded("asked", null, Map.of("trace_id", "t-1", "request_id", "r-1")))
                .endsWith(",\"request_id\":\"r-1\",\"trace_id\":\"t-1\"}\n");
    }

    @Test
    void whateverIsSaidStaysOnOneLine() {
        String message = "one\ntwo\r\u2028\u0000\"quoted\"\\ \ud83d\ude00 \ud83d";
        String line =
                encoded(message, new IllegalStateException("broken\nhere", new RuntimeException("why")), Map.of());
        assertThat(line).endsWith("}\n");
        assertThat(line.strip().lines()).hasSize(1);
        JsonNode read = Json.MAPPER.readTree(line);
        assertThat(read.get("message").stringValue()).startsWith("one\ntwo\r\u2028\u0000\"quoted\"\\ \ud83d\ude00");
        assertThat(read.get("exception").stringValue())
                .startsWith("java.lang.IllegalStateException: broken\nhere")
                .contains("at io.contextgraph.app.log.JsonLogLineTest.whateverIsSaidStaysOnOneLine")
                .contains("Caused by: java.lang.RuntimeException: why");
    }

    @Test
    void theOperatorsBookShowsOne() throws IOException {
        LoggingEvent event = new LoggingEvent();
        event.setLoggerName("io.contextgraph.http.engine.Dispatcher");
        event.setLevel(Level.WARN);
        event.setInstant(Instant.parse("2026-11-30T12:52:16.697Z"));
        event.setMessage(
                "request 7f3a GET /v1/nodes/{node_id}/lineage: graph_unavailable: Neo4j does not answer (N/A)");
        event.setMDCPropertyMap(Map.of("request_id", "7f3a"));
        assertThat(Files.readString(GeneratedDocs.root().resolve("docs/operations.md")))
                .contains(new String(new JsonLogLine().encode(event), StandardCharsets.UTF_8));
    }

    private static String encoded(
            String message, @Nullable Throwable thrown, Map<String, String> known, Object... arguments) {
        LoggingEvent event = new LoggingEvent(
                JsonLogLineTest.class.getName(),
                new LoggerContext().getLogger("io.contextgraph.Part"),
                Level.WARN,
                message,
                thrown,
                arguments);
        event.setInstant(AT);
        event.setMDCPropertyMap(known);
        return new String(new JsonLogLine().encode(event), StandardCharsets.UTF_8);
    }
}
