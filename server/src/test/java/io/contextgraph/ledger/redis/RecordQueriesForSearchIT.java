// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;
import tools.jackson.databind.JsonNode;

/** What the decision record asks of Redis, as anybody with {@code redis-cli} would: it answers as the product does. */
class RecordQueriesForSearchIT {
    private static final int COUNT = 400;

    @SuppressWarnings("NullAway.Init")
    private RedisFixture ledger;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    @SuppressWarnings("NullAway.Init")
    private Keys keys;

    private final List<RecordedEvent> events = new ArrayList<>();

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                RecordQueriesForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @BeforeEach
    void fill() {
        ledger = RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        jedis = new Jedis(RedisServers.withSearch().orElseThrow());
        keys = new Keys(ledger.settings().prefix());
        List<Event> all = new ArrayList<>(Events.mixed(COUNT));
        long n = 10_000;
        for (String name : Events.HOSTILE_NAMES) {
            all.add(Events.builder(n++, name)
                    .agentId(name)
                    .traceId(name)
                    .toolName(name)
                    .build());
        }
        for (int i = 1; i < 6; i++) {
            all.add(Events.builder(20_000 + i, "chain")
                    .parentId(Events.id(20_000 + i - 1))
                    .status(EventStatus.FAILED)
                    .importanceHint(i)
                    .build());
        }
        assertThat(ledger.log()
                        .append(all.stream().map(Append::of).toList(), Durability.MEMORY)
                        .outcomes())
                .hasSize(all.size());
        events.addAll(ledger.order().read(0, all.size()));
    }

    @AfterEach
    void close() {
        jedis.close();
        ledger.close();
    }

    /** The ids that a search finds, of all documents; {@code parameters}: names and values in turn. */
    private Set<String> found(String query, String... parameters) {
        List<String> arguments = new ArrayList<>(List.of(keys.index(), query, "NOCONTENT", "LIMIT", "0", "1000"));
        if (parameters.length > 0) {
            arguments.addAll(List.of("PARAMS", Integer.toString(parameters.length)));
            arguments.addAll(Arrays.asList(parameters));
        }
        arguments.addAll(List.of("DIALECT", "2"));
        List<?> reply = (List<?>) jedis.sendCommand(SearchCommand.SEARCH, arguments.toArray(String[]::new));
        Set<String> ids = new TreeSet<>();
        for (Object key : reply.subList(1, reply.size())) {
            ids.add(Keys.text((byte[]) key).substring(keys.documents().length()));
        }
        return ids;
    }

    /** The ids that the product finds. */
    private Set<String> asked(UnaryOperator<EventQuery.Builder> filters) {
        Set<String> ids = new TreeSet<>();
        EventQuery query = filters.apply(EventQuery.builder().limit(1000)).build();
        ledger.search()
                .search(query)
                .events()
                .forEach(event -> ids.add(event.event().id().toString()));
        return ids;
    }

    @Test
    void eventsBySession() {
        for (SessionId session : sessions()) {
            Set<String> wanted = asked(q -> q.sessionId(session));
            assertThat(wanted).isNotEmpty();
            assertThat(found("@session_id:{$id}", "id", session.value())).isEqualTo(wanted);
            Set<String> streamed = new TreeSet<>();
            jedis.xrange(keys.stream(session), "-", "+")
                    .forEach(entry -> streamed.add(entry.getFields().get("event_id")));
            assertThat(streamed).isEqualTo(wanted);
        }
    }

    private Set<SessionId> sessions() {
        Set<SessionId> sessions = new HashSet<>();
        events.forEach(event -> sessions.add(event.event().sessionId()));
        assertThat(sessions).hasSizeGreaterThan(Events.HOSTILE_NAMES.size());
        return sessions;
    }

    @Test
    void eventsByAgentTraceAndTool() {
        for (RecordedEvent recorded : events) {
            Event event = recorded.event();
            assertThat(found("@agent_id:{$id}", "id", event.agentId()))
                    .isEqualTo(asked(q -> q.agentId(event.agentId())));
            assertThat(found("@trace_id:{$id}", "id", event.traceId()))
                    .isEqualTo(asked(q -> q.traceId(event.traceId())));
            event.toolName()
                    .ifPresent(tool ->
                            assertThat(found("@tool_name:{$id}", "id", tool)).isEqualTo(asked(q -> q.toolName(tool))));
        }
    }

