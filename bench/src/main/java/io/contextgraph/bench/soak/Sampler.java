// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads all gauges of a deployment; keeps one connection to the server. */
final class Sampler implements AutoCloseable {
    private static final int TOLD_CLASSES = 12;

    private static final String BLOCKED = "blocked_clients";
    private static final Duration BETWEEN_WAITS = Duration.ofSeconds(2);

    private static final String VIRTUAL_THREAD = "java.lang.VirtualThread";

    private final Deployment deployment;
    private final Inspected process;
    private final Api api;
    private final long begunNanos = System.nanoTime();
    private final long emptyRedis;
    private Map<String, Inspected.Objects> firstHeap = Map.of();
    private Map<String, Inspected.Objects> lastHeap = Map.of();

    /** Redis is empty yet. */
    Sampler(Deployment deployment, Tally tally) {
        this.deployment = deployment;
        this.process = new Inspected(deployment.pid());
        this.api = new Api(deployment.server(), tally);
        this.emptyRedis = usedMemory();
    }

    private long usedMemory() {
        return number(deployment.redis().apply("memory"), "used_memory");
    }

    private static long number(Map<String, String> info, String name) {
        return Long.parseLong(info.getOrDefault(name, "0").strip());
    }

    /** What can be asked again and again without disturbing anybody: everything but the heap and virtual threads. */
    Sample look() throws IOException, InterruptedException {
        return sample(false);
    }

    /** Everything; the server collects its garbage for it. */
    Sample take() throws IOException, InterruptedException {
        return sample(true);
    }

    private Sample sample(boolean whole) throws IOException, InterruptedException {
        Map<Gauge, Long> values = new EnumMap<>(Gauge.class);
        if (whole) {
            Map<String, Inspected.Objects> heap = process.heap();
            firstHeap = firstHeap.isEmpty() ? heap : firstHeap;
            lastHeap = heap;
            if (!heap.isEmpty()) {
                values.put(
                        Gauge.HEAP,
                        heap.values().stream()
                                .mapToLong(Inspected.Objects::bytes)
                                .sum());
                // The server's JVM holds on to every thread that has not ended.
                values.put(
                        Gauge.VIRTUAL_THREADS,
                        heap.getOrDefault(VIRTUAL_THREAD, Inspected.Objects.NONE)
                                .count());
            }
        }
        put(values, Gauge.RESIDENT, process.resident());
        put(values, Gauge.THREADS, process.threads());
        Optional<List<String>> descriptors = process.descriptors();
        if (descriptors.isPresent()) {
            List<String> open = descriptors.get();
            values.put(Gauge.DESCRIPTORS, (long) open.size());
            put(values, Gauge.REDIS_CONNECTIONS, process.connectionsTo(deployment.redisPort(), open));
            put(values, Gauge.NEO4J_CONNECTIONS, process.connectionsTo(deployment.neo4jPort(), open));
        }
        ofServer(values);
        ofRedis(values);
        return new Sample(Duration.ofNanos(System.nanoTime() - begunNanos), values);
    }

    private static void put(Map<Gauge, Long> values, Gauge gauge, OptionalLong value) {
        value.ifPresent(known -> values.put(gauge, known));
    }

    private void ofServer(Map<Gauge, Long> values) throws IOException, InterruptedException {
        String metrics = api.get("/metrics").expect(200).body();
        values.put(Gauge.EVENTS, sum(metrics, "contextgraph_projection_head_seq"));
        values.put(Gauge.LAG, sum(metrics, "contextgraph_projection_lag_events"));
        values.put(Gauge.HTTP_CONNECTIONS, sum(metrics, "contextgraph_http_connections_open"));
        values.put(Gauge.BUFFERS, sum(metrics, "jvm_buffer_memory_used_bytes"));
        values.put(
                Gauge.ERRORS,
                sum(metrics, "contextgraph_http_unexpected_errors_total")
                        + deployment.logged().getAsLong());
    }

    /** Over all series of a family. */
    private static long sum(String metrics, String family) throws UnexpectedException {
        List<String> series = metrics.lines()
                .filter(line -> line.startsWith(family + " ") || line.startsWith(family + "{"))
                .toList();
        if (series.isEmpty()) {
            throw new UnexpectedException("the server has no " + family);
        }
        return Math.round(series.stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum());
    }

    private void ofRedis(Map<Gauge, Long> values) {
        Map<String, String> clients = deployment.redis().apply("clients");
        // Whoever feeds the graph always waits there, but for the moment between two waits.
        long end = System.nanoTime() + BETWEEN_WAITS.toNanos();
        while (number(clients, BLOCKED) == 0 && System.nanoTime() - end < 0) {
            clients = deployment.redis().apply("clients");
        }
        values.put(Gauge.REDIS_CLIENTS, number(clients, "connected_clients"));
        values.put(Gauge.REDIS_BLOCKED, number(clients, BLOCKED));
        long memory = usedMemory();
        values.put(Gauge.REDIS_MEMORY, memory);
        Long events = values.get(Gauge.EVENTS);
        if (events != null && events > 0) {
            values.put(Gauge.REDIS_PER_EVENT, (memory - emptyRedis) / events);
        }
    }

    /** The classes of the server that have come to take more of the heap, each in a line. */
    List<String> grown() {
        return lastHeap.entrySet().stream()
                .map(now -> Map.entry(
                        now.getKey(),
                        now.getValue().bytes()
                                - firstHeap
                                        .getOrDefault(now.getKey(), Inspected.Objects.NONE)
                                        .bytes()))
                .filter(more -> more.getValue() > 0)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(TOLD_CLASSES)
                .map(more -> "%,d bytes more of %s".formatted(more.getValue(), more.getKey()))
                .toList();
    }

    /** Asks like any client; for what is done in quiet. */
    Api api() {
        return api;
    }

    @Override
    public void close() {
        api.close();
    }
}
