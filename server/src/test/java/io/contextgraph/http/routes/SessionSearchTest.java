// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SessionSearchTest {
    private static final List<String> STATUSES = List.of("completed", "failed", "running");

    private final TestServer server = TestServer.start();

    /** What was appended, in order. */
    private final List<Map<String, Object>> appended = new ArrayList<>();

    @AfterEach
    void stop() {
        server.close();
    }

    private void append(Map<String, Object> event) {
        assertThat(server.post("/v1/events", TestServer.event(event).toString()).statusCode())
                .isEqualTo(201);
        appended.add(event);
    }

    private void append(String session, String agent, String tool, String status) {
        append(Map.of("session_id", session, "agent_id", agent, "tool_name", tool, "status", status));
    }

    /** Sessions with an event that matches, by the newest such event, the newest first. */
    private List<Object> expected(Predicate<Map<String, Object>> matches) {
        List<Map<String, Object>> newestFirst = new ArrayList<>(appended);
        Collections.reverse(newestFirst);
        return new ArrayList<>(new LinkedHashSet<>(newestFirst.stream()
                .filter(matches)
                .map(event -> Objects.requireNonNull(event.get("session_id")))
                .toList()));
    }

    private JsonNode page(String query, String cursor) {
        return TestServer.json(server.get("/v1/sessions?" + query + (cursor.isEmpty() ? "" : "&cursor=" + cursor)));
    }

    private static List<String> ids(JsonNode page) {
        return page.get("sessions")
                .valueStream()
                .map(session -> session.get("session_id").stringValue())
                .toList();
    }

    /** All pages; {@code between} is done between any two of them. */
    private List<String> all(String query, Runnable between) {
        List<String> all = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = page(query, cursor);
            all.addAll(ids(page));
            cursor = page.get("pagination").get("cursor").asString("");
            assertThat(page.get("pagination").get("has_more").booleanValue()).isEqualTo(!cursor.isEmpty());
            between.run();
        } while (!cursor.isEmpty());
        return all;
    }

    @Test
    void oneEventMatchesAll() {
        append("both", "a", "search", "failed");
        append("apart", "a", "search", "completed");
        append("apart", "a", "read", "failed");
        assertThat(ids(page("tool_name=search&status=failed", ""))).containsExactly("both");
        assertThat(ids(page("status=failed", ""))).containsExactly("apart", "both");
        assertThat(ids(page("tool_name=search&agent_id=b", ""))).isEmpty();
        assertThat(ids(page("event_type=tool.*&prefix=bo", ""))).containsExactly("both");
        assertThat(page("status=failed", "")
                        .get("sessions")
                        .get(0)
                        .get("event_count")
                        .intValue())
                .isEqualTo(2);
    }

    @Test
    void timesAreThoseOfEvents() {
        append(Map.of("session_id", "early", "occurred_at", "2026-03-01T08:00:00.000Z"));
        append(Map.of("session_id", "late", "occurred_at", "2026-03-01T10:00:00.000Z"));
        assertThat(ids(page("from=2026-03-01T09:00:00Z", ""))).containsExactly("late");
        assertThat(ids(page("to=2026-03-01T10:00:00Z", ""))).containsExactly("early");
        assertThat(server.get("/v1/sessions?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void eachSessionComesOnceWhateverIsAppendedMeanwhile() {
        Random random = new Random(22);
        for (int n = 0; n < 400; n++) {
            append(some(random));
        }
        List<String> queries =
                List.of("agent_id=a1", "tool_name=t1&status=failed", "agent_id=a0&prefix=s1", "status=running");
        List<Predicate<Map<String, Object>>> meanings = List.of(
                event -> is(event, "agent_id", "a1"),
                event -> is(event, "tool_name", "t1") && is(event, "status", "failed"),
                event -> is(event, "agent_id", "a0")
                        && String.valueOf(event.get("session_id")).startsWith("s1"),
                event -> is(event, "status", "running"));
        for (int i = 0; i < queries.size(); i++) {
            for (int limit : List.of(1, 3, 7, 100)) {
                List<Object> expected = expected(meanings.get(i));
                List<String> found = all(queries.get(i) + "&limit=" + limit, () -> {
                    if (limit == 7) {
                        append(some(random));
                    }
                });
                assertThat(found).as(queries.get(i) + " by " + limit).isEqualTo(expected);
            }
        }
    }

    private static Map<String, Object> some(Random random) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("session_id", "s" + random.nextInt(40));
        event.put("agent_id", "a" + random.nextInt(3));
        event.put("tool_name", "t" + random.nextInt(3));
        event.put("status", STATUSES.get(random.nextInt(STATUSES.size())));
        return event;
    }

    private static boolean is(Map<String, Object> event, String field, String value) {
        return value.equals(event.get(field));
    }

    @Test
    void aPrefixAloneGoesThroughTheDirectory() {
        for (int n = 0; n < 60; n++) {
            append((n % 3 == 0 ? "x" : "y") + n, "a", "t", "completed");
        }
        List<String> found = all("prefix=x&limit=7", () -> {});
        assertThat(found).hasSize(20).startsWith("x57", "x54").allMatch(id -> id.startsWith("x"));
        assertThat(all("prefix=z&limit=7", () -> {})).isEmpty();
    }

    @Test
    void aPageIsBoundedAndMayBeShort() {
        for (int n = 0; n < 1_100; n++) {
            append("busy", "a", "t", "completed");
        }
        append(Map.of("session_id", "first-of-all", "agent_id", "other"));
        JsonNode first = page("agent_id=a", "");
        assertThat(ids(first)).containsExactly("busy");
        assertThat(first.get("pagination").get("has_more").booleanValue()).isTrue();
        JsonNode second =
                page("agent_id=a", first.get("pagination").get("cursor").stringValue());
        assertThat(ids(second)).isEmpty();
    }

    @Test
    void aCursorBelongsToItsFilters() {
        append("s1", "a", "t", "completed");
        append("s2", "a", "t", "completed");
        String cursor =
                page("agent_id=a&limit=1", "").get("pagination").get("cursor").stringValue();
        assertThat(server.get("/v1/sessions?agent_id=a&limit=2&cursor=" + cursor)
                        .statusCode())
                .isEqualTo(200);
        for (String other : List.of("agent_id=b", "agent_id=a&prefix=s", "limit=1", "prefix=s")) {
            assertThat(server.get("/v1/sessions?" + other + "&cursor=" + cursor).statusCode())
                    .as(other)
                    .isEqualTo(422);
        }
    }
}
