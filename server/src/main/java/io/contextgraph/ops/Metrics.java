// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
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

    /** A series of answers. */
    private record Series(String method, String route, int status) {}

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    // The registry finds a meter by building its name and tags anew: too dear for what is counted with every event.
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
        for (Refusal reason : Refusal.values()) {
            refused(reason, 0);
        }
        for (Closing reason : Closing.values()) {
            connectionClosed(reason, 0);
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

    /** Counts answers with status 500: each is a defect or damaged data. */
    public void unexpectedError(int times) {
        Counter.builder("contextgraph.http.unexpected.errors")
                .description("Answers with status 500")
                .register(registry)
                .increment(times);
    }

    /**
     * A counter of a family, which is there from now on.
     *
     * @param label by what the family is told apart, from a fixed set of values
     * @return adds to it
     */
    public LongConsumer counter(String name, String description, String label, String value) {
        Counter counter =
                Counter.builder(name).description(description).tag(label, value).register(registry);
        return counter::increment;
    }

    /**
     * The times of one kind of call of a store.
     *
     * @return records one of them
     */
    public Consumer<Duration> storeTimer(String operation) {
        Timer timer = Timer.builder("contextgraph.store.duration")
                .description("Calls of ledger and graph")
                .tag("operation", operation)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        return timer::record;
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
