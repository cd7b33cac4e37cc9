// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import com.google.protobuf.Message;
import io.contextgraph.capture.live.ExportOutcome;
import io.contextgraph.capture.live.OtlpIntake;
import io.contextgraph.capture.live.Signal;
import io.contextgraph.http.engine.Gate;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.Problems;
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
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The three services of OTLP over gRPC: the calls of the generated stubs, with messages that are bounded. */
final class GrpcExports {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcExports.class);

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Gate.Admitted> ADMITTED = Context.key("admitted");

    private final OtlpIntake intake;
    private final Gate gate;
    private final BoundedMarshaller bodies;

    GrpcExports(OtlpIntake intake, Gate gate, int mostBytes) {
        this.intake = intake;
        this.gate = gate;
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
        Gate.Admitted admitted = ADMITTED.get();
        try {
            if (body.tooLarge()) {
                throw Problem.of(
                                ProblemCode.BODY_TOO_LARGE,
                                "A request must not have more than " + bodies.mostBytes()
                                        + " bytes, unpacked; nothing of it was taken: let the exporter send smaller batches.")
                        .raised();
            }
            int length = body.bytes().length;
            admitted.allowance().ifPresent(left -> left.read(length));
            ExportOutcome outcome = intake.take(
                    signal,
                    length,
                    () -> OtlpForm.PROTOBUF.read(signal, body.bytes()),
                    admitted.caller().label());
            answer.onNext(OtlpForm.response(signal, outcome));
            answer.onCompleted();
        } catch (RuntimeException failed) {
            answer.onError(RpcStatus.of(problem(failed)).exception());
        }
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
                CallMemory.attach(call);
                Gate.Admitted admitted;
                try {
                    admitted = gate.admit(
                            Role.INGEST, Optional.ofNullable(headers.get(AUTHORIZATION)), OptionalLong.empty());
                } catch (RuntimeException refused) {
                    RpcStatus.of(problem(refused)).close(call);
                    return new ServerCall.Listener<>() {};
                }
                return Contexts.interceptCall(Context.current().withValue(ADMITTED, admitted), call, headers, next);
            }
        };
    }
}
