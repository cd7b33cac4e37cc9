// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Every metric of the product, by name. A family is there from the start, with its series at zero, so that a dashboard
 * and an alert can tell "nothing happened" from "not measured".
 *
 * <p><b>Units and bounds.</b> Labels take values from fixed sets only: no id of a client ever becomes one.
 *
 * <p><b>Guarantees.</b> {@code contextgraph_events_appended_total} over all outcomes = events that the ledger has
 * judged; {@code contextgraph_http_requests_seconds_count} over all series = answers given, except to malformed HTTP,
 * which {@code contextgraph_http_refusals_total} counts.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Metrics {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };

    /** How long a scrape waits for a store. */
    private static final Duration STORE_PATIENCE = Duration.ofSeconds(2);

    /** Several stores may be asked one after the other. */
    private static final Duration PAGE_PATIENCE = STORE_PATIENCE.multipliedBy(4);

    /** What can become of one event of an append. */
    public enum Outcome {
        APPENDED,
        DUPLICATE,
        CONFLICT,
        UNEXPECTED_SESSION_SEQ,
        REFUSED
    }

    /** Why a request got no regular answer. */
    public enum Refusal {
        MALFORMED,
        OVERLOADED,
        TOO_MANY_STREAMS
    }

    /** Why the server has closed a connection that it was not asked to close. */
    public enum Closing {
        /** No request came for too long. */
        IDLE,
        /** A request or its body came too slowly, or the answer was taken too slowly. */
        SLOW,
        /** There were too many connections, and this one had been of no use for the longest time. */
        CROWDED
    }

    /** What is timed below HTTP. */
    public enum Operation {
        APPEND,
        FIND,
        PAYLOADS,
        ORIGINALS,
        READ,
        SEARCH,
        SESSION_FIND,
        SESSION_LIST,
        GRAPH_LINEAGE,
        GRAPH_CONTEXT
    }

    /** A series of answers. */
    private record Series(String method, String route, int status) {}

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    // The registry finds a meter by building its name and tags anew: too dear for what is counted with every event.
    private final Map<Outcome, Counter> appended = new EnumMap<>(Outcome.class);
    private final Map<Operation, Timer> timers = new EnumMap<>(Operation.class);
    private final Map<Series, Timer> requests = new ConcurrentHashMap<>();

    private final Supplier<Optional<String>> page;

    /** Registers what needs no supplier. */
    public Metrics() {
        Probe<String> scraping = new Probe<>(registry::scrape, PAGE_PATIENCE);
        this.page = new Briefly<>(() -> scraping.ask().answer());
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        for (Outcome outcome : Outcome.values()) {
            appended.put(outcome, appendedCounter(outcome));
        }
        for (Refusal reason : Refusal.values()) {
            refused(reason, 0);
        }
        for (Closing reason : Closing.values()) {
            connectionClosed(reason, 0);
        }
        for (LedgerException.Reason reason : LedgerException.Reason.values()) {
            ledgerFailed(reason, 0);
        }
        for (Operation operation : Operation.values()) {
            timers.put(operation, operationTimer(operation));
        }
        unexpectedError(0);
    }

    /** For meters of other parts. */
    public MeterRegistry registry() {
        return registry;
    }

    /** All metrics in the Prometheus text format. */
    public String scrape() {
        return registry.scrape();
    }

    /**
     * The same for whoever asks over the network: at most 100 ms old, and made once however many ask meanwhile.
     *
     * @return empty when it could not be made in time
     */
    public Optional<String> page() {
        return page.get();
    }

    /** Makes a route's series appear before its first request. */
    public void registerRoute(String method, String route, int usualStatus) {
        requests(method, route, usualStatus);
    }

    /** Counts and times one answer. */
    public void request(String method, String route, int status, Duration took) {
        requests(method, route, status).record(took);
    }

    /** Counts what became of events. */
    public void appended(Outcome outcome, int events) {
        Objects.requireNonNull(appended.get(outcome)).increment(events);
    }

    private Counter appendedCounter(Outcome outcome) {
        return Counter.builder("contextgraph.events.appended")
                .description("Events that the ledger has judged, by outcome")
                .tag("outcome", name(outcome))
                .register(registry);
    }

    /** Counts requests that got no regular answer. */
    public void refused(Refusal reason, int times) {
        Counter.builder("contextgraph.http.refusals")
                .description("Requests refused before any route saw them")
                .tag("reason", name(reason))
                .register(registry)
                .increment(times);
    }

    /** Counts connections that the server has closed. */
    public void connectionClosed(Closing reason, int times) {
        Counter.builder("contextgraph.http.connections.closed")
                .description("Connections that the server has closed, by reason")
                .tag("reason", name(reason))
                .register(registry)
                .increment(times);
    }

    /** Counts calls of the ledger that failed. */
    public void ledgerFailed(LedgerException.Reason reason, int times) {
        Counter.builder("contextgraph.ledger.failures")
                .description("Calls of the ledger that failed, by reason")
                .tag("reason", reason.code())
                .register(registry)
                .increment(times);
    }

    /** Counts answers with status 500: each is a defect or damaged data. */
    public void unexpectedError(int times) {
        Counter.builder("contextgraph.http.unexpected.errors")
                .description("Answers with status 500")
                .register(registry)
                .increment(times);
    }

    /** Times one kind of call. */
    public Timer timer(Operation operation) {
        return Objects.requireNonNull(timers.get(operation));
    }

    private Timer operationTimer(Operation operation) {
        return Timer.builder("contextgraph.store.duration")
                .description("Calls of ledger and graph")
                .tag("operation", name(operation))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** Watches a number that goes up and down. */
    public void gauge(String name, String description, LongSupplier value) {
        Gauge.builder(name, value, LongSupplier::getAsLong)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Watches a number that only rises and is kept elsewhere, for as long as {@code owner} lives. */
    public <T> void counter(String name, String description, T owner, ToLongFunction<T> value) {
        FunctionCounter.builder(name, owner, o -> (double) value.applyAsLong(o))
                .description(description)
                .register(registry);
    }

    /**
     * A number of what a store has told.
     *
     * @param name without {@code contextgraph}
     */
    public record Reading<T>(String name, String description, ToDoubleFunction<T> value) {}

    /** Watches what a store tells. A scrape asks once; the gauges read NaN while the store fails or takes too long. */
    public <T> void store(Supplier<T> source, List<Reading<T>> readings) {
        Probe<T> probe = new Probe<>(source, STORE_PATIENCE);
        Supplier<Optional<T>> asked = new Briefly<>(() -> probe.ask().answer());
        for (Reading<T> reading : readings) {
            Gauge.builder(
                            "contextgraph." + reading.name(),
                            asked,
                            a -> a.get().map(reading.value()::applyAsDouble).orElse(Double.NaN))
                    .description(reading.description())
                    .strongReference(true)
                    .register(registry);
        }
    }

    /** Watches how far the projection has come, as {@link #store}. */
    public void projection(Supplier<EventFeed.Progress> progress, InstantSource clock) {
        store(
                progress,
                List.of(
                        new Reading<>(
                                "projection.lag.events",
                                "Events that the graph has not seen yet",
                                EventFeed.Progress::lag),
                        new Reading<>(
                                "projection.lag.seconds",
                                "How long the first of these has been in the ledger",
                                p -> seconds(p.lagTime(clock.instant()))),
                        new Reading<>(
                                "projection.pending.events",
                                "Events delivered and not acknowledged",
                                EventFeed.Progress::pending),
                        new Reading<>(
                                "projection.pending.oldest.seconds",
                                "How long the oldest of these has been in the ledger",
                                p -> seconds(p.pendingAge(clock.instant()))),
                        new Reading<>(
                                "projection.parked.events",
                                "Events that wait for an operator",
                                EventFeed.Progress::parked),
                        new Reading<>(
                                "projection.seen.seq",
                                "Everything up to this number is in the graph, or parked",
                                EventFeed.Progress::seenThroughSeq),
                        new Reading<>(
                                "projection.head.seq",
                                "Number of the newest event",
                                p -> p.head().seq())));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private Timer requests(String method, String route, int status) {
        return requests.computeIfAbsent(new Series(method, route, status), this::requestTimer);
    }

    private Timer requestTimer(Series series) {
        return Timer.builder("contextgraph.http.requests")
                .description("Answers by route and status, and the time until they were ready")
                .tag("method", series.method())
                .tag("route", series.route())
                .tag("status", Integer.toString(series.status()))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
