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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What can be watched of the product; each part names its own. A family is there from the start, with its series at zero, so that a dashboard
 * and an alert can tell "nothing happened" from "not measured".
 *
 * <p><b>Units and bounds.</b> Labels take values from fixed sets only: no id of a client ever becomes one.
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

    /** Stores are asked side by side, and some for longer. */
    private static final Duration PAGE_PATIENCE = STORE_PATIENCE.multipliedBy(4);

    private final PrometheusMeterRegistry registry;
    private final List<Store<?>> stores;
    private final Supplier<Optional<String>> page;

    /** What all meters that are made here are told apart by from others of their names. */
    private final List<String> labels;

    /** Registers what needs no supplier. */
    public Metrics() {
        this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.stores = new CopyOnWriteArrayList<>();
        this.labels = List.of();
        Probe<String> scraping = new Probe<>(this::scrape, PAGE_PATIENCE);
        this.page = new Briefly<>(() -> scraping.ask().answer());
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private Metrics(Metrics whole, List<String> labels) {
        this.registry = whole.registry;
        this.stores = whole.stores;
        this.page = whole.page;
        this.labels = labels;
    }

    /** The same, for the meters of one of several parts that are alike: each has a label with what tells it from the others. */
    public Metrics labelled(String name, String value) {
        return new Metrics(this, List.of(name, value));
    }

    private String[] labels(Collection<String> own) {
        return Stream.concat(labels.stream(), own.stream()).toArray(String[]::new);
    }

    /** For meters of other parts. */
    public MeterRegistry registry() {
        return registry;
    }

    /** All metrics in the Prometheus text format. */
    public String scrape() {
        stores.stream().map(Store::ask).toList().forEach(Runnable::run);
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

    /**
     * A counter of a family, which is there from now on.
     *
     * @param labels by what a family is told apart, each with its value, from fixed sets
     * @return adds to it
     */
    public LongConsumer counter(String name, String description, String... labels) {
        Counter counter = Counter.builder(name)
                .description(description)
                .tags(labels(List.of(labels)))
                .register(registry);
        return counter::increment;
    }

    /**
     * The times of a family, which is there from now on.
     *
     * @param labels by what a family is told apart, each with its value, from fixed sets
     * @return records one of them
     */
    public Consumer<Duration> timer(String name, String description, String... labels) {
        Timer timer = Timer.builder(name)
                .description(description)
                .tags(labels(List.of(labels)))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        return timer::record;
    }

    /**
     * The times of one kind of call of a store.
     *
     * @return records one of them
     */
    public Consumer<Duration> storeTimer(String operation) {
        return timer("contextgraph.store.duration", "Calls of ledger and graph", "operation", operation);
    }

    /** Watches a number that goes up and down. */
    public void gauge(String name, String description, LongSupplier value) {
        Gauge.builder(name, value, LongSupplier::getAsLong)
                .description(description)
                .tags(labels(List.of()))
                .strongReference(true)
                .register(registry);
    }

    /** Watches a number that only rises and is kept elsewhere, for as long as {@code owner} lives. */
    public <T> void counter(String name, String description, T owner, ToLongFunction<T> value) {
        FunctionCounter.builder(name, owner, o -> (double) value.applyAsLong(o))
                .description(description)
                .tags(labels(List.of()))
                .register(registry);
    }

    /**
     * A number of what a store has told.
     *
     * @param name without {@code contextgraph}
     * @param labels by what a family is told apart, each with its value, from fixed sets
     */
    public record Reading<T>(String name, String description, List<String> labels, ToDoubleFunction<T> value) {
        public Reading {
            labels = List.copyOf(labels);
        }

        /** One that has its name to itself. */
        public Reading(String name, String description, ToDoubleFunction<T> value) {
            this(name, description, List.of(), value);
        }
    }

    /** What a store told when it was last asked. */
    private static final class Store<T> {
        private final Probe<T> probe;
        private volatile Optional<T> told = Optional.empty();

        Store(Probe<T> probe) {
            this.probe = probe;
        }

        /** Asks, and answers with what waits for it. */
        Runnable ask() {
            Probe<T>.Asked asked = probe.ask();
            return () -> told = asked.answer();
        }
    }

    /** A number that is not always told. */
    public static double orNaN(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : Double.NaN;
    }

    /** Watches what a store tells. A scrape asks once; the gauges read NaN while the store fails or takes too long. */
    public <T> void store(Supplier<T> source, List<Reading<T>> readings) {
        store(source, STORE_PATIENCE, readings);
    }

    /**
     * The same, of one that itself waits for others.
     *
     * @param patience how long a scrape waits for it, of which several stores take no longer than one
     */
    public <T> void store(Supplier<T> source, Duration patience, List<Reading<T>> readings) {
        Store<T> store = new Store<>(new Probe<>(source, patience));
        stores.add(store);
        for (Reading<T> reading : readings) {
            Gauge.builder(
                            "contextgraph." + reading.name(),
                            store,
                            s -> s.told.map(reading.value()::applyAsDouble).orElse(Double.NaN))
                    .description(reading.description())
                    .tags(labels(reading.labels()))
                    .strongReference(true)
                    .register(registry);
        }
    }
}
