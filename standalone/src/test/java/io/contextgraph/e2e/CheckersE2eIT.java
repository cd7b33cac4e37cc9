// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.contextgraph.event.Json;
import io.contextgraph.proof.ProofFile;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.signing.SigningKey;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a server proves of its events, in whatever tier they are, is accepted by every program that checks proofs, and what is
 * made up by none.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckersE2eIT {
    private static final int BATCH = 100;
    private static final int BATCHES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** At the edges of a tile, and of the log. */
    private static final List<Integer> LOOKED_AT = List.of(0, 1, 149, 254, 255, 256, 298, 299);

    @TempDir
    private static Path folder = Path.of("");

    private Checkers checkers;
    private Distribution distribution;
    private Distribution.Server server;
    private ConsoleCaller caller;

    /** Of events that stay while nothing is retained. */
    private final List<String> kept = new ArrayList<>();

    private VerifierKey log;

    @BeforeAll
    void begin() throws IOException, InterruptedException {
        checkers = Checkers.made();
        distribution = distribution();
        assertThat(distribution.run("privacy", "init").exitCode()).isZero();
        server = distribution.serve();
        caller = new ConsoleCaller(server.address(), "");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            ids.addAll(append(IntStream.range(0, BATCH)
                    .mapToObj(n -> ConsoleCaller.event("stays", "one of many"))
                    .toList()));
        }
        String ignored = proof(ids.getLast());
        log = VerifierKey.parse(caller.get("/v1/proof").at("/logs/0/keys/0").stringValue());
        for (int index : LOOKED_AT) {
            kept.add(event(ids.get(index)));
        }
    }

    @AfterAll
    void end() {
        caller.close();
        server.close();
    }

    private static Distribution distribution(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "--privacy.keys=" + folder.resolve("keys"),
                "--archive.location=" + folder.resolve("archive"),
                "--retention.enabled=false",
                "--proof.interval=200ms"));
        settings.addAll(List.of(more));
        return new Distribution(folder.resolve("data")).with(settings.toArray(String[]::new));
    }

    private List<String> append(List<ObjectNode> events) {
        ObjectNode batch = Json.MAPPER.createObjectNode();
        events.forEach(batch.putArray("events")::add);
        JsonNode ignored = caller.ask(201, "POST", "/v1/events/batch", batch.toString());
        return events.stream().map(CheckersE2eIT::id).toList();
    }

    /** As it is answered, to the letter. */
    private String event(String id) {
        HttpResponse<String> answer = caller.send("GET", "/v1/events/" + id, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Its proof, as soon as there is one. */
    private String proof(String id) {
        HttpResponse<String> answer = await().atMost(PATIENCE)
                .until(() -> caller.send("GET", "/v1/events/" + id + "/proof", ""), proof -> proof.statusCode() != 409);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static String id(JsonNode event) {
        return text(event, "event_id");
    }

    private static Path file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "", ""), content);
    }

    private static String said(JsonNode event, String proof) {
        LogCheckpoint checkpoint =
                LogCheckpoint.parse(ProofFile.parse(proof).checkpoint().text());
        return "ok: event %s, seq %d, position %s, content hash %s, in %s of %d events"
                .formatted(
                        id(event),
                        event.required("seq").longValue(),
                        text(event, "global_position"),
                        text(event, "content_hash"),
                        checkpoint.origin(),
                        checkpoint.size());
    }

    /** All say the same of it, and the one that takes the event, too, finds that it is this one. */
    private void assertAccepted(String event, String proof) throws IOException, InterruptedException {
        String expected = said(Json.MAPPER.readTree(event), proof);
        Path file = file(proof);
        assertThat(checkers.check(file, log.toString()).values())
                .as(event)
                .hasSize(3)
                .containsOnly(expected);
        assertThat(checkers.check(file, log.toString(), file(event))).isEqualTo(expected);
    }

    private void assertRefused(String why, String proof, VerifierKey key) throws IOException, InterruptedException {
        assertThat(checkers.check(file(proof), key.toString()))
                .as(why)
                .hasSize(3)
                .allSatisfy((checker, said) -> assertThat(said).as(checker).startsWith("refused: "));
    }

    @Test
    void aTrueProofIsAcceptedByAll() throws Exception {
        for (String event : kept) {
            assertAccepted(event, proof(id(Json.MAPPER.readTree(event))));
        }
        assertThat(Json.MAPPER.readTree(kept.getFirst()).required("seq").longValue())
                .isEqualTo(1);
    }

    @Test
    void aFalseProofIsAcceptedByNone() throws Exception {
        ProofFile proof = ProofFile.parse(proof(id(Json.MAPPER.readTree(kept.get(2)))));
        ProofFile other = ProofFile.parse(proof(id(Json.MAPPER.readTree(kept.get(4)))));
        SigningKey key = new ProofKeys(folder.resolve("data").resolve("proof.key"))
                .read().signing().stream()
                        .filter(one -> one.shown().equals(log.key()))
                        .findFirst()
                        .orElseThrow();
        Map<String, FalseProofs.FalseProof> all = FalseProofs.of(proof, other, log, key);
        assertThat(all).hasSizeGreaterThan(40);
        for (Map.Entry<String, FalseProofs.FalseProof> one : all.entrySet()) {
            assertRefused(one.getKey(), one.getValue().text(), one.getValue().key());
        }
    }

    /** What was proven is not proven by what is signed later, nor the other way round; each holds by itself. */
    @Test
    void aProofHoldsWhileTheLogGrows() throws Exception {
        String id = append(List.of(ConsoleCaller.event("grows", "early"))).getFirst();
        String event = event(id);
        String early = proof(id);
        String last = append(IntStream.range(0, BATCH)
                        .mapToObj(n -> ConsoleCaller.event("grows", "later"))
                        .toList())
                .getLast();
        String ignored = proof(last);
        String late = proof(id);
        assertThat(late).isNotEqualTo(early);
        assertAccepted(event, early);
        assertAccepted(event, late);
        assertRefused("signed too late", mixed(early, late), log);
        assertRefused("signed too early", mixed(late, early), log);
    }

    /** Whoever knows one of them accepts what both have signed. */
    @Test
    void aProofOfTwoKeysIsAcceptedByEach() throws Exception {
        assertThat(distribution.run("checkpoint", "rotate").exitCode()).isZero();
        String id = append(List.of(ConsoleCaller.event("rotated", "later"))).getFirst();
        String event = event(id);
        Path file = folder.resolve("handed-out.tlog-proof");
        String proof = proof(id);
        assertThat(ProofFile.parse(proof).checkpoint().lines()).hasSize(2);
        Distribution.Result handed = distribution.run("prove", id, "--out", file.toString());
        assertThat(handed.exitCode()).as(handed.err()).isZero();
        List<String> keys = caller.get("/v1/proof")
                .at("/logs/0/keys")
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
        assertThat(keys).hasSize(2).contains(log.toString());
        for (String key : keys) {
            assertThat(checkers.check(file, key).values())
                    .containsOnly(said(Json.MAPPER.readTree(event), Files.readString(file)));
        }
        assertAccepted(event, proof);
    }

    private static String mixed(String leafAndPath, String checkpoint) {
        ProofFile proof = ProofFile.parse(leafAndPath);
        return new ProofFile(
                        proof.leaf(), proof.path(), ProofFile.parse(checkpoint).checkpoint())
                .text();
    }

    @Test
    void anEventIsHeldAgainstItsProof() throws Exception {
        ObjectNode event = (ObjectNode) Json.MAPPER.readTree(kept.get(3));
        Path proof = file(proof(id(event)));
        assertThat(checkers.check(proof, log.toString(), file(event.toString())))
                .startsWith("ok: ");
        assertThat(checkers.check(proof, log.toString(), file(kept.get(4)))).isEqualTo("refused: the event is another");
        for (String field : List.of("event_id", "seq", "global_position", "content_hash")) {
            ObjectNode changed = event.deepCopy();
            changed.set(field, Json.MAPPER.readTree(kept.get(4)).required(field));
            assertThat(checkers.check(proof, log.toString(), file(changed.toString())))
                    .as(field)
                    .isEqualTo("refused: the event is another");
        }
    }

    @Test
    void whatHasGoneOrWasErasedIsStillProven() throws Exception {
        List<ObjectNode> events = new ArrayList<>();
        events.add(ConsoleCaller.event("goes", "of nobody"));
        events.add(ConsoleCaller.about("ada@example.org", "goes", "of who is erased before"));
        events.add(ConsoleCaller.about("bob@example.org", "goes", "of who is erased after"));
        events.add(ConsoleCaller.event("goes", "of nobody again"));
        List<String> ids = append(events);
        List<String> whole = ids.stream().map(this::event).toList();
        assertAllAccepted(ids, whole);

        erase("ada@example.org");
        assertThat(caller.send("GET", "/v1/payloads/" + ids.get(1), "").statusCode())
                .isEqualTo(410);
        assertAllAccepted(ids, whole);
        assertAllAccepted(ids, ids.stream().map(this::event).toList());

        caller.awaitInGraph(ids.getLast());
        long seq = caller.get("/v1/events/" + ids.getLast()).required("seq").longValue();
        Distribution trimming = distribution("--retention.hot-window=1s", "--retention.min-hot-window=1s");
        await().atMost(PATIENCE)
                .until(() -> retained(trimming).at("/trimmed/seq").longValue() >= seq);
        assertAllAccepted(ids, ids.stream().map(this::event).toList());

        Distribution pruning = distribution(
                "--retention.hot-window=1s",
                "--retention.min-hot-window=1s",
                "--retention.ceiling=1s",
                "--retention.min-ceiling=1s",
                "--retention.segment-span=1s");
        await().atMost(PATIENCE).until(() -> {
            JsonNode ignored = retained(pruning);
            return ids.stream()
                    .allMatch(id -> caller.send("GET", "/v1/events/" + id, "").statusCode() == 410);
        });
        assertAllAccepted(ids, whole);
        erase("bob@example.org");
        assertAllAccepted(ids, whole);
    }

    private void assertAllAccepted(List<String> ids, List<String> events) throws IOException, InterruptedException {
        for (int i = 0; i < ids.size(); i++) {
            assertAccepted(events.get(i), proof(ids.get(i)));
        }
    }

    private static JsonNode retained(Distribution retaining) throws IOException {
        Distribution.Result done = retaining.run("retention", "run", "--json");
        assertThat(done.out()).as(done.err()).startsWith("{");
        return Json.MAPPER.readTree(done.out());
    }

    private void erase(String person) {
        String work = "/v1/admin/operations/" + text(caller.ask(202, "DELETE", "/v1/subjects/" + person, ""), "id");
        assertThat(await().atMost(PATIENCE)
                        .until(() -> text(caller.get(work), "state"), state -> !state.equals("running")))
                .isEqualTo("succeeded");
    }

    private static String text(JsonNode json, String field) {
        return json.required(field).stringValue();
    }
}
