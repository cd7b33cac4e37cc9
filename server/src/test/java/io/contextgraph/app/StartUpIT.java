// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.access.AccessKey;
import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Metrics;
import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.SpanReceiver;
import io.contextgraph.testing.TestPorts;
import io.contextgraph.tls.Identity;
import io.contextgraph.tracing.OwnTraces;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;
import tools.jackson.databind.JsonNode;

/** What a server says of its Redis before it begins. Neo4j is away all the while. */
class StartUpIT {
    private final RunningRedis server = RunningRedis.start(
            RedisServers.installedOrBundled(),
            List.of("--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"));

    @TempDir
    private Path temporary;

    @AfterEach
    void stop() {
        server.close();
    }

    private LocalWorkspace open(Map<String, String> settings) throws IOException {
        return open(server, settings);
    }

    private LocalWorkspace open(RunningRedis redis, Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(Map.of(
                "redis.engine", "sorted-set",
                "neo4j.uri", "bolt://127.0.0.1:1",
                "http.port", "0",
                "data.dir", temporary.toString()));
        all.putAll(settings);
        return LocalWorkspace.open(
                ProductSettings.CATALOG.load(
                        all, Map.of("CG_REDIS_URL", redis.url().toString()), Optional.empty()),
                Needs.SERVER,
                Backends.Factory.none(),
                Clock.systemUTC(),
                said -> {});
    }

    @Test
    void aServerThatWouldSendItselfItsTracesDoesNotStart() throws Exception {
        int port = TestPorts.free();
        Map<String, String> settings = Map.of(
                "http.port", Integer.toString(port), "tracing.endpoint", "http://localhost:" + port + "/v1/traces");
        try (LocalWorkspace workspace = open(settings)) {
            assertThatThrownBy(workspace::serve)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("tracing.endpoint must not be this server itself");
        }
    }

