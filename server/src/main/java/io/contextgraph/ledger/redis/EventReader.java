// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Head;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.json.JsonProtocol;

/** Reads events by id and by number. */
final class EventReader {
    /** Documents in one round trip: some 250 KiB of answer. */
    static final int CHUNK = 500;

    /** What a page of ids holds where an event has been taken out for good. */
    static final EventId NO_ID = new EventId(new UUID(0, 0));

    private final Redis redis;
    private final Keys keys;
    private final Engine engine;

    EventReader(Redis redis, Keys keys, Engine engine) {
        this.redis = redis;
        this.keys = keys;
        this.engine = engine;
    }

    /** One event with its payload and its original. */
    Optional<RecordedEvent> find(EventId id) {
        return redis.pipelined(p -> {
            Response<?> documents = queueDocuments(p, List.of(id));
            Response<byte[]> payload = p.get(Keys.bytes(keys.payload(id)));
            Response<List<String>> original = p.hmget(keys.originals(), id.toString());
            return () -> Optional.ofNullable(documents(documents).getFirst())
                    .map(document -> EventCodec.ofDocument(id, document)
                            .withPayload(Optional.ofNullable(payload.get()).map(EventCodec::unpack))
                            .withOriginal(Optional.ofNullable(original.get().getFirst())
                                    .map(text -> EventCodec.ofOriginal(id, text))));
        });
    }

