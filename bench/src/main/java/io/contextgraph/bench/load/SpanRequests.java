// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.contextgraph.capture.live.BroughtTraces;
import io.contextgraph.capture.live.ExportOutcome;
import io.contextgraph.capture.live.OtlpIntake;
import io.contextgraph.capture.live.Signal;
import io.contextgraph.capture.otlp.OtlpProtobuf;
import io.contextgraph.capture.otlp.OtlpRequest;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ops.Metrics;
import io.contextgraph.tracing.OwnTraces;
import io.contextgraph.tracing.Tracing;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The spans of {@link SpanLines} as requests of OTLP/protobuf, as the SDKs send them. */
public final class SpanRequests {
    private SpanRequests() {}

    /** A request with the spans {@code first} to {@code first + count}. */
    public static byte[] request(long first, int count) {
        JsonNode resource = SpanLines.request(first, count).at("/resourceSpans/0");
        JsonNode scope = resource.at("/scopeSpans/0");
        ScopeSpans.Builder spans = ScopeSpans.newBuilder()
                .setScope(InstrumentationScope.newBuilder()
                        .setName(scope.at("/scope/name").stringValue())
                        .setVersion(scope.at("/scope/version").stringValue()));
        scope.path("spans").forEach(span -> spans.addSpans(span(span)));
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAllAttributes(attributes(resource.path("resource"))))
                        .addScopeSpans(spans))
                .build()
                .toByteArray();
    }

    private static Span span(JsonNode json) {
        Span.Builder span = Span.newBuilder()
                .setTraceId(id(json.path("traceId")))
                .setSpanId(id(json.path("spanId")))
                .setName(json.path("name").stringValue())
                .setKindValue(json.path("kind").intValue())
                .setStartTimeUnixNano(
                        Long.parseLong(json.path("startTimeUnixNano").stringValue()))
                .setEndTimeUnixNano(Long.parseLong(json.path("endTimeUnixNano").stringValue()))
                .addAllAttributes(attributes(json));
        if (json.has("parentSpanId")) {
            span.setParentSpanId(id(json.path("parentSpanId")));
        }
        return span.build();
    }

    private static ByteString id(JsonNode hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex.stringValue()));
    }

    private static List<KeyValue> attributes(JsonNode parent) {
        return parent.path("attributes")
                .valueStream()
                .map(pair -> KeyValue.newBuilder()
                        .setKey(pair.path("key").stringValue())
                        .setValue(value(pair.path("value")))
                        .build())
                .toList();
    }

    private static AnyValue value(JsonNode json) {
        return json.has("intValue")
                ? AnyValue.newBuilder()
                        .setIntValue(Long.parseLong(json.path("intValue").stringValue()))
                        .build()
                : AnyValue.newBuilder()
                        .setStringValue(json.path("stringValue").stringValue())
                        .build();
    }

    /**
     * Has a ledger take requests, as a server does.
     *
     * @throws IllegalStateException where one is not taken whole
     */
    public static void append(Partition ledger, List<byte[]> requests) {
        OtlpIntake intake = new OtlpIntake(
                ledger,
                Durability.MEMORY,
                CaptureOptions.DEFAULTS,
                Clock.systemUTC(),
                new Metrics(),
                new BroughtTraces(new OwnTraces(Optional::empty), Tracing.OFF));
        for (byte[] request : requests) {
            ExportOutcome outcome =
                    intake.take(Signal.TRACES, request.length, () -> OtlpRequest.of(json(request)), "bench");
            if (!outcome.isWhole()) {
                throw new IllegalStateException("spans were refused: " + outcome.told());
            }
        }
    }

    /** As the product reads a request. */
    public static JsonNode json(byte[] request) {
        try {
            return OtlpProtobuf.json(OtlpProtobuf.parse(ExportTraceServiceRequest.parser(), request));
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
