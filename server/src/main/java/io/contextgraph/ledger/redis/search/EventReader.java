// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.json.JsonProtocol;

/** Reads events by id and by number. */
public final class EventReader implements EventOrder {
    /** Documents in one round trip: some 250 KiB of answer. */
    public static final int CHUNK = 500;

    private final Redis redis;
    private final Keys keys;
    private final Engine engine;
    private final IdPages pages;
    private final Gone gone;
    private final Noticed noticed;
    private final StoredPayloads payloads;

    public EventReader(Redis redis, Keys keys, Engine engine, Noticed noticed) {
        this.redis = redis;
        this.keys = keys;
        this.engine = engine;
        this.pages = new IdPages(redis, keys);
        this.gone = new Gone(redis, keys);
        this.noticed = noticed;
        this.payloads = new StoredPayloads(redis, keys, engine);
    }

    /**
     * One event with its payload and its original.
     *
     * @throws io.contextgraph.ledger.LedgerException when the ledger knows the event and has lost its document
     */
    public Lookup find(EventId id) {
        Optional<Lookup> known = known(id);
        if (known.isPresent()) {
            return known.get();
        }
        OptionalLong seq = pages.find(id, head().seq());
        if (seq.isEmpty()) {
            return new Lookup.Unknown();
        }
        // It may have come, or gone, since the first look.
        return known(id).orElseThrow(() -> missing(new Ref(seq.getAsLong(), id, 0)));
    }

    private Optional<Lookup> known(EventId id) {
        return stored(id).map(payloads::whole).<Lookup>map(Lookup.Found::new).or(() -> gone.find(id));
    }

    /** What is known of the events that went with a pruning. */
    public Optional<Lookup.Gone> pruning(Instant at) {
        return gone.pruning(at.toEpochMilli()).map(Pruned::gone);
    }

    private Optional<RecordedEvent> stored(EventId id) {
        byte[] key = Keys.bytes(keys.document(id));
        return redis.pipelined(p -> {
            Response<?> document =
                    engine == Engine.SORTED_SET ? p.get(key) : p.sendCommand(JsonProtocol.JsonCommand.GET, key);
            Response<byte[]> payload = p.get(Keys.bytes(keys.payload(id)));
            Response<List<String>> original = p.hmget(keys.originals(), id.toString());
            return () -> document(id, document)
                    .map(text -> EventCodec.ofDocument(id, text)
                            .withPayload(Optional.ofNullable(payload.get()).map(bytes -> EventCodec.unpack(id, bytes)))
                            .withOriginal(Optional.ofNullable(original.get().getFirst())
                                    .map(kept -> EventCodec.ofOriginal(id, kept))));
        });
    }

