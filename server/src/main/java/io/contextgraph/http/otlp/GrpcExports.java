// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import com.google.protobuf.Message;
import io.contextgraph.capture.live.ExportOutcome;
import io.contextgraph.capture.live.OtlpIntake;
import io.contextgraph.capture.live.Signal;
import io.contextgraph.http.engine.Gate;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.SharedParts;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.Problems;
import io.contextgraph.tracing.OwnTraces;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The three services of OTLP over gRPC: the calls of the generated stubs, with messages that are bounded. */
final class GrpcExports {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcExports.class);

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACES_OF =
            Metadata.Key.of(OwnTraces.HEADER, Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Gate.Admitted> ADMITTED = Context.key("admitted");

    private final OtlpIntake intake;
    private final SharedParts shared;
    private final ScheduledExecutorService timers;
    private final BoundedMarshaller bodies;

    /** @param timers close calls that take too long to arrive */
    GrpcExports(OtlpIntake intake, SharedParts shared, ScheduledExecutorService timers, int mostBytes) {
        this.intake = intake;
        this.shared = shared;
        this.timers = timers;
        this.bodies = new BoundedMarshaller(mostBytes);
    }

    List<ServerServiceDefinition> services() {
        return List.of(
                service(Signal.TRACES, TraceServiceGrpc.getServiceDescriptor(), TraceServiceGrpc.getExportMethod()),
                service(Signal.LOGS, LogsServiceGrpc.getServiceDescriptor(), LogsServiceGrpc.getExportMethod()),
                service(
                        Signal.METRICS,
                        MetricsServiceGrpc.getServiceDescriptor(),
                        MetricsServiceGrpc.getExportMethod()));
    }

    /** The call of the generated stub, whose message is looked at when there is room for it. */
    private ServerServiceDefinition service(Signal signal, ServiceDescriptor service, MethodDescriptor<?, ?> export) {
        MethodDescriptor<BoundedMarshaller.Body, Message> method = export.toBuilder(
                        bodies, ProtoUtils.marshaller(OtlpForm.response(signal, ExportOutcome.WHOLE)))
                .build();
        return ServerServiceDefinition.builder(ServiceDescriptor.newBuilder(service.getName())
                        .setSchemaDescriptor(service.getSchemaDescriptor())
                        .addMethod(method)
                        .build())
                .addMethod(method, ServerCalls.asyncUnaryCall((body, answer) -> take(signal, body, answer)))
                .build();
    }

    private void take(Signal signal, BoundedMarshaller.Body body, StreamObserver<Message> answer) {
        CallMemory memory = CallMemory.current();
        if (!memory.begin()) {
            return;
        }
        if (answer instanceof ServerCallStreamObserver<Message> call) {
            call.setOnCancelHandler(() -> LOG.trace("a client left before it was answered"));
        }
        try {
            CallSpan.current().run(() -> answer(signal, body, answer));
        } finally {
            memory.end();
        }
    }

    private void answer(Signal signal, BoundedMarshaller.Body body, StreamObserver<Message> answer) {
        try {
            answer.onNext(OtlpForm.response(signal, shared.gate().inWork(() -> outcome(signal, body))));
            answer.onCompleted();
        } catch (RuntimeException failed) {
            answer.onError(RpcStatus.of(problem(failed)).exception());
        }
    }

    private ExportOutcome outcome(Signal signal, BoundedMarshaller.Body body) {
        body.wrong().ifPresent(wrong -> {
            throw wrong;
        });
        Gate.Admitted admitted = ADMITTED.get();
        shared.gate().charge(admitted, body.bytes().length);
        return intake.take(
                signal,
                body.bytes().length,
                () -> OtlpForm.PROTOBUF.read(signal, body.bytes()),
                admitted.caller().label());
    }

    private static Problem problem(RuntimeException failed) {
        Problem problem = Problems.of(failed);
        if (problem.status() == 500) {
            LOG.error("an export over gRPC failed", failed);
        }
        return problem;
    }

    /** Lets calls in as requests of HTTP are. */
    ServerInterceptor door() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                CallMemory memory = CallMemory.current();
                memory.attach(call, shared.settings().timeouts().body(), timers);
                Gate.Admitted admitted;
                try {
                    admitted = shared.gate()
                            .admit(Role.INGEST, Optional.ofNullable(headers.get(AUTHORIZATION)), OptionalLong.empty());
                    OtlpRoutes.requireForeign(intake, Optional.ofNullable(headers.get(TRACES_OF)));
                } catch (RuntimeException refused) {
                    if (memory.begin()) {
                        RpcStatus.of(problem(refused)).close(call);
                        memory.end();
                    }
                    return new ServerCall.Listener<>() {};
                }
                return Contexts.interceptCall(Context.current().withValue(ADMITTED, admitted), call, headers, next);
            }
        };
    }
}
