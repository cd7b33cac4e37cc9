// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.KeyScan;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;

/**
 * What the keys of a ledger hold, whatever that is: a value of a foreign type is as good as none.
 *
 * <p><b>Shape.</b> Where nothing is to be written, what would have been is kept in memory and read as if it had been, so
 * that an examination finds what a mending would find.
 *
 * <p><b>Units and bounds.</b> It keeps {@value #MOST_DRAFTS} ids and documents, and as many names of keys.
 */
final class RawLedger {
    /** Events, entries or keys in one round trip. */
    static final int CHUNK = 500;

    static final int MOST_DRAFTS = 100_000;

    private final Redis redis;
    private final Keys keys;
    private final Engine engine;
    private final boolean writes;
    private final MendHold hold;
    private boolean begun;
    private final Set<String> unusable = new HashSet<>();
    private final RawPages pages;
    private final Map<EventId, RecordedEvent> draftDocuments = new HashMap<>();
    private boolean overfull;
    private long unindexed;

    /** @param writes whether it is to be mended */
    RawLedger(Redis redis, Keys keys, Engine engine, boolean writes) {
        this(redis, keys, engine, writes, System::nanoTime);
    }

    /** With another clock for the hold. */
    RawLedger(Redis redis, Keys keys, Engine engine, boolean writes, LongSupplier nanos) {
        this.redis = redis;
        this.hold = new MendHold(redis, keys, nanos);
        this.keys = keys;
        this.engine = engine;
        this.writes = writes;
        this.pages = new RawPages(this);
    }

    /** Keeps appends away from now on, where it is to be mended. */
    void hold() {
        begun = writes;
        keep();
    }

    /** Makes sure that nobody has been able to append until now. */
    void requireHeld() {
        if (begun && isUsable(keys.ledger())) {
            hold.renew();
        }
    }

    void release() {
        if (isUsable(keys.ledger())) {
            hold.release();
        }
    }

    /** Nobody appends to what is no ledger. */
    private void keep() {
        if (begun && isUsable(keys.ledger())) {
            hold.keep();
        }
    }

    /** INVARIANT: whoever asks anything keeps the hold, so that no work is too long for it. */
    Redis redis() {
        keep();
        return redis;
    }

    /** Writes while nobody can append. */
    void write(ProtocolCommand command, String key, Object... more) {
        write(List.of(RawCommand.of(command, key, more)));
    }

    void write(List<RawCommand> writes) {
        keep();
        hold.write(writes);
    }

    /** Looks again, at several things in one moment. */
    Moment moment(RawCommand... commands) {
        return Moment.of(redis(), keys, commands);
    }

    void write(Script script, List<String> names, List<String> arguments) {
        keep();
        hold.write(script, names, arguments);
    }

    Keys keys() {
        return keys;
    }

    Engine engine() {
        return engine;
    }

    boolean writes() {
        return writes;
    }

    /** Says up to which event none is in the index. */
    void unindexed(long seq) {
        unindexed = seq;
    }

    long unindexed() {
        return unindexed;
    }

    boolean isCold(long seq) {
        return seq <= unindexed;
    }

    /** There is more to keep than is kept. */
    void overfull() {
        overfull = true;
    }

    /** Whether there was more to keep than is kept. */
    boolean isOverfull() {
        return overfull;
    }

    /** Every key whose name begins so; some of them twice, perhaps. */
    void scan(String beginning, Consumer<List<String>> chunk) {
        KeyScan.of(redis(), keys, beginning, CHUNK, chunk);
    }

    List<String> types(List<String> names) {
        return redis().pipelined(p -> {
            List<Response<String>> types = names.stream().map(p::type).toList();
            return () -> types.stream().map(Response::get).toList();
        });
    }

    /** Remembers that a key holds something foreign. */
    void unusable(String key) {
        if (unusable.size() < MOST_DRAFTS) {
            boolean ignored = unusable.add(key);
        } else {
            overfull();
        }
    }

    boolean isUsable(String key) {
        return !unusable.contains(key);
    }

    void emptied(String key) {
        boolean ignored = unusable.remove(key);
    }

    boolean exists(String key) {
        return isUsable(key) && redis().call(client -> client.exists(key));
    }

    /** The entries of a stream behind an id and up to another, at most {@value #CHUNK}. */
    List<RawEntry> entries(String stream, String after, String end) {
        return isUsable(stream) && !after.equals(RawEntry.LAST_ID)
                ? range(Command.XRANGE, stream, "(" + after, end)
                : List.of();
    }

    /** The entries of a stream up to an id, the last one first, at most {@value #CHUNK}. */
    List<RawEntry> entriesBefore(String stream, String end) {
        return isUsable(stream) ? range(Command.XREVRANGE, stream, end, "-") : List.of();
    }

    Optional<RawEntry> entryAt(String stream, Position position) {
        String at = position.toString();
        return isUsable(stream) ? range(Command.XRANGE, stream, at, at).stream().findFirst() : Optional.empty();
    }

    private List<RawEntry> range(Command command, String stream, String from, String to) {
        return redis().pipelined(p -> {
            Response<Object> found = p.sendCommand(command, stream, from, to, "COUNT", Integer.toString(CHUNK));
            return () -> RawEntry.all(found.get());
        });
    }

