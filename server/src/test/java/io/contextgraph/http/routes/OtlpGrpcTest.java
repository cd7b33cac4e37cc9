// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.contextgraph.access.KeyRole;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.MemoryBudget;
import io.contextgraph.http.otlp.OtlpGrpcServer;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.testing.Certificates;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpGrpcTest {
    private static final long NOON = 1_772_362_800_000_000_000L;

    /** A server that also speaks gRPC, and a client of it. */
    private static final class Bed implements AutoCloseable {
        private final TestServer server;
        private final OtlpGrpcServer grpc;
        private final ManagedChannel channel;

        Bed(TestServer server) {
            this(server, TestServer.OTLP_BYTES);
        }

        Bed(TestServer server, int mostBytes) {
            this(server, mostBytes, NettyChannelBuilder::usePlaintext);
        }

        Bed(TestServer server, Consumer<NettyChannelBuilder> security) {
            this(server, TestServer.OTLP_BYTES, security);
        }

        private Bed(TestServer server, int mostBytes, Consumer<NettyChannelBuilder> security) {
            this.server = server;
            this.grpc = new OtlpGrpcServer(0, server.server.shared(), server.otlp, mostBytes);
            grpc.start();
            NettyChannelBuilder builder = NettyChannelBuilder.forAddress("127.0.0.1", grpc.port());
            security.accept(builder);
            this.channel = builder.build();
        }

        TraceServiceBlockingStub traces() {
            return TraceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        }

        /** Bytes that bodies in work may have together. */
        long most() {
            return Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
        }

        long events() {
            return server.ledger.head().seq();
        }

        @Override
        public void close() {
            channel.shutdownNow();
            grpc.close();
            server.close();
        }
    }

    private static Span.Builder span(int number) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex("7c93b1e5a04d42f7bd6e9a1c3d5f8027")))
                .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex("%016x".formatted(number))))
                .setName("chat small-model")
                .setStartTimeUnixNano(NOON)
                .setEndTimeUnixNano(NOON + 1_000_000);
    }

    private static ExportTraceServiceRequest request(Span... spans) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (Span span : spans) {
            scope.addSpans(span);
        }
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
                .build();
    }

    private static Span large(int number, int chars) {
        return span(number)
                .addAttributes(KeyValue.newBuilder()
                        .setKey("text")
                        .setValue(AnyValue.newBuilder().setStringValue("x".repeat(chars))))
                .build();
    }

    private static Status refused(TraceServiceBlockingStub stub, ExportTraceServiceRequest request) {
        Status[] status = new Status[1];
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> stub.export(request))
                .satisfies(failed -> status[0] = failed.getStatus());
        return status[0];
    }

    @Test
    void spansAreTakenOnceAndCounted() {
        try (Bed bed = new Bed(TestServer.start())) {
            ExportTraceServiceRequest request = request(span(1).build(), span(2).build());
            assertThat(bed.traces().export(request).hasPartialSuccess()).isFalse();
            assertThat(bed.traces().withCompression("gzip").export(request).hasPartialSuccess())
                    .isFalse();
            assertThat(bed.events()).isEqualTo(2);
            var partial = bed.traces()
                    .export(request(
                            span(3).build(), span(4).setStartTimeUnixNano(0).build()))
                    .getPartialSuccess();
            assertThat(partial.getRejectedSpans()).isEqualTo(1);
            assertThat(partial.getErrorMessage()).contains("startTimeUnixNano");
            assertThat(bed.events()).isEqualTo(3);
            assertThat(LogsServiceGrpc.newBlockingStub(bed.channel)
                            .export(ExportLogsServiceRequest.getDefaultInstance())
                            .hasPartialSuccess())
                    .isFalse();
        }
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedAndTheConnectionIsGood() {
        try (Bed bed = new Bed(TestServer.start())) {
            Status status = refused(bed.traces(), request(large(1, TestServer.OTLP_BYTES)));
            assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(status.getDescription()).contains(Integer.toString(TestServer.OTLP_BYTES));
            // Packed it is small, and unpacked it is not.
            Status packed = refused(bed.traces().withCompression("gzip"), request(large(1, TestServer.OTLP_BYTES)));
            assertThat(packed.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(packed.getDescription())
                    .contains("body_too_large")
                    .contains(Integer.toString(TestServer.OTLP_BYTES));
            assertThat(bed.traces().export(request(span(1).build())).hasPartialSuccess())
                    .isFalse();
            assertThat(bed.events()).isEqualTo(1);
        }
    }

    @Test
    void memoryIsGivenBack() {
        try (Bed bed = new Bed(TestServer.start())) {
            Function<Integer, Span> half = number -> large(number, TestServer.OTLP_BYTES / 2);
            for (int i = 1; i <= 600; i++) {
                // All of them together are more than bodies in work may have, as they arrive and unpacked.
                TraceServiceBlockingStub stub =
                        i % 2 == 0 ? bed.traces() : bed.traces().withCompression("gzip");
                assertThat(stub.export(request(half.apply(i))).hasPartialSuccess())
                        .isFalse();
            }
            assertThat(bed.events()).isEqualTo(600);
        }
    }

    /** Packed, a body takes little room until it is unpacked. */
    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip"})
    void bodiesForWhichThereIsNoRoomAreToComeLater(String coding) {
        try (Bed bed = new Bed(TestServer.start())) {
            ExportTraceServiceRequest half = request(large(1, TestServer.OTLP_BYTES / 2));
            try (MemoryBudget.Lease all = bed.server.server.shared().bodies().lease()) {
                all.raiseTo(bed.most() - TestServer.OTLP_BYTES / 4);
                Status full = refused(bed.traces().withCompression(coding), half);
                assertThat(full.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(full.getDescription()).contains("server_overloaded");
                assertThat(bed.traces().export(request(span(2).build())).hasPartialSuccess())
                        .isFalse();
            }
            assertThat(bed.events()).isEqualTo(1);
            assertThat(bed.traces().withCompression(coding).export(half).hasPartialSuccess())
                    .isFalse();
        }
    }

    @Test
    void whatUnpacksToVeryMuchIsRefused() {
        try (Bed bed = new Bed(TestServer.start(), TestServer.OTLP_BYTES * 16)) {
            Status status = refused(bed.traces().withCompression("gzip"), request(large(1, TestServer.OTLP_BYTES * 8)));
            assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(status.getDescription()).contains("100 times its size");
            assertThat(bed.traces().export(request(span(1).build())).hasPartialSuccess())
                    .isFalse();
            assertThat(bed.events()).isEqualTo(1);
        }
    }

    /** Packs as it should, but for the end, which says that all of it is wrong. */
    private static final class Damaging implements Codec {
        @Override
        public String getMessageEncoding() {
            return "gzip";
        }

        @Override
        public InputStream decompress(InputStream in) throws IOException {
            return new GZIPInputStream(in);
        }

        @Override
        public OutputStream compress(OutputStream out) throws IOException {
            return new GZIPOutputStream(new FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    byte[] changed = Arrays.copyOfRange(bytes, from, from + length);
                    changed[length - 1] ^= 1;
                    out.write(changed);
                }
            });
        }
    }

    @Test
    void whatIsPackedWronglyIsRefused() {
        CompressorRegistry damaging = CompressorRegistry.newEmptyInstance();
        damaging.register(new Damaging());
        try (Bed bed =
                new Bed(TestServer.start(), builder -> builder.usePlaintext().compressorRegistry(damaging))) {
            Status status = refused(bed.traces().withCompression("gzip"), request(large(1, 100_000)));
            assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(status.getDescription()).contains("malformed_content_encoding");
            assertThat(bed.events()).isZero();
        }
    }

    /** A client that says that it sends a message, and does not. */
    @Test
    void aMessageThatDoesNotArriveHoldsNothingForEver() throws InterruptedException {
        HttpSettings.Timeouts usual = HttpSettings.Timeouts.DEFAULTS;
        HttpSettings.Timeouts brief = new HttpSettings.Timeouts(
                usual.idle(),
                usual.head(),
                Duration.ofMillis(300),
                usual.silence(),
                usual.heartbeat(),
                usual.shutdown());
        try (Bed bed = new Bed(TestServer.start(With.timeouts(brief)))) {
            ClientCall<ExportTraceServiceRequest, ExportTraceServiceResponse> call =
                    bed.channel.newCall(TraceServiceGrpc.getExportMethod(), CallOptions.DEFAULT);
            BlockingQueue<Status> closed = new LinkedBlockingQueue<>();
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            closed.add(status);
                        }
                    },
                    new Metadata());
            call.request(1);
            call.sendMessage(request(span(1).build()));
            // It does not say that this was all.
            Status status = closed.poll(20, TimeUnit.SECONDS);
            assertThat(status).isNotNull();
            assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(bed.events()).isZero();
        }
    }

    @Test
    void aKeyThatSendsTooMuchIsToldWhenToGoOn() {
        TestKeys keys = new TestKeys();
        String slow = "Bearer " + keys.addFew("slow", TestServer.OTLP_BYTES).reveal();
        try (Bed bed = new Bed(TestServer.behind(keys::door))) {
            StatusRuntimeException[] limited = new StatusRuntimeException[1];
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> {
                        for (int i = 1; i <= 100; i++) {
                            as(slow, bed.traces()).export(request(large(i, TestServer.OTLP_BYTES / 2)));
                        }
                    })
                    .satisfies(told -> limited[0] = told);
            assertThat(limited[0].getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            com.google.rpc.Status status = StatusProto.fromThrowable(limited[0]);
            assertThat(status).isNotNull();
            assertThat(status.getDetailsCount()).isEqualTo(1);
        }
    }

    private static TraceServiceBlockingStub as(String authorization, TraceServiceBlockingStub stub) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void whoMayNotIsToldSo() {
        TestKeys keys = new TestKeys();
        String reader = "Bearer " + keys.add("reader", KeyRole.READ).reveal();
        String exporter = "Bearer " + keys.add("exporter", KeyRole.INGEST).reveal();
        try (Bed bed = new Bed(TestServer.behind(keys::door))) {
            ExportTraceServiceRequest request = request(span(1).build());
            assertThat(refused(bed.traces(), request).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(refused(as(reader, bed.traces()), request).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(bed.events()).isZero();
            assertThat(as(exporter, bed.traces()).export(request).hasPartialSuccess())
                    .isFalse();
            assertThat(bed.events()).isEqualTo(1);
        }
    }

    /** What is refused costs the connection nothing: an exporter goes on where it may. */
    @Test
    void aKeyThatAsksForTooMuchIsToldWhenToGoOn() {
        TestKeys keys = new TestKeys();
        String slow = "Bearer " + keys.addSlow("slow").reveal();
        String exporter = "Bearer " + keys.add("exporter", KeyRole.INGEST).reveal();
        try (Bed bed = new Bed(TestServer.behind(keys::door))) {
            List<StatusRuntimeException> limited = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                try {
                    as(slow, bed.traces()).export(request(span(1).build()));
                } catch (StatusRuntimeException told) {
                    limited.add(told);
                }
                assertThat(as(exporter, bed.traces())
                                .export(request(span(2 + i).build()))
                                .hasPartialSuccess())
                        .isFalse();
            }
            assertThat(limited).isNotEmpty().allSatisfy(told -> {
                assertThat(told.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                com.google.rpc.Status status = StatusProto.fromThrowable(told);
                assertThat(status).isNotNull();
                assertThat(status.getDetails(0)
                                .unpack(RetryInfo.class)
                                .getRetryDelay()
                                .getSeconds())
                        .isPositive();
            });
            assertThat(bed.events()).isEqualTo(21);
        }
    }

    @Test
    void whatIsWorthRepeatingSaysWhen() throws InvalidProtocolBufferException {
        try (Bed bed = new Bed(TestServer.start())) {
            bed.server.ledgerPorts.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
            StatusRuntimeException[] away = new StatusRuntimeException[1];
            assertThatExceptionOfType(StatusRuntimeException.class)
                    .isThrownBy(() -> bed.traces().export(request(span(1).build())))
                    .satisfies(failed -> away[0] = failed);
            assertThat(away[0].getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            com.google.rpc.Status status = StatusProto.fromThrowable(away[0]);
            assertThat(status).isNotNull();
            assertThat(status.getDetails(0)
                            .unpack(RetryInfo.class)
                            .getRetryDelay()
                            .getSeconds())
                    .isEqualTo(5);
            bed.server.ledgerPorts.recover();
            assertThat(bed.traces().export(request(span(1).build())).hasPartialSuccess())
                    .isFalse();
        }
    }

    @Test
    void withACertificateItSpeaksTlsAndNothingElse(@TempDir Path folder) throws IOException {
        Certificates certificates = Certificates.in(folder);
        SslContext trusting = GrpcSslContexts.forClient()
                .trustManager(certificates.authority().toFile())
                .build();
        try (Bed bed =
                new Bed(TestServer.start(With.tls(certificates.loopback())), builder -> builder.sslContext(trusting))) {
            assertThat(bed.traces()
                            .withCompression("gzip")
                            .export(request(span(1).build()))
                            .hasPartialSuccess())
                    .isFalse();
            assertThat(bed.events()).isEqualTo(1);
            ManagedChannel plain = NettyChannelBuilder.forAddress("127.0.0.1", bed.grpc.port())
                    .usePlaintext()
                    .build();
            try {
                TraceServiceBlockingStub stub =
                        TraceServiceGrpc.newBlockingStub(plain).withDeadlineAfter(20, TimeUnit.SECONDS);
                assertThat(refused(stub, request(span(2).build())).getCode())
                        .isIn(Status.Code.UNAVAILABLE, Status.Code.INTERNAL);
            } finally {
                plain.shutdownNow();
            }
            assertThat(bed.events()).isEqualTo(1);
        }
    }
}
