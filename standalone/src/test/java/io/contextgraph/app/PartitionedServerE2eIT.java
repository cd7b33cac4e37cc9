// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.contextgraph.archive.ArchiveSettings;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.cli.workspace.Workspace.Serving;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.router.Partitioning;
import io.contextgraph.operation.Watcher;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.standalone.EmbeddedBackends;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A server whose ledger lies in three Redis servers: what it does with each, and what it does over all. */
final class PartitionedServerE2eIT {
    private static final int PARTITIONS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PASSWORD = "of-all-three";
    private static final String PERSON = "somebody@example.org";

    private final List<RunningRedis> servers = new ArrayList<>();
    private final EmbeddedBackends backends = new EmbeddedBackends(Neo4jServers.settings());
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        List<String> search = RedisServers.searchArguments().orElse(List.of());
        Stream.generate(() -> RunningRedis.start(RedisServers.installed(8).orElseThrow(), search, PASSWORD))
                .limit(PARTITIONS)
                .forEach(servers::add);
        String made = PersonalKeys.create(settings(), folder.resolve("keys"));
        assertThat(made).contains("wrapping.key");
    }

    @AfterEach
    void stop() {
        servers.forEach(RunningRedis::close);
    }

    private Settings settings() {
        Map<String, String> flags = new HashMap<>(Map.of(
                "redis.partitions",
                Integer.toString(PARTITIONS),
                "redis.partition-nodes",
                "127.0.0.1:" + servers.get(1).port() + ",127.0.0.1:"
                        + servers.get(2).port(),
                BackendSettings.DATA_DIR.key(),
                folder.resolve("data").toString(),
                BackupSettings.LOCATION.key(),
                folder.resolve("backups").toString(),
                ArchiveSettings.LOCATION.key(),
                folder.resolve("archive").toString(),
                "privacy.keys",
                folder.resolve("keys").toString(),
                "http.port",
                "0"));
        flags.put("proof.interval", "200ms");
        return ProductSettings.CATALOG.load(
                flags, Map.of("CG_REDIS_URL", servers.getFirst().url().toString()), Optional.empty());
    }

    private LocalWorkspace open(Needs needs) throws IOException {
        return LocalWorkspace.open(settings(), needs, backends, Clock.systemUTC(), said -> {});
    }

    private HttpResponse<String> ask(Serving server, String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .build();
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(path, failed);
        }
    }

    private JsonNode get(Serving server, String path) {
        HttpResponse<String> answer = ask(server, "GET", path, "");
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
        return Json.MAPPER.readTree(answer.body());
    }

    private JsonNode done(Serving server, String method, String path) {
        HttpResponse<String> begun = ask(server, method, path, "");
        assertThat(begun.statusCode()).as(path + " " + begun.body()).isEqualTo(202);
        String address = begun.headers().firstValue("Location").orElseThrow();
        return await().atMost(PATIENCE)
                .until(
                        () -> get(server, address),
                        one -> !one.required("state").stringValue().equals("running"));
    }

    /** Each is caused by the one before it, which is in another session, and often in another partition. */
    private static Event event(long number) {
        Event.Builder builder = Events.builder(number, "session-" + number % 12)
                .payloadRef(null)
                .payload(new Payload("{\"n\":" + number + "}"))
                .parentId(number == 1 ? null : Events.id(number - 1));
        return number % 5 == 0 ? builder.dataSubjectId(PERSON).build() : builder.build();
    }

    private static int partition(long number) {
        return new Partitioning(PARTITIONS).of(new SessionId("session-" + number % 12));
    }

    private void append(Serving server, long from, long to) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode events = body.putArray("events");
        LongStream.rangeClosed(from, to).forEach(n -> events.add(EventJson.toJson(event(n))));
        HttpResponse<String> answer = ask(server, "POST", "/v1/events/batch", body.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(Json.MAPPER.readTree(answer.body()).required("accepted").longValue())
                .as(answer.body())
                .isEqualTo(to - from + 1);
    }

    private long events(Serving server, int partition) {
        return get(server, "/v1/ledger?partition=" + partition).at("/head/seq").longValue();
    }

    private static void awaitGraph(LocalWorkspace stores) {
        await().atMost(PATIENCE)
                .until(() -> stores.lag().now().partitions().stream().allMatch(progress -> progress.lag() == 0));
    }

    private static Set<Integer> all() {
        return new TreeSet<>(IntStream.range(0, PARTITIONS).boxed().toList());
    }

    @Test
    void whatIsOfOneOrderIsOfEachPartitionAndTheRestOfAll() throws IOException {
        try (LocalWorkspace stores = open(Needs.SERVER);
                Serving server = stores.serve()) {
            append(server, 1, 120);
            assertThat(LongStream.rangeClosed(1, 12).mapToObj(PartitionedServerE2eIT::partition))
                    .containsAll(all());

            // Which one is meant must be said, and be there.
            for (String path : List.of("/v1/ledger", "/v1/ledger/events", "/v1/admin/retention", "/v1/proof")) {
                assertThat(ask(server, "GET", path, "").body()).as(path).contains("\"/partition\"", "from 0 to 2");
                assertThat(ask(server, "GET", path + "?partition=3", "").body())
                        .as(path)
                        .contains("\"out_of_range\"");
            }
            assertThat(get(server, "/v1/ledger/partitions").required("partitions"))
                    .hasSize(PARTITIONS);

            // Every event is in the partition of its session, and found wherever it is.
            for (int i = 0; i < PARTITIONS; i++) {
                for (JsonNode event :
                        get(server, "/v1/ledger/events?partition=" + i).required("events")) {
                    assertThat(event.required("global_position").stringValue()).endsWith("@" + i);
                    assertThat(new Partitioning(PARTITIONS)
                                    .of(new SessionId(
                                            event.required("session_id").stringValue())))
                            .isEqualTo(i);
                }
            }
            assertThat(get(server, "/v1/events/" + Events.id(7))
                            .required("global_position")
                            .stringValue())
                    .endsWith("@" + partition(7));

            // One graph of all of them.
            awaitGraph(stores);
            JsonNode causes = get(
                    server, "/v1/nodes/" + Events.id(60) + "/lineage?direction=ancestors&max_depth=100&max_nodes=200");
            assertThat(causes.required("nodes")).hasSize(60);
            JsonNode verified = done(server, "POST", "/v1/admin/verify");
            assertThat(verified.at("/result/equal").booleanValue())
                    .as(verified.toString())
                    .isTrue();

            // What is signed, kept and watched, of each.
            await().atMost(PATIENCE)
                    .untilAsserted(() -> all().forEach(i -> assertThat(get(server, "/v1/proof?partition=" + i)
                                    .at("/logs/0/size")
                                    .longValue())
                            .isEqualTo(events(server, i))));
            for (int i = 0; i < PARTITIONS; i++) {
                assertThat(ask(server, "GET", "/v1/proof/partitions/" + i + "/checkpoint", "")
                                .body())
                        .contains("/p" + i + "/e1\n" + events(server, i) + "\n");
                assertThat(done(server, "POST", "/v1/admin/audit?partition=" + i)
                                .at("/result/verdict")
                                .stringValue())
                        .isEqualTo("whole");
                JsonNode backup = done(server, "POST", "/v1/admin/backups?partition=" + i);
                assertThat(backup.at("/result/verification/verified").booleanValue())
                        .as(backup.toString())
                        .isTrue();
                assertThat(backup.at("/result/seq").longValue()).isLessThanOrEqualTo(events(server, i));
                assertThat(get(server, "/v1/admin/backups?partition=" + i).required("backups"))
                        .hasSize(1);
                assertThat(done(server, "POST", "/v1/admin/retention/run?partition=" + i)
                                .required("state")
                                .stringValue())
                        .isEqualTo("succeeded");
            }
            assertThat(ask(server, "GET", "/v1/events/" + Events.id(33) + "/proof", "")
                            .body())
                    .contains("/p" + partition(33) + "/e1\n");
            String metrics = ask(server, "GET", "/metrics", "").body();
            for (int i = 0; i < PARTITIONS; i++) {
                assertThat(metrics)
                        .contains(
                                "contextgraph_projection_lag_events{partition=\"" + i + "\"}",
                                "contextgraph_proof_sealed_seq{partition=\"" + i + "\"}");
            }
            assertThat(stores.examine())
                    .filteredOn(finding -> finding.subject().equals("projection"))
                    .extracting(finding -> finding.message().substring(0, 12))
                    .containsExactly("partition 0:", "partition 1:", "partition 2:");

            // A person is erased from all of them at once, and each of them shows that it may be.
            assertThat(done(server, "DELETE", "/v1/subjects/" + PERSON)
                            .required("state")
                            .stringValue())
                    .isEqualTo("succeeded");
            assertThat(get(server, "/v1/subjects/" + PERSON)
                            .at("/names/0/payloads")
                            .longValue())
                    .isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> all().forEach(
                                    i -> assertThat(done(server, "POST", "/v1/admin/audit?partition=" + i)
                                                    .at("/result/verdict")
                                                    .stringValue())
                                            .isEqualTo("whole")));

            oneIsAway(server);
        }
    }

    /** Its sessions are refused, and told to come again; all others go on. */
    private void oneIsAway(Serving server) {
        int away = 2;
        servers.get(away).kill();
        Set<Integer> refused = new TreeSet<>();
        for (long n = 1001; n <= 1012; n++) {
            HttpResponse<String> answer = ask(
                    server,
                    "POST",
                    "/v1/events",
                    EventJson.toJson(Events.event(n, "session-" + n % 12)).toString());
            if (partition(n) == away) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                assertThat(answer.body()).contains("\"partition\":" + away);
                boolean ignored = refused.add(away);
            } else {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            }
        }
        assertThat(refused).containsExactly(away);
        assertThat(ask(server, "GET", "/v1/events", "").body()).contains("\"partition\":" + away);
        assertThat(ask(server, "GET", "/v1/health", "").body()).contains("\"degraded\"", "redis_unavailable");
        assertThat(ask(server, "GET", "/v1/health/ready", "").statusCode()).isEqualTo(200);
        servers.get(away).restart();
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(ask(server, "GET", "/v1/health", "").body()).contains("\"healthy\""));
        assertThat(get(server, "/v1/events?limit=1000").required("events").size())
                .isGreaterThan(120);
    }

    /** In the place of one that is lost. */
    private static RunningRedis startedOn(Path snapshot, RunningRedis lost) throws IOException {
        lost.close();
        List<String> all = new ArrayList<>(RedisServers.searchArguments().orElse(List.of()));
        all.addAll(List.of("--appendonly", "no"));
        RunningRedis other = RunningRedis.start(RedisServers.installed(8).orElseThrow(), all, PASSWORD);
        other.kill();
        Path ignored = Files.copy(snapshot, other.folder().resolve("dump.rdb"));
        other.restart();
        try (Jedis admin = new Jedis(other.url())) {
            assertThat(admin.configSet("appendonly", "yes")).isEqualTo("OK");
        }
        return other;
    }

    /** Of one partition, whose Redis was lost; the others are left as they are. */
    @Test
    void aLostPartitionComesBackFromItsBackup() throws IOException {
        int lost = 1;
        Backup backup;
        try (LocalWorkspace stores = open(Needs.SERVER);
                Serving server = stores.serve()) {
            append(server, 1, 60);
            awaitGraph(stores);
            backup = stores.partitions().get(lost).backUp(Watcher.NONE);
            append(server, 61, 72);
            awaitGraph(stores);
        }
        Path snapshot = folder.resolve("fetched.rdb");
        try (Workspace.BackupDesk desk = new StoredBackups(settings(), count -> lost, backends, Clock.systemUTC())) {
            desk.fetch(backup, snapshot);
        }
        servers.set(lost, startedOn(snapshot, servers.get(lost)));
        try (Workspace.BackupDesk desk = new StoredBackups(settings(), count -> lost, backends, Clock.systemUTC())) {
            AuditTrail.Request request = new AuditTrail.Request("operator", "a test", "restore", Map.of());
            Workspace.Restored restored = desk.restore(backup, request, 100, said -> {}, Watcher.NONE);
            assertThat(restored.head()).isEqualTo(backup.head());
            assertThat(restored.missing())
                    .hasValueSatisfying(told -> assertThat(told).contains("are missing of the"));
            assertThat(restored.foreign())
                    .hasValueSatisfying(count -> assertThat(count).isPositive());
        }
        try (LocalWorkspace stores = open(Needs.DEMO_ONCE)) {
            for (int i = 0; i < PARTITIONS; i++) {
                long epoch = stores.ledger()
                        .partitions()
                        .get(i)
                        .epochs()
                        .now()
                        .identity()
                        .epoch();
                assertThat(epoch == 1).as("partition " + i).isEqualTo(i != lost);
            }
            assertThat(stores.catchUp(left -> {})).isZero();
            Workspace.Audited<?> ignored = stores.repair(Verifier.Depth.EXACT, 100, Watcher.NONE);
            assertThat(stores.verify(Verifier.Depth.EXACT, 100, Watcher.NONE)
                            .result()
                            .equal())
                    .isTrue();
        }
    }

    /** The number of partitions is that of the ledger, for ever. */
    @Test
    void anotherNumberIsRefusedWithTheWayOut() throws IOException {
        open(Needs.LEDGER_TO_FILL).close();
        Settings two = ProductSettings.CATALOG.load(
                Map.of(
                        "redis.partitions",
                        "2",
                        "redis.partition-nodes",
                        "127.0.0.1:" + servers.get(1).port(),
                        BackendSettings.DATA_DIR.key(),
                        folder.resolve("other").toString()),
                Map.of("CG_REDIS_URL", servers.getFirst().url().toString()),
                Optional.empty());
        assertThatThrownBy(
                        () -> LocalWorkspace.open(two, Needs.LEDGER_TO_FILL, backends, Clock.systemUTC(), said -> {}))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("the ledger has 3 partitions, not 2")
                .hasMessageContaining("contextgraph export --by-partition");
    }
}
