// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.contextgraph.event.Json;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class OtlpProtobufTest {
    private static final ByteString TRACE = bytes("7c93b1e5a04d42f7bd6e9a1c3d5f8027");
    private static final ByteString SPAN = bytes("33445566778899ab");

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    private static KeyValue attribute(String key, AnyValue value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private static AnyValue text(String text) {
        return AnyValue.newBuilder().setStringValue(text).build();
    }

    private static byte[] spans(Span span) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build()
                .toByteArray();
    }

    private static Span.Builder span() {
        return Span.newBuilder().setTraceId(TRACE).setSpanId(SPAN).setStartTimeUnixNano(1);
    }

    @Test
    void aSpanIsWrittenAsAnExporterOfJsonWritesIt() throws InvalidProtocolBufferException {
        Span span = span().setName("chat")
                .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
                .setStartTimeUnixNano(1_787_133_601_290_000_000L)
                .setFlags(257)
                .addAttributes(attribute("text", text("")))
                .addAttributes(
                        attribute("int", AnyValue.newBuilder().setIntValue(-1).build()))
                .addAttributes(attribute(
                        "nan", AnyValue.newBuilder().setDoubleValue(Double.NaN).build()))
                .addAttributes(attribute(
                        "no", AnyValue.newBuilder().setBoolValue(false).build()))
                .addAttributes(attribute(
                        "bytes",
                        AnyValue.newBuilder().setBytesValue(bytes("ff00")).build()))
                .addAttributes(attribute("nothing", AnyValue.getDefaultInstance()))
                .addLinks(Span.Link.newBuilder().setTraceId(TRACE).setSpanId(SPAN))
                .setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR))
                .build();
        assertThat(OtlpProtobuf.request(spans(span))).isEqualTo(Json.MAPPER.readTree("""
                {"resourceSpans":[{"scopeSpans":[{"spans":[{
                 "traceId":"7c93b1e5a04d42f7bd6e9a1c3d5f8027","spanId":"33445566778899ab","name":"chat",
                 "kind":"SPAN_KIND_CLIENT","startTimeUnixNano":"1787133601290000000",
                 "attributes":[{"key":"text","value":{"stringValue":""}},{"key":"int","value":{"intValue":"-1"}},
                  {"key":"nan","value":{"doubleValue":"NaN"}},{"key":"no","value":{"boolValue":false}},
                  {"key":"bytes","value":{"bytesValue":"/wA="}},{"key":"nothing","value":{}}],
                 "links":[{"traceId":"7c93b1e5a04d42f7bd6e9a1c3d5f8027","spanId":"33445566778899ab"}],
                 "status":{"code":"STATUS_CODE_ERROR"},"flags":257}]}]}]}"""));
    }

    @Test
    void numbersWithoutASignHaveNone() throws InvalidProtocolBufferException {
        Span span =
                span().setStartTimeUnixNano(-1).setFlags(-1).setKindValue(99).build();
        assertThat(OtlpProtobuf.request(spans(span)).at("/resourceSpans/0/scopeSpans/0/spans/0"))
                .isEqualTo(Json.MAPPER.readTree("""
                        {"traceId":"7c93b1e5a04d42f7bd6e9a1c3d5f8027","spanId":"33445566778899ab","kind":99,
                         "startTimeUnixNano":"18446744073709551615","flags":4294967295}"""));
    }

    @Test
    void signalsAreToldApart() throws InvalidProtocolBufferException {
        byte[] logs = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder()
                                .addLogRecords(LogRecord.newBuilder()
                                        .setTimeUnixNano(5)
                                        .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO)
                                        .setBody(text("hello")))))
                .build()
                .toByteArray();
        assertThat(OtlpProtobuf.request(logs).at("/resourceLogs/0/scopeLogs/0/logRecords/0"))
                .isEqualTo(Json.MAPPER.readTree("""
                        {"timeUnixNano":"5","severityNumber":"SEVERITY_NUMBER_INFO","body":{"stringValue":"hello"}}"""));
        byte[] metrics = ExportMetricsServiceRequest.newBuilder()
                .addResourceMetrics(ResourceMetrics.newBuilder()
                        .addScopeMetrics(ScopeMetrics.newBuilder()
                                .addMetrics(Metric.newBuilder()
                                        .setName("m")
                                        .setGauge(Gauge.newBuilder()
                                                .addDataPoints(NumberDataPoint.newBuilder()
                                                        .setAsDouble(1.5))))))
                .build()
                .toByteArray();
        assertThat(OtlpProtobuf.request(metrics).at("/resourceMetrics/0/scopeMetrics/0/metrics/0/gauge/dataPoints/0"))
                .hasToString("{\"asDouble\":1.5}");
        assertThat(OtlpProtobuf.request(new byte[0])).isEmpty();
    }

    @Test
    void valuesMayBeDeepAndNoDeeper() throws InvalidProtocolBufferException {
        assertThat(OtlpProtobuf.request(spans(deep(60)))).isNotEmpty();
        byte[] tooDeep = spans(deep(200));
        assertThatThrownBy(() -> OtlpProtobuf.request(tooDeep)).isInstanceOf(InvalidProtocolBufferException.class);
    }

    private static Span deep(int levels) {
        AnyValue value = text("x");
        for (int i = 0; i < levels; i++) {
            value = AnyValue.newBuilder()
                    .setKvlistValue(KeyValueList.newBuilder().addValues(attribute("k", value)))
                    .build();
        }
        return span().addAttributes(attribute("deep", value)).build();
    }

    @Test
    void whatIsCutOrNoMessageIsRefused() {
        byte[] whole = spans(span().setName("name").build());
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> OtlpProtobuf.request(cut)).isInstanceOf(InvalidProtocolBufferException.class);
        }
        assertThatThrownBy(() -> OtlpProtobuf.request(
                        ByteString.copyFromUtf8("{\"resourceSpans\":[]}").toByteArray()))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }
}
