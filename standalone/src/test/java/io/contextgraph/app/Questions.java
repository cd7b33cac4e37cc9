// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.event.Json;
import io.contextgraph.testing.Events;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Everything that a server can be asked about its ledger and its graph, and what it answered: made by asking, because
 * pages hand out the cursors of the next ones.
 */
final class Questions {
    /** When scores are measured. */
    private static final String AT = "2026-12-01T00:00:00Z";

    /**
     * Something that a server is asked.
     *
     * @param body posted; empty where it is got
     * @param lastEventId where a stream goes on; may be empty
     * @param messages how many of a stream to wait for; 0: it is no stream
     */
    record Question(String path, String body, String lastEventId, int messages) {
        static Question get(String path) {
            return new Question(path, "", "", 0);
        }
    }

    private final Function<Question, String> server;
    private final Map<Question, String> answers = new LinkedHashMap<>();
    private final List<JsonNode> events = new ArrayList<>();

    private Questions(Function<Question, String> server) {
        this.server = server;
    }

    /** What a server answers: status, a line feed, and the body. */
    static Map<Question, String> answered(Function<Question, String> server) {
        Questions questions = new Questions(server);
        questions.ledger();
        questions.lists();
        questions.each();
        questions.streams();
        questions.graph();
        questions.writes();
        questions.operators();
        return questions.answers;
    }

    private String ask(Question question) {
        return answers.computeIfAbsent(question, server);
    }

    private String ask(String path) {
        return ask(Question.get(path));
    }

    private static JsonNode body(String answer) {
        return Json.MAPPER.readTree(answer.substring(answer.indexOf('\n') + 1));
    }

    /** Asks for all pages. */
    private void pages(String path) {
        String next = path;
        while (!next.isEmpty()) {
            JsonNode cursor = body(ask(next)).at("/pagination/cursor");
            next = cursor.isString()
                    ? path + (path.contains("?") ? "&" : "?") + "cursor=" + text(cursor.stringValue())
                    : "";
        }
    }

