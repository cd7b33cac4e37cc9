// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.SealedDocument;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Response;

/** Reads what events carry: payloads in plain by their ids, sealed ones by what their documents say of their subjects. */
final class StoredPayloads {
    /** A pipeline of so many keys. */
    private static final int CHUNK = EventReader.CHUNK;

    private final Redis redis;
    private final Keys keys;
    private final Engine engine;

    StoredPayloads(Redis redis, Keys keys, Engine engine) {
        this.redis = redis;
        this.keys = keys;
        this.engine = engine;
    }

    /** An event with its sealed payload, where it is about a person and has one. */
    RecordedEvent whole(RecordedEvent stored) {
        Event event = stored.event();
        return event.payload().isPresent()
                ? stored
                : subject(event)
                        .map(subject -> stored.withPayload(Optional.ofNullable(
                                sealed(Map.of(event.id(), subject)).get(event.id()))))
                        .orElse(stored);
    }

    Map<EventId, Payload> of(Collection<EventId> ids) {
        List<EventId> wanted = List.copyOf(ids);
        Map<EventId, Payload> found = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += CHUNK) {
            found.putAll(some(wanted.subList(from, Math.min(from + CHUNK, wanted.size()))));
        }
        return Map.copyOf(found);
    }

    private Map<EventId, Payload> some(List<EventId> ids) {
        byte[][] names = EventCodec.keys(ids.stream().map(keys::payload).toList());
        Map<EventId, Payload> found = new HashMap<>();
        boolean anySealed = redis.pipelined(p -> {
            Response<List<byte[]>> values = p.mget(names);
            Response<List<String>> personal = p.hmget(keys.ledger(), LedgerHeader.PERSONAL);
            return () -> {
                for (int i = 0; i < ids.size(); i++) {
                    EventId id = ids.get(i);
                    Optional.ofNullable(values.get().get(i))
                            .ifPresent(value -> found.put(id, EventCodec.unpack(id, value)));
                }
                return !"0"
                        .equals(Optional.ofNullable(personal.get().getFirst()).orElse("0"));
            };
        });
        if (anySealed && found.size() < ids.size()) {
            found.putAll(sealed(
                    subjects(ids.stream().filter(id -> !found.containsKey(id)).toList())));
        }
        return found;
    }

    /** Whom those among some events are about that are about a person. */
    private Map<EventId, SubjectPseudonym> subjects(List<EventId> ids) {
        return redis.pipelined(p -> {
            Response<?> queued = EventReader.queueDocuments(p, keys, engine, ids);
            return () -> {
                Map<EventId, SubjectPseudonym> subjects = new LinkedHashMap<>();
                List<?> documents = (List<?>) queued.get();
                for (int i = 0; i < ids.size(); i++) {
                    EventId id = ids.get(i);
                    Optional.ofNullable((byte[]) documents.get(i))
                            .map(text ->
                                    EventCodec.ofDocument(id, Keys.text(text)).event())
                            .flatMap(StoredPayloads::subject)
                            .ifPresent(subject -> subjects.put(id, subject));
                }
                return subjects;
            };
        });
    }

    private static Optional<SubjectPseudonym> subject(Event event) {
        return event.dataSubjectId().flatMap(SubjectPseudonym::parse);
    }

    private Map<EventId, Payload> sealed(Map<EventId, SubjectPseudonym> subjects) {
        List<EventId> ids = List.copyOf(subjects.keySet());
        if (ids.isEmpty()) {
            return Map.of();
        }
        List<String> names = new ArrayList<>();
        subjects.forEach((id, subject) -> names.add(keys.sealed(subject, id)));
        return redis.pipelined(p -> {
            Response<?> queued = EventReader.queueTexts(p, engine, names);
            return () -> {
                Map<EventId, Payload> found = new HashMap<>();
                List<?> documents = (List<?>) queued.get();
                for (int i = 0; i < ids.size(); i++) {
                    EventId id = ids.get(i);
                    Optional.ofNullable((byte[]) documents.get(i))
                            .map(text -> SealedDocument.of(id, Keys.text(text)))
                            .ifPresent(document -> found.put(id, document.form().payload()));
                }
                return found;
            };
        });
    }
}
