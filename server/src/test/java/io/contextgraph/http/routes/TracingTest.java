// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.contextgraph.event.Json;
import io.contextgraph.graph.GraphException;
import io.contextgraph.http.otlp.OtlpGrpcServer;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.testing.SpanReceiver;
import io.contextgraph.testing.TcpProxy;
import io.contextgraph.testing.TestPorts;
import io.contextgraph.tracing.OwnTraces;
import io.contextgraph.tracing.TracingSettings;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** What a receiver of OTLP is told of the requests of a server. */
class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    private static TestServer server(URI endpoint, double sample) {
        return TestServer.tracing(
                Optional.of(new TracingSettings(
                        endpoint, sample, "ours", Map.of("Authorization", "Bearer abc"), Optional.empty())),
                graph -> graph);
    }

    private static TestServer server(SpanReceiver receiver) {
        return server(receiver.endpoint(), 1);
    }

    private static Map<String, String> attributes(Span span) {
        return SpanReceiver.attributes(span.getAttributesList());
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static Predicate<Span> named(String name) {
        return span -> span.getName().equals(name);
    }

    private static Span one(SpanReceiver receiver, String name) {
        List<Span> found = receiver.spans().stream().filter(named(name)).toList();
        assertThat(found).describedAs("%s of %s", name, receiver.spans()).hasSize(1);
        return found.getFirst();
    }

    private static double counted(TestServer server, String outcome) {
        String name = "contextgraph_tracing_spans_total{outcome=\"" + outcome + "\"} ";
        return server.metrics
                .scrape()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private static void awaitCounted(TestServer server, String outcome, double count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (counted(server, outcome) < count) {
            assertThat(System.nanoTime()).describedAs(outcome).isLessThan(deadline);
        }
    }

    @Test
    void aRequestIsASpanByItsRouteAndWhatItAskedOfTheLedgerIsPartOfIt() {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            int port;
            ObjectNode event = TestServer.event();
            try (TestServer server = server(receiver)) {
                port = server.server.port();
                assertThat(server.post("/v1/events", event.toString(), "X-Request-ID", "mine")
                                .statusCode())
                        .isEqualTo(201);
                assertThat(server.get("/v1/events/" + event.get("event_id").stringValue() + "?include=standing")
                                .statusCode())
                        .isEqualTo(200);
            }
            Span appended = one(receiver, "POST /v1/events");
            assertThat(appended.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
            assertThat(appended.getParentSpanId()).isEmpty();
            assertThat(appended.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            assertThat(attributes(appended))
                    .containsOnly(
                            entry("http.request.method", "POST"),
                            entry("http.route", "/v1/events"),
                            entry("http.response.status_code", "201"),
                            entry("url.scheme", "http"),
                            entry("server.address", "127.0.0.1"),
                            entry("server.port", Integer.toString(port)),
                            entry("contextgraph.request_id", "mine"));
            Span part = one(receiver, "ledger.append");
            assertThat(part.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_INTERNAL);
            assertThat(part.getParentSpanId()).isEqualTo(appended.getSpanId());
            assertThat(part.getTraceId()).isEqualTo(appended.getTraceId());
            assertThat(part.getStartTimeUnixNano()).isGreaterThanOrEqualTo(appended.getStartTimeUnixNano());
            assertThat(part.getEndTimeUnixNano()).isLessThanOrEqualTo(appended.getEndTimeUnixNano());
            Span read = one(receiver, "GET /v1/events/{event_id}");
            assertThat(one(receiver, "ledger.find").getParentSpanId()).isEqualTo(read.getSpanId());
            assertThat(receiver.headers())
                    .allSatisfy(headers -> assertThat(headers).containsEntry("Authorization", List.of("Bearer abc")));
            assertThat(receiver.resources())
                    .allSatisfy(resource -> assertThat(SpanReceiver.attributes(resource.getAttributesList()))
                            .containsEntry("service.name", "ours")
                            .containsEntry("service.version", "1.2.3")
                            .containsKeys("service.instance.id", OwnTraces.ATTRIBUTE));
        }
    }

    @Test
    void nothingOfWhatAClientSentIsInASpan() {
        String secret = "Zaphod";
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver)) {
                ObjectNode event = TestServer.event(Map.of(
                        "session_id",
                        secret,
                        "agent_id",
                        secret,
                        "trace_id",
                        secret,
                        "payload",
                        Map.of(secret, secret)));
                String trace = "00-" + TRACE + "-" + PARENT + "-01";
                server.post(
                        "/v1/events?" + secret + "=" + secret,
                        event.toString(),
                        "Authorization",
                        "Bearer " + secret,
                        "User-Agent",
                        secret,
                        "tracestate",
                        "vendor=" + secret,
                        "baggage",
                        "user=" + secret,
                        "traceparent",
                        trace);
                server.post("/v1/events", event.toString());
                server.get("/v1/sessions/" + secret);
                server.get("/v1/events?agent_id=" + secret + "&wrong=" + secret);
                server.get("/v1/subjects/" + secret);
                server.get("/" + secret + "/" + secret);
                server.send(HttpRequest.newBuilder(server.uri("/v1/events"))
                        .method(secret.toUpperCase(Locale.ROOT), HttpRequest.BodyPublishers.noBody()));
            }
            assertThat(receiver.spans()).hasSizeGreaterThan(7);
            assertThat(receiver.requests())
                    .allSatisfy(request -> assertThat(request.toString()).doesNotContainIgnoringCase(secret));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 01, true", "0, 01, true", "1, 00, false", "0, 00, false"})
    void theTraceOfTheClientGoesOnWhereItIsSampled(double sample, String flags, boolean traced) {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver.endpoint(), sample)) {
                server.post(
                        "/v1/events",
                        TestServer.event().toString(),
                        "traceparent",
                        "00-" + TRACE + "-" + PARENT + "-" + flags);
            }
            if (traced) {
                Span span = one(receiver, "POST /v1/events");
                assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
                assertThat(hex(span.getParentSpanId())).isEqualTo(PARENT);
                assertThat(hex(one(receiver, "ledger.append").getTraceId())).isEqualTo(TRACE);
            } else {
                assertThat(receiver.spans()).isEmpty();
            }
        }
    }

    @Test
    void noneIsTracedThatBeginsHereWhereNoneIsToBe() {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver.endpoint(), 0)) {
                server.post("/v1/events", TestServer.event().toString());
                server.post("/v1/events", TestServer.event().toString(), "traceparent", "damaged");
            }
            assertThat(receiver.requests()).isEmpty();
        }
    }

    @Test
    void whatMachinesAskAgainAndAgainIsTracedOnlyWhereTheyDo() {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver)) {
                server.get("/v1/health/live");
                server.get("/metrics");
                server.send(HttpRequest.newBuilder(server.uri("/v1/health/live"))
                        .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01"));
            }
            assertThat(hex(one(receiver, "GET /v1/health/live").getTraceId())).isEqualTo(TRACE);
            assertThat(receiver.spans()).hasSize(1);
        }
    }

    @Test
    void onlyWhatIsOurFaultIsAnError() {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver)) {
                assertThat(server.get("/nothing/here").statusCode()).isEqualTo(404);
                assertThat(server.post("/v1/events", "{").statusCode()).isEqualTo(400);
                server.ledgerPorts.failWith(
                        new LedgerException(LedgerException.Reason.UNAVAILABLE, "host:6379 is away"));
                assertThat(server.get("/v1/sessions/s1").statusCode()).isEqualTo(503);
            }
            Span unmatched = one(receiver, "GET");
            assertThat(attributes(unmatched))
                    .containsEntry("http.response.status_code", "404")
                    .containsEntry("contextgraph.problem", "no_such_route")
                    .doesNotContainKeys("http.route", "error.type");
            assertThat(unmatched.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            Span malformed = one(receiver, "POST /v1/events");
            assertThat(attributes(malformed))
                    .containsEntry("http.response.status_code", "400")
                    .containsEntry("contextgraph.problem", "malformed_json")
                    .doesNotContainKey("error.type");
            assertThat(malformed.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            Span away = one(receiver, "GET /v1/sessions/{session_id}");
            assertThat(attributes(away))
                    .containsEntry("http.response.status_code", "503")
                    .containsEntry("error.type", "ledger_unavailable");
            assertThat(away.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
            assertThat(away.getStatus().getMessage()).isEmpty();
            Span asked = one(receiver, "ledger.session_find");
            assertThat(asked.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
            assertThat(attributes(asked)).containsOnly(entry("error.type", "ledger_unavailable"));
        }
    }

    @Test
    void theGraphIsAPartToo() {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver)) {
                ObjectNode event = TestServer.event();
                server.post("/v1/events", event.toString());
                server.project();
                String lineage = "/v1/nodes/" + event.get("event_id").stringValue() + "/lineage";
                assertThat(server.get(lineage).statusCode()).isEqualTo(200);
                server.graphPorts.failWith(new GraphException(GraphException.Reason.TIMEOUT, "too long"));
                assertThat(server.get(lineage).statusCode()).isEqualTo(503);
            }
            List<Span> asked =
                    receiver.spans().stream().filter(named("graph.lineage")).toList();
            assertThat(asked.stream().map(TracingTest::attributes))
                    .containsExactlyInAnyOrder(Map.of(), Map.of("error.type", "graph_timeout"));
        }
    }

    @Test
    void aStreamEndsWhenItEnds() throws Exception {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver)) {
                HttpResponse<InputStream> live =
                        server.open(HttpRequest.newBuilder(server.uri("/v1/events/stream?from=latest")));
                try (BufferedReader reader =
                        new BufferedReader(new InputStreamReader(live.body(), StandardCharsets.UTF_8))) {
                    assertThat(reader.readLine()).isNotEmpty();
                    server.post("/v1/events", TestServer.event().toString());
                    Span ignored = receiver.await(named("POST /v1/events"));
                    assertThat(receiver.spans()).noneMatch(named("GET /v1/events/stream"));
                }
            }
            Span stream = one(receiver, "GET /v1/events/stream");
            assertThat(attributes(stream)).containsEntry("http.response.status_code", "200");
            assertThat(stream.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            assertThat(stream.getEndTimeUnixNano())
                    .isGreaterThan(one(receiver, "POST /v1/events").getEndTimeUnixNano());
        }
    }

    @Test
    void aStreamThatBreaksOffIsAnErrorWhateverItsStatus() throws Exception {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver)) {
                HttpResponse<InputStream> live =
                        server.open(HttpRequest.newBuilder(server.uri("/v1/events/stream?from=latest")));
                try (InputStream body = live.body()) {
                    assertThat(body.read()).isPositive();
                    server.ledgerPorts.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
                    assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
                }
            }
            Span stream = one(receiver, "GET /v1/events/stream");
            assertThat(attributes(stream))
                    .containsEntry("http.response.status_code", "200")
                    .containsEntry("error.type", "ledger_unavailable");
            assertThat(stream.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        }
    }

    @Test
    void aRequestDoesNotNoticeThatNobodyCollects() throws Exception {
        TestServer server = server(URI.create("http://127.0.0.1:" + TestPorts.free() + "/v1/traces"), 1);
        try (server) {
            for (int i = 0; i < 20; i++) {
                assertThat(server.post("/v1/events", TestServer.event().toString())
                                .statusCode())
                        .isEqualTo(201);
            }
        }
        assertThat(counted(server, "dropped") + counted(server, "failed")).isEqualTo(40);
        assertThat(counted(server, "exported")).isZero();
    }

    @Test
    void whatIsNotTakenIsCountedAndWhatIsTakenToo() {
        try (SpanReceiver receiver = SpanReceiver.answering(400)) {
            TestServer server = server(receiver);
            try (server) {
                server.post("/v1/events", TestServer.event().toString());
            }
            assertThat(counted(server, "failed")).isEqualTo(2);
        }
        try (SpanReceiver receiver = SpanReceiver.start()) {
            TestServer server = server(receiver);
            try (server) {
                server.post("/v1/events", TestServer.event().toString());
            }
            assertThat(counted(server, "exported")).isEqualTo(2);
        }
    }

    /** A name or a proxy can lead back, whatever an address says. */
    @Test
    void whatComesBackIsRefusedAndNotTraced() {
        try (TcpProxy around = TcpProxy.to(1)) {
            TestServer server = server(URI.create("http://127.0.0.1:" + around.port() + "/v1/traces"), 1);
            try (server) {
                around.moveTo(server.server.port());
                server.post("/v1/events", TestServer.event().toString());
                awaitCounted(server, "failed", 2);
            }
            assertThat(counted(server, "failed")).isEqualTo(2);
            assertThat(counted(server, "exported") + counted(server, "dropped")).isZero();
            assertThat(server.ledger.head().seq()).isEqualTo(1);
        }
    }

    @Test
    void anotherServerOnTheLedgerIsOurselves() {
        try (TestServer server = TestServer.start()) {
            String body = "{\"resourceSpans\":[]}";
            assertThat(server.post("/v1/traces", body, OwnTraces.HEADER, "other,ledger")
                            .statusCode())
                    .isEqualTo(200);
            server.post("/v1/events", TestServer.event().toString());
            String ledger = server.ledger.epochs().now().identity().id().orElseThrow();
            HttpResponse<String> refused = server.post("/v1/traces", body, OwnTraces.HEADER, "other," + ledger);
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("own_traces").contains("tracing.endpoint");
            assertThat(server.post("/v1/traces", body, OwnTraces.HEADER, "other,ledger")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    /** The span of each request of one server becomes an event of the other, which does not trace that it was sent. */
    @Test
    void anotherDeploymentKeepsThemAsEvents() {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer other = server(receiver)) {
                try (TestServer server = server(other.uri("/v1/traces"), 1)) {
                    server.get("/v1/sessions/s1");
                }
                assertThat(other.ledger.whole(other.ledger.read(0, 100)).stream()
                                .map(event -> Json.MAPPER
                                        .readTree(event.event()
                                                .payload()
                                                .orElseThrow()
                                                .json())
                                        .path("name")
                                        .asString()))
                        .containsExactlyInAnyOrder("GET /v1/sessions/{session_id}", "ledger.session_find");
            }
            assertThat(receiver.spans()).isEmpty();
        }
    }

    /** A collector passes on what it is sent, without the header. */
    @Test
    void whatComesBackByACollectorIsRefusedAloneAndNotTraced() {
        try (SpanReceiver collector = SpanReceiver.start()) {
            try (TestServer server = server(collector)) {
                server.get("/v1/sessions/s1");
                Span ignored = await(collector, "GET /v1/sessions/{session_id}");
                ExportTraceServiceRequest ours = collector.requests().getFirst();
                ExportTraceServiceRequest passedOn = ours.toBuilder()
                        .addResourceSpans(ours.getResourceSpans(0).toBuilder().clearResource())
                        .build();
                int count = ours.getResourceSpans(0).getScopeSpans(0).getSpansCount();
                ExportTraceServiceResponse told = response(protobuf(server, passedOn));
                assertThat(told.getPartialSuccess().getRejectedSpans()).isEqualTo(count);
                assertThat(told.getPartialSuccess().getErrorMessage()).contains("tracing.endpoint");
                assertThat(server.ledger.head().seq()).isEqualTo(count);
            }
            assertThat(collector.spans()).noneMatch(named("POST /v1/traces"));
        }
    }

    private static Span await(SpanReceiver receiver, String name) {
        try {
            return receiver.await(named(name));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<byte[]> protobuf(TestServer server, ExportTraceServiceRequest request) {
        try {
            return server.open(
                    HttpRequest.newBuilder(server.uri("/v1/traces"))
                            .header("Content-Type", "application/x-protobuf")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray())),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ExportTraceServiceResponse response(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        try {
            return ExportTraceServiceResponse.parseFrom(answer.body());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void callsOfGrpcAreTraced() {
        try (SpanReceiver receiver = SpanReceiver.start()) {
            try (TestServer server = server(receiver);
                    OtlpGrpcServer grpc =
                            new OtlpGrpcServer(0, server.server.shared(), server.otlp, TestServer.OTLP_BYTES)) {
                grpc.start();
                ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", grpc.port())
                        .usePlaintext()
                        .build();
                Metadata parent = new Metadata();
                parent.put(
                        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
                        "00-" + TRACE + "-" + PARENT + "-01");
                ExportTraceServiceResponse ignored = TraceServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(parent))
                        .export(ExportTraceServiceRequest.getDefaultInstance());
                channel.shutdownNow();
            }
            Span span = one(receiver, "opentelemetry.proto.collector.trace.v1.TraceService/Export");
            assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
            assertThat(attributes(span))
                    .containsOnly(
                            entry("rpc.system", "grpc"),
                            entry("rpc.service", "opentelemetry.proto.collector.trace.v1.TraceService"),
                            entry("rpc.method", "Export"),
                            entry("rpc.grpc.status_code", "0"));
        }
    }

    @Test
    void whatComesBackOverGrpcIsRefused() {
        try (TestServer server = TestServer.start();
                OtlpGrpcServer grpc =
                        new OtlpGrpcServer(0, server.server.shared(), server.otlp, TestServer.OTLP_BYTES)) {
            grpc.start();
            server.post("/v1/events", TestServer.event().toString());
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", grpc.port())
                    .usePlaintext()
                    .build();
            Metadata mark = new Metadata();
            mark.put(
                    Metadata.Key.of(OwnTraces.HEADER, Metadata.ASCII_STRING_MARSHALLER),
                    "other," + server.ledger.epochs().now().identity().id().orElseThrow());
            assertThatThrownBy(() -> TraceServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(mark))
                            .export(ExportTraceServiceRequest.getDefaultInstance()))
                    .hasMessageStartingWith("PERMISSION_DENIED: own_traces: ");
            channel.shutdownNow();
        }
    }
}
