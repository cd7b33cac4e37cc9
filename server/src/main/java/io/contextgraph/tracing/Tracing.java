// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import io.contextgraph.config.ConfigurationException;
import io.contextgraph.ops.Metrics;
import io.contextgraph.tls.ClientTls;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes traces of our own requests, and sends them to where they are collected.
 *
 * <p><b>Guarantees.</b> No request waits for a collector or fails because of it: what cannot be sent in time is dropped and
 * counted. A request that brings traces of any Context Graph is not traced, or two deployments would send each other
 * traces for ever. {@link #close} gives what is left a bounded time.
 *
 * <p><b>Threads.</b> Safe for threads. Those that send exist only where there is an endpoint.
 */
public final class Tracing implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** What is left may take so long when the server ends. */
    private static final Duration FLUSH = Duration.ofSeconds(3);

    private static final int MOST_CHARACTERS = 256;

    private static final String PARENT = "traceparent";

    /** No request is traced. */
    public static final Tracing OFF = new Tracing(null, null);

    /** The state of a trace is not passed on: anybody can have written anything into it. */
    private static final TextMapGetter<Incoming> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Incoming incoming) {
            return List.of(PARENT);
        }

        @Override
        public @Nullable String get(@Nullable Incoming incoming, String key) {
            return incoming == null || !key.equals(PARENT)
                    ? null
                    : incoming.header(key).orElse(null);
        }
    };

    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Outbox outbox;
    private final @Nullable Tracer tracer;

    private Tracing(@Nullable SdkTracerProvider provider, @Nullable Outbox outbox) {
        this.provider = provider;
        this.outbox = outbox;
        this.tracer = provider == null ? null : provider.get("io.contextgraph");
    }

    /**
     * Begins to trace, where there is somewhere to send traces to.
     *
     * @param version of the product
     * @param ports on which this server listens
     * @throws ConfigurationException when traces would go to this server itself, or the authorities cannot be read
     */
    public static Tracing start(
            Optional<TracingSettings> settings, OwnTraces own, String version, Metrics metrics, int... ports) {
        Outbox.Counts counts = new Outbox.Counts(metrics);
        return settings.map(how -> start(how, own, version, counts, ports)).orElse(OFF);
    }

    private static Tracing start(
            TracingSettings settings, OwnTraces own, String version, Outbox.Counts counts, int... ports) {
        OwnAddress.refusal(settings, ports).ifPresent(refused -> {
            throw new ConfigurationException(List.of(refused));
        });
        MarkedExporter exporter = new MarkedExporter(own, mark -> exporter(settings, mark));
        Outbox outbox = new Outbox(exporter, settings.place(), counts);
        Resource resource = Resource.getDefault().toBuilder()
                .put("service.name", settings.service())
                .put("service.version", version)
                .put("service.instance.id", own.process())
                .build();
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.sample())))
                .setSpanLimits(SpanLimits.builder()
                        .setMaxAttributeValueLength(MOST_CHARACTERS)
                        .build())
                .addSpanProcessor(outbox)
                .build();
        return new Tracing(provider, outbox);
    }

    private static OtlpHttpSpanExporter exporter(TracingSettings settings, Supplier<String> mark) {
        OtlpHttpSpanExporterBuilder builder = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.endpoint().toString())
                .setCompression("gzip")
                .setTimeout(TIMEOUT)
                .setConnectTimeout(CONNECT)
                .setHeaders(() -> {
                    Map<String, String> headers = new HashMap<>(settings.headers());
                    headers.put(OwnTraces.HEADER, mark.get());
                    return headers;
                });
        settings.authorities().ifPresent(file -> builder.setTrustedCertificates(authorities(file)));
        return builder.build();
    }

    private static byte[] authorities(Path file) {
        List<String> problems = new ClientTls(Optional.of(file), Optional.empty()).problems();
        if (!problems.isEmpty()) {
            throw unusable(problems.getFirst());
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw unusable(String.valueOf(unreadable.getMessage()));
        }
    }

    private static ConfigurationException unusable(String why) {
        return new ConfigurationException(List.of(TracingSettings.TLS_CA.key() + " cannot be used: " + why));
    }

    /** Whether any request is traced. */
    public boolean isOn() {
        return tracer != null;
    }

    /** Begins the span of a request, as a part of the trace that its client has begun, or of one of its own. */
    public RequestSpan request(Incoming incoming) {
        if (tracer == null || incoming.header(OwnTraces.HEADER).isPresent()) {
            return RequestSpan.NONE;
        }
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), incoming, HEADERS);
        SpanContext client = Span.fromContext(parent).getSpanContext();
        Span span = tracer.spanBuilder("HTTP")
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
        return span.isRecording() ? new RequestSpan(span, tracer, client.isValid()) : RequestSpan.NONE;
    }

    /**
     * Begins a part of the request that this thread works for.
     *
     * @param name one of a fixed set
     */
    public Part part(String name) {
        return tracer == null ? Part.NONE : RequestSpan.current().part(name);
    }

    /** The request that this thread works for brings traces of a Context Graph, and is not traced. */
    public void forgetRequest() {
        if (tracer != null) {
            RequestSpan.current().forget();
        }
    }

    @Override
    public void close() {
        if (provider != null && outbox != null) {
            boolean ignored = provider.shutdown()
                    .join(FLUSH.toMillis(), TimeUnit.MILLISECONDS)
                    .isSuccess();
            outbox.tellLeft();
        }
    }
}
