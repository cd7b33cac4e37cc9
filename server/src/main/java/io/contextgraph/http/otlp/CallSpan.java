// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import io.contextgraph.tracing.RequestSpan;
import io.contextgraph.tracing.Tracing;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.util.Optional;
import java.util.Set;

/** The span of a call of gRPC, until it has been answered or its client has gone. */
final class CallSpan extends ServerStreamTracer {
    private static final Context.Key<RequestSpan> OF_CALL = Context.key("span");

    /** What a client calls otherwise may be anything. */
    private static final Set<String> OURS = Set.of(
            TraceServiceGrpc.getExportMethod().getFullMethodName(),
            LogsServiceGrpc.getExportMethod().getFullMethodName(),
            MetricsServiceGrpc.getExportMethod().getFullMethodName());

    /** Statuses that are our fault, as the conventions of OpenTelemetry have them for servers. */
    private static final Set<Status.Code> FAILED = Set.of(
            Status.Code.UNKNOWN,
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.INTERNAL,
            Status.Code.UNAVAILABLE,
            Status.Code.DATA_LOSS);

    private final RequestSpan span;

    private CallSpan(RequestSpan span) {
        this.span = span;
    }

    /** Makes one for each call. */
    static final class OfCalls extends Factory {
        private final Tracing tracing;

        OfCalls(Tracing tracing) {
            this.tracing = tracing;
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            if (!OURS.contains(method)) {
                return new CallSpan(RequestSpan.NONE);
            }
            RequestSpan begun = tracing.request(
                    name -> Optional.ofNullable(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER))));
            int end = method.indexOf('/');
            begun.rpc(method.substring(0, end), method.substring(end + 1));
            return new CallSpan(begun);
        }
    }

    /** That of the call that this thread works for. */
    static RequestSpan current() {
        RequestSpan span = OF_CALL.get();
        return span == null ? RequestSpan.NONE : span;
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(OF_CALL, span);
    }

    @Override
    public void streamClosed(Status status) {
        span.rpcStatus(status.getCode().value(), FAILED.contains(status.getCode()));
        span.end();
    }
}
