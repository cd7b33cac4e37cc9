// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import io.contextgraph.capture.live.OtlpIntake;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.SharedParts;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.grpc.netty.shaded.io.netty.handler.ssl.JdkSslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * OTLP over gRPC, on a port of its own.
 *
 * <p><b>Guarantees.</b> The address, TLS, keys and limits of the HTTP API, but for the number of connections: idle ones are
 * closed. {@link #close} ends what is in work within the time that requests of HTTP have.
 *
 * <p><b>Threads.</b> A virtual thread for each call.
 */
public final class OtlpGrpcServer implements AutoCloseable {
    /** An exporter has one call under way, a Collector some. */
    private static final int MOST_CALLS_OF_CONNECTION = 32;

    private static final int MAX_HEAD_BYTES = 32 * 1024;

    /** What a client may send before it is wanted. */
    private static final int WINDOW = 1 << 20;

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private final int port;
    private final SharedParts shared;
    private final OtlpIntake intake;
    private final int mostBytes;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("otlp-grpc-timers").factory());
    private @Nullable Server server;

    /**
     * A server that is not listening yet.
     *
     * @param port 0 for any free one
     * @param mostBytes of a message, unpacked
     */
    public OtlpGrpcServer(int port, SharedParts shared, OtlpIntake intake, int mostBytes) {
        this.port = port;
        this.shared = shared;
        this.intake = intake;
        this.mostBytes = intake.mostBytes(mostBytes);
        timers.setRemoveOnCancelPolicy(true);
    }

    /** @throws IllegalStateException when the address cannot be had */
    public void start() {
        HttpSettings settings = shared.settings();
        GrpcExports exports = new GrpcExports(intake, shared, timers, mostBytes);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), port))
                .executor(threads)
                .maxInboundMessageSize(mostBytes)
                .maxInboundMetadataSize(MAX_HEAD_BYTES)
                .maxConcurrentCallsPerConnection(MOST_CALLS_OF_CONNECTION)
                .flowControlWindow(WINDOW)
                .handshakeTimeout(settings.timeouts().head().toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionIdle(settings.timeouts().idle().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTime(settings.timeouts().silence().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addStreamTracerFactory(new CallMemory.OfCalls(shared.bodies()))
                .intercept(exports.door());
        if (shared.tracing().isOn()) {
            builder.addStreamTracerFactory(new CallSpan.OfCalls(shared.tracing()));
        }
        exports.services().forEach(builder::addService);
        shared.tls().map(OtlpGrpcServer::http2).ifPresent(builder::sslContext);
        try {
            server = builder.build().start();
        } catch (IOException taken) {
            throw new IllegalStateException(
                    "cannot listen on " + settings.host() + ":" + port + ": is the port in use?", taken);
        }
    }

    private static JdkSslContext http2(SSLContext shown) {
        return new JdkSslContext(
                shown,
                false,
                null,
                IdentityCipherSuiteFilter.INSTANCE,
                new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        "h2"),
                ClientAuth.NONE,
                null,
                false);
    }

    /** The port in use, also where 0 was asked for. */
    public int port() {
        Server running = server;
        if (running == null) {
            throw new IllegalStateException("the server has not been started");
        }
        return running.getPort();
    }

    @Override
    public void close() {
        Server running = server;
        if (running != null) {
            try {
                boolean ended = running.shutdown()
                        .awaitTermination(
                                shared.settings().timeouts().shutdown().toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    running.shutdownNow();
                }
            } catch (InterruptedException stop) {
                running.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
        threads.shutdown();
        timers.shutdownNow();
    }
}
