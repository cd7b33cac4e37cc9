// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import io.contextgraph.http.problem.Problems;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.LogFields;
import io.contextgraph.tracing.Incoming;
import io.contextgraph.tracing.RequestSpan;
import io.contextgraph.tracing.Tracing;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Leads every request to its route and back: ids, times, bounds, problems, metrics, traces. */
final class Dispatcher implements Handler {
    static final String TIME_HEADER = "X-Request-Time-Ms";
    static final String UNMATCHED = "unmatched";

    private static final HeaderName REQUEST_ID = HeaderNames.create(RequestIds.HEADER);
    private static final HeaderName REQUEST_TIME = HeaderNames.create(TIME_HEADER);

    private static final HeaderName SITE = HeaderNames.create("Sec-Fetch-Site");

    /** To browsers: this is data, to be shown by nobody's page and kept by nobody. */
    private static final List<Header> SECURITY = List.of(
            HeaderValues.createCached("X-Content-Type-Options", "nosniff"),
            HeaderValues.createCached("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            HeaderValues.createCached("Referrer-Policy", "no-referrer"),
            HeaderValues.createCached("Cache-Control", "no-store"));

    private static final Header HTTPS_ONLY = HeaderValues.createCached("Strict-Transport-Security", "max-age=31536000");

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");
    private static final Duration LINGER = Duration.ofSeconds(2);

    /** Of all bodies in work together. */
    private static final long MOST_BODY_BYTES = 256L << 20;

    private final Router router;
    private final HttpSettings settings;
    private final HttpMetrics metrics;
    private final Tracing tracing;
    private final Semaphore streams;
    private final MemoryBudget memory;
    private final Gate gate;
    private final Origins origins;
    private final boolean loopbackOnly;
    private final AtomicInteger inWork = new AtomicInteger();

    Dispatcher(Router router, HttpSettings settings, Door door, HttpMetrics metrics, Tracing tracing) {
        this.router = router;
        this.settings = settings;
        this.metrics = metrics;
        this.tracing = tracing;
        this.gate = new Gate(door, settings.limits().maxRequests(), metrics);
        this.origins = door.origins();
        this.streams = new Semaphore(settings.limits().maxStreams());
        this.loopbackOnly = ListenAddress.isLoopback(settings.host());
        this.memory =
                new MemoryBudget(Math.min(MOST_BODY_BYTES, Runtime.getRuntime().maxMemory() / 4));
    }

    /** Who lets requests in. */
    Gate gate() {
        return gate;
    }

    /** What bodies in work share. */
    MemoryBudget memory() {
        return memory;
    }

    int requestsInWork() {
        return inWork.get();
    }

    int streamsOpen() {
        return settings.limits().maxStreams() - streams.availablePermits();
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        Exchange exchange = new Exchange(request, response);
        inWork.incrementAndGet();
        MDC.put(LogFields.REQUEST_ID, exchange.requestId);
        try {
            exchange.span.run(exchange);
        } finally {
            exchange.span.end();
            MDC.remove(LogFields.REQUEST_ID);
            inWork.decrementAndGet();
        }
        exchange.closeWhereNeeded();
        ConnectionGuard.current().ifPresent(Pace::letOthersGo);
    }

    /** One request and its answer. */
    private final class Exchange implements Incoming, Runnable {
        private final ServerRequest request;
        private final ServerResponse response;
        private final long startedNanos = System.nanoTime();
        private final String requestId;
        private final String method;
        private final RequestSpan span;
        private String route = UNMATCHED;
        private Supplier<Optional<ReadAhead<?>>> readAhead = Optional::empty;

        Exchange(ServerRequest request, ServerResponse response) {
            this.request = request;
            this.response = response;
            this.requestId = RequestIds.of(request.headers().first(REQUEST_ID));
            this.method = request.prologue().method().text();
            this.span = tracing.isOn() ? span() : RequestSpan.NONE;
        }

        private RequestSpan span() {
            RequestSpan begun = tracing.request(this);
            begun.http(method, request.isSecure(), requestId);
            begun.server(request.localPeer().address());
            return begun;
        }

        @Override
        public Optional<String> header(String name) {
            return request.headers().first(HeaderNames.create(name));
        }

        @Override
        public void run() {
            response.header(REQUEST_ID, requestId);
            Answer answer;
            try (MemoryBudget.Lease lease = memory.lease()) {
                answer = answer(lease);
            } catch (CloseConnectionException gone) {
                throw gone;
            } catch (RuntimeException | Error failure) {
                sendProblem(problem(failure));
                return;
            }
            switch (answer) {
                case Answer.Whole whole -> send(whole);
                case Answer.Streamed streamed -> stream(streamed);
            }
        }

        private Answer answer(MemoryBudget.Lease lease) {
            requireOwnName();
            String path = request.prologue().uriPath().rawPath();
            if (method.equals("OPTIONS")) {
                return preflight(router.allowed(path));
            }
            requireOwnPage();
            Router.Match match = router.find(method, path);
            route = match.route().template();
            span.route(route, match.route().always());
            Gate.Admitted admitted = gate.admit(match.route(), request.headers());
            Call call = new Call(request, match, admitted, settings.limits().maxBodyBytes(), lease);
            readAhead = call::readAhead;
            if (match.route().always()) {
                return match.route().handler().handle(call);
            }
            Gate.Asked asked = new Gate.Asked(
                    requestId, match.recorded(path), request.prologue().query().rawValue());
            return gate.inWork(() -> gate.audited(
                    match.route(),
                    admitted.caller(),
                    asked,
                    () -> match.route().handler().handle(call)));
        }

        private Answer preflight(String methods) {
            Map<String, String> headers = new LinkedHashMap<>(origins.preflight(origin(), methods));
            headers.put("Allow", methods);
            return new Answer.Whole(204, "", headers, new byte[0]);
        }

        private Optional<String> origin() {
            return request.headers().first(HeaderNames.ORIGIN);
        }

        /** What a browser sends for a page of somebody else may be read only: it comes with no key that was meant for it. */
        private void requireOwnPage() {
            boolean reads = method.equals("GET") || method.equals("HEAD");
            String host = request.headers().first(HeaderNames.HOST).orElse("");
            if (!reads && origins.isForeign(origin(), request.headers().first(SITE), host)) {
                metrics.refused(HttpMetrics.Refusal.FOREIGN);
                throw Problem.of(ProblemCode.FOREIGN_ORIGIN, "A page of another origin may not do this.")
                        .raised();
            }
        }

        /**
         * Whoever can reach loopback needs no key, and a page in somebody's browser can, by a name of its own that it
         * leads here: but it cannot hide that name.
         */
        private void requireOwnName() {
            String host = request.headers().first(HeaderNames.HOST).orElse("");
            if (loopbackOnly && !ListenAddress.namesLoopback(host)) {
                throw Problem.of(
                                ProblemCode.MISDIRECTED_REQUEST,
                                "This server listens on loopback only: the Host must be localhost or a loopback address.")
                        .raised();
            }
        }

        private Problem problem(Throwable failure) {
            if (failure instanceof RequestException malformed) {
                return Refusals.problem(malformed.status().code());
            }
            Problem problem = Problems.of(failure);
            if (problem.status() == 500) {
                metrics.unexpectedError();
                LOG.error("request {} {} {} failed", requestId, method, route, failure);
            } else if (problem.status() == 503 && !(failure instanceof ProblemException)) {
                LOG.warn("request {} {} {}: {}: {}", requestId, method, route, problem.code(), failure.getMessage());
            }
            return problem;
        }

        private void sendProblem(Problem problem) {
            span.problem(problem.status(), problem.code());
            problem.retryAfter().ifPresent(wait -> response.header("Retry-After", Long.toString(wait.toSeconds())));
            ProblemForm form = router.problems(request.prologue().uriPath().rawPath());
            Optional<String> contentType = request.headers().first(HeaderNames.CONTENT_TYPE);
            send(form.of(problem, new ProblemForm.Asked(requestId, contentType)));
        }

        private void send(Answer.Whole answer) {
            begin(answer.status(), answer.contentType());
            answer.headers().forEach(response::header);
            if (mustClose()) {
                response.header("Connection", "close");
            }
            if (method.equals("HEAD")) {
                response.header("Content-Length", Integer.toString(answer.body().length));
                response.send();
            } else {
                response.send(answer.body());
            }
        }

        private void stream(Answer.Streamed answer) {
            if (method.equals("HEAD")) {
                send(new Answer.Whole(answer.status(), answer.contentType(), Map.of(), new byte[0]));
                return;
            }
            if (!streams.tryAcquire()) {
                metrics.refused(HttpMetrics.Refusal.TOO_MANY_STREAMS);
                sendProblem(Problem.unavailable(
                        ProblemCode.TOO_MANY_STREAMS, "Too many streams are open.", Duration.ofSeconds(5)));
                return;
            }
            try {
                begin(answer.status(), answer.contentType());
                try (OutputStream out = response.outputStream()) {
                    answer.body().write(out);
                }
                // Closing is not enough: without this the last chunk would be lost when the connection must go.
                ((RoutingResponse) response).commit();
            } catch (IOException | RuntimeException broken) {
                // The status is out: only a connection that ends without the last chunk can tell the client.
                if (broken instanceof LedgerException away && away.reason().retryable()) {
                    span.broken(away.reason().code());
                    LOG.warn("request {} {} {} broke off: {}", requestId, method, route, away.getMessage());
                } else if (!clientLeft(broken)) {
                    span.broken(ProblemCode.INTERNAL_ERROR.code());
                    metrics.unexpectedError();
                    LOG.error("request {} {} {} broke off", requestId, method, route, broken);
                }
                throw new CloseConnectionException("The stream broke off", broken);
            } finally {
                streams.release();
            }
        }

        /** Whether it is the connection that has ended, seen by who wrote or by who read the body beside it. */
        private static boolean clientLeft(Throwable broken) {
            for (Throwable why = broken; why != null; why = why.getCause()) {
                if (why instanceof ServerConnectionException || why instanceof CloseConnectionException) {
                    return true;
                }
            }
            return false;
        }

        private void begin(int status, String contentType) {
            Duration took = Duration.ofNanos(System.nanoTime() - startedNanos);
            response.status(status);
            if (!contentType.isEmpty()) {
                response.header(HeaderNames.CONTENT_TYPE, contentType);
            }
            response.header(REQUEST_TIME, millis(took));
            SECURITY.forEach(response::header);
            if (request.isSecure()) {
                response.header(HTTPS_ONLY);
            }
            origins.headers(origin()).forEach(response::header);
            span.status(status);
            metrics.request(METHODS.contains(method) ? method : "OTHER", route, status, took);
        }

        private boolean hasUnreadBody() {
            return !request.content().consumed();
        }

        private boolean mustClose() {
            return hasUnreadBody()
                    || request.headers()
                            .first(HeaderNames.CONNECTION)
                            .orElse("")
                            .equalsIgnoreCase("close");
        }

        /**
         * The engine keeps every connection. One whose body was left unread must go, or the rest would be taken for
         * the next request; it is read for a little while first, because a client that is still sending would
         * otherwise lose the answer.
         */
        void closeWhereNeeded() {
            if (hasUnreadBody()) {
                linger();
                throw new CloseConnectionException("The body was not wanted");
            }
            if (mustClose()) {
                throw new CloseConnectionException("The client wanted the connection closed");
            }
        }

        private void linger() {
            ConnectionGuard.current().ifPresent(pace -> pace.linger(LINGER));
            Optional<ReadAhead<?>> reader = readAhead.get();
            if (reader.isPresent()) {
                await(reader.get());
                return;
            }
            try {
                // Also what has been begun: the engine gives its stream only once.
                request.content().consume();
            } catch (RuntimeException enough) {
                LOG.trace("stopped reading a body that nobody wants", enough);
            }
        }
    }

    private static void await(ReadAhead<?> reader) {
        try {
            reader.awaitEnd(LINGER);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Three decimals, never zero. */
    static String millis(Duration took) {
        long micros = Math.max(1, Math.round(took.toNanos() / 1e3));
        String fraction = Long.toString(1000 + micros % 1000).substring(1);
        return micros / 1000 + "." + fraction;
    }
}
