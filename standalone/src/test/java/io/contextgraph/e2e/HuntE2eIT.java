// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Marked ids and texts of persons are sent in by every door, well and badly; then they are looked for wherever anything of a
 * deployment is: in the files of Redis and Neo4j, in what the server says and answers. What is about nobody is looked for in the
 * same way, and found.
 */
final class HuntE2eIT {
    private static final int MARK = 12;

    private final Random random = new Random();
    private final HttpClient client = HttpClient.newHttpClient();

    /** By what they were sent; none may be found. */
    private final Map<String, String> secrets = new LinkedHashMap<>();

    /** What was answered to whoever may not see what is personal. */
    private final Map<String, String> answers = new LinkedHashMap<>();

    private final List<String> ids = new ArrayList<>();

    /** Events about persons who are erased at the end. */
    private final List<ObjectNode> wellKnown = new ArrayList<>();

    @TempDir
    private Path folder = Path.of("");

    private String mark(String by, String kind) {
        StringBuilder mark = new StringBuilder(kind);
        for (int i = 0; i < MARK; i++) {
            mark.append((char) ('a' + random.nextInt(26)));
        }
        secrets.put(mark.toString(), kind + " of " + by);
        return mark.toString();
    }

    /** An event about somebody. */
    private ObjectNode personal(String by) {
        String id = UUID.randomUUID().toString();
        ids.add(id);
        ObjectNode event = event(id).put("data_subject_id", mark(by, "who") + "@example.org");
        event.putObject("payload")
                .put("content", mark(by, "said"))
                .putObject("attributes")
                .put("name", mark(by, "name"));
        return event;
    }

    private static ObjectNode event(String id) {
        return Json.MAPPER
                .createObjectNode()
                .put("event_id", id)
                .put("event_type", "llm.chat")
                .put("occurred_at", "2026-03-01T12:00:00Z")
                .put("session_id", "hunt")
                .put("agent_id", "agent")
                .put("trace_id", "trace");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private int post(URI server, String by, String path, String type, String body) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        answers.put(by, answer.headers().map() + answer.body());
        return answer.statusCode();
    }