    /** What comes back is refused as soon as the ledger has an id, and what is on it is no trace. */
    @Test
    void serversTraceTheirRequestsAndKnowEachOtherByTheirLedger() throws Exception {
        try (SpanReceiver receiver = SpanReceiver.start();
                LocalWorkspace first = open(Map.of("otlp.grpc.port", "0"));
                Workspace.Serving taking = first.serve();
                HttpClient client = HttpClient.newHttpClient()) {
            String endpoint = receiver.endpoint().toString();
            try (LocalWorkspace second = open(Map.of("otlp.grpc.port", "0", "tracing.endpoint", endpoint));
                    Workspace.Serving traced = second.serve()) {
                HttpRequest append = HttpRequest.newBuilder(traced.address().resolve("/v1/events"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("""
                                {"event_id":"0190a6f0-0000-7000-8000-000000000001","event_type":"tool.execute",\
                                "occurred_at":"2026-03-01T11:00:00Z","session_id":"s1","agent_id":"a1","trace_id":"t1",\
                                "payload_ref":"ref:1"}"""))
                        .build();
                assertThat(client.send(append, HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(201);
            }
            assertThat(receiver.spans().stream().map(Span::getName))
                    .containsExactlyInAnyOrder("POST /v1/events", "ledger.append");
            HttpRequest back = HttpRequest.newBuilder(taking.address().resolve("/v1/traces"))
                    .header("Content-Type", "application/x-protobuf")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(
                            receiver.requests().getFirst().toByteArray()))
                    .build();
            HttpResponse<byte[]> answer = client.send(back, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(ExportTraceServiceResponse.parseFrom(answer.body())
                            .getPartialSuccess()
                            .getRejectedSpans())
                    .isEqualTo(receiver.requests()
                            .getFirst()
                            .getResourceSpans(0)
                            .getScopeSpans(0)
                            .getSpansCount());
            String mark = receiver.headers().getFirst().entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(OwnTraces.HEADER))
                    .map(header -> header.getValue().getFirst())
                    .findFirst()
                    .orElseThrow();
            HttpResponse<String> refused = client.send(
                    HttpRequest.newBuilder(back, (name, value) -> true)
                            .header(OwnTraces.HEADER, mark)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).contains("own_traces");
        }
    }

    @Test
    void aServerWithACertificateServesHttpsAndOneThatCannotUseItsFilesDoesNotStart(@TempDir Path folder)
            throws Exception {
        Certificates certificates = Certificates.in(folder);
        Identity.Files good = certificates.endingIn(5);
        Map<String, String> settings = Map.of(
                "http.tls-certificate", good.certificate().toString(),
                "http.tls-key", good.key().toString());
        try (LocalWorkspace workspace = open(settings);
                Workspace.Serving serving = workspace.serve();
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(certificates.trusting())
                        .build()) {
            assertThat(serving.address()).hasScheme("https");
            HttpResponse<String> live = client.send(
                    HttpRequest.newBuilder(serving.address().resolve("/v1/health/live"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(live.statusCode()).isEqualTo(200);
            assertThat(workspace.examine())
                    .anyMatch(finding -> finding.subject().equals("http.tls")
                            && finding.level() == Finding.Level.WARNING
                            && finding.message().contains("expires at"));
        }
        Map<String, String> bad = Map.of(
                "http.tls-certificate", certificates.expired().certificate().toString(),
                "http.tls-key", good.key().toString());
        assertThatThrownBy(() -> open(bad))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("http.tls-certificate and http.tls-key cannot be used: the key in " + good.key());
    }

    @Test
    void aServerDoesNotPromiseWhatItsRedisCanNeverKeep() throws IOException {
        try (LocalWorkspace workspace = open(Map.of("durability.default", "fsync"))) {
            assertThatThrownBy(workspace::serve)
                    .isInstanceOfSatisfying(
                            ConfigurationException.class,
                            e -> assertThat(e.problems())
                                    .anySatisfy(
                                            problem -> assertThat(problem)
                                                    .isEqualTo(
                                                            "durability.default fsync cannot be kept: Redis writes no append-only"
                                                                    + " file: set appendonly yes, or set durability.default memory"))
                                    .anySatisfy(problem -> assertThat(problem)
                                            .contains("maxmemory-policy noeviction, not allkeys-lru")));
        }
    }

    /** Beyond loopback it wants a key first, and says how to make one; what asks nobody for a key stays on loopback. */
    @Test
    void aServerLeavesLoopbackBehindAKeyOnly() throws IOException {
        RedisSettings redis = RedisSettings.defaults(server.url()).withEngine(Engine.SORTED_SET);
        try (LocalWorkspace workspace = open(Map.of());
                RedisLedger ledger = RedisLedger.connect(redis);
                ClosingStack running = new ClosingStack()) {
            Doors beyond = doors(Map.of("http.host", "192.0.2.1"));
            assertThatThrownBy(() -> beyond.open(ledger.log(), ledger.accessKeys(), new Metrics(), running))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("as long as there are no access keys")
                    .hasMessageContaining("contextgraph keys create NAME --role ROLE");
            AccessKey key = AccessKey.create(
                    "first",
                    KeySecret.random(new SecureRandom()),
                    Set.of(KeyRole.READ),
                    Instant.now(),
                    Optional.of(Instant.now().plus(Duration.ofDays(13))),
                    AccessKey.Limits.AS_SET);
            assertThat(workspace.accessKeys().add(key)).isTrue();
            assertThat(beyond.open(ledger.log(), ledger.accessKeys(), new Metrics(), running)
                            .access()
                            .isOpen())
                    .isFalse();
            assertThat(workspace.examine())
                    .filteredOn(finding -> finding.subject().equals("access.keys"))
                    .extracting(Finding::level)
                    .containsExactly(Finding.Level.OK, Finding.Level.WARNING);
        }
        Map<String, String> dev = Map.of("http.host", "192.0.2.1", "access.dev", "true");
        assertThatThrownBy(() -> open(dev))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("access.dev");
    }

    private static Doors doors(Map<String, String> settings) {
        return new Doors(ProductSettings.CATALOG.load(settings, Map.of(), Optional.empty()), Clock.systemUTC());
    }

    @Test
    void aKeyThatIsMadeWhileServersRunCountsOnAllOfThem() throws Exception {
        try (LocalWorkspace workspace = open(Map.of());
                Workspace.Serving one = workspace.serve();
                Workspace.Serving other = workspace.serve();
                LocalWorkspace dev = open(Map.of("access.dev", "true"));
                Workspace.Serving open = dev.serve()) {
            assertThat(append(one.address(), 1)).isEqualTo(201);
            AccessKey key = AccessKey.create(
                    "first",
                    KeySecret.random(new SecureRandom()),
                    Set.of(KeyRole.READ),
                    Instant.now(),
                    Optional.empty(),
                    AccessKey.Limits.AS_SET);
            assertThat(workspace.accessKeys().add(key)).isTrue();
            for (Workspace.Serving serving : List.of(one, other)) {
                Awaitility.await().until(() -> append(serving.address(), 2) == 401);
            }
            assertThat(append(open.address(), 2)).isEqualTo(201);
        }
    }

    @Test
    void aFolderWithoutDataIsNotFilledByReading() {
        Path folder = temporary.resolve("dta");
        assertThatThrownBy(() -> LocalWorkspace.open(
                        ProductSettings.CATALOG.load(Map.of("data.dir", folder.toString()), Map.of(), Optional.empty()),
                        Needs.LEDGER,
                        Backends.Factory.none(),
                        Clock.systemUTC(),
                        said -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("there is no data in " + folder);
        assertThat(folder).doesNotExist();
    }

    @Test
    void theDoctorNamesEveryFaultOfTheRedis() throws IOException {
        try (LocalWorkspace workspace = open(Map.of())) {
            assertThat(workspace.examine().stream()
                            .filter(finding -> finding.subject().startsWith("redis."))
                            .filter(finding -> finding.level() == Finding.Level.PROBLEM)
                            .map(Finding::subject))
                    .containsExactly("redis.appendonly", "redis.maxmemory-policy");
        }
    }

    /** As managed ones do: it serves, and nothing that nobody has seen makes health worse or better. */
    @Test
    void aServerWorksWithARedisThatShowsNothing() throws Exception {
        List<String> arguments = new ArrayList<>();
        for (String command : List.of("CONFIG", "ACL", "INFO", "COMMAND", "CLIENT")) {
            arguments.addAll(List.of("--rename-command", command, ""));
        }
        try (RunningRedis managed = RunningRedis.start(RedisServers.bundled(), arguments)) {
            try (LocalWorkspace workspace = open(managed, Map.of());
                    Workspace.Serving serving = workspace.serve()) {
                assertThat(append(serving.address(), 1)).isEqualTo(201);
                assertThat(health(serving.address())).isEqualTo("200 ");
                assertThat(examined(workspace)).isEmpty();
                assertThat(workspace.examine())
                        .filteredOn(finding -> finding.subject().equals("redis.maxmemory-policy"))
                        .extracting(Finding::level)
                        .containsExactly(Finding.Level.WARNING);
            }
            try (LocalWorkspace workspace = open(managed, Map.of("durability.default", "fsync"))) {
                assertThatThrownBy(workspace::serve).isInstanceOf(ConfigurationException.class);
            }
        }
    }

    /** Health is 200 while events can be written, whatever else is wrong, and 503 when they cannot. */
    @Test
    void healthAndTheDoctorLookAtTheLedger() throws Exception {
        try (LocalWorkspace workspace = open(Map.of());
                Workspace.Serving serving = workspace.serve();
                Jedis jedis = new Jedis(server.url())) {
            URI address = serving.address();
            assertThat(append(address, 1)).isEqualTo(201);
            assertThat(health(address)).isEqualTo("200 redis_evicts");
            jedis.del("session:s");
            assertThat(append(address, 2)).isEqualTo(201);
            jedis.del("ids:0");
            assertThat(health(address)).isEqualTo("200 redis_evicts ledger_corrupt");
            assertThat(append(address, 3)).isEqualTo(201);
            assertThat(examined(workspace)).containsExactly("ledger.head", "ledger.numbers");
            jedis.xadd(
                    "events:__global__",
                    Map.of("a", "b"),
                    XAddParams.xAddParams().id(new StreamEntryID(Long.MAX_VALUE - 1, 0)));
            assertThat(health(address)).startsWith("503 appends_refused").contains("ledger_corrupt");
            assertThat(append(address, 4)).isEqualTo(500);
            assertThat(examined(workspace)).contains("ledger.append");
        }
    }

    @Test
    void aPortForGrpcThatWasSetAndIsTakenStopsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                LocalWorkspace workspace = open(Map.of("otlp.grpc.port", Integer.toString(taken.getLocalPort())))) {
            assertThatThrownBy(workspace::serve)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("OTLP over gRPC cannot listen on port " + taken.getLocalPort());
        }
    }

    /** Nobody has asked for it: two servers on a machine need no setting. */
    @Test
    void aPortForGrpcThatIsTakenAndWasNotSetIsDoneWithout() throws Exception {
        try (LocalWorkspace workspace = open(Map.of());
                LocalWorkspace second = open(Map.of());
                Workspace.Serving one = workspace.serve();
                Workspace.Serving other = second.serve()) {
            assertThat(health(one.address())).startsWith("200 ");
            assertThat(health(other.address())).startsWith("200 ");
        }
    }

    /** What is said of persons is sealed, or it is not taken. */
    @Test
    void anAttributeThatNamesPersonsNeedsKeys() throws IOException {
        try (LocalWorkspace workspace = open(Map.of("otlp.subject-attribute", "user.id"))) {
            assertThatThrownBy(workspace::serve)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("privacy.keys");
        }
    }

    /** A Redis that has come back with less, or with nothing, does not go unnoticed, and stops nothing. */
    @Test
    void aLedgerThatHasBecomeShorterIsToldUntilTheOperatorHasSeenIt() throws Exception {
        try (LocalWorkspace workspace = open(Map.of());
                Workspace.Serving serving = workspace.serve()) {
            for (int number = 1; number <= 3; number++) {
                assertThat(append(serving.address(), number)).isEqualTo(201);
            }
        }
        try (Jedis jedis = new Jedis(server.url())) {
            jedis.flushAll();
        }
        for (int again = 1; again <= 2; again++) {
            try (LocalWorkspace workspace = open(Map.of());
                    Workspace.Serving serving = workspace.serve()) {
                assertThat(health(serving.address())).isEqualTo("200 redis_evicts ledger_shorter");
                assertThat(append(serving.address(), 3 + again)).isEqualTo(201);
                assertThat(examined(workspace)).containsExactly("ledger.checkpoint");
            }
        }
        try (LocalWorkspace other = open(Map.of("redis.prefix", "other:"));
                Workspace.Serving serving = other.serve()) {
            assertThat(health(serving.address())).isEqualTo("200 redis_evicts");
        }
        try (LocalWorkspace workspace = open(Map.of())) {
            assertThat(workspace.examine().stream()
                            .filter(finding -> finding.subject().equals("ledger.checkpoint"))
                            .map(Finding::message))
                    .singleElement()
                    .satisfies(message -> {
                        assertThat(message).startsWith("3 events are missing of the 3 that were in the ledger at ");
                        Files.delete(Path.of(message.substring(message.lastIndexOf(' ') + 1)));
                    });
        }
        try (LocalWorkspace workspace = open(Map.of());
                Workspace.Serving serving = workspace.serve()) {
            assertThat(health(serving.address())).isEqualTo("200 redis_evicts");
            assertThat(examined(workspace)).isEmpty();
        }
    }

    private static List<String> examined(LocalWorkspace workspace) {
        return workspace.examine().stream()
                .filter(finding -> finding.level() == Finding.Level.PROBLEM)
                .map(Finding::subject)
                .filter(subject -> subject.startsWith("ledger"))
                .distinct()
                .toList();
    }

    private static int append(URI address, int number) throws Exception {
        String event = "{\"event_id\":\"00000000-0000-4000-8000-%012d\",\"event_type\":\"a.b\",".formatted(number)
                + "\"occurred_at\":\"2026-01-01T00:00:00Z\",\"session_id\":\"s\",\"agent_id\":\"a\",\"trace_id\":\"t\","
                + "\"payload_ref\":\"r\"}";
        return send(HttpRequest.newBuilder(address.resolve("/v1/events"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(event)))
                .statusCode();
    }

    /** Status and concerns, without those about a graph that is away. */
    private static String health(URI address) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(address.resolve("/v1/health")));
        return answer.statusCode() + " "
                + Json.MAPPER
                        .readTree(answer.body())
                        .path("concerns")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .filter(concern -> !concern.startsWith("neo4j_") && !concern.startsWith("projection_"))
                        .collect(Collectors.joining(" "));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
