// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.time.Duration;

/** Answers, in the same form as routes do, what the engine refuses before any route sees it. */
final class Refusals implements DirectHandler {
    private final HttpMetrics metrics;

    Refusals(HttpMetrics metrics) {
        this.metrics = metrics;
    }

    DirectHandlers handlers() {
        DirectHandlers.Builder builder = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            builder.addHandler(type, this);
        }
        return builder.build();
    }

    @Override
    public TransportResponse handle(
            TransportRequest request, EventType type, Status status, ServerResponseHeaders headers, String message) {
        metrics.refused(HttpMetrics.Refusal.MALFORMED);
        Problem problem = problem(status.code());
        String requestId = RequestIds.of(request.headers().first(HeaderNames.create(RequestIds.HEADER)));
        long started = ConnectionGuard.current().map(Pace::startedNanos).orElseGet(System::nanoTime);
        headers.set(HeaderNames.create(RequestIds.HEADER), requestId);
        headers.set(
                HeaderNames.create(Dispatcher.TIME_HEADER),
                Dispatcher.millis(Duration.ofNanos(System.nanoTime() - started)));
        headers.set(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE);
        return TransportResponse.builder()
                .status(Status.create(problem.status()))
                .headers(headers)
                .keepAlive(false)
                .entity(problem.body(requestId))
                .build();
    }

    /** The engine's messages are left out: they may quote the request. */
    static Problem problem(int status) {
        return switch (status) {
            case 413 -> Problem.of(ProblemCode.BODY_TOO_LARGE, "The body, or one chunk of it, is too large.");
            case 414 -> Problem.of(ProblemCode.ADDRESS_TOO_LONG, "The address is too long.");
            case 500 ->
                Problem.of(ProblemCode.INTERNAL_ERROR, "The server failed before it could look at the request.");
            case 501 ->
                Problem.of(
                        ProblemCode.UNSUPPORTED_TRANSFER_ENCODING, "The only Transfer-Encoding there is, is chunked.");
            case 505 -> Problem.of(ProblemCode.HTTP_VERSION_NOT_SUPPORTED, "The server speaks HTTP/1.1.");
            default -> Problem.of(ProblemCode.MALFORMED_REQUEST, "The request is not well-formed HTTP/1.1.");
        };
    }
}
