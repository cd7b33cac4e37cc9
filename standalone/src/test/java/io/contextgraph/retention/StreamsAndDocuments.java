// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.redis.client.Engine;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.json.JsonProtocol;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.StreamEntry;

/**
 * Holds what is in Redis against the book, one by one and past the product: each entry of each stream, each document, and
 * that there is nothing else.
 */
final class StreamsAndDocuments {
    /** Goes by itself, a minute after a writer has written. */
    private static final String ROUNDS = "round:";

    private final URI redis;
    private final String prefix;
    private final Engine engine;
    private final Book book;
    private long entries;
    private long streams;
    private long documents;
    private long names;

    StreamsAndDocuments(URI redis, String prefix, Engine engine, Book book) {
        this.redis = redis;
        this.prefix = prefix;
        this.engine = engine;
        this.book = book;
    }

    /** For people: how many of each have been held against the book. */
    String counts() {
        return entries + " entries in " + streams + " streams, " + documents + " documents, " + names
                + " names of keys";
    }

    /** How far the header says that the streams were trimmed. */
    int trimmed() {
        try (Jedis jedis = new Jedis(redis)) {
            String said = jedis.hget(prefix + "ledger", "trimmed");
            return said == null ? 0 : Integer.parseInt(said.substring(0, said.indexOf(':')));
        }
    }

    /** Every entry of every stream, and how far they were trimmed. */
    void streams() {
        try (Jedis jedis = new Jedis(redis)) {
            int trimmed = book.trimmed();
            assertThat(jedis.hget(prefix + "ledger", "trimmed"))
                    .as("how far the streams were trimmed")
                    .isEqualTo(
                            trimmed == 0
                                    ? null
                                    : trimmed + ":" + book.event(trimmed).position());
            List<RecordedEvent> hot =
                    book.events().subList(trimmed, book.events().size());
            assertStream(jedis, "events:__global__", hot, StreamsAndDocuments::globalFields);
            book.bySession().forEach((session, all) -> {
                List<RecordedEvent> left =
                        all.stream().filter(event -> event.seq() > trimmed).toList();
                if (left.isEmpty()) {
                    assertThat(jedis.exists(prefix + "events:" + session))
                            .as("the stream of " + session)
                            .isFalse();
                    streams++;
                } else {
                    assertStream(jedis, "events:" + session, left, StreamsAndDocuments::sessionFields);
                }
            });
        }
    }

    private interface Fields {
        Map<String, String> of(RecordedEvent event);
    }