    private Optional<String> document(EventId id, Response<?> queued) {
        try {
            return Optional.ofNullable((byte[]) queued.get()).map(Keys::text);
        } catch (JedisDataException refused) {
            if (RedisErrors.classify(refused).reason() == Reason.CORRUPT) {
                throw RedisErrors.corrupt(keys.document(id) + " holds something else than a document", refused);
            }
            throw refused;
        }
    }

    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return payloads.of(ids);
    }

    public Map<EventId, Original> originals(Collection<EventId> ids) {
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

    @Override
    public Head head() {
        Head head = storedHead();
        if (!head.equals(Head.EMPTY) || !pages.haveBegun()) {
            return head;
        }
        // The first event may have come since.
        Head again = storedHead();
        if (again.equals(Head.EMPTY)) {
            throw RedisErrors.corrupt(keys.ledger() + ", the head of the ledger, is missing");
        }
        return again;
    }

    private Head storedHead() {
        return redis.pipelined(p -> {
            Response<List<String>> head = queueHead(p);
            return () -> head(head.get());
        });
    }

    public Response<List<String>> queueHead(Pipeline pipeline) {
        return queueHead(pipeline, keys);
    }

    public static Response<List<String>> queueHead(Pipeline pipeline, Keys keys) {
        return pipeline.hmget(
                keys.ledger(),
                "seq",
                "position",
                LedgerHeader.UNINDEXED,
                LedgerHeader.PRUNED,
                LedgerHeader.FIRST_SEQ,
                LedgerHeader.GONE_INDEXED,
                LedgerHeader.PRUNED_EVENTS);
    }

    /**
     * Where the ledger ends, and what is not there.
     *
     * @param unindexed up to which event the index has none
     * @param pruned what was pruned of the ledger
     * @param ofSession how many of the events of the session that was asked for
     * @param session how far that reaches
     */
    record Extent(
            Head head, Head unindexed, Pruning.Extent pruned, OptionalLong ofSession, SessionEntry.Span session) {}

    Extent extent() {
        return extent(Optional.empty());
    }

    /** @param session of which to tell what was pruned */
    Extent extent(Optional<SessionId> session) {
        Extent extent = redis.pipelined(p -> {
            Response<List<String>> ofLedger = queueHead(p);
            // Behind the head: what is counted there has its part in the session by then.
            Optional<Response<String>> ofSession = session.map(id -> p.hget(keys.session(id), SessionEntry.PRUNED));
            List<Response<String>> span = session.map(keys::session).stream()
                    .flatMap(entry -> SessionEntry.Span.FIELDS.stream().map(field -> p.hget(entry, field)))
                    .toList();
            return () -> {
                List<String> fields = ofLedger.get();
                return new Extent(
                        head(fields),
                        unindexed(fields),
                        new Pruning.Extent(
                                LedgerHeader.pruned(fields.get(3)),
                                prunedEvents(fields),
                                LedgerHeader.firstSeq(fields.get(4))),
                        ofSession.isPresent()
                                ? OptionalLong.of(
                                        LedgerHeader.count(ofSession.get().get()))
                                : OptionalLong.empty(),
                        SessionEntry.Span.of(span.stream().map(Response::get).toList()));
            };
        });
        return extent.head().equals(Head.EMPTY)
                ? new Extent(head(), extent.unindexed(), extent.pruned(), extent.ofSession(), extent.session())
                : extent;
    }

    /** How many events are gone, as {@link #queueHead} is answered. */
    static long prunedEvents(List<String> fields) {
        return LedgerHeader.count(fields.get(6));
    }

    /** What the index does not have, as {@link #queueHead} is answered. */
    public static Head unindexed(List<String> fields) {
        return LedgerHeader.unindexed(fields.get(2));
    }

    /** How many events behind those are gone, as {@link #queueHead} is answered. */
    static long gone(List<String> fields) {
        return LedgerHeader.count(fields.get(5));
    }

    public static Head head(List<String> fields) {
        return LedgerHeader.head(fields.get(0), fields.get(1));
    }

    @Override
    public List<RecordedEvent> read(long afterSeq, int max) {
        EventOrder.requirePage(afterSeq, max);
        List<RecordedEvent> events = new ArrayList<>();
        Extent extent = extent();
        long last = extent.head().seq();
        long seq = Math.max(afterSeq, extent.pruned().firstSeq() - 1);
        while (seq < last && events.size() < max) {
            // Of what was pruned it looks at whole pages, most of which are not there any more.
            long wanted =
                    seq < extent.pruned().through().seq() ? Keys.IDS_PER_PAGE : Math.min(CHUNK, max - events.size());
            long to = Math.min(last, seq + wanted);
            List<Ref> refs = refs(seq + 1, to);
            int room = max - events.size();
            if (refs.size() > room) {
                refs = refs.subList(0, room);
                to = refs.getLast().seq();
            }
            events.addAll(events(refs));
            seq = to;
        }
        return events;
    }

    /** @throws LedgerException that names the first page of ids that is missing, of a ledger that ends at {@code last} */
    public void requirePages(long last) {
        pages.requireAll(last);
    }

    /** The numbers of events by {@link IdPages}. */
    public List<Ref> refs(long from, long to) {
        return pages.refs(from, to);
    }

    /** The newest events up to a number, in descending order; fewer than {@code max} only where there are no more. */
    public List<Ref> refsUpTo(long seq, int max) {
        Walk walk = new SequenceWalk(this, true, seq, 1);
        List<Ref> refs = new ArrayList<>();
        List<Ref> some = walk.next(max);
        while (!some.isEmpty() && refs.size() < max) {
            refs.addAll(some.subList(0, Math.min(some.size(), max - refs.size())));
            some = walk.next(max);
        }
        return refs;
    }

    /** The ids of events by their numbers, which need not follow each other. */
    List<EventId> ids(List<Long> seqs) {
        return pages.ids(seqs);
    }

    /**
     * The events themselves; those that went since somebody looked where they are are left out.
     *
     * @throws io.contextgraph.ledger.LedgerException that names one that is missing
     */
    public List<RecordedEvent> events(List<Ref> refs) {
        List<RecordedEvent> events = new ArrayList<>(refs.size());
        for (int from = 0; from < refs.size(); from += CHUNK) {
            List<Ref> chunk = refs.subList(from, Math.min(from + CHUNK, refs.size()));
            List<@Nullable String> documents = texts(chunk.stream().map(Ref::id).toList());
            Set<EventId> gone = goneAmong(chunk, documents);
            for (int i = 0; i < chunk.size(); i++) {
                String document = documents.get(i);
                if (document == null && gone.contains(chunk.get(i).id())) {
                    continue;
                }
                if (document == null) {
                    throw missing(chunk.get(i));
                }
                RecordedEvent event = EventCodec.ofDocument(chunk.get(i).id(), document);
                if (event.seq() != chunk.get(i).seq()) {
                    throw RedisErrors.corrupt("event " + event.event().id() + " stands at seq "
                            + chunk.get(i).seq() + ", its document says " + event.seq());
                }
                events.add(event);
            }
        }
        return events;
    }

    /** These events, at most {@value #CHUNK}; empty where one of them is not there. */
    Optional<List<RecordedEvent>> ifAllThere(List<EventId> ids) {
        List<@Nullable String> documents = texts(ids);
        List<RecordedEvent> events = new ArrayList<>(ids.size());
        for (String document : documents) {
            if (document == null) {
                return Optional.empty();
            }
            events.add(EventCodec.ofDocument(ids.get(events.size()), document));
        }
        return Optional.of(events);
    }

    /** The documents of some events, at most {@value #CHUNK}, as they are stored; null where there is none. */
    List<@Nullable String> texts(List<EventId> ids) {
        return ids.isEmpty()
                ? List.of()
                : redis.pipelined(p -> {
                    Response<?> queued = queueDocuments(p, keys, engine, ids);
                    return () -> documents(queued);
                });
    }

    private Set<EventId> goneAmong(List<Ref> refs, List<@Nullable String> documents) {
        return gone.among(IntStream.range(0, refs.size())
                .filter(i -> documents.get(i) == null)
                .mapToObj(i -> refs.get(i).id())
                .toList());
    }

    private LedgerException missing(Ref ref) {
        Wholeness.require(redis, keys);
        noticed.number(ref.seq());
        return RedisErrors.corrupt(
                ref.id().equals(IdPages.NO_ID)
                        ? "the pages of ids have no event at seq " + ref.seq()
                        : "the document " + keys.document(ref.id()) + " is missing: it has seq " + ref.seq());
    }

    /** The event types that occur and begin with a prefix. */
    List<String> typesBelow(TypeFilter prefix) {
        Set<String> types = redis.call(client -> client.smembers(keys.types()));
        if (types.isEmpty() && head().seq() > 0) {
            throw RedisErrors.corrupt(keys.types() + " is missing: it names the types of all events");
        }
        return types.stream()
                .filter(type -> prefix.matches(new EventType(type)))
                .sorted()
                .toList();
    }

    /** The texts of documents, in the order of their ids, null where there is none. */
    public static Response<?> queueDocuments(Pipeline pipeline, Keys keys, Engine engine, List<EventId> ids) {
        return queueTexts(pipeline, engine, ids.stream().map(keys::document).toList());
    }

    /** The same of other documents, by their names. */
    public static Response<?> queueTexts(Pipeline pipeline, Engine engine, List<String> names) {
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
