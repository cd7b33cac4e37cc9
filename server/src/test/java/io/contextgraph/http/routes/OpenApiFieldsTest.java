// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.http.routes.Contract.Reply;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.testing.Events;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds the contract of one event against what is read of events that have, together, every field. */
class OpenApiFieldsTest {
    private final TestServer server = TestServer.start();
    private final Contract contract = new Contract(TestServer.json(server.get("/openapi.json")));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everyFieldOfTheContractIsGiven() {
        Set<String> given = new HashSet<>(fieldsOf(appended(Map.of(
                "parent_event_id",
                new UUID(0, 1).toString(),
                "payload",
                Map.of("text", "hello"),
                "tool_name",
                "t",
                "ended_at",
                "2026-03-01T11:00:01Z",
                "status",
                "completed",
                "importance_hint",
                3))));
        given.addAll(fieldsOf(imported()));
        // No event can have this one yet.
        given.add("data_subject_id");
        Set<String> documented = Set.copyOf(
                contract.at("/components/schemas/RecordedEvent/properties").propertyNames());
        assertThat(given).isEqualTo(documented);
        get("/v1/events?session_id=imported");
    }

    private EventId appended(Map<String, Object> fields) {
        String event = TestServer.event(fields).toString();
        assertThat(server.post("/v1/events", event).statusCode()).isEqualTo(201);
        return server.ledger.read(0, 1).getFirst().event().id();
    }

    private EventId imported() {
        Event event = Events.event(99, "imported");
        Original original = new Original(
                new Position(1_600_000_000_000L, 0),
                7,
                2,
                Events.BASE,
                Optional.of(new Original.Source(UUID.fromString("01234567-0123-4123-8123-0123456789ab"), 0, 2)));
        List<Append> appends = List.of(Append.imported(event, Optional.of(original)));
        assertThat(server.ledger.append(appends, Durability.MEMORY).outcomes()).hasSize(1);
        return event.id();
    }

    private Set<String> fieldsOf(EventId id) {
        return Set.copyOf(Json.MAPPER.readTree(get("/v1/events/" + id).body()).propertyNames());
    }

    private Reply get(String address) {
        Reply reply = Reply.of(server.get(address));
        contract.holds(contract.operation("get", address), reply);
        return reply;
    }
}
