// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/** Takes spans of OTLP over HTTP, as a collector does, and keeps them. */
public final class SpanReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Map<String, List<String>>> headers = new ArrayList<>();
    private final List<ExportTraceServiceRequest> requests = new ArrayList<>();

    private SpanReceiver(int status) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> take(exchange, status));
        server.start();
    }

    /** One that takes everything. */
    public static SpanReceiver start() {
        return answering(200);
    }

    /** One that answers so, whatever it is sent. */
    public static SpanReceiver answering(int status) {
        try {
            return new SpanReceiver(status);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(HttpExchange exchange, int status) throws IOException {
        try (exchange;
                InputStream body = new GZIPInputStream(exchange.getRequestBody())) {
            ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
            synchronized (this) {
                headers.add(Map.copyOf(exchange.getRequestHeaders()));
                requests.add(request);
                notifyAll();
            }
            byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        }
    }

    /** Where it is. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces");
    }

    /** The headers of all requests until now. */
    public synchronized List<Map<String, List<String>>> headers() {
        return List.copyOf(headers);
    }

    /** Everything that has come until now. */
    public synchronized List<ExportTraceServiceRequest> requests() {
        return List.copyOf(requests);
    }

    /** All spans that have come until now. */
    public synchronized List<Span> spans() {
        return requests.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    /** What the spans belong to. */
    public synchronized List<Resource> resources() {
        return requests.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .map(spans -> spans.getResource())
                .toList();
    }

    /** The first span of this kind, once it has come. */
    public synchronized Span await(Predicate<Span> which) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            for (Span span : spans()) {
                if (which.test(span)) {
                    return span;
                }
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new TimeoutException("no such span has come, but " + spans());
            }
            wait(left);
        }
    }

    /** Attributes as text, by key. */
    public static Map<String, String> attributes(List<KeyValue> attributes) {
        Map<String, String> all = new TreeMap<>();
        for (KeyValue one : attributes) {
            all.put(
                    one.getKey(),
                    one.getValue().hasStringValue()
                            ? one.getValue().getStringValue()
                            : Long.toString(one.getValue().getIntValue()));
        }
        return all;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
