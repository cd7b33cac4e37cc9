// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PrunedFixture;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.testing.Events;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class EventRoutesTest {
    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    private static List<String> names(JsonNode json) {
        return List.copyOf(json.propertyNames());
    }

    private static List<String> faults(JsonNode problem) {
        List<String> faults = new ArrayList<>();
        problem.get("errors")
                .forEach(e -> faults.add(
                        e.get("pointer").stringValue() + " " + e.get("code").stringValue()));
        return faults;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Test
    void appendAnswersWithExactlyTheDocumentedFields() {
        ObjectNode event = TestServer.event();
        HttpResponse<String> response = server.post("/v1/events", event.toString());
        JsonNode json = TestServer.json(response);

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(names(json))
                .containsExactly(
                        "event_id", "global_position", "seq", "session_seq", "recorded_at", "duplicate", "durability");
        assertThat(json.get("event_id")).isEqualTo(event.get("event_id"));
        assertThat(json.get("seq").longValue()).isEqualTo(1);
        assertThat(json.get("session_seq").longValue()).isEqualTo(1);
        assertThat(json.get("recorded_at").stringValue()).isEqualTo("2026-03-01T12:00:00.000Z");
        assertThat(json.get("duplicate").booleanValue()).isFalse();
        assertThat(json.get("durability").stringValue()).isEqualTo("memory");
        assertThat(response.headers().firstValue("Idempotent-Replayed")).isEmpty();
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    }

    @Test
    void aPayloadComesBackWithTheNumbersThatItWasSentWith() {
        String payload = "{\"n\":[-0.0,0.0,1.0,1E+2,1E+400,0.1000000000000000055511151231257827,9007199254740993]}";
        String event =
                TestServer.event().set("payload", Json.MAPPER.readTree(payload)).toString();
        String id = TestServer.json(server.post("/v1/events", event))
                .get("event_id")
                .stringValue();
        assertThat(server.get("/v1/events/" + id).body()).contains("\"payload\":" + payload);
        assertThat(server.post("/v1/events", event.replace("-0.0", "0.0")).statusCode())
                .isEqualTo(409);
        assertThat(server.post("/v1/events", event.replace("-0.0", "NaN")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void theSameEventAgainIsTheSamePosition() {
        String event = TestServer.event().toString();
        JsonNode first = TestServer.json(server.post("/v1/events", event));
        HttpResponse<String> again = server.post("/v1/events", event);

        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(TestServer.json(again)).isEqualTo(((ObjectNode) first).put("duplicate", true));
        assertThat(server.ledger.head().seq()).isEqualTo(1);
    }

    @Test
    void otherContentUnderAnIdIsAConflictWithBothHashes() {
        ObjectNode event = TestServer.event();
        server.post("/v1/events", event.toString());
        String stored = TestServer.json(
                        server.get("/v1/events/" + event.get("event_id").stringValue()))
                .get("content_hash")
                .stringValue();
        HttpResponse<String> response =
                server.post("/v1/events", event.put("agent_id", "other").toString());
        JsonNode json = TestServer.json(response);

        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(names(json))
                .containsExactly(
                        "type",
                        "title",
                        "status",
                        "detail",
                        "code",
                        "request_id",
                        "event_id",
                        "offered_content_hash",
                        "stored_content_hash");
        assertThat(json.get("code").stringValue()).isEqualTo("event_id_conflict");
        assertThat(json.get("stored_content_hash").stringValue()).isEqualTo(stored);
        assertThat(json.get("offered_content_hash").stringValue()).isNotEqualTo(stored);
    }

    @Test
    void anImportedEventTellsItsOriginalAndNobodySendsOne() {
        Event event = Events.event(1, "imported");
        Original original = new Original(new Position(1_600_000_000_000L, 5), 70, 20, Events.BASE, Optional.empty());
        Event child = Events.builder(2, "imported").parentId(event.id()).build();
        List<Append> appends = List.of(Append.imported(event, Optional.of(original)), Append.of(child));
        assertThat(server.ledger.append(appends, Durability.MEMORY).outcomes()).hasSize(2);

        JsonNode expected = Json.MAPPER.readTree("""
                {"global_position": "1600000000000-5", "seq": 70, "session_seq": 20,
                 "recorded_at": "2026-01-31T12:00:00.000Z"}""");
        JsonNode found = TestServer.json(server.get("/v1/events/" + event.id()));
        assertThat(found.get("original")).isEqualTo(expected);
        assertThat(found.get("seq").longValue()).isEqualTo(1);
        assertThat(TestServer.json(server.get("/v1/events/" + child.id())).has("original"))
                .isFalse();
        JsonNode page = TestServer.json(server.get("/v1/events?session_id=imported"));
        assertThat(page.at("/events/0/original")).isEqualTo(expected);
        assertThat(page.at("/events/1").has("original")).isFalse();
        JsonNode causes = TestServer.json(server.get("/v1/events/" + child.id() + "/ancestors"));
        assertThat(causes.at("/ancestors/0/original")).isEqualTo(expected);

        ObjectNode sent = TestServer.event();
        sent.set("original", expected);
        sent.put("seq", 7);
        HttpResponse<String> refused = server.post("/v1/events", sent.toString());
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(faults(TestServer.json(refused)))
                .containsExactlyInAnyOrder("/original assigned_by_store", "/seq assigned_by_store");
    }

    @Test
    void expectedSessionSeqMakesTheAppendConditional() {
        assertThat(server.post("/v1/events", TestServer.event().toString(), "Expected-Session-Seq", "none")
                        .statusCode())
                .isEqualTo(201);
        assertThat(server.post("/v1/events", TestServer.event().toString(), "Expected-Session-Seq", "1")
                        .statusCode())
                .isEqualTo(201);
        HttpResponse<String> stale =
                server.post("/v1/events", TestServer.event().toString(), "Expected-Session-Seq", "1");
        assertThat(stale.statusCode()).isEqualTo(409);
        assertThat(TestServer.json(stale).get("code").stringValue()).isEqualTo("unexpected_session_seq");
        assertThat(TestServer.json(stale).get("actual_session_seq").longValue()).isEqualTo(2);
        assertThat(server.post("/v1/events", TestServer.event().toString(), "Expected-Session-Seq", "9".repeat(15))
                        .statusCode())
                .isEqualTo(409);
        for (String nonsense : List.of("-1", "1" + "0".repeat(15), "9".repeat(18), "9".repeat(40))) {
            HttpResponse<String> refused =
                    server.post("/v1/events", TestServer.event().toString(), "Expected-Session-Seq", nonsense);
            assertThat(refused.statusCode()).as(nonsense).isEqualTo(422);
            assertThat(faults(TestServer.json(refused))).containsExactly("/header/Expected-Session-Seq invalid_value");
        }
    }

    @Test
    void aLevelThatTheStoreCannotConfirmIsRefusedAndAnUnknownOneIsAFault() {
        HttpResponse<String> fsync =
                server.post("/v1/events", TestServer.event().toString(), "Durability", "fsync");
        assertThat(fsync.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(fsync).get("code").stringValue()).isEqualTo("durability_unsupported");
        HttpResponse<String> unknown =
                server.post("/v1/events", TestServer.event().toString(), "Durability", "Memory");
        assertThat(faults(TestServer.json(unknown))).containsExactly("/header/Durability invalid_value");
    }

    @Test
    void allFaultsOfAnEventComeTogether() {
        ObjectNode event = TestServer.event(Map.of(
                "event_id",
                "x",
                "event_type",
                "Nope",
                "occurred_at",
                "2026-01-01T00:00:00",
                "agentid",
                "a",
                "status",
                7));
        HttpResponse<String> response = server.post("/v1/events", event.toString());
        JsonNode json = TestServer.json(response);

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(json.get("code").stringValue()).isEqualTo("invalid_input");
        assertThat(faults(json))
                .containsExactlyInAnyOrder(
                        "/agentid unknown_field",
                        "/event_id not_a_uuid",
                        "/event_type not_a_type",
                        "/occurred_at not_a_time",
                        "/status type");
        assertThat(response.body()).contains("did you mean agent_id?");
        assertThat(server.ledger.head().seq()).isZero();
    }

    @Test
    void anEventAboutAPersonIsRefusedUntilItCanBeSealed() {
        ObjectNode event = TestServer.event(Map.of("data_subject_id", "jane", "payload", Map.of("text", "secret")));
        HttpResponse<String> response = server.post("/v1/events", event.toString());

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(response).get("code").stringValue()).isEqualTo("privacy_unavailable");
        assertThat(faults(TestServer.json(response))).containsExactly("/data_subject_id privacy_unavailable");
        assertThat(response.body()).doesNotContain("secret").doesNotContain("jane");
        assertThat(server.ledger.head().seq()).isZero();
    }

    @Test
    void malformedJsonSaysWhereAndNothingElse() {
        for (String body : List.of(
                "", "{", "{\"a\":1,\n \"secret\":tru}", "{\"event_id\":1,\"event_id\":2}", "{} {}", "\u0000secret")) {
            HttpResponse<String> response = server.post("/v1/events", body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(TestServer.json(response).get("code").stringValue()).isEqualTo("malformed_json");
            assertThat(response.body()).doesNotContain("secret").doesNotContain("tru}");
        }
        HttpResponse<String> second = server.post("/v1/events", "{\"a\":1,\n \"secret\":tru}");
        assertThat(TestServer.json(second).get("detail").stringValue()).contains("line 2, column");
    }

    @Test
    void aValueThatIsNoObjectIsOneFault() {
        for (String body : List.of("[]", "1", "\"x\"", "null")) {
            HttpResponse<String> response = server.post("/v1/events", body);
            assertThat(response.statusCode()).as(body).isEqualTo(422);
            assertThat(faults(TestServer.json(response))).containsExactly(" type");
        }
    }

    @Test
    void anEventOver256KiBIs413AndOneOfExactlyThatIsTaken() {
        ObjectNode event = TestServer.event(Map.of("payload", Map.of("text", "")));
        int room = 256 * 1024 - Json.MAPPER.writeValueAsBytes(event).length;
        ((ObjectNode) event.get("payload")).put("text", "x".repeat(room));
        assertThat(server.post("/v1/events", event.toString()).statusCode()).isEqualTo(201);

        event.put("event_id", UUID.randomUUID().toString());
        ((ObjectNode) event.get("payload")).put("text", "x".repeat(room + 1));
        HttpResponse<String> response = server.post("/v1/events", event.toString());
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(TestServer.json(response).get("code").stringValue()).isEqualTo("event_too_large");
        assertThat(TestServer.json(response).get("limit_bytes").intValue()).isEqualTo(262_144);
    }

    @Test
    void aPayloadMayNest32DeepAndNoDeeper() {
        ObjectNode event = TestServer.event();
        assertThat(server.post("/v1/events", withDepth(event, 32)).statusCode()).isEqualTo(201);
        event.put("event_id", UUID.randomUUID().toString());
        HttpResponse<String> deeper = server.post("/v1/events", withDepth(event, 33));
        assertThat(deeper.statusCode()).isEqualTo(422);
        assertThat(faults(TestServer.json(deeper))).containsExactly("/payload too_deep");
        HttpResponse<String> absurd = server.post("/v1/events", "[".repeat(100_000));
        assertThat(absurd.statusCode()).isEqualTo(400);
    }

    private static String withDepth(ObjectNode event, int depth) {
        String payload = "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
        return event.set("payload", Json.MAPPER.readTree(payload)).toString();
    }

    @Test
    void anEventComesBackWithPayloadAndProvenance() {
        ObjectNode event = TestServer.event(Map.of("payload", Map.of("n", 1)));
        JsonNode receipt = TestServer.json(server.post("/v1/events", event.toString()));
        JsonNode json =
                TestServer.json(server.get("/v1/events/" + event.get("event_id").stringValue()));

        assertThat(json.get("payload")).isEqualTo(event.get("payload"));
        assertThat(json.get("global_position")).isEqualTo(receipt.get("global_position"));
        assertThat(json.get("seq").longValue()).isEqualTo(1);
        assertThat(json.get("content_hash").stringValue()).hasSize(64);
    }

    /** Nothing is gone yet; whoever asks for something that is will be told why, and where it may be. */
    @Test
    void anEventThatIsGoneIs410() {
        UnaryOperator<EventLog> forgetful = log -> new FailingEventLog(log) {
            @Override
            public Lookup find(EventId id) {
                return new Lookup.Gone(Instant.parse("2026-01-01T00:00:00Z"), "older than 90 days", "segment-7");
            }
        };
        try (TestServer gone = TestServer.start(s -> s, forgetful, graph -> graph)) {
            UUID id = new UUID(0, 1);
            for (String address :
                    List.of("/v1/events/" + id, "/v1/events/" + id + "/ancestors", "/v1/nodes/" + id + "/lineage")) {
                HttpResponse<String> response = gone.get(address);
                assertThat(response.statusCode()).as(address).isEqualTo(410);
                JsonNode problem = TestServer.json(response);
                assertThat(problem.get("code").stringValue()).isEqualTo("event_gone");
                assertThat(problem.get("gone_at").stringValue()).startsWith("2026-01-01T00:00:00");
                assertThat(problem.get("reason").stringValue()).isEqualTo("older than 90 days");
                assertThat(problem.get("archive").stringValue()).isEqualTo("segment-7");
            }
        }
    }

    @Test
    void anUnknownEventIs404AndAnIdThatIsNoneIs422() {
        HttpResponse<String> unknown = server.get("/v1/events/" + new UUID(0, 1));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(TestServer.json(unknown).get("code").stringValue()).isEqualTo("event_not_found");
        for (String id : List.of("x", "a|b", "{}", "\"", "*", "\n", "😀", "__global__", "..", "a/b")) {
            HttpResponse<String> response = server.get("/v1/events/" + encoded(id));
            assertThat(response.statusCode()).as(id).isEqualTo(422);
            assertThat(faults(TestServer.json(response))).containsExactly("/event_id not_a_uuid");
        }
    }

    @Test
    void hostileIdsFindTheirOwnEventsAndNoOthers() {
        List<String> ids =
                List.of("a|b", "{a}", "\"quoted\"", "*", "a*", "😀", "a b", "a+b", "a&b=c", "ä", "%41", "-x");
        ids.forEach(id -> server.post(
                "/v1/events",
                TestServer.event(Map.of("session_id", id, "agent_id", id, "trace_id", id, "tool_name", id))
                        .toString()));
        for (String id : ids) {
            for (String filter : List.of("session_id", "agent_id", "trace_id", "tool_name")) {
                JsonNode json = TestServer.json(server.get("/v1/events?" + filter + "=" + encoded(id)));
                assertThat(json.get("events").size()).as(filter + " " + id).isEqualTo(1);
                assertThat(json.get("events").get(0).get(filter).stringValue()).isEqualTo(id);
            }
        }
        HttpResponse<String> newline = server.get("/v1/events?session_id=a%0Ab&agent_id=__x&trace_id=");
        assertThat(newline.statusCode()).isEqualTo(422);
        assertThat(faults(TestServer.json(newline)))
                .containsExactlyInAnyOrder("/session_id invalid_id", "/agent_id invalid_id", "/trace_id invalid_id");
    }

    @Test
    void searchGivesPagesThatReachEverythingOnce() {
        for (int i = 0; i < 5; i++) {
            server.post(
                    "/v1/events",
                    TestServer.event(Map.of("occurred_at", "2026-03-01T11:00:0" + i + "Z", "agent_id", "a" + i))
                            .toString());
        }
        List<String> agents = new ArrayList<>();
        String next = "/v1/events?session_id=s1&order=desc&limit=2";
        while (!next.isEmpty()) {
            JsonNode page = TestServer.json(server.get(next));
            assertThat(names(page)).containsExactly("events", "pagination", "meta");
            assertThat(names(page.get("meta"))).containsExactly("query_ms", "as_of", "complete");
            page.get("events").forEach(e -> agents.add(e.get("agent_id").stringValue()));
            assertThat(page.get("pagination").get("has_more").booleanValue())
                    .isEqualTo(!page.get("pagination").get("cursor").isNull());
            next = page.get("pagination").get("cursor").isNull()
                    ? ""
                    : "/v1/events?session_id=s1&order=desc&limit=2&cursor="
                            + page.get("pagination").get("cursor").stringValue();
        }
        assertThat(agents).containsExactly("a4", "a3", "a2", "a1", "a0");
    }

    @Test
    void aSearchSaysWhichEventsItCovers() {
        for (int i = 0; i < 3; i++) {
            server.post(
                    "/v1/events",
                    TestServer.event(Map.of("occurred_at", "2026-03-01T11:00:0" + i + "Z"))
                            .toString());
        }
        ColdFixture.cool(server.ledger.trimming(), 2);
        for (String query : List.of("agent_id=nobody", "to=2020-01-01T00:00:00Z", "limit=1")) {
            JsonNode meta = TestServer.json(server.get("/v1/events?" + query)).get("meta");
            assertThat(names(meta)).containsExactly("query_ms", "as_of", "complete", "covers");
            assertThat(meta.get("complete").booleanValue()).isFalse();
            assertThat(meta.get("covers").toString())
                    .isEqualTo("{\"after_seq\":2,\"after_position\":\""
                            + server.ledger.read(1, 1).getFirst().position()
                            + "\",\"recorded_after\":\"2026-03-01T12:00:00.000Z\"}");
        }
        for (String query : List.of("session_id=s1", "by=position")) {
            JsonNode page = TestServer.json(server.get("/v1/events?" + query));
            assertThat(page.get("events")).hasSize(3);
            assertThat(names(page.get("meta"))).containsExactly("query_ms", "as_of", "complete");
            assertThat(page.at("/meta/complete").booleanValue()).isTrue();
        }
    }

    @Test
    void whatBecameOfAnEventIsToldToWhoAsks() {
        ObjectNode event = TestServer.event();
        String read = "/v1/events/" + event.get("event_id").stringValue();
        server.post("/v1/events", event.toString());
        assertThat(TestServer.json(server.get(read)).has("standing")).isFalse();
        assertThat(TestServer.json(server.get(read + "?include=standing"))
                        .get("standing")
                        .toString())
                .isEqualTo("{\"tier\":\"hot\",\"indexed\":true,\"duplicates\":{\"answered\":0,"
                        + "\"since\":\"2026-03-01T12:00:00.000Z\",\"last_at\":null}}");
        server.post("/v1/events", event.toString());
        server.post("/v1/events/batch", "{\"events\":[" + event + "," + event + "]}");
        server.post("/v1/events", TestServer.event().toString());
        ColdFixture.cool(server.ledger.trimming(), 1);
        assertThat(TestServer.json(server.get(read + "?include=standing"))
                        .get("standing")
                        .toString())
                .isEqualTo("{\"tier\":\"cold\",\"indexed\":false,\"duplicates\":{\"answered\":3,"
                        + "\"since\":\"2026-03-01T12:00:00.000Z\",\"last_at\":\"2026-03-01T12:00:00.000Z\"}}");
        assertThat(server.get(read + "?include=more").statusCode()).isEqualTo(422);
    }

    @Test
    void aSearchSaysWhatIsGone() {
        for (int i = 0; i < 3; i++) {
            server.post("/v1/events", TestServer.event().toString());
        }
        Pruned ignored = PrunedFixture.prune(server.ledger, "segment-7", server.ledger.read(0, 2));
        for (String query : List.of("", "agent_id=nobody", "session_id=s1", "by=position")) {
            JsonNode meta = TestServer.json(server.get("/v1/events?" + query)).get("meta");
            assertThat(names(meta)).containsExactly("query_ms", "as_of", "complete", "pruned_before");
            assertThat(meta.get("complete").booleanValue()).isTrue();
            assertThat(meta.get("pruned_before").toString())
                    .isEqualTo("{\"after_seq\":2,\"after_position\":\""
                            + server.ledger.pruning().extent().through().position()
                            + "\",\"recorded_after\":\"2026-03-01T12:00:00.000Z\",\"events\":2,\"first_seq\":3}");
        }
        assertThat(TestServer.json(server.get("/v1/events?session_id=other"))
                        .get("meta")
                        .has("pruned_before"))
                .isFalse();
    }

    @Test
    void aCursorOfAnotherQueryIs422() {
        server.post("/v1/events", TestServer.event().toString());
        server.post("/v1/events", TestServer.event().toString());
        String cursor = TestServer.json(server.get("/v1/events?limit=1"))
                .get("pagination")
                .get("cursor")
                .stringValue();
        for (String query :
                List.of("order=desc&cursor=" + cursor, "cursor=garbage", "cursor=", "cursor=" + "x".repeat(513))) {
            HttpResponse<String> response = server.get("/v1/events?" + query);
            assertThat(response.statusCode()).as(query).isEqualTo(422);
            assertThat(TestServer.json(response).get("code").stringValue()).isEqualTo("invalid_cursor");
        }
    }

    @Test
    void aBadCursorComesWithTheOtherFaults() {
        for (String address : List.of(
                "/v1/events?limit=0",
                "/v1/sessions?limit=0",
                "/v1/context/s1?max_nodes=0",
                "/v1/nodes/" + new UUID(0, 1) + "/lineage?max_nodes=0")) {
            HttpResponse<String> response = server.get(address + "&cursor=garbage");
            assertThat(response.statusCode()).isEqualTo(422);
            assertThat(faults(TestServer.json(response)))
                    .as(address)
                    .containsExactlyInAnyOrder(
                            address.contains("limit") ? "/limit invalid_value" : "/max_nodes invalid_value",
                            "/cursor invalid_cursor");
        }
    }

    @Test
    void allBadParametersComeTogetherWithSuggestions() {
        HttpResponse<String> response = server.get(
                "/v1/events?sesion_id=x&limit=0&from=yesterday&order=up&status=done&min_importance=11&limit=3&by=size");
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(faults(TestServer.json(response)))
                .containsExactlyInAnyOrder(
                        "/sesion_id unknown_parameter",
                        "/limit repeated_parameter",
                        "/limit invalid_value",
                        "/from invalid_value",
                        "/order invalid_value",
                        "/by invalid_value",
                        "/status invalid_value",
                        "/min_importance invalid_value");
        assertThat(response.body()).contains("did you mean session_id?");
    }

    @Test
    void filtersCombineAndTimesTakeAnyOffset() {
        server.post("/v1/events", TestServer.event(Map.of("importance_hint", 7)).toString());
        server.post("/v1/events", TestServer.event(Map.of("importance_hint", 3)).toString());
        server.post(
                "/v1/events",
                TestServer.event(Map.of("importance_hint", 9, "event_type", "llm.call"))
                        .toString());
        JsonNode json = TestServer.json(server.get("/v1/events?event_type=tool.*&min_importance=5"
                + "&from=2026-03-01T12:00:00+01:00&to=2026-03-01T12:00:00.001%2B01:00"));
        assertThat(json.get("events").size()).isEqualTo(1);
        assertThat(json.get("events").get(0).get("importance_hint").intValue()).isEqualTo(7);
    }

    @Test
    void ancestorsAreTheChainOfCauses() {
        List<String> ids = List.of(new UUID(0, 1).toString(), new UUID(0, 2).toString(), new UUID(0, 3).toString());
        server.post(
                "/v1/events", TestServer.event(Map.of("event_id", ids.get(0))).toString());
        for (int i = 1; i < 3; i++) {
            server.post(
                    "/v1/events",
                    TestServer.event(Map.of("event_id", ids.get(i), "parent_event_id", ids.get(i - 1)))
                            .toString());
        }
        JsonNode all = TestServer.json(server.get("/v1/events/" + ids.get(2) + "/ancestors"));
        assertThat(chain(all)).containsExactly(ids.get(1), ids.get(0));
        assertThat(all.get("meta").get("end").stringValue()).isEqualTo("root");
        JsonNode one = TestServer.json(server.get("/v1/events/" + ids.get(2) + "/ancestors?max_depth=1"));
        assertThat(chain(one)).containsExactly(ids.get(1));
        assertThat(one.get("meta").get("end").stringValue()).isEqualTo("max_depth");
        assertThat(one.get("meta").get("next_event_id").stringValue()).isEqualTo(ids.get(0));
        assertThat(server.get("/v1/events/" + ids.get(2) + "/ancestors?max_depth=101")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void ancestorsStopAtAGapAndAtACycle() {
        String one = new UUID(0, 1).toString();
        String two = new UUID(0, 2).toString();
        server.post(
                "/v1/events",
                TestServer.event(Map.of("event_id", one, "parent_event_id", two))
                        .toString());
        assertThat(TestServer.json(server.get("/v1/events/" + one + "/ancestors"))
                        .get("meta")
                        .get("end")
                        .stringValue())
                .isEqualTo("missing");
        server.post(
                "/v1/events",
                TestServer.event(Map.of("event_id", two, "parent_event_id", one))
                        .toString());
        JsonNode cycle = TestServer.json(server.get("/v1/events/" + one + "/ancestors"));
        assertThat(chain(cycle)).containsExactly(two);
        assertThat(cycle.get("meta").get("end").stringValue()).isEqualTo("cycle");
    }

    private static List<String> chain(JsonNode json) {
        List<String> ids = new ArrayList<>();
        json.get("ancestors").forEach(e -> ids.add(e.get("event_id").stringValue()));
        return ids;
    }
}