    /** Of each event the entry at its position in the stream of its session. */
    List<Optional<RawEntry>> entriesOfSessions(List<RecordedEvent> events) {
        return redis().pipelined(p -> {
            List<Optional<Response<Object>>> found = events.stream()
                    .map(event -> {
                        String stream = keys.stream(event.event().sessionId());
                        String at = event.position().toString();
                        return isUsable(stream)
                                ? Optional.of(p.sendCommand(Command.XRANGE, stream, at, at))
                                : Optional.<Response<Object>>empty();
                    })
                    .toList();
            return () -> found.stream()
                    .map(reply ->
                            reply.flatMap(r -> RawEntry.all(r.get()).stream().findFirst()))
                    .toList();
        });
    }

    /** The highest id that a stream has ever had; empty where there is none. */
    Optional<String> lastId(String stream) {
        Optional<Object> info = !isUsable(stream)
                ? Optional.empty()
                : redis().pipelined(p -> {
                    Response<Object> told = p.sendCommand(Command.XINFO, "STREAM", stream);
                    return () -> Replies.answered(told);
                });
        return info.map(told -> Replies.text(Replies.map(told).getOrDefault("last-generated-id", "0-0")));
    }

    /** What the pages have under some numbers; null where they have nothing. */
    List<@Nullable EventId> ids(long from, long to) {
        return pages.ids(from, to);
    }

    /** What the pages have under each of some numbers, in one round trip; null where they have nothing. */
    List<@Nullable EventId> ids(List<Long> numbers) {
        return pages.ids(numbers);
    }

    @Nullable
    EventId id(long seq) {
        return seq < 1 ? null : ids(seq, seq).getFirst();
    }

    void writeId(long seq, EventId id) {
        pages.write(seq, id);
    }

    /** Makes a page as long as a page is. */
    void fillPage(String key) {
        write(Command.SETRANGE, key, (long) Keys.IDS_PER_PAGE * Keys.ID_BYTES - 1, new byte[1]);
    }

    /** The documents of some events as text, those that are there. */
    Map<EventId, String> texts(Collection<EventId> ids) {
        List<EventId> wanted = ids.stream()
                .filter(id -> isUsable(keys.document(id)))
                .distinct()
                .toList();
        Map<EventId, String> texts = new HashMap<>();
        for (int from = 0; from < wanted.size(); from += CHUNK) {
            List<EventId> chunk = wanted.subList(from, Math.min(from + CHUNK, wanted.size()));
            List<?> replies = redis().pipelined(p -> {
                Response<?> queued = EventReader.queueDocuments(p, keys, engine, chunk);
                return () -> (List<?>) queued.get();
            });
            for (int i = 0; i < chunk.size(); i++) {
                if (replies.get(i) instanceof byte[] text) {
                    String ignored = texts.put(chunk.get(i), Keys.text(text));
                }
            }
        }
        return texts;
    }

    /** The events of some documents, those that can be read. */
    Map<EventId, RecordedEvent> events(Collection<EventId> ids) {
        Map<EventId, RecordedEvent> events = new HashMap<>();
        // To parse is most of the work: on all processors that are free.
        texts(ids).entrySet().parallelStream()
                .flatMap(text -> parse(text.getKey(), text.getValue()).stream())
                .toList()
                .forEach(event -> events.put(event.event().id(), event));
        for (EventId id : ids) {
            Optional.ofNullable(draftDocuments.get(id)).ifPresent(event -> events.put(id, event));
        }
        return events;
    }

    static Optional<RecordedEvent> parse(EventId id, String text) {
        try {
            return Optional.of(EventCodec.ofDocument(id, text));
        } catch (LedgerException unreadable) {
            return Optional.empty();
        }
    }

    Optional<RecordedEvent> event(EventId id) {
        return Optional.ofNullable(events(List.of(id)).get(id));
    }

    void writeDocument(RecordedEvent event) {
        EventId id = event.event().id();
        if (writes) {
            String key = keys.document(id);
            boolean marked = engine == Engine.SEARCH && isCold(event.seq());
            String text = marked ? EventCodec.coldDocument(event) : EventCodec.document(event);
            write(List.of(
                    engine == Engine.SORTED_SET
                            ? RawCommand.of(Command.SET, key, text)
                            : RawCommand.of(JsonCommand.SET, key, "$", text)));
        } else if (draftDocuments.size() < MOST_DRAFTS) {
            RecordedEvent ignored = draftDocuments.put(id, event);
        } else {
            overfull();
        }
    }

    /** Whether an event, with the payload that is stored, has the content of its hash. */
    boolean isGenuine(RecordedEvent event) {
        return genuine(List.of(event)).getFirst();
    }

    /** Of each event whether, with the payload that is stored, it has the content of its hash. */
    List<Boolean> genuine(List<RecordedEvent> events) {
        return new Contents(redis(), keys, engine).genuine(events);
    }

    /** The head as it is stored; empty where it cannot be read. */
    Head head() {
        return head(hash(keys.ledger()));
    }

    static Head head(Map<String, String> fields) {
        try {
            return new Head(
                    Long.parseLong(fields.getOrDefault("seq", "")), Position.of(fields.getOrDefault("position", "")));
        } catch (IllegalArgumentException damaged) {
            return Head.EMPTY;
        }
    }

    /** The fields of a hash; none where there is no hash. */
    Map<String, String> hash(String key) {
        return isUsable(key) ? redis().call(client -> client.hgetAll(key)) : Map.of();
    }

    Optional<String> field(String key, String field) {
        return isUsable(key) ? Optional.ofNullable(redis().call(client -> client.hget(key, field))) : Optional.empty();
    }

    /** The session whose stream has this name; empty for other keys. */
    Optional<SessionId> sessionOfStream(String key) {
        return Keys.after(keys.prefix() + "events:", key)
                .filter(name -> !name.startsWith("__"))
                .flatMap(Keys::sessionOf);
    }
}
