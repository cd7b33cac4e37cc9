// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.PrunedFixture;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.http.engine.HttpSettings;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class LedgerRoutesTest {
    private static String ids(List<String> ids) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode array = body.putArray("ids");
        ids.forEach(array::add);
        return body.toString();
    }

    private static List<String> append(TestServer server, int count, int payloadChars) {
        List<String> appended = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ObjectNode event = TestServer.event(Map.of("payload", Map.of("text", "x".repeat(payloadChars))));
            assertThat(server.post("/v1/events", event.toString()).statusCode()).isEqualTo(201);
            appended.add(event.get("event_id").stringValue());
        }
        return appended;
    }

    @Test
    void theLedgerSaysWhichItIsAndWhereItEnds() {
        try (TestServer server = TestServer.start()) {
            JsonNode empty = TestServer.json(server.get("/v1/ledger"));
            assertThat(empty.get("ledger_id").isNull()).isTrue();
            assertThat(empty.at("/head/seq").longValue()).isZero();
            append(server, 3, 1);
            JsonNode ledger = TestServer.json(server.get("/v1/ledger"));
            assertThat(ledger.get("epoch").longValue()).isEqualTo(1);
            assertThat(ledger.at("/head/seq").longValue()).isEqualTo(3);
            assertThat(ledger.at("/projection/lag_events").longValue()).isEqualTo(3);
            assertThat(ledger.at("/limits/event_bytes").longValue()).isEqualTo(256 * 1024);
            server.project();
            assertThat(TestServer.json(server.get("/v1/ledger"))
                            .at("/projection/as_of_seq")
                            .longValue())
                    .isEqualTo(3);
        }
    }

    @Test
    void eventsAreReadInCommitOrderBehindANumber() {
        try (TestServer server = TestServer.start()) {
            List<String> appended = append(server, 5, 1);
            JsonNode page = TestServer.json(server.get("/v1/ledger/events?after_seq=1&limit=2"));
            assertThat(page.get("events")
                            .valueStream()
                            .map(event -> event.get("event_id").stringValue())
                            .toList())
                    .isEqualTo(appended.subList(1, 3));
            assertThat(page.at("/events/0").has("payload")).isFalse();
            assertThat(TestServer.json(server.get("/v1/ledger/events?after_seq=5"))
                            .get("events"))
                    .isEmpty();
            assertThat(server.get("/v1/ledger/events?after_seq=9007199254740992")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.get("/v1/ledger/events?after_seq=9007199254740993")
                            .statusCode())
                    .isEqualTo(422);
            assertThat(server.get("/v1/ledger/events?after_seq=-1&limit=1001").statusCode())
                    .isEqualTo(422);
        }
    }

    /** Whoever reads on behind a number is told where something that follows has gone; others, what has gone. */
    @Test
    void whatHasGoneIsNotPassedOverInSilence() {
        try (TestServer server = TestServer.start()) {
            List<String> appended = append(server, 8, 1);
            List<RecordedEvent> events = server.ledger.read(0, 8);
            assertThat(ids(server, "?after_seq=0&limit=2")).isEqualTo(appended.subList(0, 2));
            PrunedFixture.prune(server.ledger, server.graph, events.subList(0, 3));
            PrunedFixture.prune(server.ledger, server.graph, events.subList(4, 5));
            for (int after : List.of(0, 2, 3, 4)) {
                HttpResponse<String> answer = server.get("/v1/ledger/events?after_seq=" + after);
                assertThat(answer.statusCode()).as("after %d", after).isEqualTo(410);
                JsonNode problem = TestServer.json(answer);
                assertThat(problem.get("code").stringValue()).isEqualTo("position_pruned");
                assertThat(problem.get("earliest_seq").longValue()).isEqualTo(5);
                assertThat(problem.get("earliest_position").stringValue())
                        .isEqualTo(events.get(4).position().toString());
            }
            assertThat(ids(server, "?after_seq=5")).isEqualTo(appended.subList(5, 8));
            // A page that holds nothing of the gap is whole.
            assertThat(ids(server, "?after_seq=3&limit=1")).isEqualTo(appended.subList(3, 4));
            for (String all : List.of("", "?after_seq=0&pruned=skip")) {
                assertThat(ids(server, all))
                        .isEqualTo(Stream.of(3, 5, 6, 7).map(appended::get).toList());
                JsonNode told =
                        TestServer.json(server.get("/v1/ledger/events" + all)).at("/meta/pruned_before");
                assertThat(told.get("events").longValue()).isEqualTo(4);
                assertThat(told.get("after_seq").longValue()).isEqualTo(5);
            }
        }
    }

    private static List<String> ids(TestServer server, String query) {
        return TestServer.json(server.get("/v1/ledger/events" + query))
                .get("events")
                .valueStream()
                .map(event -> event.get("event_id").stringValue())
                .toList();
    }

    /** An answer is no larger than a request may be, but for its last payload, and says how far it came. */
    @Test
    void payloadsComeAsManyAsThereIsRoomFor() {
        HttpSettings.Limits small = new HttpSettings.Limits(10_000, 10, 5, 100, 5);
        try (TestServer server = TestServer.start(With.limits(small))) {
            List<String> asked = append(server, 4, 4_000);
            asked.add(1, new UUID(8, 8).toString());
            JsonNode answer = TestServer.json(server.post("/v1/events/payloads", ids(asked)));
            assertThat(answer.get("looked_at").intValue()).isEqualTo(4);
            assertThat(answer.get("payloads")
                            .valueStream()
                            .map(one -> one.get("event_id").stringValue())
                            .toList())
                    .containsExactly(asked.get(0), asked.get(2), asked.get(3));
            answer = TestServer.json(server.post("/v1/events/payloads", ids(asked.subList(4, 5))));
            assertThat(answer.get("looked_at").intValue()).isEqualTo(1);
            assertThat(server.post("/v1/events/payloads", "{\"ids\":[],\"other\":1}")
                            .statusCode())
                    .isEqualTo(422);
        }
    }

    @Test
    void aBatchKeepsOriginalsWhereThatIsAskedFor() {
        try (TestServer server = TestServer.start()) {
            ObjectNode event = TestServer.event();
            event.putObject("original")
                    .put("global_position", "1600000000000-0")
                    .put("seq", 7)
                    .put("session_seq", 2)
                    .put("recorded_at", "2026-01-01T00:00:00.000Z");
            ObjectNode broken = TestServer.event();
            broken.putObject("original").put("seq", 7);
            String batch = "{\"events\":[" + event + "," + broken + "]}";
            JsonNode refused = TestServer.json(server.post("/v1/events/batch", batch));
            assertThat(refused.get("rejected").intValue()).isEqualTo(2);
            JsonNode kept = TestServer.json(server.post("/v1/events/batch?originals=keep", batch));
            assertThat(kept.get("accepted").intValue()).isEqualTo(1);
            assertThat(kept.at("/errors/0/errors/0/pointer").stringValue()).isEqualTo("/original");
            String id = event.get("event_id").stringValue();
            assertThat(TestServer.json(server.get("/v1/events/" + id)).get("original"))
                    .isEqualTo(event.get("original"));
            ObjectNode other = event.deepCopy().put("agent_id", "another");
            JsonNode conflict =
                    TestServer.json(server.post("/v1/events/batch?originals=keep", "{\"events\":[" + other + "]}"));
            assertThat(conflict.at("/errors/0/stored_content_hash").stringValue())
                    .hasSize(64)
                    .isNotEqualTo(conflict.at("/errors/0/offered_content_hash").stringValue());
        }
    }

    @Test
    void nodesBringWhatTheGraphHasWhereThatIsAskedFor() {
        try (TestServer server = TestServer.start()) {
            String id = append(server, 1, 1).getFirst();
            String lineage = "/v1/nodes/" + id + "/lineage";
            JsonNode node =
                    TestServer.json(server.get(lineage + "?include=graph")).at("/nodes/" + id);
            assertThat(node.at("/graph/known").booleanValue()).isFalse();
            server.project();
            node = TestServer.json(server.get(lineage + "?include=graph")).at("/nodes/" + id);
            assertThat(node.at("/graph/known").booleanValue()).isTrue();
            assertThat(node.at("/graph/event/seq").longValue()).isEqualTo(1);
            assertThat(TestServer.json(server.get(lineage)).at("/nodes/" + id).has("graph"))
                    .isFalse();
            String context = "/v1/context/s1?include=graph&at=";
            double then = score(server, context + "2026-03-01T11:00:00Z", id);
            assertThat(score(server, context + "2026-03-09T11:00:00Z", id)).isLessThan(then);
        }
    }

    private static double score(TestServer server, String address, String id) {
        return TestServer.json(server.get(address))
                .at("/nodes/" + id + "/graph/score")
                .doubleValue();
    }
}
