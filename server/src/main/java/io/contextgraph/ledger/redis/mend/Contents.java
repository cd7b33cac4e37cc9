// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.SealedDocument;
import io.contextgraph.ledger.redis.search.EventReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;

/** What events and their payloads are made of, held against their hashes. */
record Contents(Redis redis, Keys keys, Engine engine) {
    private static final Pattern FENCE = Pattern.compile("[1-9]\\d{0,8}");

    /**
     * Of each event whether, with the payload that is stored, it has the content of its hash.
     *
     * <p>One about a person who was erased has no payload any more: then nobody can say otherwise.
     */
    List<Boolean> genuine(List<RecordedEvent> events) {
        Map<RecordedEvent, Boolean> judged = new LinkedHashMap<>();
        List<RecordedEvent> plain =
                events.stream().filter(event -> subject(event).isEmpty()).toList();
        if (!plain.isEmpty()) {
            byte[][] names = EventCodec.keys(plain.stream()
                    .map(event -> keys.payload(event.event().id()))
                    .toList());
            List<byte[]> payloads = redis.call(client -> client.mget(names));
            // To hash is most of the work: on all processors that are free.
            List<Boolean> genuine = IntStream.range(0, plain.size())
                    .parallel()
                    .mapToObj(i -> isGenuine(plain.get(i), payloads.get(i)))
                    .toList();
            for (int i = 0; i < plain.size(); i++) {
                judged.put(plain.get(i), genuine.get(i));
            }
        }
        judged.putAll(sealed(
                events.stream().filter(event -> subject(event).isPresent()).toList()));
        return events.stream()
                .map(event -> Optional.ofNullable(judged.get(event)).orElse(false))
                .toList();
    }

    static Optional<SubjectPseudonym> subject(RecordedEvent event) {
        return event.event().dataSubjectId().flatMap(SubjectPseudonym::parse);
    }

    /** Whether a fence says something. */
    static boolean isFence(@Nullable String height) {
        return height != null && FENCE.matcher(height).matches();
    }

    private static boolean isGenuine(RecordedEvent event, byte @Nullable [] stored) {
        try {
            Optional<Payload> payload = Optional.ofNullable(stored)
                    .map(bytes -> EventCodec.unpack(event.event().id(), bytes));
            return EventJson.hash(event.event().withPayload(payload)).equals(event.contentHash());
        } catch (LedgerException | IllegalArgumentException unreadable) {
            return false;
        }
    }

    /** INVARIANT: fences are read last, since payloads go only when theirs is raised. */
    private Map<RecordedEvent, Boolean> sealed(List<RecordedEvent> events) {
        Map<RecordedEvent, Boolean> judged = new LinkedHashMap<>();
        if (events.isEmpty()) {
            return judged;
        }
        List<String> names =
                events.stream().map(event -> keys.carried(event.event())).toList();
        List<byte[]> fences = new ArrayList<>();
        events.forEach(event -> fences.add(Keys.bytes(keys.fence(subject(event).orElseThrow()))));
        return redis.pipelined(p -> {
            Response<?> texts = EventReader.queueTexts(p, engine, names);
            Response<List<byte[]>> heights = p.mget(fences.toArray(byte[][]::new));
            return () -> {
                List<?> found = (List<?>) texts.get();
                for (int i = 0; i < events.size(); i++) {
                    byte[] height = heights.get().get(i);
                    boolean erased = height != null && isFence(Keys.text(height));
                    judged.put(
                            events.get(i),
                            found.get(i) instanceof byte[] text ? isSealed(events.get(i), Keys.text(text)) : erased);
                }
                return judged;
            };
        });
    }

    private static boolean isSealed(RecordedEvent event, String text) {
        Optional<Payload> payload = SealedDocument.formOf(text).map(SealedForm::payload);
        return payload.isPresent()
                && EventJson.hash(event.event().withPayload(payload)).equals(event.contentHash());
    }
}