    private int get(URI server, String path) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(server.resolve(path)));
        answers.put(
                "GET " + path.replaceAll("/subjects/.*", "/subjects/..."),
                answer.headers().map() + answer.body());
        return answer.statusCode();
    }

    private void sendWell(URI server) {
        assertThat(post(
                        server,
                        "single",
                        "/v1/events",
                        "application/json",
                        personal("single").toString()))
                .isEqualTo(201);
        ObjectNode bare = personal("nothing said");
        bare.remove("payload");
        bare.put("payload_ref", "elsewhere");
        assertThat(post(server, "nothing said", "/v1/events", "application/json", bare.toString()))
                .isEqualTo(201);
        ObjectNode batch = Json.MAPPER.createObjectNode();
        ObjectNode inBatch = personal("batch");
        wellKnown.add(inBatch);
        batch.putArray("events").add(inBatch).add(personal("batch"));
        assertThat(post(server, "batch", "/v1/events/batch", "application/json", batch.toString()))
                .isEqualTo(201);
        String lines = personal("lines") + "\n" + personal("lines") + "\n";
        assertThat(post(server, "lines", "/v1/events/batch", "application/x-ndjson", lines))
                .isEqualTo(200);
    }

    private void sendBadly(URI server) {
        ObjectNode first = personal("again");
        String json = "application/json";
        String events = "/v1/events";
        assertThat(post(server, "again", events, json, first.toString())).isEqualTo(201);
        assertThat(post(server, "again", events, json, first.toString())).isEqualTo(201);
        ObjectNode other = first.deepCopy();
        other.putObject("payload").put("content", mark("conflict", "said"));
        assertThat(post(server, "conflict", events, json, other.toString())).isEqualTo(409);
        ObjectNode another = first.deepCopy().put("data_subject_id", mark("conflict of persons", "who"));
        assertThat(post(server, "conflict of persons", events, json, another.toString()))
                .isEqualTo(409);
        for (String field : List.of("session_id", "agent_id", "trace_id", "tool_name", "payload_ref")) {
            ObjectNode naming = personal("named in " + field);
            naming.put(field, "about " + naming.get("data_subject_id").stringValue());
            assertThat(post(server, "named in " + field, events, json, naming.toString()))
                    .isEqualTo(422);
        }
        ObjectNode unknown = personal("unknown field").put("nonsense", mark("unknown field", "extra"));
        assertThat(post(server, "unknown field", events, json, unknown.toString()))
                .isEqualTo(422);
        ObjectNode noTime = personal("bad time").put("occurred_at", "yesterday");
        assertThat(post(server, "bad time", events, json, noTime.toString())).isEqualTo(422);
        ObjectNode longId = personal("long id");
        longId.put("data_subject_id", mark("long id", "who").repeat(40));
        assertThat(post(server, "long id", events, json, longId.toString())).isEqualTo(422);
        ObjectNode large = personal("too large");
        large.putObject("payload").put("content", mark("too large", "said") + " ".repeat(300_000));
        assertThat(post(server, "too large", events, json, large.toString())).isEqualTo(413);
        String cut = personal("cut").toString();
        assertThat(post(server, "cut", events, json, cut.substring(0, cut.length() - 3)))
                .isEqualTo(400);
        assertThat(post(server, "cut line", "/v1/events/batch", "application/x-ndjson", cut.substring(1) + "\n"))
                .isEqualTo(200);
        assertThat(post(
                        server,
                        "other type",
                        events,
                        "text/plain",
                        personal("other type").toString()))
                .isEqualTo(415);
        assertThat(post(
                        server,
                        "no such route",
                        "/v1/persons",
                        json,
                        personal("no such route").toString()))
                .isEqualTo(404);
        String stranger = mark("unknown person", "who");
        assertThat(get(server, "/v1/subjects/" + stranger)).isEqualTo(404);
        assertThat(get(server, "/v1/subjects/" + stranger + "/export")).isEqualTo(404);
        assertThat(get(server, "/v1/subjects/" + stranger + "/nothing")).isEqualTo(404);
        assertThat(get(server, "/v1/subjects/" + stranger + "?unknown=1")).isEqualTo(422);
        assertThat(get(server, "/v1/subjects/" + stranger + "%00")).isEqualTo(422);
    }

    private void look(URI server) {
        for (String id : ids) {
            int ignored = get(server, "/v1/events/" + id);
        }
        for (String path : List.of(
                "/v1/events?session_id=hunt",
                "/v1/sessions",
                "/v1/sessions/hunt",
                "/v1/ledger",
                "/v1/ledger/events",
                "/metrics",
                "/v1/health",
                "/v1/admin/health/detailed",
                "/v1/admin/parked",
                "/v1/admin/operations",
                "/v1/sessions/system.audit",
                "/v1/events?session_id=system.audit")) {
            assertThat(get(server, path)).as(path).isEqualTo(200);
        }
        Awaitility.await().until(() -> {
            assertThat(get(server, "/v1/context/hunt")).isEqualTo(200);
            return answers.getOrDefault("GET /v1/context/hunt", "").contains("(personal)");
        });
    }

    /** Erases the persons, waits until each is, and asks for them again. */
    private void erase(URI server, List<String> persons) {
        for (String person : persons) {
            HttpResponse<String> begun = send(HttpRequest.newBuilder(server.resolve("/v1/subjects/" + person))
                    .DELETE());
            assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
            answers.put("erasure of " + answers.size(), begun.body());
        }
        for (String person : persons) {
            Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
                HttpResponse<String> told = send(HttpRequest.newBuilder(server.resolve("/v1/subjects/" + person)));
                answers.put("standing of " + answers.size(), told.body());
                JsonNode standing = Json.MAPPER.readTree(told.body());
                return standing.at("/erasure/state").asString("").equals("done")
                        && standing.at("/names/0/payloads").asInt(-1) == 0
                        && standing.at("/receipt/signature").isString();
            });
        }
    }

    /** Nobody can see any more what was sealed, and nothing is taken of whom it was about. */
    private void assertErased(URI server, ObjectNode event) {
        String id = event.get("event_id").stringValue();
        assertThat(get(server, "/v1/payloads/" + id)).isEqualTo(410);
        assertThat(get(server, "/v1/events/" + id)).isEqualTo(200);
        assertThat(answers.get("GET /v1/events/" + id)).contains("\"payload\":null", "erasure_receipt");
        assertThat(post(server, "after the erasure", "/v1/events", "application/json", event.toString()))
                .isEqualTo(410);
    }

    /** In which of these texts which mark is. */
    private static List<String> found(Map<String, String> texts, Map<String, String> marks) {
        List<String> found = new ArrayList<>();
        texts.forEach((where, text) -> marks.forEach((mark, what) -> {
            if (text.contains(mark) || text.contains(URLEncoder.encode(mark, UTF_8))) {
                found.add(what + " in " + where);
            }
        }));
        return found;
    }

    /** In which of the files below a folder which mark is, in UTF-8 or as Java has it. */
    private static List<String> foundInFiles(Path root, Map<String, String> marks) throws IOException {
        Map<String, String> wanted = new HashMap<>();
        marks.forEach((mark, what) -> {
            String ignored = wanted.put(new String(mark.getBytes(UTF_8), ISO_8859_1), what);
            ignored = wanted.put(new String(mark.getBytes(UTF_16LE), ISO_8859_1), what);
        });
        TreeSet<String> found = new TreeSet<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), ISO_8859_1);
                wanted.forEach((sought, what) -> {
                    if (text.contains(sought)) {
                        found.add(what + " in " + root.relativize(file));
                    }
                });
            }
        }
        return List.copyOf(found);
    }

    @Test
    void nothingOfAPersonIsWhereItMustNotBe() throws IOException {
        Path keys = folder.resolve("keys");
        Path data = folder.resolve("data");
        Distribution distribution = new Distribution(data).with("--privacy.keys=" + keys);
        assertThat(distribution.run("privacy", "init").exitCode()).isZero();

        Path imported = folder.resolve("import.ndjson");
        ObjectNode wrong = personal("import, refused");
        wrong.put("session_id", wrong.get("data_subject_id").stringValue());
        Files.writeString(
                imported,
                personal("import") + "\n" + wrong + "\n"
                        + personal("import, cut").toString().substring(1));
        Distribution.Result said = distribution.run("import", imported.toString());
        assertThat(said.exitCode()).as(said.err()).isEqualTo(4);
        answers.put("import", said.out() + said.err());

        Map<String, String> control = new LinkedHashMap<>();
        String plain = "plain" + mark("nobody", "x");
        secrets.remove(plain.substring("plain".length()));
        control.put(plain, "control");
        String log;
        try (Distribution.Server server = distribution.serve()) {
            URI address = server.address();
            ObjectNode nobody = event(UUID.randomUUID().toString());
            nobody.putObject("payload").put("content", plain);
            assertThat(post(address, "nobody", "/v1/events", "application/json", nobody.toString()))
                    .isEqualTo(201);
            sendWell(address);
            sendBadly(address);
            look(address);
            ObjectNode opened = wellKnown.getFirst();
            HttpResponse<String> payload = send(HttpRequest.newBuilder(
                    address.resolve("/v1/payloads/" + opened.get("event_id").stringValue())));
            // Who may see it sees it, until the person is erased.
            assertThat(payload.body()).contains(opened.at("/payload/content").stringValue());
            erase(
                    address,
                    wellKnown.stream()
                            .map(event -> event.get("data_subject_id").stringValue())
                            .toList());
            wellKnown.stream().filter(event -> event.has("payload")).forEach(event -> assertErased(address, event));
            look(address);
            log = String.join("\n", server.log());
        }
        Map<String, String> told = new LinkedHashMap<>(answers);
        told.put("the log of the server", log);
        assertThat(found(told, secrets))
                .as("what answers and logs tell of persons")
                .isEmpty();
        assertThat(found(told, control)).isNotEmpty();
        assertThat(foundInFiles(data, secrets)).as("what files have of persons").isEmpty();
        assertThat(foundInFiles(data, control))
                .as("what files have of what is about nobody")
                .isNotEmpty();
        assertThat(foundInFiles(keys, secrets)).isEmpty();
        assertThat(secrets).hasSizeGreaterThan(50);
    }
}