    private void assertStream(Jedis jedis, String name, List<RecordedEvent> expected, Fields fields) {
        List<StreamEntry> found = jedis.xrange(prefix + name, "-", "+");
        assertThat(found.stream().map(entry -> entry.getID().toString()).toList())
                .as("entries of " + name)
                .isEqualTo(expected.stream()
                        .map(event -> event.position().toString())
                        .toList());
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).getFields())
                    .as("entry " + found.get(i).getID() + " of " + name)
                    .isEqualTo(fields.of(expected.get(i)));
            entries++;
        }
        streams++;
    }

    private static Map<String, String> sessionFields(RecordedEvent recorded) {
        return Map.of(
                "event_id", recorded.event().id().toString(), "session_seq", Long.toString(recorded.sessionSeq()));
    }

    private static Map<String, String> globalFields(RecordedEvent recorded) {
        Event event = recorded.event();
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("event_id", event.id().toString());
        fields.put("event_type", event.type().value());
        fields.put("occurred_at_epoch_ms", Long.toString(event.occurredAt().toEpochMilli()));
        fields.put("session_id", event.sessionId().value());
        fields.put("agent_id", event.agentId());
        fields.put("trace_id", event.traceId());
        fields.put("payload_ref", event.payloadRef());
        fields.put("tool_name", event.toolName().orElse(""));
        fields.put("parent_event_id", event.parentId().map(EventId::toString).orElse(""));
        fields.put(
                "ended_at_epoch_ms",
                event.endedAt().map(at -> Long.toString(at.toEpochMilli())).orElse(""));
        fields.put("status", event.status().map(EventStatus::wireName).orElse(""));
        fields.put("schema_version", Integer.toString(event.schemaVersion()));
        fields.put(
                "importance_hint",
                event.importanceHint().isPresent()
                        ? Integer.toString(event.importanceHint().getAsInt())
                        : "");
        fields.put("data_subject_id", "");
        fields.put("content_hash", recorded.contentHash().base64Url());
        fields.put("seq", Long.toString(recorded.seq()));
        fields.put("session_seq", Long.toString(recorded.sessionSeq()));
        return fields;
    }

    /** Every document. */
    void documents() {
        try (Jedis jedis = new Jedis(redis)) {
            Pipeline all = jedis.pipelined();
            List<Response<Object>> found = new ArrayList<>();
            for (RecordedEvent event : book.events()) {
                String key = prefix + "evt:" + event.event().id();
                found.add(all.sendCommand(
                        engine == Engine.SEARCH ? JsonProtocol.JsonCommand.GET : Protocol.Command.GET, key));
            }
            all.sync();
            for (int i = 0; i < found.size(); i++) {
                Object text = found.get(i).get();
                if (book.isGone(i + 1)) {
                    assertThat(text).as("document " + (i + 1)).isNull();
                } else {
                    assertThat(document((byte[]) text))
                            .as("document " + (i + 1))
                            .isEqualTo(document(book.events().get(i)));
                }
                documents++;
            }
        }
    }

    private static Map<String, String> document(byte[] text) {
        Map<String, String> fields = new TreeMap<>();
        Json.MAPPER
                .readTree(text)
                .properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().asString()));
        return fields;
    }

    /** Without what is absent; with the end of the parent's id. */
    private static Map<String, String> document(RecordedEvent recorded) {
        Map<String, String> fields = new TreeMap<>(globalFields(recorded));
        fields.values().removeIf(String::isEmpty);
        fields.put("global_position", recorded.position().toString());
        recorded.event()
                .parentId()
                .map(EventId::toString)
                .ifPresent(parent -> fields.put("parent_id_tail", parent.substring(parent.length() - 4)));
        return fields;
    }

    /**
     * The names of all keys.
     *
     * @param others those that belong to no event
     * @param passing those that may be there
     */
    void names(Set<String> others, Set<String> passing) {
        Set<String> expected = new TreeSet<>(Set.of("ledger", "sessions", "types", "events:__global__"));
        expected.addAll(others);
        book.events().forEach(event -> expected.add("session:" + event.event().sessionId()));
        book.left().forEach(event -> {
            expected.add("ids:" + (event.seq() - 1) / 4000);
            expected.add("evt:" + event.event().id());
            if (event.event().payload().isPresent()) {
                expected.add("payload:" + event.event().id());
            }
            if (event.seq() > book.trimmed()) {
                expected.add("events:" + event.event().sessionId());
            }
        });
        Set<String> found = names();
        found.removeAll(passing);
        assertThat(found).as("names of keys").isEqualTo(expected);
        names += expected.size();
    }

    /** All but those that go by themselves, and those of the index, which the queries look at. */
    private Set<String> names() {
        Set<String> found = new TreeSet<>();
        try (Jedis jedis = new Jedis(redis)) {
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                ScanResult<String> page = jedis.scan(cursor, new ScanParams().count(1000));
                page.getResult().stream()
                        .filter(name -> !name.equals(SimulatedClock.KEY))
                        .map(this::withoutPrefix)
                        .filter(name -> !name.startsWith(ROUNDS) && !name.startsWith("by:"))
                        .forEach(found::add);
                cursor = page.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        }
        return found;
    }

    private String withoutPrefix(String name) {
        assertThat(name).startsWith(prefix);
        return name.substring(prefix.length());
    }
}
