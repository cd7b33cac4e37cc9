// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.event.EventId;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exporters go on sending while Redis is killed and comes back. */
class OtlpRestartIT {
    private static final int EXPORTERS = 4;
    private static final int BATCH = 16;
    private static final String TRACE = "7c93b1e5a04d42f7bd6e9a1c3d5f8027";

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicBoolean enough = new AtomicBoolean();
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sentAgain = new AtomicInteger();

    private LocalWorkspace open(RunningRedis redis, Path folder) throws IOException {
        return LocalWorkspace.open(
                ProductSettings.CATALOG.load(
                        Map.of(
                                "redis.engine", "sorted-set",
                                "durability.default", "memory",
                                "neo4j.uri", "bolt://127.0.0.1:1",
                                "http.port", "0",
                                "otlp.grpc.port", "0",
                                "data.dir", folder.toString()),
                        Map.of("CG_REDIS_URL", redis.url().toString()),
                        Optional.empty()),
                Needs.SERVER,
                Backends.Factory.none(),
                Clock.systemUTC(),
                said -> {});
    }

    private static String spanId(int number) {
        return "%016x".formatted(number + 1);
    }

    private static byte[] request(int first) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (int number = first; number < first + BATCH; number++) {
            scope.addSpans(Span.newBuilder()
                    .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(TRACE)))
                    .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(spanId(number))))
                    .setName("work")
                    .setStartTimeUnixNano(1_772_362_800_000_000_000L + number));
        }
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
                .build()
                .toByteArray();
    }

    /** Sends each request until it is answered with 200, as an exporter does where that is worth it. */
    private Void export(HttpClient client, URI traces) throws InterruptedException {
        while (!enough.get()) {
            int first = next.getAndAdd(BATCH);
            HttpRequest request = HttpRequest.newBuilder(traces)
                    .header("Content-Type", "application/x-protobuf")
                    .timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(request(first)))
                    .build();
            while (!taken(client, request)) {
                sentAgain.incrementAndGet();
            }
            for (int number = first; number < first + BATCH; number++) {
                acknowledged.add(DerivedIds.span(TRACE, spanId(number)));
            }
        }
        return null;
    }

    private static boolean taken(HttpClient client, HttpRequest request) throws InterruptedException {
        HttpResponse<byte[]> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException cut) {
            return false;
        }
        if (response.statusCode() == 200) {
            assertThat(response.body()).as("nothing is refused").isEmpty();
            return true;
        }
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        return false;
    }

    @Test
    void nothingThatWasAcknowledgedIsLost(@TempDir Path folder) throws Exception {
        // Each write is on disk before it is answered: what a kill may take is another test's.
        try (RunningRedis redis = RunningRedis.start(
                        RedisServers.installedOrBundled(), List.of("--appendonly", "yes", "--appendfsync", "always"));
                LocalWorkspace workspace = open(redis, folder);
                Workspace.Serving serving = workspace.serve();
                HttpClient client = HttpClient.newHttpClient();
                ExecutorService exporters = Executors.newFixedThreadPool(EXPORTERS)) {
            URI traces = serving.address().resolve("/v1/traces");
            List<Future<Void>> running = Stream.generate(() -> exporters.submit(() -> export(client, traces)))
                    .limit(EXPORTERS)
                    .toList();
            for (int restart = 0; restart < 2; restart++) {
                int before = acknowledged.size();
                Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> acknowledged.size() >= before + 500);
                redis.kill();
                int refused = sentAgain.get();
                Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> sentAgain.get() > refused);
                redis.restart();
            }
            int before = acknowledged.size();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> acknowledged.size() >= before + 500);
            enough.set(true);
            for (Future<Void> exporter : running) {
                exporter.get();
            }
            try (RedisLedger ledger =
                    RedisLedger.connect(RedisSettings.defaults(redis.url()).withEngine(Engine.SORTED_SET))) {
                for (String id : acknowledged) {
                    assertThat(ledger.log().find(EventId.of(id)).found()).as(id).isPresent();
                }
                // None twice, though many were sent more than once.
                assertThat(ledger.order().head().seq()).isEqualTo(acknowledged.size());
            }
        }
    }
}
