// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.search.EventReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.resps.StreamEntry;

/**
 * The oldest entries of the global stream, and which events they are.
 *
 * <p><b>Guarantees.</b> Numbers have no gaps: an entry that somebody else has left, whatever it says, is no event, and one
 * that is not readable is the event that its document says.
 */
final class OldestEntries {
    /** An entry, and the event that it is; empty where somebody else has left it. */
    record Oldest(Position position, Optional<RecordedEvent> event) {}

    private final List<Oldest> entries;

    private OldestEntries(List<Oldest> entries) {
        this.entries = entries;
    }

    /**
     * Finds out which events they are.
     *
     * @param trimmed the last event that has no entry any more
     * @throws LedgerException that names an event behind it that has lost its entry: nobody knows whether every group was
     *     given it
     */
    static OldestEntries of(List<StreamEntry> entries, Head trimmed, EventReader reader) {
        List<Oldest> known = new ArrayList<>(entries.size());
        long last = trimmed.seq();
        for (StreamEntry entry : entries) {
            Position position =
                    new Position(entry.getID().getTime(), entry.getID().getSequence());
            long next = last + 1;
            Optional<RecordedEvent> event =
                    read(position, entry).filter(e -> e.seq() == next).or(() -> document(reader, next, position));
            last = event.map(RecordedEvent::seq).orElse(last);
            known.add(new Oldest(position, event));
        }
        return new OldestEntries(known);
    }

    private static Optional<RecordedEvent> read(Position position, StreamEntry entry) {
        try {
            Map<String, String> fields = entry.getFields();
            return Optional.of(EventCodec.ofEntry(position, fields == null ? Map.of() : fields));
        } catch (IllegalArgumentException | NoSuchElementException | InvalidInputException foreign) {
            return Optional.empty();
        }
    }

    private static Optional<RecordedEvent> document(EventReader reader, long seq, Position position) {
        Optional<RecordedEvent> event = reader.read(seq - 1, 1).stream()
                .filter(e -> e.position().compareTo(position) <= 0)
                .findFirst();
        if (event.isPresent() && !event.get().position().equals(position)) {
            throw RedisErrors.corrupt("the event with seq " + seq + " has no entry in the global stream, at position "
                    + event.get().position() + ": contextgraph ledger mend");
        }
        return event;
    }

    /** Each with the first id behind it and the number of the event, empty where it is none. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(3 * entries.size());
        for (Oldest entry : entries) {
            arguments.add(entry.position().toString());
            arguments.add(entry.position().next().toString());
            arguments.add(entry.event().map(e -> Long.toString(e.seq())).orElse(""));
        }
        return arguments;
    }

    /** The sessions of the first so many. */
    Set<SessionId> sessions(int first) {
        Set<SessionId> sessions = new LinkedHashSet<>();
        for (Oldest entry : entries.subList(0, Math.min(first, entries.size()))) {
            entry.event().map(e -> e.event().sessionId()).ifPresent(sessions::add);
        }
        return sessions;
    }

    /** The last event among the first so many. */
    Optional<Head> last(int first) {
        return entries.subList(0, first).reversed().stream()
                .flatMap(entry -> entry.event().stream())
                .map(e -> new Head(e.seq(), e.position()))
                .findFirst();
    }
}
