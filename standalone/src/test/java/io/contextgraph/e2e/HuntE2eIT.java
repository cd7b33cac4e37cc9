// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static io.contextgraph.e2e.HuntRequests.ANSWER;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.PlainDataKeys;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.local.FileKeyStore;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.testing.Extent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Marked ids and texts of persons are sent in by every door, well and badly; then they are looked for wherever anything of a
 * deployment is, before and after persons are erased: in the files of Redis and Neo4j, in archive, backups and folders of keys, in
 * the heap of the server, in what it says and answers. What is about nobody is looked for in the same way, and found.
 */
final class HuntE2eIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int UNRELATED = Extent.HUNTED_REQUESTS.value();

    /** Where what is about nobody is found while a server runs. */
    private static final List<String> OPEN = List.of(
            "data/redis/data/appendonlydir",
            "data/redis/data/dump.rdb",
            "data/neo4j/data/transactions",
            "archive/",
            "backups/",
            ANSWER,
            "graph");

    /** None may be found. */
    private final Marks secrets = new Marks();

    /** About nobody: found wherever events are. */
    private final Marks controls = new Marks();

    /** Events about persons who are erased at the end. */
    private final List<ObjectNode> wellKnown = new ArrayList<>();

    @TempDir
    private Path folder = Path.of("");

    private Path place(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private String keys() {
        return "--privacy.keys=" + folder.resolve("keys");
    }

    private Distribution distribution() throws IOException {
        // The name of the folder of the archive is about nobody, and something that a server remembers.
        return new Distribution(folder.resolve("data"))
                .withTemporary(place("temporary"))
                .with(
                        keys(),
                        "--archive.location=" + folder.resolve("archive").resolve(controls.mark("a folder")),
                        "--backup.location=" + folder.resolve("backups"),
                        "--backup.verify=false",
                        "--log.level=debug",
                        "--retention.enabled=false",
                        "--retention.hot-window=1s",
                        "--retention.min-hot-window=1s",
                        "--retention.ceiling=1s",
                        "--retention.segment-span=1s");
    }

    private void imports(Distribution.Server server, HuntRequests requests) throws IOException {
        Distribution client = new Distribution(folder.resolve("client"))
                .withTemporary(place("temporary"))
                .with(keys());
        Path files = place("imported");
        for (HuntImports.Import run : HuntImports.all(secrets)) {
            Path file = Files.writeString(files.resolve(run.file()), run.text());
            List<String> command = new ArrayList<>(
                    List.of("import", "--server", server.address().toString(), file.toString()));
            command.addAll(run.options());
            Distribution.Result said = client.run(command.toArray(String[]::new));
            assertThat(said.exitCode()).as(run.file() + said.out() + said.err()).isEqualTo(run.exitCode());
            requests.keep("import of " + run.file(), said.out() + said.err());
            wellKnown.addAll(run.erasable());
        }
    }

    /** Commands of an operator, on the stores of the server that runs. */
    private void commands(Distribution distribution, HuntRequests requests) throws IOException {
        for (String action : List.of("subject", "erase")) {
            Distribution.Result said =
                    distribution.run("privacy", action, secrets.mark("the id of an unknown person of a command"));
            assertThat(said.exitCode()).as(said.out() + said.err()).isNotZero();
            requests.keep("command " + action, said.out() + said.err());
        }
    }

    /** What is about nobody, in all that the product keeps of an event. */
    private void sendControls(HuntRequests requests) {
        for (int i = 0; i < 2; i++) {
            ObjectNode event = HuntRequests.event("session of nobody " + controls.mark("a session"))
                    .put("tool_name", "tool." + i);
            event.putObject("payload").put("content", controls.mark("a text") + " and so on".repeat(i * 500));
            requests.append(201, "nobody", event.put("agent_id", controls.mark("an agent")));
        }
    }

    /** The second and third of three events about persons Neo4j refuses; it is tried again for a while. */
    private void park(HuntRequests requests, HuntStores stores) {
        stores.refuseTwins();
        for (int i = 0; i < 3; i++) {
            ObjectNode twin = requests.personal("parked").put("importance_hint", 7);
            twin.put("tool_name", "twin");
            requests.append(201, "parked", twin);
            if (i == 1) {
                wellKnown.add(twin);
            }
        }
    }

    private static JsonNode parked(HuntRequests requests) {
        return Json.MAPPER
                .readTree(requests.ask("parked", "GET", "/v1/admin/parked", "", "")
                        .body())
                .path("parked");
    }

    /** One is tried once more, in vain; the other is left. */
    private static void awaitParked(HuntRequests requests) {
        Awaitility.await().atMost(PATIENCE).until(() -> parked(requests).size() == 2);
        String redriven = requests.post(
                200,
                "redrive",
                "/v1/admin/parked/redrive",
                HuntRequests.JSON,
                "{\"ids\":[\"" + parked(requests).get(0).get("id").stringValue() + "\"]}");
        assertThat(redriven).contains("\"results\"");
    }

    /** Connections that somebody else has cut are told one by one. */
    private static void awaitHealth(HuntRequests requests) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> requests.ask("health", "GET", "/v1/health", "", "").statusCode() == 200);
    }

    /** Everything that is there leaves the ledger for the archive, but what is parked. */
    private static void archive(HuntRequests requests) {
        Awaitility.await().pollInterval(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> {
            String ignored = requests.ask("retention run", "POST", "/v1/admin/retention/run", "", "")
                    .body();
            JsonNode status = Json.MAPPER.readTree(requests.get(200, "/v1/admin/retention"));
            return status.at("/ceiling/gone_events").asInt(0) >= 10;
        });
    }

    private void sendWithoutKeys(HuntDoors doors) throws IOException {
        Path store = folder.resolve("keys").resolve("store");
        Path aside = folder.resolve("keys").resolve("aside");
        Path ignored = Files.move(store, aside);
        doors.sendWithoutKeys();
        ignored = Files.move(aside, store);
    }

    private static void backUp(HuntRequests requests, int count) {
        String ignored = requests.call(202, "backup", "POST", "/v1/admin/backups");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> Json.MAPPER
                                .readTree(requests.get(200, "/v1/admin/backups"))
                                .get("backups")
                                .size()
                        == count);
    }

    /** Erases the persons, waits until each is, and asks for them again. */
    private void erase(HuntRequests requests) {
        for (ObjectNode event : wellKnown) {
            String address = "/v1/subjects/" + HuntRequests.path(HuntRequests.person(event));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() ->
                            requests.ask("erasure", "DELETE", address, "", "").statusCode() == 202);
            Awaitility.await().atMost(PATIENCE).until(() -> {
                JsonNode standing = Json.MAPPER.readTree(
                        requests.ask("standing", "GET", address, "", "").body());
                return standing.at("/erasure/state").asString("").equals("done")
                        && standing.at("/names/0/payloads").asInt(-1) == 0
                        && standing.at("/receipt/signature").isString();
            });
        }
    }

    /** Nobody can see any more what was sealed, and nothing is taken of whom it was about. */
    private static void assertErased(HuntRequests requests, ObjectNode event) {
        String ignored = requests.get(410, "/v1/payloads/" + HuntRequests.id(event));
        requests.append(410, "after the erasure", event);
        requests.append(
                410,
                "another one after the erasure",
                event.deepCopy().put("event_id", UUID.randomUUID().toString()));
    }

    /** As they are. */
    private Map<String, byte[]> dataKeys() {
        Path keys = folder.resolve("keys");
        try (KeyWrapper wrapper = LocalKeyWrapper.ofFile(keys.resolve("wrapping.key"));
                WrappedKeyStore store = FileKeyStore.open(keys.resolve("store"), wrapper)) {
            Map<String, byte[]> plain = new TreeMap<>();
            for (Map.Entry<KeyId, byte[]> key : PlainDataKeys.of(store, wrapper).entrySet()) {
                byte[] ignored = plain.put(key.getKey().toString(), key.getValue());
            }
            return plain;
        }
    }

    private HeapSearch heap(Distribution.Server server, String name) throws IOException {
        Path file = folder.resolve(name + ".hprof");
        Distribution.Result dumped = server.dumpHeap(file);
        assertThat(dumped.exitCode()).as(dumped.out() + dumped.err()).isZero();
        return new HeapSearch(new HeapDump(file));
    }

    /** Finds keys as bytes, as the words of a cipher, in base64 and in hexadecimal. */
    private static Function<byte[], Set<String>> keySearch(Map<String, byte[]> keys) {
        Map<String, List<BytePattern>> patterns = new TreeMap<>();
        keys.forEach((id, key) -> {
            List<BytePattern> ignored = patterns.put(
                    id,
                    List.of(
                            new BytePattern(key),
                            new BytePattern(Base64.getEncoder().withoutPadding().encode(key)),
                            new BytePattern(HexFormat.of().formatHex(key).getBytes(US_ASCII))));
        });
        return values -> {
            Set<String> found = new TreeSet<>();
            patterns.forEach((id, forms) -> forms.forEach(form -> form.in(values, values.length, at -> found.add(id))));
            return found;
        };
    }

    private void assertNothingInHeap(HeapSearch heap, HuntRequests requests, Map<String, byte[]> erased)
            throws IOException {
        Function<byte[], Set<String>> keys = keySearch(erased);
        Set<String> faults = new TreeSet<>();
        Set<String> found = new TreeSet<>();
        heap.holders(values -> {
                    Set<String> marks = MarkSearch.inPlain(values);
                    boolean ignored = marks.addAll(keys.apply(values));
                    return marks;
                })
                .forEach((what, ways) -> {
                    boolean ignored = found.add(what);
                    if (!controls.has(what) && !requests.mayBe(what, ANSWER)) {
                        ways.forEach(way -> faults.add(secrets.meaning(what) + " by " + way));
                    }
                });
        assertThat(faults).as("what the heap has of persons").isEmpty();
        assertThat(found).as("what the heap has of nobody").anyMatch(controls::has);
    }

    /** By place, which marks are there. */
    private Map<String, Set<String>> places(HuntRequests requests, Distribution.Server server) {
        Map<String, Set<String>> places = new TreeMap<>();
        for (String name : List.of("data", "archive", "backups", "keys", "temporary", "client")) {
            MarkSearch.below(folder.resolve(name))
                    .forEach((mark, files) ->
                            files.forEach(file -> places.computeIfAbsent(name + "/" + file, none -> new TreeSet<>())
                                    .add(mark)));
        }
        requests.answers().forEach((by, answer) -> places.put(ANSWER + by, MarkSearch.in(answer)));
        places.put("log", MarkSearch.in(String.join("\n", server.log())));
        return places;
    }

    private void assertNothingPersonal(
            String when, HuntRequests requests, Map<String, Set<String>> places, List<String> withControls) {
        Set<String> found = new TreeSet<>();
        places.forEach((where, marks) -> marks.stream()
                .filter(mark -> !controls.has(mark) && !requests.mayBe(mark, where))
                .forEach(mark -> found.add(secrets.meaning(mark) + " in " + where)));
        assertThat(found).as("what is of persons where it must not be, " + when).isEmpty();
        for (String place : withControls) {
            assertThat(places.entrySet())
                    .as("what is about nobody in " + place + ", " + when)
                    .anyMatch(one -> one.getKey().startsWith(place)
                            && one.getValue().stream().anyMatch(controls::has));
        }
    }

    private void assertNothingPersonal(
            String when, HuntRequests requests, Distribution.Server server, HuntStores stores) {
        backUp(requests, when.equals("before") ? 1 : 2);
        stores.save();
        Map<String, Set<String>> places = places(requests, server);
        Set<String> ignored = places.put("graph", MarkSearch.in(stores.graph()));
        assertNothingPersonal(when, requests, places, OPEN);
    }

    /** What anybody else sends meanwhile. */
    private static void sendUnrelated(HuntRequests requests) {
        for (int i = 0; i < UNRELATED; i++) {
            ObjectNode event = HuntRequests.event("other");
            event.putObject("payload").put("content", "of no interest ".repeat(10));
            assertThat(requests.send("POST", HuntRequests.EVENTS, HuntRequests.JSON, event.toString())
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    /** All doors: what they take twice, of which the first goes to the archive. */
    private void send(Distribution.Server server, HuntRequests requests, HuntStores stores) throws IOException {
        HuntDoors doors = new HuntDoors(requests);
        sendControls(requests);
        park(requests, stores);
        imports(server, requests);
        wellKnown.addAll(doors.sendWell());
        doors.sendBadly();
        doors.sendBroken();
        doors.askBadly();
        commands(distribution(), requests);
        sendWithoutKeys(doors);
        awaitParked(requests);
        stores.refuseServer(doors::sendWithoutLedger);
        awaitHealth(requests);
        archive(requests);
        doors.look();
        sendControls(requests);
        List<ObjectNode> kept = doors.sendWell();
        wellKnown.addAll(kept);
        for (ObjectNode event : kept) {
            // Who may see it sees it, until the person is erased.
            assertThat(requests.send("GET", "/v1/payloads/" + HuntRequests.id(event), "", "")
                            .body())
                    .contains(event.at("/payload/content").stringValue());
        }
    }

    @Test
    void nothingOfAPersonIsWhereItMustNotBe() throws IOException {
        Distribution distribution = distribution();
        Distribution.Result made = distribution.run("privacy", "init");
        assertThat(made.exitCode()).as(made.err()).isZero();
        HuntRequests requests;
        Distribution.Server ended;
        try (Distribution.Server server = distribution.serve();
                HuntStores stores = new HuntStores(folder.resolve("data"))) {
            ended = server;
            requests = new HuntRequests(server.address(), secrets);
            send(server, requests, stores);
            assertNothingPersonal("before", requests, server, stores);
            Map<String, byte[]> keys = dataKeys();
            assertThat(heap(server, "before").found(keySearch(keys))).isNotEmpty();

            erase(requests);
            assertThat(keys.keySet().removeAll(dataKeys().keySet())).isTrue();
            assertThat(keys).hasSize(wellKnown.size());
            wellKnown.forEach(event -> assertErased(requests, event));
            new HuntDoors(requests).look();
            // What a connection has read last stays with it, until something longer comes or it is closed.
            requests.reconnect();
            sendUnrelated(requests);
            assertNothingInHeap(heap(server, "after"), requests, keys);
            assertNothingPersonal("after", requests, server, stores);
        }
        assertNothingPersonal("after the end", requests, places(requests, ended), List.of("data/neo4j/data/databases"));
        assertThat(String.join("\n", ended.log()))
                .as("the log, which tells of events that were refused by their ids")
                .containsAnyOf(requests.ids().toArray(String[]::new));
        assertThat(secrets.size()).isGreaterThan(100);
    }
}
