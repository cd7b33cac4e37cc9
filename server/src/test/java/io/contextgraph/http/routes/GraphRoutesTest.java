// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.summary.Summarizer;
import io.contextgraph.ledger.PrunedFixture;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.wire.ArchivedJson;
import io.contextgraph.wire.SubgraphJson;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GraphRoutesTest {
    private static final String ROOT = new UUID(0, 1).toString();
    private static final String CHILD = new UUID(0, 2).toString();
    private static final String GRANDCHILD = new UUID(0, 3).toString();
    private static final String CALL = new UUID(0, 4).toString();
    private static final String RESULT = new UUID(0, 5).toString();

    private final TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    private String append(Map<String, Object> change) {
        return TestServer.json(
                        server.post("/v1/events", TestServer.event(change).toString()))
                .get("global_position")
                .stringValue();
    }

    private void family() {
        append(Map.of("event_id", ROOT, "payload", Map.of("text", "find the invoice"), "importance_hint", 8));
        append(Map.of("event_id", CHILD, "parent_event_id", ROOT, "occurred_at", "2026-03-01T11:00:01Z"));
        append(Map.of("event_id", GRANDCHILD, "parent_event_id", CHILD, "occurred_at", "2026-03-01T11:00:02Z"));
    }

    private static List<String> names(JsonNode json) {
        return List.copyOf(json.propertyNames());
    }

    private static List<String> edges(JsonNode json) {
        List<String> edges = new ArrayList<>();
        json.get("edges")
                .forEach(e -> edges.add(e.get("source").stringValue() + " "
                        + e.get("edge_type").stringValue() + " "
                        + e.get("target").stringValue()));
        return edges.stream().sorted().toList();
    }

    /** What clients of the contract send, and what nothing depends on yet: taken, and never answered as if it counted. */
    @Test
    void whatMeansNothingYetIsAnsweredAsNull() {
        family();
        server.project();
        JsonNode node = TestServer.json(server.get("/v1/nodes/" + ROOT + "/lineage"))
                .get("nodes")
                .get(ROOT);
        String session = node.at("/provenance/session_id").stringValue();
        JsonNode answer = TestServer.json(server.get("/v1/context/" + session + "?max_depth=7"));
        assertThat(answer.at("/meta/capacity/max_depth").isNull()).isTrue();
        assertThat(answer.at("/meta/intent_override").isNull()).isTrue();
        assertThat(names(answer.get("nodes"))).hasSize(3);
        answer.get("nodes")
                .forEach(each -> assertThat(each.at("/scores/relevance_score").doubleValue())
                        .isEqualTo(0.5));
    }

    @Test
    void anArchivedEventTellsWhichSegmentHasIt() {
        family();
        server.project();
        RecordedEvent root = server.ledger.read(0, 1).getFirst();
        SessionId session = root.event().sessionId();
        Summarizer summarizer = new Summarizer(session, "1-1", event -> "");
        summarizer.add(root);
        server.graph.apply(List.of(new GraphChange.Summarize(
                summarizer.summary(), List.of(root.event().id()))));

        for (String path : List.of("/v1/nodes/" + CHILD + "/lineage", "/v1/context/" + session)) {
            JsonNode json = TestServer.json(server.get(path + "?include=graph"));
            JsonNode nodes = json.get("nodes");
            assertThat(nodes.at("/" + ROOT + "/provenance/archived").stringValue())
                    .isEqualTo("1-1");
            assertThat(nodes.at("/" + ROOT + "/provenance/summary_id").stringValue())
                    .isEqualTo("summary:1-1:" + session);
            assertThat(names(nodes.get(CHILD).get("provenance"))).doesNotContain("archived");
            assertThat(SubgraphJson.read(json, Optional.empty()).nodes().stream()
                            .filter(node -> node.archived().equals(Optional.of("1-1")))
                            .map(node -> node.id().toString()))
                    .containsExactly(ROOT);
        }
    }

    @Test
    void anEventThatIsGoneTellsWhichSummaryIsLeft() {
        family();
        server.project();
        RecordedEvent root = server.ledger.read(0, 1).getFirst();
        SessionId session = root.event().sessionId();
        Pruned ignored = PrunedFixture.prune(server.ledger, "1-1", List.of(root));
        for (String path : List.of("/v1/events/" + ROOT, "/v1/events/" + ROOT + "/ancestors")) {
            HttpResponse<String> before = server.get(path);
            assertThat(before.statusCode()).isEqualTo(410);
            assertThat(TestServer.json(before).has("summary_id")).isFalse();
        }
        Summarizer summarizer = new Summarizer(session, "1-1", event -> "");
        summarizer.add(root);
        server.graph.apply(List.of(new GraphChange.Summarize(
                summarizer.summary(), List.of(root.event().id()))));
        for (String path : List.of("/v1/events/" + ROOT, "/v1/events/" + ROOT + "/ancestors")) {
            HttpResponse<String> gone = server.get(path);
            assertThat(gone.statusCode()).isEqualTo(410);
            JsonNode problem = TestServer.json(gone);
            assertThat(problem.get("reason").stringValue()).isEqualTo("ceiling 90d");
            assertThat(problem.get("archive").stringValue()).isEqualTo("1-1");
            assertThat(problem.get("summary_id").stringValue()).isEqualTo("summary:1-1:" + session);
            assertThat(ArchivedJson.read(problem.get("summary"))).isEqualTo(summarizer.summary());
        }
        String again = EventJson.toJson(root.event()).toString();
        JsonNode refused = TestServer.json(server.post("/v1/events/batch", "{\"events\": [" + again + "]}"));
        assertThat(refused.at("/errors/0/code").stringValue()).isEqualTo("event_gone");
        assertThat(refused.at("/errors/0/summary_id").stringValue()).isEqualTo("summary:1-1:" + session);
        HttpResponse<String> lines = server.send(HttpRequest.newBuilder(server.uri("/v1/events/batch"))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(again + "\n")));
        assertThat(TestServer.json(lines).get("summary_id").stringValue()).isEqualTo("summary:1-1:" + session);
    }

    @Test
    void aSessionSaysWhatIsLeftOfIt() {
        family();
        server.project();
        List<RecordedEvent> events = server.ledger.read(0, 10);
        SessionId session = events.getFirst().event().sessionId();
        String path = "/v1/sessions/" + session;
        JsonNode whole = TestServer.json(server.get(path));
        assertThat(whole.has("left")).isFalse();
        assertThat(whole.has("summaries")).isFalse();
        io.contextgraph.audit.PrunedFixture.prune(server.ledger, server.graph, events.subList(0, 2));
        JsonNode rest = TestServer.json(server.get(path));
        assertThat(rest.get("pruned_count").longValue()).isEqualTo(2);
        assertThat(rest.at("/left/first_session_seq").longValue()).isEqualTo(3);
        assertThat(rest.at("/left/last_session_seq").longValue())
                .isEqualTo(rest.get("event_count").longValue());
        assertThat(rest.get("summaries").valueStream().map(ArchivedJson::read).toList())
                .isEqualTo(server.graph.summaries(session, 10))
                .hasSize(1);
    }

    @Test
    void lineageIsTheChainOfCausesInAtlasForm() {
        family();
        server.project();
        HttpResponse<String> response = server.get("/v1/nodes/" + GRANDCHILD + "/lineage?intent=why");
        JsonNode json = TestServer.json(response);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(names(json)).containsExactly("nodes", "edges", "pagination", "meta");
        assertThat(names(json.get("nodes"))).containsExactly(GRANDCHILD, CHILD, ROOT);
        assertThat(edges(json)).contains(CHILD + " CAUSED_BY " + ROOT, GRANDCHILD + " CAUSED_BY " + CHILD);
        JsonNode root = json.get("nodes").get(ROOT);
        assertThat(names(root))
                .containsExactly(
                        "node_id",
                        "node_type",
                        "attributes",
                        "provenance",
                        "scores",
                        "retrieval_reason",
                        "proactive_signal");
        assertThat(root.get("attributes").get("content").stringValue()).isEqualTo("find the invoice");
        assertThat(root.get("attributes").get("importance_score").intValue()).isEqualTo(8);
        assertThat(root.get("provenance").get("source").stringValue()).isEqualTo("redis");
        assertThat(root.get("provenance").get("global_position").stringValue())
                .isEqualTo(server.ledger.read(0, 1).getFirst().position().toString());
        assertThat(root.get("scores").get("importance_score").doubleValue()).isEqualTo(0.8);
        assertThat(root.get("scores").get("decay_score").doubleValue()).isBetween(0.7, 0.8);
        JsonNode meta = json.get("meta");
        assertThat(meta.get("query_ms").intValue()).isPositive();
        assertThat(meta.get("nodes_returned").intValue()).isEqualTo(3);
        assertThat(meta.get("truncated").booleanValue()).isFalse();
        assertThat(meta.get("intent_override").isNull()).isTrue();
        assertThat(meta.get("seed_nodes").get(0).stringValue()).isEqualTo(GRANDCHILD);
        assertThat(meta.get("as_of").stringValue())
                .isEqualTo(server.ledger.head().position().toString());
        assertThat(meta.get("capacity").toString()).isEqualTo("{\"max_nodes\":100,\"used_nodes\":3,\"max_depth\":10}");
    }

    /** A call that was recorded pending, its answer as an event of its own: both are there, the call reads as answered. */
    @Test
    void aCallThatWasAnsweredLaterReadsAsAnswered() {
        append(Map.of(
                "event_id", CALL, "tool_name", "bake", "status", "pending", "payload", Map.of("arguments", "rye")));
        append(Map.of(
                "event_id",
                RESULT,
                "event_type",
                "tool.result",
                "parent_event_id",
                CALL,
                "tool_name",
                "bake",
                "status",
                "completed",
                "occurred_at",
                "2026-03-01T11:00:03Z",
                "payload",
                Map.of("content", "baked", "result", Map.of())));
        server.project();
        JsonNode alone = TestServer.json(server.get("/v1/nodes/" + CALL + "/lineage"));
        assertThat(names(alone.get("nodes"))).containsExactly(CALL);
        String session = alone.at("/nodes/" + CALL + "/provenance/session_id").stringValue();
        JsonNode context = TestServer.json(server.get("/v1/context/" + session));
        assertThat(names(context.get("nodes"))).containsExactlyInAnyOrder(CALL, RESULT);
        for (JsonNode answer : List.of(alone, context)) {
            JsonNode call = answer.at("/nodes/" + CALL + "/attributes");
            assertThat(call.get("status").stringValue()).isEqualTo("completed");
            assertThat(call.get("ended_at").stringValue()).isEqualTo("2026-03-01T11:00:03.000Z");
            assertThat(call.get("content").stringValue()).isEqualTo("rye -> baked");
            assertThat(call.get("result_event_id").stringValue()).isEqualTo(RESULT);
        }
        JsonNode result = context.at("/nodes/" + RESULT + "/attributes");
        assertThat(result.get("content").stringValue()).isEqualTo("baked");
        assertThat(result.get("result_event_id").isNull()).isTrue();
        assertThat(TestServer.json(server.get("/v1/events?status=pending"))
                        .get("events")
                        .findValuesAsString("event_id"))
                .as("the events themselves stay as they are")
                .containsExactly(CALL);
        assertThat(TestServer.json(server.get("/v1/sessions/" + session))
                        .get("status")
                        .stringValue())
                .isEqualTo("completed");
    }

    @Test
    void effectsAndDepth() {
        family();
        server.project();
        assertThat(names(TestServer.json(server.get("/v1/nodes/" + ROOT + "/lineage?direction=descendants"))
                        .get("nodes")))
                .containsExactly(ROOT, CHILD, GRANDCHILD);
        JsonNode cut = TestServer.json(server.get("/v1/nodes/" + GRANDCHILD + "/lineage?max_depth=1"));
        assertThat(names(cut.get("nodes"))).containsExactly(GRANDCHILD, CHILD);
        assertThat(cut.get("meta").get("truncated").booleanValue()).isTrue();
        assertThat(edges(cut)).allMatch(e -> !e.contains(ROOT));
    }

    @Test
    void aParentThatHasNotArrivedIsAStubWithNullsOnly() {
        append(Map.of("event_id", CHILD, "parent_event_id", ROOT));
        server.project();
        JsonNode stub = TestServer.json(server.get("/v1/nodes/" + CHILD + "/lineage"))
                .get("nodes")
                .get(ROOT);
        assertThat(stub.get("attributes").get("event_type").isNull()).isTrue();
        assertThat(stub.get("provenance").get("event_id").stringValue()).isEqualTo(ROOT);
        assertThat(stub.get("provenance").get("global_position").isNull()).isTrue();
        assertThat(stub.get("scores").get("decay_score").isNull()).isTrue();
    }

    @Test
    void theStartComesBackEvenBeforeTheGraphHasSeenIt() {
        family();
        JsonNode json = TestServer.json(server.get("/v1/nodes/" + CHILD + "/lineage"));
        assertThat(names(json.get("nodes"))).containsExactly(CHILD);
        assertThat(json.get("meta").get("truncated").booleanValue()).isTrue();
        assertThat(server.get("/v1/nodes/" + new UUID(9, 9) + "/lineage").statusCode())
                .isEqualTo(404);
    }

    @Test
    void lineagePagesReachEveryEventOnce() {
        family();
        server.project();
        String address = "/v1/nodes/" + GRANDCHILD + "/lineage?direction=both&max_nodes=";
        for (int size = 1; size <= 4; size++) {
            assertThat(pages(address + size)).as("pages of " + size).containsExactly(GRANDCHILD, CHILD, ROOT);
        }
    }

    @Test
    void aPageWhoseEventsHaveMovedAwayIsEmptyAndSaysSo() {
        append(Map.of("event_id", CHILD, "parent_event_id", ROOT));
        append(Map.of("event_id", GRANDCHILD, "parent_event_id", CHILD, "occurred_at", "2026-03-01T11:00:02Z"));
        server.project();
        String address = "/v1/nodes/" + CHILD + "/lineage?direction=both&max_nodes=2";
        JsonNode first = TestServer.json(server.get(address));
        assertThat(names(first.get("nodes"))).containsExactly(CHILD, GRANDCHILD);
        // Until now a stub, which comes last; from now on the first of its depth.
        append(Map.of("event_id", ROOT, "occurred_at", "2026-03-01T10:00:00Z"));
        server.project();

        JsonNode second = TestServer.json(server.get(
                address + "&cursor=" + first.get("pagination").get("cursor").stringValue()));

        assertThat(names(second.get("nodes"))).isEmpty();
        assertThat(second.get("meta").get("truncated").booleanValue()).isTrue();
    }

    @Test
    void contextPagesReachEveryEventOnceBestFirst() {
        for (int i = 1; i <= 5; i++) {
            append(Map.of("event_id", new UUID(0, i).toString(), "importance_hint", i));
        }
        server.project();
        for (int size = 1; size <= 6; size++) {
            assertThat(pages("/v1/context/s1?max_nodes=" + size))
                    .as("pages of " + size)
                    .containsExactly(
                            new UUID(0, 5).toString(),
                            new UUID(0, 4).toString(),
                            new UUID(0, 3).toString(),
                            new UUID(0, 2).toString(),
                            new UUID(0, 1).toString());
        }
    }

    /** The nodes of all pages, one after another. */
    private List<String> pages(String address) {
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = TestServer.json(server.get(address + cursor));
            seen.addAll(names(page.get("nodes")));
            JsonNode next = page.get("pagination").get("cursor");
            cursor = next.isNull() ? "" : "&cursor=" + next.stringValue();
        } while (!cursor.isEmpty());
        return seen;
    }

    @Test
    void anUnknownSessionIsEmptyAndABadOneIsAFault() {
        HttpResponse<String> unknown = server.get("/v1/context/nobody%7C%7B%7D%22%2A");
        assertThat(unknown.statusCode()).isEqualTo(200);
        assertThat(TestServer.json(unknown).get("nodes").isEmpty()).isTrue();
        assertThat(server.get("/v1/context/__global__").statusCode()).isEqualTo(422);
        assertThat(server.get("/v1/context/a%0Ab").statusCode()).isEqualTo(422);
    }

    @Test
    void minPositionWaitsAndElseTellsTheLag() {
        family();
        server.project();
        String behind = append(Map.of());
        HttpResponse<String> late = server.get("/v1/context/s1?min_position=" + behind + "&timeout_ms=100");
        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(late.headers().firstValue("Retry-After")).contains("1");
        assertThat(TestServer.json(late).get("code").stringValue()).isEqualTo("graph_behind");
        assertThat(TestServer.json(late).get("lag_events").intValue()).isEqualTo(1);
        server.project();
        assertThat(server.get("/v1/context/s1?min_position=" + behind).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aPositionThatTheLedgerHasNeverGivenIsAFault() {
        String head = append(Map.of());
        String beyond = head.replaceFirst("-.*", "-999");
        for (String address : List.of("/v1/context/s1", "/v1/nodes/" + ROOT + "/lineage")) {
            HttpResponse<String> response = server.get(address + "?timeout_ms=30000&min_position=" + beyond);
            assertThat(response.statusCode()).isEqualTo(422);
            JsonNode fault = TestServer.json(response).get("errors").get(0);
            assertThat(fault.get("pointer").stringValue()).isEqualTo("/min_position");
            assertThat(fault.get("code").stringValue()).isEqualTo("unknown_position");
            assertThat(fault.get("message").stringValue())
                    .isEqualTo("lies beyond the end of the ledger, " + head + ": " + beyond);
        }
    }

    @Test
    void badParametersComeTogether() {
        HttpResponse<String> response = server.get("/v1/nodes/" + ROOT
                + "/lineage?direction=up&max_depth=101&max_nodes=0&intent=whynot&min_position=x&timeout_ms=99&depth=3");
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(response).get("errors").size()).isEqualTo(7);
        assertThat(server.get("/v1/context/s1?query=invoice").statusCode()).isEqualTo(422);
        assertThat(server.get("/v1/nodes/agent:x/lineage").statusCode()).isEqualTo(422);
        assertThat(server.get("/v1/context/s1?cursor=x").statusCode()).isEqualTo(422);
    }
}