    @Test
    void timeRange() {
        RecordedEvent from = events.get(40);
        RecordedEvent to = events.get(300);
        long start = from.event().occurredAt().toEpochMilli();
        long end = Math.max(start, to.event().occurredAt().toEpochMilli());
        Set<String> wanted = asked(q -> q.from(Instant.ofEpochMilli(start)).to(Instant.ofEpochMilli(end + 1)));
        assertThat(wanted).isNotEmpty();
        assertThat(found("@occurred_at_epoch_ms:[" + start + " " + end + "]")).isEqualTo(wanted);
        // The stream is in the order in which the ledger took the events: its ids are times of recording.
        List<EventId> recorded = events.stream()
                .filter(event -> event.recordedAt().toEpochMilli()
                                >= from.recordedAt().toEpochMilli()
                        && event.recordedAt().toEpochMilli() <= to.recordedAt().toEpochMilli())
                .map(event -> event.event().id())
                .toList();
        List<String> streamed = jedis
                .xrange(
                        keys.global(),
                        Long.toString(from.recordedAt().toEpochMilli()),
                        Long.toString(to.recordedAt().toEpochMilli()))
                .stream()
                .map(entry -> entry.getFields().get("event_id"))
                .toList();
        assertThat(streamed).isEqualTo(recorded.stream().map(EventId::toString).toList());
    }

    @Test
    void composite() {
        Event some = events.get(7).event();
        assertThat(found(
                        "@session_id:{$s} @event_type:{$t}",
                        "s",
                        some.sessionId().value(),
                        "t",
                        some.type().value()))
                .isEqualTo(asked(q -> q.sessionId(some.sessionId())
                        .type(new TypeFilter(some.type().value()))))
                .isNotEmpty();
        assertThat(found("@status:{$s} @importance_hint:[3 +inf]", "s", "failed"))
                .isEqualTo(asked(q -> q.status(EventStatus.FAILED).minImportance(3)))
                .isNotEmpty();
    }

    @Test
    void parentChain() {
        List<String> chain = new ArrayList<>();
        String next = Events.id(20_005).toString();
        while (next != null) {
            chain.add(next);
            String document = (String) text(jedis.sendCommand(JsonCommand.GET, keys.documents() + next));
            next = document == null ? null : parent(document);
        }
        assertThat(chain)
                .isEqualTo(List.of(20_005, 20_004, 20_003, 20_002, 20_001, 20_000).stream()
                        .map(n -> Events.id(n).toString())
                        .toList());
        EventId parent = Events.id(20_003);
        assertThat(found("@parent_id_tail:{$t}", "t", EventCodec.tail(parent)))
                .containsAll(asked(q -> q.parentId(parent)))
                .contains(Events.id(20_004).toString());
    }

    private static @Nullable Object text(@Nullable Object reply) {
        return reply == null ? null : Keys.text((byte[]) reply);
    }

    private static @Nullable String parent(String document) {
        JsonNode id = Json.MAPPER.readTree(document).get("parent_event_id");
        return id == null ? null : id.stringValue();
    }

    /** What the record writes is no query, or finds nothing without a word: values travel as parameters. */
    @Test
    void theFormsOfTheRecordDoNotWork() {
        String session = "sess-abc";
        assertThat(ledger.log()
                        .append(List.of(Append.of(Events.event(30_000, session))), Durability.MEMORY)
                        .outcomes())
                .hasSize(1);
        assertThatThrownBy(() -> found("@session_id:{sess-abc}"))
                .isInstanceOf(JedisDataException.class)
                .hasMessageContaining("Syntax error");
        assertThat(found("@session_id:{$s}", "s", session)).hasSize(1);
        assertThat(asked(q -> q.type(new TypeFilter("tool.execute")))).isNotEmpty();
        assertThat(found("@event_type:{tool.execute}")).isEmpty();
    }

    /** Every field of the envelope under its own name, an absent one absent, and what the ledger assigned. */
    @Test
    void aDocumentCanBeRead() {
        for (RecordedEvent event : events) {
            String key = keys.document(event.event().id());
            JsonNode document = Json.MAPPER.readTree((String) text(jedis.sendCommand(JsonCommand.GET, key)));
            JsonNode wire = Json.MAPPER.readTree(EventJson.toJson(event).toString());
            for (String name : List.of(
                    "event_id",
                    "event_type",
                    "session_id",
                    "agent_id",
                    "trace_id",
                    "payload_ref",
                    "tool_name",
                    "parent_event_id",
                    "status",
                    "schema_version",
                    "importance_hint",
                    "global_position",
                    "seq",
                    "session_seq")) {
                assertThat(document.get(name)).as(name).isEqualTo(wire.get(name));
            }
            assertThat(document.get("occurred_at_epoch_ms").longValue())
                    .isEqualTo(event.event().occurredAt().toEpochMilli());
            assertThat(document.get("content_hash").stringValue())
                    .isEqualTo(event.contentHash().base64Url());
            assertThat(EventCodec.document(event)).isEqualTo(text(jedis.sendCommand(JsonCommand.GET, key)));
        }
    }
}
