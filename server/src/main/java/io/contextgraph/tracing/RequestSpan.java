// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import io.contextgraph.ops.LogFields;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The span of a request, from when it came until it has been answered. It says what {@code docs/operations.md} lists: no
 * address as it was sent, no query, no content, nobody's name or key.
 *
 * <p><b>Threads.</b> Told by one at a time.
 *
 * <p><b>Source.</b> OpenTelemetry semantic conventions, HTTP spans and RPC spans.
 */
public final class RequestSpan {
    /** Of a request that is not traced. */
    public static final RequestSpan NONE = new RequestSpan(null, null, false);

    static final String ERROR_TYPE = "error.type";

    /** So many parts of a request have a span: a stream that is open for hours has any number of them. */
    static final int MOST_PARTS = 100;

    private static final ContextKey<RequestSpan> KEY = ContextKey.named("contextgraph-request");
    private static final Set<String> METHODS =
            Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

    private final @Nullable Span span;
    private final @Nullable Tracer tracer;
    private final boolean continued;
    private final AtomicInteger parts = new AtomicInteger();
    private volatile boolean forgotten;
    private String method = "";

    /** @param continued whether somebody else has begun the trace */
    RequestSpan(@Nullable Span span, @Nullable Tracer tracer, boolean continued) {
        this.span = span;
        this.tracer = tracer;
        this.continued = continued;
    }

    /** That of the request that this thread works for. */
    static RequestSpan current() {
        RequestSpan current = Context.current().get(KEY);
        return current == null ? NONE : current;
    }

    /** Works for the request; what this thread logs meanwhile has the id of the trace. */
    public void run(Runnable work) {
        if (span == null) {
            work.run();
            return;
        }
        MDC.put(LogFields.TRACE_ID, span.getSpanContext().getTraceId());
        try {
            Context.current().with(KEY, this).wrap(work).run();
        } finally {
            MDC.remove(LogFields.TRACE_ID);
        }
    }

    /** It came over HTTP. */
    public void http(String sent, boolean secure, String requestId) {
        if (span == null) {
            return;
        }
        boolean known = METHODS.contains(sent);
        method = known ? sent : "HTTP";
        span.updateName(method);
        span.setAttribute("http.request.method", known ? sent : "_OTHER");
        span.setAttribute("url.scheme", secure ? "https" : "http");
        span.setAttribute("contextgraph.request_id", requestId);
    }

    /** Where it came to. */
    public void server(SocketAddress address) {
        if (span != null && address instanceof InetSocketAddress here && !here.isUnresolved()) {
            span.setAttribute("server.address", here.getAddress().getHostAddress());
            span.setAttribute("server.port", here.getPort());
        }
    }

    /**
     * Its route is known.
     *
     * @param frequent whether machines ask again and again: such a request is traced only where whoever asks does that
     */
    public void route(String template, boolean frequent) {
        if (span == null) {
            return;
        }
        if (frequent && !continued) {
            forgotten = true;
        }
        span.updateName(method + " " + template);
        span.setAttribute("http.route", template);
    }

    /** A problem is the answer. */
    public void problem(int status, String code) {
        if (span == null) {
            return;
        }
        span.setAttribute("contextgraph.problem", code);
        if (status >= 500) {
            broken(code);
        }
    }

    /** The status of the answer is known. */
    public void status(int status) {
        if (span != null) {
            span.setAttribute("http.response.status_code", status);
        }
    }

    /**
     * We have failed, or broken off.
     *
     * @param reason one of a fixed set
     */
    public void broken(String reason) {
        if (span != null) {
            span.setAttribute(ERROR_TYPE, reason);
            span.setStatus(StatusCode.ERROR);
        }
    }

    /** It came over gRPC, to one of our methods. */
    public void rpc(String service, String called) {
        if (span != null) {
            span.updateName(service + "/" + called);
            span.setAttribute("rpc.system", "grpc");
            span.setAttribute("rpc.service", service);
            span.setAttribute("rpc.method", called);
        }
    }

    /**
     * What was answered over gRPC is known.
     *
     * @param failed whether it is our fault
     */
    public void rpcStatus(int code, boolean failed) {
        if (span != null) {
            span.setAttribute("rpc.grpc.status_code", code);
            if (failed) {
                broken(Integer.toString(code));
            }
        }
    }

    /** It is not traced after all. */
    void forget() {
        forgotten = true;
    }

    /** Begins a part of it. */
    Part part(String name) {
        if (span == null || tracer == null || forgotten || parts.incrementAndGet() > MOST_PARTS) {
            return Part.NONE;
        }
        return new Part(
                tracer.spanBuilder(name).setParent(Context.root().with(span)).startSpan());
    }

    /** It has been answered. What was forgotten never ends, and so goes nowhere. */
    public void end() {
        if (span == null || forgotten) {
            return;
        }
        int without = parts.get() - MOST_PARTS;
        if (without > 0) {
            span.setAttribute("contextgraph.parts_without_span", without);
        }
        span.end();
    }
}