    private static String text(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private void ledger() {
        ask("/v1/ledger");
        ask("/v1/ledger/partitions");
        JsonNode page;
        do {
            page = body(ask("/v1/ledger/events?limit=40&after_seq=" + events.size()))
                    .get("events");
            page.valueStream().forEach(events::add);
        } while (!page.isEmpty());
        if (events.size() < 2 * Events.HOSTILE_NAMES.size()) {
            throw new AssertionError("only " + events.size() + " events");
        }
    }

    private Set<String> values(String field) {
        Set<String> values = new LinkedHashSet<>();
        events.forEach(event -> {
            if (event.path(field).isString()) {
                values.add(event.get(field).stringValue());
            }
        });
        return values;
    }

    private String value(int index, String field) {
        return events.get(index).get(field).stringValue();
    }

    private void lists() {
        int middle = events.size() / 2;
        List<String> filters = new ArrayList<>(List.of(
                "",
                "event_type=tool.*",
                "event_type=llm.chat",
                "status=failed",
                "min_importance=5",
                "event_type=tool.*&status=completed&min_importance=2",
                "from=" + value(middle, "occurred_at"),
                "to=" + value(middle, "occurred_at")));
        for (String field : List.of("session_id", "agent_id", "trace_id", "tool_name", "parent_event_id")) {
            values(field).stream().limit(3).forEach(value -> filters.add(field + "=" + text(value)));
        }
        for (String filter : filters) {
            for (String order : List.of("order=asc", "order=desc", "by=position&order=asc", "by=position&order=desc")) {
                pages("/v1/events?" + order + "&limit=25" + (filter.isEmpty() ? "" : "&" + filter));
            }
        }
        for (String name : Events.HOSTILE_NAMES) {
            pages("/v1/events?limit=2&session_id=" + text(name));
            pages("/v1/events?limit=2&agent_id=" + text(name) + "&tool_name=" + text(name));
        }
        pages("/v1/sessions?limit=5");
    }

    private void each() {
        values("session_id").forEach(session -> ask("/v1/sessions/" + text(session)));
        ask("/v1/sessions/nobody");
        List<String> ids = new ArrayList<>(values("event_id"));
        ids.add("00000000-0000-4000-8000-00000000dead");
        for (String id : ids) {
            ask("/v1/events/" + id);
            ask("/v1/events/" + id + "/ancestors?max_depth=4");
        }
        ask(new Question("/v1/events/payloads", "{\"ids\":" + Json.MAPPER.writeValueAsString(ids) + "}", "", 0));
    }

    /** Few: a server notices a follower that has gone with the next heartbeat. */
    private void streams() {
        int count = events.size();
        String whole = ask(new Question("/v1/events/stream?from=0-0", "", "", count));
        List<String> marks = whole.lines()
                .filter(line -> line.startsWith("id: "))
                // Where the stream begins.
                .skip(1)
                .map(line -> line.substring(4))
                .toList();
        for (int seen = 1; seen < count; seen += count / 3) {
            String position = value(seen - 1, "global_position");
            ask(new Question("/v1/events/stream?from=" + position, "", "", count - seen));
            ask(new Question("/v1/events/stream", "", position, count - seen));
            ask(new Question("/v1/events/stream?from=latest", "", marks.get(seen - 1), count - seen));
        }
        for (String name : List.of("{}", "back\\", "日本語", "\u200b")) {
            int some = Math.toIntExact(events.stream()
                    .filter(event -> event.get("session_id").stringValue().equals(name))
                    .count());
            ask(new Question("/v1/events/stream?from=0-0&session_id=" + text(name), "", "", some));
        }
    }

    private void graph() {
        int count = events.size();
        List<String> sessions = new ArrayList<>(values("session_id"));
        for (int i = 0; i < sessions.size(); i += 6) {
            pages("/v1/context/" + text(sessions.get(i)) + "?max_nodes=9&at=" + AT);
        }
        for (int seq : List.of(1, count / 2, count)) {
            ask("/v1/context/" + text(sessions.getFirst()) + "?max_nodes=3&at=" + AT + "&min_position="
                    + value(seq - 1, "global_position"));
        }
        int step = Math.max(1, count / 25);
        for (int i = 0; i < count; i += step) {
            for (String direction : List.of("ancestors", "descendants")) {
                pages("/v1/nodes/" + value(i, "event_id") + "/lineage?max_nodes=4&max_depth=6&direction=" + direction);
            }
        }
    }

    /** What is there already is offered again, and under its id something else. */
    private void writes() {
        for (String name : List.of("\"quoted\"", "\uD83D\uDE00", "*")) {
            JsonNode event = events.stream()
                    .filter(e -> e.get("session_id").stringValue().equals(name))
                    .findFirst()
                    .orElseThrow();
            Map<String, Object> again = new LinkedHashMap<>();
            for (String field : List.of(
                    "event_id", "event_type", "occurred_at", "session_id", "agent_id", "trace_id", "tool_name")) {
                again.put(field, event.get(field).stringValue());
            }
            again.put("payload_ref", event.get("payload_ref").stringValue());
            ask(new Question("/v1/events", Json.MAPPER.writeValueAsString(again), "", 0));
            Map<String, Object> other = new LinkedHashMap<>(again);
            other.put("trace_id", "another");
            ask(new Question("/v1/events", Json.MAPPER.writeValueAsString(other), "", 0));
            ask(new Question(
                    "/v1/events/batch",
                    Json.MAPPER.writeValueAsString(Map.of("events", List.of(again, other))),
                    "",
                    0));
        }
    }

    private void operators() {
        pages("/v1/admin/parked?limit=1");
        pages("/v1/admin/parked/dropped?limit=1");
        body(ask("/v1/admin/operations"))
                .get("operations")
                .forEach(operation ->
                        ask("/v1/admin/operations/" + operation.get("id").stringValue()));
        ask("/v1/admin/operations/00000000-0000-4000-8000-00000000dead");
        for (String path : List.of(
                "/v1/access",
                "/",
                "/v1/health",
                "/v1/health/live",
                "/v1/health/ready",
                "/v1/admin/health/detailed",
                "/openapi.json")) {
            ask(path);
        }
    }
}
