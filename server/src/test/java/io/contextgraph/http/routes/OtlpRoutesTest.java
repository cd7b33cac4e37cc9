// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.contextgraph.access.KeyRole;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class OtlpRoutesTest {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String TRACES = "/v1/traces";
    private static final String TRACE = "7c93b1e5a04d42f7bd6e9a1c3d5f8027";
    private static final String SPAN = "33445566778899ab";
    private static final long NOON = 1_772_362_800_000_000_000L;

    private static final String JSON_SPAN = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[
             {"traceId":"%s","spanId":"%s","name":"execute_tool find_seat","kind":1,"startTimeUnixNano":"%d",
              "endTimeUnixNano":"%d","attributes":[
               {"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},
               {"key":"gen_ai.conversation.id","value":{"stringValue":"seats-1"}},
               {"key":"attempt","value":{"intValue":"2"}}],"status":{}}]}]}]}
            """.formatted(TRACE, SPAN, NOON, NOON + 5_000_000);

    private static Span.Builder span() {
        return Span.newBuilder()
                .setTraceId(bytes(TRACE))
                .setSpanId(bytes(SPAN))
                .setName("execute_tool find_seat")
                .setKind(Span.SpanKind.SPAN_KIND_INTERNAL)
                .setStartTimeUnixNano(NOON)
                .setEndTimeUnixNano(NOON + 5_000_000)
                .addAttributes(text("gen_ai.operation.name", "execute_tool"))
                .addAttributes(text("gen_ai.conversation.id", "seats-1"))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("attempt")
                        .setValue(AnyValue.newBuilder().setIntValue(2)));
    }

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static byte[] request(Span... spans) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
                .build()
                .toByteArray();
    }

    private static HttpResponse<byte[]> post(
            TestServer server, String path, byte[] body, String contentType, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return server.open(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static List<RecordedEvent> events(TestServer server) {
        return server.ledger.whole(server.ledger.read(0, 1_000));
    }

    private static String type(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    /** The code and the message of a {@code google.rpc.Status}. */
    private record Status(int code, String message) {
        static Status of(HttpResponse<byte[]> response) throws IOException {
            if (type(response).equals("application/json")) {
                JsonNode json = Json.MAPPER.readTree(response.body());
                return new Status(
                        json.get("code").intValue(), json.get("message").stringValue());
            }
            assertThat(type(response)).isEqualTo(PROTOBUF);
            CodedInputStream in = CodedInputStream.newInstance(response.body());
            assertThat(in.readTag()).isEqualTo(8);
            int code = in.readInt32();
            assertThat(in.readTag()).isEqualTo(18);
            return new Status(code, in.readString());
        }
    }

    @Test
    void aSpanIsAnEventInWhateverFormItComes() throws IOException, InterruptedException {
        try (TestServer server = TestServer.start()) {
            HttpResponse<byte[]> first = post(server, TRACES, request(span().build()), PROTOBUF);
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(type(first)).isEqualTo(PROTOBUF);
            assertThat(first.body()).isEmpty();
            RecordedEvent event = events(server).getFirst();
            assertThat(event.event().id()).hasToString(DerivedIds.span(TRACE, SPAN));
            assertThat(event.event().sessionId().value()).isEqualTo("seats-1");
            assertThat(event.event().toolName()).contains("find_seat");
            assertThat(Json.MAPPER
                            .readTree(event.event().payload().orElseThrow().json())
                            .at("/attributes/attempt")
                            .intValue())
                    .isEqualTo(2);
            HttpResponse<byte[]> again =
                    post(server, TRACES, JSON_SPAN.getBytes(StandardCharsets.UTF_8), "application/json; charset=utf-8");
            assertThat(again.statusCode()).isEqualTo(200);
            assertThat(type(again)).isEqualTo("application/json");
            assertThat(new String(again.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
            assertThat(events(server)).hasSize(1);
            assertThat(server.metrics.scrape())
                    .contains("contextgraph_otlp_records_total{outcome=\"added\",signal=\"traces\"} 1.0")
                    .contains("contextgraph_otlp_records_total{outcome=\"duplicate\",signal=\"traces\"} 1.0");
        }
    }

    @Test
    void whatCannotBeTakenIsCountedAndTheRestIsTaken() throws IOException, InterruptedException {
        try (TestServer server = TestServer.start()) {
            byte[] body = request(
                    span().build(),
                    span().setSpanId(bytes("00")).build(),
                    span().setSpanId(bytes("00")).build(),
                    span().setSpanId(bytes("1122334455667788"))
                            .setStartTimeUnixNano(0)
                            .build());
            HttpResponse<byte[]> response = post(server, TRACES, body, PROTOBUF);
            assertThat(response.statusCode()).isEqualTo(200);
            var partial = ExportTraceServiceResponse.parseFrom(response.body()).getPartialSuccess();
            assertThat(partial.getRejectedSpans()).isEqualTo(3);
            assertThat(partial.getErrorMessage())
                    .startsWith("2 spans refused: a span must have a spanId")
                    .contains("1 span refused: a span must have a startTimeUnixNano");
            assertThat(events(server)).hasSize(1);
            // Of another span under the same id, the first stays.
            HttpResponse<byte[]> other = post(
                    server,
                    TRACES,
                    JSON_SPAN.replace("find_seat", "find_table").getBytes(StandardCharsets.UTF_8),
                    "application/json");
            JsonNode told = Json.MAPPER.readTree(other.body()).path("partialSuccess");
            assertThat(told.path("rejectedSpans").stringValue()).isEqualTo("1");
            assertThat(told.path("errorMessage").stringValue()).contains("another event has the id");
        }
    }

    @Test
    void metricsAreRefusedTruthfully() throws IOException, InterruptedException {
        try (TestServer server = TestServer.start()) {
            byte[] body = ExportMetricsServiceRequest.newBuilder()
                    .addResourceMetrics(ResourceMetrics.newBuilder()
                            .addScopeMetrics(ScopeMetrics.newBuilder()
                                    .addMetrics(Metric.newBuilder()
                                            .setName("tokens")
                                            .setGauge(Gauge.newBuilder()
                                                    .addDataPoints(NumberDataPoint.newBuilder()
                                                            .setAsInt(1))
                                                    .addDataPoints(NumberDataPoint.newBuilder()
                                                            .setAsInt(2))))))
                    .build()
                    .toByteArray();
            HttpResponse<byte[]> response = post(server, "/v1/metrics", body, PROTOBUF);
            assertThat(response.statusCode()).isEqualTo(200);
            var partial =
                    ExportMetricsServiceResponse.parseFrom(response.body()).getPartialSuccess();
            assertThat(partial.getRejectedDataPoints()).isEqualTo(2);
            assertThat(partial.getErrorMessage()).contains("metric data points are not kept here");
            assertThat(events(server)).isEmpty();
        }
    }

    private interface Packing {
        OutputStream on(OutputStream out) throws IOException;
    }

    private static byte[] packed(byte[] body, Packing packing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = packing.on(bytes)) {
            out.write(body);
        }
        return bytes.toByteArray();
    }

    private static byte[] packed(byte[] body, String coding) throws IOException {
        return switch (coding) {
            case "gzip" -> packed(body, GZIPOutputStream::new);
            case "deflate" -> packed(body, DeflaterOutputStream::new);
            case "zstd" -> Zstd.compress(body);
            default -> throw new IllegalArgumentException(coding);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "zstd"})
    void bodiesMayBePacked(String coding) throws IOException, InterruptedException {
        try (TestServer server = TestServer.start()) {
            byte[] packed = packed(request(span().build()), coding);
            assertThat(post(server, TRACES, packed, PROTOBUF, "Content-Encoding", coding)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(events(server)).hasSize(1);
            // The routes of events take the same.
            byte[] event = packed(TestServer.event().toString().getBytes(StandardCharsets.UTF_8), coding);
            assertThat(post(server, "/v1/events", event, "application/json", "Content-Encoding", coding)
                            .statusCode())
                    .isEqualTo(201);
            byte[] line = packed((TestServer.event() + "\n").getBytes(StandardCharsets.UTF_8), coding);
            assertThat(post(server, "/v1/events/batch", line, "application/x-ndjson", "Content-Encoding", coding)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(events(server)).hasSize(3);
            for (byte[] damaged : List.of(Arrays.copyOf(packed, packed.length - 3), new byte[] {1, 2, 3, 4})) {
                HttpResponse<byte[]> refused = post(server, TRACES, damaged, PROTOBUF, "Content-Encoding", coding);
                assertThat(refused.statusCode()).isEqualTo(400);
                assertThat(Status.of(refused)).satisfies(status -> {
                    assertThat(status.code()).isEqualTo(3);
                    assertThat(status.message())
                            .contains("malformed_content_encoding")
                            .contains(coding);
                });
            }
            // The connection is still good, or another one is.
            assertThat(events(server)).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "zstd"})
    void aBodyThatUnpacksToVeryMuchIsRefused(String coding) throws IOException, InterruptedException {
        try (TestServer server = TestServer.start()) {
            // Less than a body may have.
            byte[] bomb = packed(" ".repeat(7 << 20).getBytes(StandardCharsets.UTF_8), coding);
            HttpResponse<byte[]> refused =
                    post(server, "/v1/events", bomb, "application/json", "Content-Encoding", coding);
            assertThat(refused.statusCode()).isEqualTo(413);
            assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("100 times its size");
            byte[] large = packed(new byte[TestServer.OTLP_BYTES + 1], coding);
            assertThat(post(server, TRACES, large, PROTOBUF, "Content-Encoding", coding)
                            .statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void problemsAreToldInTheFormOfTheRequest() throws IOException, InterruptedException {
        try (TestServer server = TestServer.start()) {
            byte[] noRequest = {1, 2, 3};
            HttpResponse<byte[]> protobuf = post(server, TRACES, noRequest, PROTOBUF);
            assertThat(protobuf.statusCode()).isEqualTo(400);
            assertThat(Status.of(protobuf).message()).startsWith("malformed_protobuf: ");
            HttpResponse<byte[]> json = post(server, "/v1/logs", noRequest, "application/json");
            assertThat(json.statusCode()).isEqualTo(400);
            assertThat(Status.of(json).message()).startsWith("malformed_json: ");
            HttpResponse<byte[]> array =
                    post(server, "/v1/logs", "[]".getBytes(StandardCharsets.UTF_8), "application/json");
            assertThat(array.statusCode()).isEqualTo(400);
            HttpResponse<byte[]> text = post(server, TRACES, noRequest, "text/plain");
            assertThat(text.statusCode()).isEqualTo(415);
            assertThat(Status.of(text).message())
                    .contains("Content-Type must be application/x-protobuf or application/json");
            HttpResponse<byte[]> brotli = post(server, TRACES, noRequest, PROTOBUF, "Content-Encoding", "br");
            assertThat(brotli.statusCode()).isEqualTo(415);
            assertThat(Status.of(brotli).message()).contains("gzip, deflate, zstd");
            for (String type : List.of(PROTOBUF, "application/json")) {
                HttpResponse<byte[]> large = post(server, TRACES, new byte[TestServer.OTLP_BYTES + 1], type);
                assertThat(large.statusCode()).isEqualTo(413);
                assertThat(Status.of(large).message()).contains(Integer.toString(TestServer.OTLP_BYTES));
            }
            HttpResponse<byte[]> get =
                    server.open(HttpRequest.newBuilder(server.uri(TRACES)), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(get.statusCode()).isEqualTo(405);
            assertThat(Status.of(get).code()).isEqualTo(12);
        }
    }

    @Test
    void whoMayNotIsToldInTheFormOfTheRequest() throws IOException, InterruptedException {
        TestKeys keys = new TestKeys();
        String reader = "Bearer " + keys.add("reader", KeyRole.READ).reveal();
        String exporter = "Bearer " + keys.add("exporter", KeyRole.INGEST).reveal();
        try (TestServer server = TestServer.behind(keys::door)) {
            byte[] body = request(span().build());
            HttpResponse<byte[]> nobody = post(server, TRACES, body, PROTOBUF);
            assertThat(nobody.statusCode()).isEqualTo(401);
            assertThat(Status.of(nobody).code()).isEqualTo(16);
            HttpResponse<byte[]> forbidden = post(server, TRACES, body, PROTOBUF, "Authorization", reader);
            assertThat(forbidden.statusCode()).isEqualTo(403);
            assertThat(Status.of(forbidden).code()).isEqualTo(7);
            assertThat(post(server, TRACES, body, PROTOBUF, "Authorization", exporter)
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void whatIsWorthRepeatingSaysWhen() throws IOException, InterruptedException {
        try (TestServer server = TestServer.start()) {
            server.ledgerPorts.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
            HttpResponse<byte[]> away = post(server, TRACES, request(span().build()), PROTOBUF);
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(away.headers().firstValue("Retry-After")).isPresent();
            assertThat(Status.of(away).code()).isEqualTo(14);
            server.ledgerPorts.recover();
            assertThat(post(server, TRACES, request(span().build()), PROTOBUF).statusCode())
                    .isEqualTo(200);
            assertThat(events(server)).hasSize(1);
        }
    }

    private static String span(int number, String name) {
        return """
                {"traceId":"7c93b1e5a04d42f7bd6e9a1c3d5f8027","spanId":"%016x","name":"%s","startTimeUnixNano":"1772362800000000000"}
                """.formatted(number, name);
    }

    /** What the parser only finds when it reads a part of it. */
    @Test
    void aLargeRequestThatIsMalformedIsRefusedWhole() throws IOException, InterruptedException {
        String filler = "x".repeat(TestServer.OTLP_BYTES / 16);
        try (TestServer server = TestServer.start()) {
            for (String wrong : List.of("{\"a\":1,\"a\":2}", "{\"a\":1e99999999999}", "{\"a\":}")) {
                String body = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
                        + IntStream.range(1, 8).mapToObj(i -> span(i, filler)).collect(Collectors.joining(","))
                        + "," + wrong + "]}]}]}";
                HttpResponse<byte[]> refused =
                        post(server, TRACES, body.getBytes(StandardCharsets.UTF_8), "application/json");
                assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
                assertThat(Status.of(refused).message()).contains("malformed_json");
            }
            assertThat(events(server)).isEmpty();
        }
    }
}
