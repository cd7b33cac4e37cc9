// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.TcpProxy;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What a real server, with 128 MB of heap, answers while something is wrong around it; then it goes on without a restart. */
class FaultsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int IDLE = 10_000;

    private final RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());
    private final TcpProxy proxy = TcpProxy.to(redis.port());
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        client.shutdownNow();
        client.close();
        proxy.close();
        redis.close();
    }

    private ServerProcess server(String... settings) throws IOException {
        return server(proxy.inFrontOf(redis.url()), settings);
    }

    private ServerProcess server(URI ledger, String... settings) throws IOException {
        return server("128m", ledger, settings);
    }

    private ServerProcess server(String heap, URI ledger, String... settings) throws IOException {
        Map<String, String> data = Map.of("CG_DATA_DIR", folder.resolve("data").toString());
        return ServerProcess.startCommand(heap, "serve", ledger, data, settings);
    }

    private HttpResponse<String> get(URI address, String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(URI address, String path, String body) throws IOException, InterruptedException {
        return post(client, address, path, body);
    }

    private static HttpResponse<String> post(HttpClient by, URI address, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return by.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> append(URI address, int number) throws IOException, InterruptedException {
        return post(address, "/v1/events", event(number));
    }

    private static String event(int number) {
        return EventJson.toJson(Events.full(number, "session")).toString();
    }

    /** As many events with as many bytes each. */
    private static String batch(int first, int count, int bytes) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> EventJson.toJson(Events.event(number, "session"))
                        .set("payload", Json.MAPPER.createObjectNode().put("text", "x".repeat(bytes)))
                        .toString())
                .collect(Collectors.joining(",", "{\"events\":[", "]}"));
    }

    /** The answers to so many appends at the same time. */
    private List<HttpResponse<String>> appendAll(URI address, int count) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = IntStream.rangeClosed(1, count)
                    .mapToObj(number -> clients.submit(() -> append(address, number)))
                    .toList();
            List<HttpResponse<String>> all = new ArrayList<>();
            for (Future<HttpResponse<String>> answer : answers) {
                all.add(answer.get());
            }
            return all;
        }
    }

    private List<String> concerns(URI address) throws Exception {
        return Json.MAPPER
                .readTree(get(address, "/v1/health").body())
                .path("concerns")
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
    }

    private int stored(URI address) throws Exception {
        return Json.MAPPER
                .readTree(get(address, "/v1/sessions/session").body())
                .path("event_count")
                .intValue();
    }

    private double metric(URI address, String series) throws Exception {
        Matcher found = Pattern.compile("(?m)^" + Pattern.quote(series) + " (\\S+)$")
                .matcher(get(address, "/metrics").body());
        assertThat(found.find()).as(series).isTrue();
        return Double.parseDouble(found.group(1));
    }

    private static void assertUnavailable(HttpResponse<String> answer, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(Json.MAPPER.readTree(answer.body()).get("code").stringValue())
                .isEqualTo(code);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    /** 200 ms are far: a Redis of another region. */
    @Test
    void aSlowRedisIsWaitedFor() throws Exception {
        try (ServerProcess server = server()) {
            URI address = server.address();
            proxy.delayAnswers(Duration.ofMillis(200));
            assertThat(appendAll(address, 40)).allMatch(answer -> answer.statusCode() == 201);
            assertThat(stored(address)).isEqualTo(40);
            JsonNode page = Json.MAPPER.readTree(
                    get(address, "/v1/events?session_id=session&limit=100").body());
            assertThat(page.get("events")).hasSize(40);
            for (String path : List.of("/v1/health", "/v1/health/ready", "/metrics", "/v1/ledger")) {
                HttpResponse<String> answer = get(address, path);
                assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
            }
            assertThat(concerns(address)).doesNotContain("redis_unavailable", "retention_failing");
            // So slow that nothing but a single question is answered in time.
            proxy.delayAnswers(Duration.ofMillis(900));
            assertThat(concerns(address)).contains("redis_slow").doesNotContain("redis_unavailable");
            assertThat(get(address, "/v1/health/ready").statusCode()).isEqualTo(200);
            proxy.heal();
            assertThat(append(address, 41).statusCode()).isEqualTo(201);
            assertThat(metric(address, "contextgraph_http_unexpected_errors_total"))
                    .isZero();
        }
    }

    /** It does not answer, and its connections stay open. */
    @Test
    void aStoppedRedisIsGivenUpAndTakenUpAgain() throws Exception {
        try (ServerProcess server = server(redis.url())) {
            URI address = server.address();
            assertThat(append(address, 1).statusCode()).isEqualTo(201);
            redis.signal("STOP");
            try {
                appendAll(address, 40).forEach(answer -> assertUnavailable(answer, "ledger_unavailable"));
                assertUnavailable(get(address, "/v1/events?session_id=session"), "ledger_unavailable");
                assertThat(get(address, "/v1/health").statusCode()).isEqualTo(503);
                assertThat(concerns(address)).contains("redis_unavailable");
                assertThat(get(address, "/v1/health/ready").statusCode()).isEqualTo(503);
                assertThat(get(address, "/v1/health/live").statusCode()).isEqualTo(200);
                assertThat(metric(address, "contextgraph_concern{concern=\"redis_unavailable\"}"))
                        .isEqualTo(1);
            } finally {
                redis.signal("CONT");
            }
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> get(address, "/v1/health/ready").statusCode() == 200);
            // What was refused may have been carried out: to repeat it is safe.
            assertThat(appendAll(address, 40))
                    .allMatch(answer -> answer.statusCode() == 201 || answer.statusCode() == 200);
            assertThat(stored(address)).isEqualTo(40);
            assertThat(concerns(address)).doesNotContain("redis_unavailable");
        }
    }

    /** On a connection of its own: one that was kept would be the longest idle. */
    private static int appendAnew(URI address, int number) throws Exception {
        try (HttpClient anew =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return post(anew, address, "/v1/events", event(number)).statusCode();
        }
    }

    /** With room for them, and with less, where the longest idle must go. */
    @ParameterizedTest
    @CsvSource({"128m, 4096", "2g, 12000"})
    void idleConnectionsKeepNobodyOut(String heap, int most) throws Exception {
        List<Socket> idle = new ArrayList<>();
        try (ServerProcess server = server(heap, redis.url(), "--limits.connections=" + most)) {
            URI address = server.address();
            for (int i = 1; i <= IDLE; i++) {
                idle.add(new Socket(address.getHost(), address.getPort()));
                if (i % 1000 == 0) {
                    assertThat(appendAnew(address, i)).isEqualTo(201);
                }
            }
            assertThat(stored(address)).isEqualTo(IDLE / 1000);
            double open = metric(address, "contextgraph_http_connections_open");
            assertThat(open).isLessThanOrEqualTo(most + most / 8.0);
            if (most > IDLE) {
                // Where the system lets a process have fewer files, half of these.
                assertThat(open)
                        .isGreaterThan(
                                server.said().stream().anyMatch(line -> line.contains("is lowered to")) ? 1000 : IDLE);
            }
            for (Socket socket : idle) {
                socket.close();
            }
            Awaitility.await().atMost(PATIENCE).until(() -> metric(address, "contextgraph_http_connections_open") < 10);
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    /** Of pages, lines, live streams, files and metrics, each after its first byte; and of answers to what it still sends. */
    @Test
    void aClientThatVanishesInTheMiddleOfAnAnswerLeavesNothing() throws Exception {
        try (ServerProcess server = server()) {
            URI address = server.address();
            for (int first = 1; first <= 2000; first += 500) {
                assertThat(post(address, "/v1/events/batch", batch(first, 500, 2000))
                                .statusCode())
                        .isEqualTo(201);
            }
            String all = batch(1, 500, 2000);
            List<String> requests = List.of(
                    "GET /v1/events?limit=1000",
                    "GET /v1/events?session_id=session&limit=1000",
                    "GET /v1/ledger/events",
                    "GET /v1/events/stream?from=0-0",
                    "GET /v1/sessions/session",
                    "GET /metrics",
                    "GET /openapi.json",
                    "GET /console/overview.js",
                    "POST /v1/events/batch");
            for (String request : requests) {
                for (int i = 0; i < 10; i++) {
                    vanish(address, request, request.startsWith("POST") ? all : "");
                }
            }
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(metric(address, "contextgraph_http_requests_in_work"))
                        .isEqualTo(1);
                assertThat(metric(address, "contextgraph_http_streams_open")).isZero();
                assertThat(metric(address, "contextgraph_http_connections_open"))
                        .isLessThan(10);
            });
            assertThat(metric(address, "contextgraph_http_unexpected_errors_total"))
                    .isZero();
            assertThat(stored(address)).isEqualTo(2000);
            assertThat(server.said()).noneMatch(line -> line.contains(" ERROR "));
        }
    }

    /** Asks, takes the first byte of the answer, and resets the connection. */
    private static void vanish(URI address, String request, String body) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            // A small window: most of the answer is still to be written.
            socket.setReceiveBufferSize(2048);
            String head = request + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n";
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().read()).as(request).isEqualTo('H');
            socket.setSoLinger(true, 0);
        }
    }

    /**
     * More clients than may be in work, with more bytes than the heap holds at once, again and again; the same events, so that Redis does not
     * grow meanwhile. The heap is the least that a server needs.
     */
    @Test
    void overloadIsRefusedPolitelyAndTheHeapBearsIt() throws Exception {
        int clients = 3 * HttpSettings.Limits.DEFAULTS.maxRequests();
        List<String> bodies = IntStream.range(0, 20)
                .mapToObj(i -> batch(1 + i * 200, 200, 1000))
                .toList();
        LongAdder taken = new LongAdder();
        Map<String, LongAdder> refused = new ConcurrentHashMap<>();
        try (ServerProcess server = server("256m", redis.url())) {
            URI address = server.address();
            long end = System.nanoTime()
                    + Duration.ofSeconds(Extent.OVERLOAD_SECONDS.value()).toNanos();
            try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    String body = bodies.get(i % bodies.size());
                    running.add(senders.submit(() -> {
                        do {
                            HttpResponse<String> answer = post(address, "/v1/events/batch", body);
                            if (answer.statusCode() == 201) {
                                taken.increment();
                            } else {
                                assertThat(answer.statusCode())
                                        .as(answer.body())
                                        .isEqualTo(503);
                                assertThat(answer.headers().firstValue("Retry-After"))
                                        .isPresent();
                                String code = Json.MAPPER
                                        .readTree(answer.body())
                                        .required("code")
                                        .stringValue();
                                refused.computeIfAbsent(code, any -> new LongAdder())
                                        .increment();
                            }
                        } while (System.nanoTime() < end);
                        return null;
                    }));
                }
                for (Future<?> one : running) {
                    Object ignored = one.get();
                }
            }
            System.out.println("Overload: " + clients + " clients, batches taken " + taken + ", refused " + refused);
            assertThat(taken.sum()).isPositive();
            // What is turned away at once names what there is too much of; what Redis did not answer in time, that.
            assertThat(refused.keySet()).anyMatch(code -> code.endsWith("_overloaded"));
            assertThat(refused.keySet())
                    .allMatch(code -> code.endsWith("_overloaded") || code.equals("ledger_unavailable"));
            assertThat(append(address, 1_000_000).statusCode()).isEqualTo(201);
            assertThat(stored(address)).isEqualTo(20 * 200 + 1);
            assertThat(metric(address, "contextgraph_http_requests_in_work")).isEqualTo(1);
            assertThat(metric(address, "contextgraph_http_unexpected_errors_total"))
                    .isZero();
            assertThat(server.said()).noneMatch(line -> line.contains("OutOfMemoryError") || line.contains(" ERROR "));
        }
    }

    /** A Redis that cannot write what it has taken takes no more, says so, and goes on when there is room. */
    @Test
    void aFullDiskUnderTheAppendOnlyFile() throws Exception {
        Path limited = folder.resolve("redis");
        Files.writeString(
                limited,
                "#!/bin/sh\ntrap '' XFSZ\nulimit -S -f 4000\nexec " + RedisServers.installedOrBundled() + " \"$@\"\n");
        assertThat(limited.toFile().setExecutable(true)).isTrue();
        try (RunningRedis small = RunningRedis.start(limited, List.of());
                ServerProcess server = server(small.url())) {
            URI address = server.address();
            int taken = 0;
            HttpResponse<String> answer = post(address, "/v1/events/batch", batch(1, 100, 2000));
            while (answer.statusCode() == 201) {
                taken += 100;
                assertThat(taken).isLessThan(100_000);
                answer = post(address, "/v1/events/batch", batch(taken + 1, 100, 2000));
            }
            assertUnavailable(answer, "ledger_read_only");
            assertThat(taken).isPositive();
            // Of the batch that was refused some may have been written before the disk was full.
            assertThat(stored(address)).isBetween(taken, taken + 99);
            assertThat(get(address, "/v1/health").statusCode()).isEqualTo(503);
            assertThat(concerns(address)).contains("redis_read_only");
            // Reading goes on: whoever shares out requests must not take the server away from its readers.
            assertThat(get(address, "/v1/health/ready").statusCode()).isEqualTo(200);
            assertThat(get(address, "/v1/events?session_id=session&limit=10").statusCode())
                    .isEqualTo(200);
            small.liftFileLimit();
            String again = batch(taken + 1, 100, 2000);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> post(address, "/v1/events/batch", again).statusCode() == 201);
            assertThat(stored(address)).isEqualTo(taken + 100);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(concerns(address)).doesNotContain("redis_read_only"));
            // All that was acknowledged has reached the file meanwhile.
            small.stop();
            small.restart();
            Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> stored(address) > 0);
            assertThat(stored(address)).isEqualTo(taken + 100);
        }
    }
}
