// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.http.otlp.OtlpGrpcServer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The SDK of OpenTelemetry for Java sends what it always sends. */
class OtlpExportersTest {
    /** Where a server takes OTLP, by its two protocols. */
    record Endpoints(String http, String grpc) {}

    record Protocol(String name, Function<Endpoints, SpanExporter> spans, Function<Endpoints, LogRecordExporter> logs) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Protocol> protocols() {
        return Stream.of("none", "gzip")
                .flatMap(packing -> Stream.of(
                        new Protocol(
                                "HTTP, " + packing,
                                at -> OtlpHttpSpanExporter.builder()
                                        .setEndpoint(at.http() + "/v1/traces")
                                        .setCompression(packing)
                                        .build(),
                                at -> OtlpHttpLogRecordExporter.builder()
                                        .setEndpoint(at.http() + "/v1/logs")
                                        .setCompression(packing)
                                        .build()),
                        new Protocol(
                                "gRPC, " + packing,
                                at -> OtlpGrpcSpanExporter.builder()
                                        .setEndpoint(at.grpc())
                                        .setCompression(packing)
                                        .build(),
                                at -> OtlpGrpcLogRecordExporter.builder()
                                        .setEndpoint(at.grpc())
                                        .setCompression(packing)
                                        .build())));
    }

    /** Some time of the server's day. */
    private static Clock clock() {
        AtomicLong nanos = new AtomicLong(1_772_362_800_000_000_000L);
        return new Clock() {
            @Override
            public long now() {
                return nanos.addAndGet(1_000_000);
            }

            @Override
            public long nanoTime() {
                return now();
            }
        };
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void whatAnAgentDidIsInTheLedger(Protocol protocol) {
        try (TestServer server = TestServer.start();
                OtlpGrpcServer grpc =
                        new OtlpGrpcServer(0, server.server.shared(), server.otlp, TestServer.OTLP_BYTES)) {
            grpc.start();
            Endpoints at = new Endpoints("http://127.0.0.1:" + server.server.port(), "http://127.0.0.1:" + grpc.port());
            SpanContext agent;
            SpanContext tool;
            try (SdkTracerProvider provider = SdkTracerProvider.builder()
                    .setClock(clock())
                    .addSpanProcessor(
                            BatchSpanProcessor.builder(protocol.spans().apply(at))
                                    .build())
                    .build()) {
                Tracer tracer = provider.get("test");
                Span outer = tracer.spanBuilder("invoke_agent planner")
                        .setAttribute("gen_ai.conversation.id", "trip-7")
                        .setAttribute("gen_ai.agent.name", "planner")
                        .startSpan();
                Span inner = tracer.spanBuilder("execute_tool find_train")
                        .setParent(Context.root().with(outer))
                        .setAttribute(AttributeKey.longKey("found"), 3L)
                        .startSpan();
                inner.end();
                outer.end();
                agent = outer.getSpanContext();
                tool = inner.getSpanContext();
                assertThat(provider.forceFlush().join(20, TimeUnit.SECONDS).isSuccess())
                        .isTrue();
            }
            try (SdkLoggerProvider provider = SdkLoggerProvider.builder()
                    .setClock(clock())
                    .addLogRecordProcessor(
                            BatchLogRecordProcessor.builder(protocol.logs().apply(at))
                                    .build())
                    .build()) {
                provider.get("test")
                        .logRecordBuilder()
                        .setEventName("gen_ai.user.message")
                        .setContext(Context.root().with(Span.wrap(agent)))
                        .setBody("Find me a train.")
                        .emit();
                assertThat(provider.forceFlush().join(20, TimeUnit.SECONDS).isSuccess())
                        .isTrue();
            }
            List<Event> events = server.ledger.whole(server.ledger.read(0, 100)).stream()
                    .map(RecordedEvent::event)
                    .toList();
            assertThat(events.stream().map(event -> event.type().value()))
                    .containsExactlyInAnyOrder("agent.invoke", "tool.execute", "observation.input");
            Event invoked = one(events, "agent.invoke");
            assertThat(invoked.id()).hasToString(DerivedIds.span(agent.getTraceId(), agent.getSpanId()));
            Event executed = one(events, "tool.execute");
            assertThat(executed.id()).hasToString(DerivedIds.span(tool.getTraceId(), tool.getSpanId()));
            assertThat(executed.parentId()).contains(invoked.id());
            assertThat(executed.status()).contains(EventStatus.COMPLETED);
            assertThat(executed.agentId()).isEqualTo("planner");
            assertThat(one(events, "observation.input").parentId()).contains(invoked.id());
            assertThat(events)
                    .allSatisfy(event -> assertThat(event.sessionId().value()).isEqualTo("trip-7"));
        }
    }

    private static Event one(List<Event> events, String type) {
        return events.stream()
                .filter(event -> event.type().value().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