    Map<EventId, Payload> payloads(Collection<EventId> ids) {
        List<EventId> wanted = List.copyOf(ids);
        Map<EventId, Payload> found = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += CHUNK) {
            List<EventId> chunk = wanted.subList(from, Math.min(from + CHUNK, wanted.size()));
            byte[][] names = EventCodec.keys(chunk.stream().map(keys::payload).toList());
            List<byte[]> values = redis.call(client -> client.mget(names));
            for (int i = 0; i < chunk.size(); i++) {
                EventId id = chunk.get(i);
                Optional.ofNullable(values.get(i)).ifPresent(value -> found.put(id, EventCodec.unpack(value)));
            }
        }
        return Map.copyOf(found);
    }

    Map<EventId, Original> originals(Collection<EventId> ids) {
        List<EventId> wanted = List.copyOf(ids);
        Map<EventId, Original> found = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += CHUNK) {
            List<EventId> chunk = wanted.subList(from, Math.min(from + CHUNK, wanted.size()));
            String[] names = chunk.stream().map(EventId::toString).toArray(String[]::new);
            List<String> values = redis.call(client -> client.hmget(keys.originals(), names));
            for (int i = 0; i < chunk.size(); i++) {
                EventId id = chunk.get(i);
                Optional.ofNullable(values.get(i)).ifPresent(text -> found.put(id, EventCodec.ofOriginal(id, text)));
            }
        }
        return Map.copyOf(found);
    }

    Head head() {
        return redis.pipelined(p -> {
            Response<List<String>> head = queueHead(p);
            return () -> head(head.get());
        });
    }

    Response<List<String>> queueHead(Pipeline pipeline) {
        return pipeline.hmget(keys.ledger(), "seq", "position");
    }

    static Head head(List<String> fields) {
        String seq = fields.get(0);
        String position = fields.get(1);
        if (seq == null && position == null) {
            return Head.EMPTY;
        }
        try {
            return new Head(Long.parseLong(seq), Position.of(position));
        } catch (IllegalArgumentException | NullPointerException damaged) {
            throw RedisErrors.corrupt("the head of the ledger is damaged");
        }
    }

    /** The events that follow {@code afterSeq} up to {@code head}; fewer than {@code max} only at the head. */
    List<RecordedEvent> read(long afterSeq, int max) {
        List<RecordedEvent> events = new ArrayList<>();
        long last = head().seq();
        long seq = afterSeq;
        while (seq < last && events.size() < max) {
            long to = Math.min(last, seq + Math.min(CHUNK, max - events.size()));
            events.addAll(events(refs(seq + 1, to)));
            seq = to;
        }
        return events;
    }

    /**
     * Which events have these numbers, in ascending order. The caller knows that the ledger has come so far.
     *
     * @param from first number, at least 1
     * @param to last number, inclusive
     */
    List<Ref> refs(long from, long to) {
        List<Response<byte[]>> parts = new ArrayList<>();
        byte[] ids = redis.pipelined(p -> {
            for (long page = (from - 1) / Keys.IDS_PER_PAGE; page <= (to - 1) / Keys.IDS_PER_PAGE; page++) {
                long first = page * Keys.IDS_PER_PAGE + 1;
                long start = (Math.max(from, first) - first) * Keys.ID_BYTES;
                long end = (Math.min(to, first + Keys.IDS_PER_PAGE - 1) - first + 1) * Keys.ID_BYTES - 1;
                parts.add(p.getrange(Keys.bytes(keys.ids(page)), start, end));
            }
            return () -> {
                ByteBuffer joined = ByteBuffer.allocate(Math.toIntExact((to - from + 1) * Keys.ID_BYTES));
                for (Response<byte[]> part : parts) {
                    joined.put(part.get());
                }
                return joined.array();
            };
        });
        ByteBuffer bytes = ByteBuffer.wrap(ids);
        List<Ref> refs = new ArrayList<>();
        for (long seq = from; seq <= to; seq++) {
            refs.add(new Ref(seq, Ref.id(bytes), 0));
        }
        return refs;
    }

    /** The events themselves, without those that have been taken out of the ledger for good. */
    List<RecordedEvent> events(List<Ref> refs) {
        List<RecordedEvent> events = new ArrayList<>(refs.size());
        for (int from = 0; from < refs.size(); from += CHUNK) {
            List<Ref> chunk = refs.subList(from, Math.min(from + CHUNK, refs.size()));
            List<@Nullable String> documents = redis.pipelined(p -> {
                Response<?> queued =
                        queueDocuments(p, chunk.stream().map(Ref::id).toList());
                return () -> documents(queued);
            });
            for (int i = 0; i < chunk.size(); i++) {
                String document = documents.get(i);
                if (document == null) {
                    requireTakenOut(chunk.get(i));
                } else {
                    RecordedEvent event = EventCodec.ofDocument(chunk.get(i).id(), document);
                    if (event.seq() == chunk.get(i).seq()) {
                        events.add(event);
                    } else if (!event.event().id().equals(NO_ID)) {
                        // The event whose id is all zeros, and a place that was zeroed, look the same.
                        throw RedisErrors.corrupt("event " + event.event().id() + " stands at seq "
                                + chunk.get(i).seq() + ", its document says " + event.seq());
                    }
                }
            }
        }
        return events;
    }

    /** A document may be missing only if its place among the ids is empty, too. */
    private void requireTakenOut(Ref ref) {
        if (!refs(ref.seq(), ref.seq()).getFirst().id().equals(NO_ID)) {
            throw RedisErrors.corrupt("the document of event " + ref.id() + " is missing");
        }
    }

    /** The event types that occur and begin with a prefix. */
    List<String> typesBelow(TypeFilter prefix) {
        return redis.call(client -> client.smembers(keys.types())).stream()
                .filter(type -> prefix.matches(new EventType(type)))
                .sorted()
                .toList();
    }

    private Response<?> queueDocuments(Pipeline pipeline, List<EventId> ids) {
        List<String> names = ids.stream().map(keys::document).toList();
        if (engine == Engine.SORTED_SET) {
            return pipeline.mget(EventCodec.keys(names));
        }
        List<String> arguments = new ArrayList<>(names);
        arguments.add(".");
        return pipeline.sendCommand(JsonProtocol.JsonCommand.MGET, arguments.toArray(String[]::new));
    }

    private static List<@Nullable String> documents(Response<?> queued) {
        List<@Nullable String> documents = new ArrayList<>();
        for (Object document : (List<?>) queued.get()) {
            documents.add(document == null ? null : Keys.text((byte[]) document));
        }
        return documents;
    }
}
