// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.audit.PrunedFixture;
import io.contextgraph.backup.Backups;
import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.graph.GraphException;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.routes.Contract.Operation;
import io.contextgraph.http.routes.Contract.Reply;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.epoch.Bookmark;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.ops.Concern;
import io.contextgraph.privacy.erasure.ErasureWork;
import io.contextgraph.proof.audit.AuditingWork;
import io.contextgraph.restoring.VerifyingWork;
import io.contextgraph.retention.RetentionWork;
import io.contextgraph.storage.StorageException;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Holds the contract against the server, both ways: routes, parameters, statuses, fields. */
class OpenApiTest {
    private static final String ID = new UUID(0, 1).toString();
    private static final String CHILD = new UUID(0, 2).toString();

    /** What is there once {@link #fill} has been called, and what is wrong in ways of its own. */
    private static final List<String> ADDRESSES = List.of(
            "/",
            "/openapi.json",
            "/metrics",
            "/v1/health",
            "/v1/health/live",
            "/v1/health/ready",
            "/v1/events",
            "/v1/events?limit=1",
            "/v1/events?limit=0",
            "/v1/events/" + ID,
            "/v1/events/" + CHILD + "/ancestors",
            "/v1/payloads/payload:" + ID,
            "/v1/payloads/" + CHILD,
            "/v1/payloads/x",
            "/v1/subjects/somebody",
            "/v1/subjects/somebody/export",
            "/v1/subjects/nobody",
            "/v1/events/stream",
            "/v1/events/stream?from=nowhere",
            "/v1/access",
            "/v1/sessions",
            "/v1/sessions?limit=x",
            "/v1/sessions/s1",
            "/v1/context/s1",
            "/v1/context/s1?include=graph&at=2026-03-01T12:00:00Z",
            "/v1/ledger",
            "/v1/ledger/events",
            "/v1/ledger/events?after_seq=x",
            "/v1/admin/health/detailed",
            "/v1/nodes/" + CHILD + "/lineage?include=graph",
            "/v1/context/s1?max_nodes=1",
            "/v1/context/s1?min_position=99999999999999-0&timeout_ms=100",
            "/v1/nodes/" + CHILD + "/lineage",
            "/v1/nodes/x/lineage",
            "/v1/admin/operations",
            "/v1/admin/parked",
            "/v1/admin/parked?limit=1",
            "/v1/admin/parked?limit=0",
            "/v1/admin/parked/dropped",
            "/v1/admin/parked/dropped?limit=0");

    /** What is answered under any load: these say 503 of what they look at. */
    private static final Set<String> OF_THEMSELVES = Set.of("get /metrics", "get /v1/health", "get /v1/health/ready");

    /** A page's own files, which no client has to know; see ConsoleTest. */
    private static final String OF_THE_CONSOLE = "get /console/{file*}";

    private static final String ASKS_NO_STORE = "get /v1/access";

    private final TestServer server = TestServer.with(new TestPersons());
    private final Contract contract = new Contract(TestServer.json(server.get("/openapi.json")));
    private final Sweep sweep = new Sweep(contract);

    @BeforeEach
    void fill() {
        fill(server);
        server.post(
                "/v1/events",
                TestServer.event(Map.of("data_subject_id", "somebody")).toString());
        server.park();
        server.park();
    }

