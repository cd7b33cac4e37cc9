// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.contextgraph.http.problem.Problem;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.Optional;

/**
 * A problem as {@code google.rpc.Status} says it, the form in which OTLP has errors.
 *
 * @param http status of the answer: bad input is 400 here, as exporters know no other
 * @param code of gRPC
 * @param message for people
 * @param retryAfter when it may be sent again
 *
 * <p><b>Source.</b> OTLP specification, Failures; google/rpc/code.proto.
 */
record RpcStatus(int http, int code, String message, Optional<java.time.Duration> retryAfter) {
    private static final int INVALID_ARGUMENT = 3;
    private static final int UNKNOWN = 2;

    /** By status of HTTP: that which gRPC has for it. */
    private static final Map<Integer, Integer> CODES = Map.ofEntries(
            Map.entry(400, INVALID_ARGUMENT),
            Map.entry(401, 16),
            Map.entry(403, 7),
            Map.entry(404, 5),
            Map.entry(405, 12),
            Map.entry(413, INVALID_ARGUMENT),
            Map.entry(415, INVALID_ARGUMENT),
            Map.entry(421, INVALID_ARGUMENT),
            Map.entry(429, 8),
            Map.entry(500, 13),
            Map.entry(503, 14));

    static RpcStatus of(Problem problem) {
        int http = problem.status() == 422 ? 400 : problem.status();
        return new RpcStatus(
                http,
                CODES.getOrDefault(http, UNKNOWN),
                problem.code() + ": " + problem.detail(),
                problem.retryAfter());
    }

    /** As gRPC tells it. */
    StatusRuntimeException exception() {
        Status.Builder status = Status.newBuilder().setCode(code).setMessage(message);
        // Without it an exporter takes RESOURCE_EXHAUSTED for good.
        retryAfter.ifPresent(wait -> status.addDetails(Any.pack(RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setSeconds(wait.toSeconds()))
                .build())));
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /** Ends a call with it. */
    void close(ServerCall<?, ?> call) {
        StatusRuntimeException told = exception();
        Metadata trailers = told.getTrailers();
        call.close(told.getStatus(), trailers == null ? new Metadata() : trailers);
    }
}
