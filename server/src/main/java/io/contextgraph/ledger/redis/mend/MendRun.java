// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Replies;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;

/**
 * One examination or mending under way: tells of damage, counts it, and has it mended where that is wanted.
 *
 * <p><b>Guarantees.</b> While it mends nobody appends, see {@link MendHold}.
 */
final class MendRun {
    /** Positions go on behind an id that is no further ahead than this: the append script has the same. */
    private static final long LEAD_MILLIS = 5 * 60 * 1000;

    private final RawLedger raw;
    private final Consumer<Damage> told;
    private final LongConsumer looked;
    private final Map<Kind, Long> found = new EnumMap<>(Kind.class);
    private long lost;
    private long otherKeys;
    private long events;
    private final long stamp;
    private final TrimmedStreams trimmed;
    private final PrunedNumbers pruned;

    MendRun(RawLedger raw, Consumer<Damage> told, LongConsumer looked) {
        this.raw = raw;
        this.told = told;
        this.looked = looked;
        this.stamp = now();
        this.trimmed = new TrimmedStreams(this);
        this.pruned = new PrunedNumbers(this);
    }

    RawLedger raw() {
        return raw;
    }

    /** Which events have no entries in streams any more. */
    TrimmedStreams trimmed() {
        return trimmed;
    }

    /** Which events are gone. */
    PrunedNumbers pruned() {
        return pruned;
    }

    /** The time of Redis, which the append script compares with. */
    long now() {
        List<?> time = raw.redis().<List<?>>pipelined(p -> {
            Response<Object> told = p.sendCommand(Command.TIME, new byte[0][]);
            return () -> (List<?>) told.get();
        });
        return number(time.get(0)) * 1000 + number(time.get(1)) / 1000;
    }

    private static long number(Object told) {
        return Long.parseLong(Replies.text(told));
    }

    /** Tells of damage, and mends it where that is wanted. */
    void mends(Kind kind, String key, String message, String remedy, Runnable work) {
        count(new Damage(kind, key, message, Optional.of(remedy)));
        quietly(work);
    }

    /** Mends what has been told of already. */
    void quietly(Runnable work) {
        if (raw.writes()) {
            work.run();
        }
    }

    /** Tells of damage that nothing brings back. */
    void loses(Kind kind, String key, String message) {
        lost++;
        count(new Damage(kind, key, message, Optional.empty()));
    }

    /** Whether anything is lost, as far as it is known. */
    boolean loses() {
        return lost > 0;
    }

    private void count(Damage damage) {
        Long ignored = found.merge(damage.kind(), 1L, Long::sum);
        told.accept(damage);
    }

    void looked(long more) {
        events += more;
        looked.accept(events);
    }

    void other(long more) {
        otherKeys += more;
    }

    /** Where a key is moved to. */
    String asideName(String key) {
        return raw.keys().aside() + stamp + ":"
                + key.substring(raw.keys().prefix().length());
    }

    /** A value that does not belong where it is. */
    void aside(Kind kind, String key, String message) {
        String target = asideName(key);
        raw.unusable(key);
        mends(kind, key, message, "moved to " + target, () -> {
            rename(key, target);
            raw.emptied(key);
        });
    }

    /** Moves a value that is there. */
    void rename(String key, String target) {
        raw.write(List.of(RawCommand.rename(key, target)));
    }

    /** An entry that does not belong where it is. */
    void takeOut(Kind kind, String stream, RawEntry entry, String message) {
        String target = raw.keys().asideEntries();
        mends(kind, stream, message, "moved to " + target, () -> {
            List<String> kept = new ArrayList<>(List.of("*", "stream", stream, "id", entry.id(), "reason", message));
            entry.fields().forEach((name, value) -> kept.addAll(List.of("entry." + name, value)));
            raw.write(List.of(
                    RawCommand.of(Command.XADD, target, kept.toArray()),
                    RawCommand.of(Command.XDEL, stream, entry.id())));
        });
    }

    /**
     * Tells of a stream that has had an id which is too far beyond the clock; it must be made again.
     *
     * @param consequence what that means
     */
    boolean isAhead(String stream, String consequence) {
        Optional<String> ahead = raw.lastId(stream).filter(id -> {
            long millis = Long.parseUnsignedLong(id.substring(0, id.indexOf('-')));
            return Long.compareUnsigned(millis, now() + LEAD_MILLIS) > 0;
        });
        ahead.ifPresent(id -> mends(
                Kind.FUTURE_ID,
                stream,
                "has had the id " + id + ": " + consequence,
                "made again without it",
                () -> {}));
        return ahead.isPresent();
    }

    /** Whether the stream of its session has an event at its position. */
    boolean isInStreamOfSession(RecordedEvent event) {
        return notInStreamsOfSessions(List.of(event)).isEmpty();
    }

    /** Of some events those that the stream of their session does not have at their position. */
    List<RecordedEvent> notInStreamsOfSessions(List<RecordedEvent> events) {
        if (events.isEmpty()) {
            return List.of();
        }
        List<Optional<RawEntry>> entries = raw.entriesOfSessions(events);
        return IntStream.range(0, events.size())
                .filter(i -> !entries.get(i)
                        .map(RawEntry::fields)
                        .equals(Optional.of(EventCodec.entryOfSession(events.get(i)))))
                .mapToObj(events::get)
                .toList();
    }

    /**
     * An event whose document may say something else of its place than its streams say together: as these have it, or as
     * the document has it where they do not agree; empty where the stream of its session has lost it.
     *
     * <p>Neither its position nor its number in its session is part of what its hash is made of.
     */
    Optional<RecordedEvent> settled(RecordedEvent document) {
        String stream = raw.keys().stream(document.event().sessionId());
        String id = document.event().id().toString();
        String end = raw.lastId(stream).orElse("0-0");
        String after = "0-0";
        for (List<RawEntry> entries = raw.entries(stream, after, end);
                !entries.isEmpty();
                entries = raw.entries(stream, after, end)) {
            for (RawEntry entry : entries) {
                if (id.equals(entry.fields().get(EventFields.EVENT_ID))
                        && entry.position().isPresent()) {
                    return Optional.of(settled(document, entry, entry.position().get()));
                }
            }
            after = entries.getLast().id();
        }
        return Optional.empty();
    }

    private RecordedEvent settled(RecordedEvent document, RawEntry ofSession, Position position) {
        Optional<RecordedEvent> global = raw.entryAt(raw.keys().global(), position)
                .flatMap(RawEntry::event)
                .filter(entry -> entry.event().id().equals(document.event().id()));
        RecordedEvent told = global.orElseGet(() -> at(position, document));
        return told.seq() == document.seq() && ofSession.fields().equals(EventCodec.entryOfSession(told))
                ? told
                : document;
    }

    /** Tells of what is wrong with the numbers of a session. */
    void misnumbered(SessionId id, String fault) {
        loses(Kind.LOST_EVENT, raw.keys().stream(id), fault);
    }

    /** An event with another position than its document has. */
    static RecordedEvent at(Position position, RecordedEvent document) {
        return new RecordedEvent(
                document.event(),
                position,
                document.seq(),
                document.sessionSeq(),
                EventCodec.recordedAt(position),
                document.contentHash());
    }

    Examined result(Head head) {
        return new Examined(head, found, lost, !raw.isOverfull(), otherKeys);
    }
}