    private static void fill(TestServer server) {
        Map<String, Object> first = Map.of("event_id", ID, "payload", Map.of("text", "hello"));
        server.post("/v1/events", TestServer.event(first).toString());
        Map<String, Object> second = Map.of("event_id", CHILD, "parent_event_id", ID);
        server.post("/v1/events", TestServer.event(second).toString());
        server.project();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theRoutesAreThoseOfTheContract() {
        Set<String> documented = new TreeSet<>();
        contract.operations().forEach(operation -> documented.add(operation.name()));
        Set<String> served = new TreeSet<>();
        server.server
                .routes()
                .forEach(r -> served.add(
                        r.method().toLowerCase(Locale.ROOT) + " " + r.template().replace("*}", "}")));
        documented.add(OF_THE_CONSOLE.replace("*}", "}"));
        assertThat(served).isEqualTo(documented);
    }

    @Test
    void theParametersAreThoseOfTheContract() {
        for (Operation operation : contract.operations()) {
            List<String> documented = operation.queryParameters();
            if (!operation.answers(422)) {
                assertThat(documented).as(operation.name()).isEmpty();
                continue;
            }
            JsonNode problem = Json.MAPPER.readTree(
                    Sweep.ask(server, operation, "unheard_of_parameter=1").body());
            String message = problem.get("errors").get(0).get("message").stringValue();
            String expected =
                    documented.isEmpty() ? "; there are none" : "; there are " + String.join(", ", documented);
            assertThat(sorted(message))
                    .as(operation.name())
                    .isEqualTo(sorted("is not a parameter of this address" + expected));
        }
    }

    /** Whatever a schema forbids, the server refuses: so it reads what it says that it takes. */
    @Test
    void everyParameterOfTheContractIsRead() {
        for (Operation operation : contract.operations()) {
            for (JsonNode parameter : operation.parameters()) {
                String name = parameter.get("name").stringValue();
                Optional<String> pointer = switch (parameter.get("in").stringValue()) {
                    case "query" -> fault(operation, name + "=%01", request -> request, "/" + name);
                    case "header" -> fault(operation, "", request -> request.header(name, "?"), "/header/" + name);
                    // Without it there would be no such address.
                    default -> Optional.of("path");
                };
                assertThat(pointer).as(operation.name() + " " + name).isPresent();
            }
        }
    }

    private Optional<String> fault(
            Operation operation, String query, UnaryOperator<HttpRequest.Builder> change, String pointer) {
        Reply reply = Sweep.send(server, change.apply(Sweep.request(server, operation, query)));
        assertThat(reply.status()).as(operation.name() + " " + query + pointer).isEqualTo(422);
        return Json.MAPPER
                .readTree(reply.body())
                .get("errors")
                .valueStream()
                .map(fault -> fault.get("pointer").stringValue())
                .filter(pointer::equals)
                .findFirst();
    }

    private static List<String> sorted(String text) {
        return Stream.of(text.replace("; there are ", ", ").split(", "))
                .sorted()
                .toList();
    }

    @Test
    void theFileIsWhatIsServed() {
        GeneratedDocs.assertUpToDate(
                "docs/openapi.json", server.get("/openapi.json").body());
    }

    @Test
    void everyStatusOfTheContractIsGivenAndNoOther() throws Exception {
        readWhatIsThere();
        append();
        driveParked();
        operate();
        prove();
        refuseWhatIsWrong();
        refuseWhatIsTooLarge();
        lookForWhatIsNotThere();
        eraseSomebody();
        goOnBehindWhatIsLost();
        goOnBehindWhatHasGone();
        standInTheWay();
        failAsStoresDo();
        failAsNobodyExpects();
        refuseWhoMayNot();
        refuseUnderLoad();
        tellOfBadHealth();
        assertThat(contract.unseen()).as("of %s", contract.size()).isEmpty();
    }

    private void readWhatIsThere() throws Exception {
        ADDRESSES.forEach(this::get);
        HttpRequest.Builder browser =
                HttpRequest.newBuilder(server.uri("/")).header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        Reply page = visited("get", "/", Sweep.send(server, browser));
        assertThat(page.type()).isEqualTo("text/html");
        follow("/v1/events/stream?from=" + Position.START);
        server.park();
        String latest = server.ledger.head().position().toString();
        assertThat(get("/v1/context/s1?timeout_ms=100&min_position=" + latest).status())
                .isEqualTo(503);
        assertThat(get("/v1/nodes/" + ID + "/lineage?timeout_ms=100&min_position=" + latest)
                        .status())
                .isEqualTo(503);
    }

    private void eraseSomebody() {
        delete("/v1/subjects/somebody");
        Awaitility.await().until(() -> get("/v1/subjects/somebody").body().contains("\"done\""));
        assertThat(post("/v1/subjects/somebody/authorise", "").status()).isEqualTo(200);
    }

    /** Takes the first event from the stream. */
    private void follow(String address) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(address));
        HttpResponse<Stream<String>> response = server.open(request, HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            String data =
                    lines.filter(line -> line.startsWith("data: ")).findFirst().orElseThrow();
            visited("get", address, new Reply(response.statusCode(), response.headers(), data));
        }
    }

    private void append() {
        post("/v1/events", Sweep.EVENT);
        assertThat(post("/v1/events", Sweep.EVENT).has("Idempotent-Replayed")).isTrue();
        assertThat(post("/v1/events", "{").status()).isEqualTo(400);
        assertThat(post("/v1/events", "{}").status()).isEqualTo(422);
        assertThat(post("/v1/events", TestServer.event().toString(), "Expected-Session-Seq", "77")
                        .status())
                .isEqualTo(409);
        assertThat(post("/v1/events", Sweep.EVENT, "Durability", "most").status())
                .isEqualTo(422);
        String large = TestServer.event(Map.of("payload", Map.of("x", "y".repeat(300_000))))
                .toString();
        assertThat(post("/v1/events", large).status()).isEqualTo(413);
        String batch = "/v1/events/batch";
        assertThat(post(batch, "{\"events\":[" + Sweep.EVENT + ",{}]}").status())
                .isEqualTo(201);
        assertThat(post(batch, "{\"events\":[{}]}").status()).isEqualTo(201);
        assertThat(post(batch, "{\"events\":[]}").status()).isEqualTo(422);
        assertThat(post(batch, "{").status()).isEqualTo(400);
        assertThat(post("/v1/events/payloads", "{\"ids\":[\"" + ID + "\",\"" + CHILD + "\"]}")
                        .status())
                .isEqualTo(200);
        assertThat(post("/v1/events/payloads", "{\"ids\":[7]}").status()).isEqualTo(422);
        assertThat(post("/v1/events/payloads", "{").status()).isEqualTo(400);
        Reply lines = Reply.of(server.send(HttpRequest.newBuilder(server.uri(batch))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(Sweep.EVENT + "\n{}\n{\n"))));
        contract.holds(contract.operation("post", batch), lines);
        assertThat(lines.body().lines()).hasSize(3);
    }

    private void driveParked() {
        for (String body : List.of("{\"all\":true}", "{\"ids\":[\"1-1\"]}", "{\"ids\":[7]}", "{", "{}")) {
            post("/v1/admin/parked/redrive", body);
        }
        for (String entry : List.of(server.park() + "?reason=because", "x?reason=because", "1-1")) {
            delete("/v1/admin/parked/" + entry);
        }
        assertThat(Json.MAPPER.readTree(get("/v1/admin/parked/dropped").body()).get("dropped"))
                .isNotEmpty();
    }

    private void operate() {
        for (String kind : List.of("verify", "repair", "rebuild")) {
            Reply begun = post("/v1/admin/" + kind, "");
            String address = begun.headers().firstValue("Location").orElseThrow();
            server.ended(address);
            get(address);
            delete(address);
            post("/v1/admin/" + kind + "?deep=perhaps", "");
        }
        get("/v1/admin/operations");
        get("/v1/admin/retention");
        get("/v1/admin/stats");
        String address = post("/v1/admin/retention/run?dry_run=true", "")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        server.ended(address);
        get(address);
        server.ended(post("/v1/admin/retention/run", "")
                .headers()
                .firstValue("Location")
                .orElseThrow());
        post("/v1/admin/retention/release?group=projection&reason=because", "");
        post("/v1/admin/holds?session_id=nobody-yet&reason=because", "");
        get("/v1/admin/holds");
        delete("/v1/admin/holds/nobody-yet");
        get("/v1/admin/retention");
        lookAtArchives();
        backUp();
    }

    private void prove() {
        String late = "/v1/events/" + Sweep.EVENT_ID + "/proof";
        assertThat(get(late).status()).isEqualTo(409);
        server.proofs.seal();
        assertThat(get(late).status()).isEqualTo(200);
        assertThat(server.ledger
                        .epochs()
                        .begin(
                                1,
                                2,
                                new Head(1, server.ledger.read(0, 1).getFirst().position())))
                .isTrue();
        server.post("/v1/events", TestServer.event().toString());
        server.proofs.seal();
        long size = server.ledger.head().seq();
        String tile = "/tile/0/000" + ".p/" + size;
        for (String address : List.of(
                "",
                "/checkpoint",
                tile,
                "/epochs/1/checkpoint",
                "/epochs/2/checkpoint",
                "/epochs/2/predecessor",
                "/epochs/2" + tile)) {
            assertThat(get("/v1/proof" + address).status()).as(address).isEqualTo(200);
            if (!address.isEmpty()) {
                assertThat(get("/v1/proof/partitions/0" + address).status())
                        .as(address)
                        .isEqualTo(200);
            }
        }
        String audited = post("/v1/admin/audit?max=7", "")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        assertThat(server.ended(audited).at("/result/verdict").stringValue()).isEqualTo("whole");
        get(audited);
    }

    private void backUp() {
        String backups = "/v1/admin/backups";
        String taking = post(backups, "").headers().firstValue("Location").orElseThrow();
        String id = server.ended(taking).at("/result/id").stringValue();
        get(taking);
        assertThat(get(backups).body()).contains("\"id\":\"" + id + "\"");
        String one = backups + "/" + id;
        assertThat(get(one).status()).isEqualTo(200);
        String verifying =
                post(one + "/verify", "").headers().firstValue("Location").orElseThrow();
        JsonNode verified = server.ended(verifying);
        assertThat(verified.at("/result/verification/verified").booleanValue())
                .as(verified.toString())
                .isTrue();
        get(verifying);
    }

    private void lookAtArchives() {
        String segment =
                "/v1/admin/archives/" + server.archive.write(server.ledger, 2).id();
        for (String address : List.of(
                "/v1/admin/archives",
                "/v1/admin/archives?event_id=" + ID,
                "/v1/admin/archives?event_id=" + new UUID(9, 9),
                segment)) {
            assertThat(get(address).status()).as(address).isEqualTo(200);
        }
        for (String work : List.of("/verify", "/restore?dry_run=true&keep=12h")) {
            String address =
                    post(segment + work, "").headers().firstValue("Location").orElseThrow();
            JsonNode ended = server.ended(address);
            assertThat(ended.at("/result/faults").isEmpty())
                    .as(ended.toString())
                    .isTrue();
            get(address);
        }
    }

    private void refuseWhatIsWrong() throws IOException {
        sweep.expect(400, operation -> Sweep.malformed(server, operation));
        sweep.expect(422, operation -> Sweep.ask(server, operation, "unheard_of_parameter=1"));
        sweep.expect(
                415,
                operation -> Sweep.send(
                        server, Sweep.request(server, operation, "").setHeader("Content-Type", "text/plain")));
        for (Operation operation : contract.operations()) {
            String request = operation.method().toUpperCase(Locale.ROOT) + " " + Sweep.address(operation, "");
            Reply reply = Reply.parse(
                    server.raw(request + " HTTP/1.1\r\nConnection: close\r\nHost: elsewhere.example\r\n\r\n"));
            contract.holds(operation, reply);
            assertThat(reply.status()).as(operation.name()).isEqualTo(421);
        }
    }

    private void refuseWhatIsTooLarge() {
        try (TestServer small = TestServer.start(With.limits(new HttpSettings.Limits(10, 10, 5, 100, 5)))) {
            sweep.expect(413, operation -> Sweep.ask(small, operation, ""));
        }
    }

    private void lookForWhatIsNotThere() {
        try (TestServer empty = TestServer.with(new TestPersons())) {
            empty.archive.wanted = false;
            empty.backups.wanted = false;
            sweep.expect(404, operation -> Sweep.ask(empty, operation, ""));
        }
        Lookup.Gone gone = new Lookup.Gone(TestServer.NOW, "older than 90 days", "segment-7");
        try (TestServer forgetful = TestServer.start(
                s -> s,
                log -> new FailingEventLog(log) {
                    @Override
                    public Lookup find(EventId id) {
                        return gone;
                    }

                    @Override
                    public AppendResult append(List<Append> appends, Durability atLeast) {
                        return new AppendResult(
                                appends.stream()
                                        .<AppendOutcome>map(append -> new AppendOutcome.Gone(
                                                append.event().id(), gone))
                                        .toList(),
                                Durability.MEMORY);
                    }
                },
                graph -> graph)) {
            Set<String> expected = Set.of(
                    "get /v1/events/{event_id}",
                    "get /v1/events/{event_id}/ancestors",
                    "get /v1/events/{event_id}/proof",
                    "get /v1/payloads/{payload_ref}",
                    "get /v1/nodes/{node_id}/lineage",
                    "post /v1/events");
            sweep.expect(410, expected, operation -> Sweep.ask(forgetful, operation, ""));
        }
    }

    /** Begins to read, lets the ledger lose its end, and goes on. */
    private void goOnBehindWhatIsLost() {
        try (TestServer shortened = TestServer.start()) {
            fill(shortened);
            for (int n = 1; n <= 2; n++) {
                assertThat(shortened
                                .delete("/v1/admin/parked/" + shortened.park() + "?reason=because")
                                .statusCode())
                        .isEqualTo(200);
            }
            String ignored = shortened.park() + shortened.park();
            Map<String, String> addresses = new LinkedHashMap<>();
            for (String address : List.of(
                    "/v1/events?limit=1",
                    "/v1/sessions?limit=1",
                    "/v1/context/s1?max_nodes=1",
                    "/v1/nodes/" + CHILD + "/lineage?max_nodes=1",
                    "/v1/admin/parked?limit=1",
                    "/v1/admin/parked/dropped?limit=1")) {
                JsonNode page = TestServer.json(shortened.get(address));
                addresses.put(
                        address,
                        address + "&cursor=" + page.at("/pagination/cursor").stringValue());
            }
            var now = shortened.ledger.epochs().now();
            addresses.put("stream", "/v1/events/stream?from=" + Bookmark.of(now.identity(), now.head()));
            Cursor driven = new Bookmarks(shortened.ledger)
                    .stamp(Optional.of(Cursor.of("redrive", List.of("1-1"))))
                    .orElseThrow();
            assertThat(shortened.ledger.epochs().begin(1, 2, Head.EMPTY)).isTrue();
            addresses.values().forEach(address -> hasEnded("get", address, Reply.of(shortened.get(address))));
            String all = "/v1/admin/parked/redrive";
            hasEnded("post", all, Reply.of(shortened.post(all, "{\"all\":true,\"cursor\":\"" + driven.text() + "\"}")));
        }
    }

    private void goOnBehindWhatHasGone() {
        try (TestServer pruned = TestServer.start()) {
            for (int n = 0; n < 3; n++) {
                assertThat(pruned.post("/v1/events", TestServer.event().toString())
                                .statusCode())
                        .isEqualTo(201);
            }
            PrunedFixture.prune(pruned.ledger, pruned.graph, pruned.ledger.read(0, 2));
            for (String address : List.of("/v1/ledger/events?after_seq=1", "/v1/events/stream?from=0-0")) {
                Reply reply = Reply.of(pruned.get(address));
                contract.holds(contract.operation("get", address), reply);
                assertThat(reply.status()).as(address).isEqualTo(410);
                assertThat(Json.MAPPER.readTree(reply.body()).get("code").stringValue())
                        .isEqualTo("position_pruned");
            }
            for (String address : List.of("/v1/ledger/events", "/v1/sessions/s1")) {
                contract.holds(contract.operation("get", address), Reply.of(pruned.get(address)));
            }
        }
    }

    private void hasEnded(String method, String address, Reply reply) {
        contract.holds(contract.operation(method, address), reply);
        assertThat(reply.status()).as(address).isEqualTo(410);
        JsonNode problem = Json.MAPPER.readTree(reply.body());
        assertThat(problem.get("code").stringValue()).isEqualTo("epoch_ended");
        assertThat(problem.get("last_common_position").stringValue()).isEqualTo("0-0");
    }

    /** An operation that runs, and another event with the id of {@link Sweep#EVENT}. */
    private void standInTheWay() {
        TestPersons persons = new TestPersons();
        try (TestServer busy = TestServer.with(persons)) {
            keepFromErasing(busy, persons.nameOf("1-1").toString());
            String other = TestServer.event(Map.of("event_id", Sweep.EVENT_ID, "agent_id", "another"))
                    .toString();
            assertThat(busy.post("/v1/events", other).statusCode()).isEqualTo(201);
            // Nobody signs here.
            String unsealed = TestServer.event(Map.of("event_id", new UUID(9, 9).toString()))
                    .toString();
            assertThat(busy.post("/v1/events", unsealed).statusCode()).isEqualTo(201);
            CountDownLatch asked = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            busy.beforeSums = () -> {
                asked.countDown();
                await(go);
            };
            busy.post("/v1/admin/verify", "");
            busy.backups.put(Sweep.BACKUP);
            for (String lock : List.of(RetentionWork.KIND, VerifyingWork.KIND, Backups.LOCK, AuditingWork.KIND)) {
                assertThat(busy.ledger.operations().claim(lock, "another", Duration.ofHours(1)))
                        .isTrue();
            }
            try {
                await(asked);
                sweep.expect(409, operation -> Sweep.ask(busy, operation, ""));
            } finally {
                go.countDown();
            }
        }
    }

    /** A person of a session that is held, whose erasure somebody works on. */
    private static void keepFromErasing(TestServer server, String name) {
        String personal = TestServer.event(Map.of("data_subject_id", "1-1", "session_id", "held"))
                .toString();
        assertThat(server.post("/v1/events", personal).statusCode()).isEqualTo(201);
        assertThat(server.post("/v1/admin/holds?session_id=held&reason=law", "").statusCode())
                .isEqualTo(200);
        HttpResponse<String> begun = server.delete("/v1/subjects/1-1");
        assertThat(begun.statusCode()).isEqualTo(202);
        String id = Json.MAPPER.readTree(begun.body()).get("id").stringValue();
        Awaitility.await().until(() -> !server.operations.find(id).orElseThrow().runs());
        assertThat(server.ledger.operations().claim(ErasureWork.KIND + ":" + name, "another", Duration.ofHours(1)))
                .isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void failAsStoresDo() {
        try (TestServer away = TestServer.start()) {
            away.ledgerPorts.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
            away.backups.fails = new StorageException(StorageException.Reason.UNAVAILABLE, "away");
            Set<String> names = underLoad();
            boolean ignored = names.remove(ASKS_NO_STORE);
            sweep.expect(503, names, operation -> Sweep.ask(away, operation, ""));
        }
        try (TestServer away = TestServer.start()) {
            away.park();
            away.graphPorts.failWith(new GraphException(GraphException.Reason.UNAVAILABLE, "away"));
            Set<String> expected = Set.of(
                    "get /v1/context/{session_id}", "get /v1/nodes/{node_id}/lineage", "post /v1/admin/parked/redrive");
            sweep.expect(503, expected, operation -> Sweep.ask(away, operation, ""));
        }
    }

    private void failAsNobodyExpects() {
        try (TestServer broken = TestServer.start()) {
            RuntimeException defect = new IllegalStateException("a defect");
            // The log has it once for each operation.
            defect.setStackTrace(new StackTraceElement[0]);
            broken.ledgerPorts.failWith(defect);
            broken.backups.fails = defect;
            broken.time = () -> {
                throw defect;
            };
            sweep.expect(500, operation -> Sweep.ask(broken, operation, ""));
        }
    }

    private void refuseWhoMayNot() {
        TestKeys keys = new TestKeys();
        KeySecret allowedNothing = keys.add("nothing", KeyRole.PRIVACY);
        KeySecret notPrivacy = keys.add("not-privacy", KeyRole.ADMIN);
        KeySecret slow = keys.addSlow("slow");
        try (TestServer guarded = TestServer.behind(keys::door)) {
            sweep.expect(401, operation -> Sweep.ask(guarded, operation, ""));
            sweep.expect(
                    403,
                    operation -> with(
                            guarded,
                            operation,
                            operation.path().matches("/v1/(payloads|subjects)/.*") ? notPrivacy : allowedNothing));
            while (with(guarded, contract.operation("get", "/v1/access"), slow).status() != 429) {
                // It may have a little at once.
            }
            sweep.expect(429, operation -> with(guarded, operation, slow));
        }
    }

    private static Reply with(TestServer server, Operation operation, KeySecret key) {
        return Sweep.send(
                server, Sweep.request(server, operation, "").header("Authorization", "Bearer " + key.reveal()));
    }

    private void refuseUnderLoad() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (TestServer loaded = TestServer.start(
                        With.limits(new HttpSettings.Limits(1 << 20, 10, 1, 100, 1)),
                        log -> new FailingEventLog(log) {
                            @Override
                            public Lookup find(EventId id) {
                                held.countDown();
                                await(go);
                                return super.find(id);
                            }
                        },
                        graph -> graph);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> first = clients.submit(() -> loaded.get("/v1/events/" + ID));
            try {
                await(held);
                sweep.expect(503, underLoad(), operation -> Sweep.ask(loaded, operation, ""));
            } finally {
                go.countDown();
            }
            assertThat(first.get().statusCode()).isEqualTo(404);
        }
    }

    private Set<String> underLoad() {
        Set<String> names = contract.thatAnswer(503);
        names.removeAll(OF_THEMSELVES);
        return names;
    }

    private void tellOfBadHealth() {
        Supplier<Double> throwing = () -> {
            throw new IllegalStateException("unreadable");
        };
        Iterable<Measurement> unreadable = List.of(new Measurement(throwing, Statistic.VALUE));
        try (TestServer ill = TestServer.start()) {
            ill.redis = TestServer.wrong(false, Concern.stopping("redis_unavailable"));
            Meter ignored =
                    Meter.builder("unreadable", Meter.Type.OTHER, unreadable).register(ill.metrics.registry());
            sweep.expect(503, OF_THEMSELVES, operation -> Sweep.ask(ill, operation, ""));
        }
    }

    private Reply get(String address) {
        return visited("get", address, Sweep.send(server, HttpRequest.newBuilder(server.uri(address))));
    }

    private Reply post(String address, String body, String... headers) {
        return visited("post", address, Reply.of(server.post(address, body, headers)));
    }

    private void delete(String address) {
        visited("delete", address, Reply.of(server.delete(address)));
    }

    private Reply visited(String method, String address, Reply reply) {
        contract.holds(contract.operation(method, address), reply);
        return reply;
    }
}
