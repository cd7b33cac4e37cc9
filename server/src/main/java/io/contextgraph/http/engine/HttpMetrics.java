// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.ops.Metrics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What can be watched of the HTTP server.
 *
 * <p><b>Guarantees.</b> {@code contextgraph_http_requests_seconds_count} over all series = answers given, except to
 * malformed HTTP, which {@code contextgraph_http_refusals_total} counts.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class HttpMetrics {
    /** Why a request got no regular answer. */
    enum Refusal {
        MALFORMED,
        /** Plain HTTP where TLS is spoken. */
        PLAIN_TEXT,
        OVERLOADED,
        TOO_MANY_STREAMS,
        /** No key, or one that does not count. */
        UNAUTHENTICATED,
        /** A key without the role. */
        FORBIDDEN,
        /** A page of another origin. */
        FOREIGN,
        /** A key has asked for too much. */
        LIMITED,
        /** The keys cannot be read. */
        KEYS_UNAVAILABLE
    }

    /** Why the server has closed a connection that it was not asked to close. */
    enum Closing {
        /** No request came for too long. */
        IDLE,
        /** A request or its body came too slowly, or the answer was taken too slowly. */
        SLOW,
        /** Client and server could not agree on TLS. */
        HANDSHAKE,
        /** There were too many connections, and this one had been of no use for the longest time. */
        CROWDED
    }

    /** A series of answers. */
    private record Series(String method, String route, int status) {}

    private final Metrics metrics;
    private final Map<Refusal, LongConsumer> refusals = new EnumMap<>(Refusal.class);
    private final Map<Closing, LongConsumer> closings = new EnumMap<>(Closing.class);
    private final LongConsumer unexpected;

    // The registry finds a meter by building its name and tags anew: too dear for what is counted with every event.
    private final Map<Series, Consumer<Duration>> requests = new ConcurrentHashMap<>();

    HttpMetrics(Metrics metrics) {
        this.metrics = metrics;
        for (Refusal reason : Refusal.values()) {
            refusals.put(
                    reason,
                    metrics.counter(
                            "contextgraph.http.refusals",
                            "Requests refused before any route saw them",
                            "reason",
                            name(reason)));
        }
        for (Closing reason : Closing.values()) {
            closings.put(
                    reason,
                    metrics.counter(
                            "contextgraph.http.connections.closed",
                            "Connections that the server has closed, by reason",
                            "reason",
                            name(reason)));
        }
        unexpected = metrics.counter(
                "contextgraph.http.unexpected.errors",
                "Answers with status 500, and streams that broke off by a defect");
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Makes a route's series appear before its first request. */
    void register(Route route) {
        Consumer<Duration> ignored = requests(
                new Series(route.method(), route.template(), route.method().equals("POST") ? 201 : 200));
    }

    /** Counts and times one answer. */
    void request(String method, String route, int status, Duration took) {
        requests(new Series(method, route, status)).accept(took);
    }

    private Consumer<Duration> requests(Series series) {
        return requests.computeIfAbsent(
                series,
                one -> metrics.timer(
                        "contextgraph.http.requests",
                        "Answers by route and status, and the time until they were ready",
                        "method",
                        one.method(),
                        "route",
                        one.route(),
                        "status",
                        Integer.toString(one.status())));
    }

    /** Counts a request that got no regular answer. */
    void refused(Refusal reason) {
        Objects.requireNonNull(refusals.get(reason)).accept(1);
    }

    /** Counts a connection that the server has closed. */
    void connectionClosed(Closing reason) {
        Objects.requireNonNull(closings.get(reason)).accept(1);
    }

    /** Counts an answer with status 500: each is a defect or damaged data. */
    void unexpectedError() {
        unexpected.accept(1);
    }
}
