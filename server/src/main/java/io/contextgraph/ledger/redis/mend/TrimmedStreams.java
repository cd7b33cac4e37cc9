// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Up to which event no stream has an entry.
 *
 * <p><b>Guarantees.</b> What the header says of it is believed where the document of that event says the same, and where the
 * global stream has no earlier event. Where it cannot be believed, and nothing else says it, the streams are taken for whole:
 * entries are brought back that nobody needs, rather than that a group misses one.
 */
final class TrimmedStreams {
    private final MendRun run;
    private final RawLedger raw;
    private Head last = Head.EMPTY;

    /** What the header said, right or wrong, when that was found out. */
    private Optional<String> told = Optional.empty();

    private long said = -1;

    /** Where another position than that of its document is right for the last of these events. */
    private @Nullable Position settled;

    TrimmedStreams(MendRun run) {
        this.run = run;
        this.raw = run.raw();
    }

    /** The last event without entries; empty where the streams are whole. */
    Head last() {
        return last;
    }

    boolean has(RecordedEvent event) {
        return has(event.seq());
    }

    boolean has(long seq) {
        return seq <= last.seq();
    }

    /** The last of them as its place is known now; empty where its document says it. */
    Optional<RecordedEvent> settled(RecordedEvent document) {
        Position position = settled;
        return position == null || document.seq() != last.seq()
                ? Optional.empty()
                : Optional.of(MendRun.at(position, document));
    }

    /** Up to where it is now: somebody may trim while a ledger is examined. */
    Head now() {
        Optional<String> stored = raw.writes() ? told : stored();
        Head now = stored.equals(told) ? last : stored.map(TrimmedStreams::read).orElse(last);
        return now.seq() > last.seq() ? now : last;
    }

    private Optional<String> stored() {
        return raw.field(raw.keys().ledger(), LedgerHeader.TRIMMED);
    }

    /** Empty where it is damaged. */
    private static Head read(String text) {
        try {
            return LedgerHeader.trimmed(text);
        } catch (LedgerException damaged) {
            return Head.EMPTY;
        }
    }

    /**
     * Finds out what is true of it, and has the header say so.
     *
     * @param head where the ledger ends
     */
    void settle(Head head) {
        told = stored();
        Optional<RecordedEvent> first = firstEntry();
        Head gone = run.pruned().through();
        boolean nothingSaysIt =
                told.isEmpty() && first.filter(this::looksTrimmed).isEmpty();
        if (nothingSaysIt && gone.equals(Head.EMPTY)) {
            return;
        }
        Head read = told.map(TrimmedStreams::read).orElse(Head.EMPTY);
        last = nothingSaysIt ? Head.EMPTY : believed(read, first, head);
        // Nothing goes that has an entry, nor anything behind it.
        last = last.seq() < gone.seq() ? gone : last;
        if (!last.equals(read) || last.equals(Head.EMPTY)) {
            String right = last.equals(Head.EMPTY) ? "" : last.seq() + ":" + last.position();
            run.mends(
                    Kind.HEAD,
                    raw.keys().ledger(),
                    LedgerHeader.TRIMMED + " is " + told.orElse("missing") + ", not "
                            + (right.isEmpty() ? "known: the streams are made whole again" : right),
                    "set",
                    () -> write(right));
        }
    }

    /** Whether neither stream has the entries of the events right before one, nor of the first ones of all. */
    private boolean looksTrimmed(RecordedEvent first) {
        long end = first.seq() - 1;
        return end > 0
                && haveNoEntries(1, Math.min(end, RawLedger.CHUNK))
                && haveNoEntries(Math.max(1, end - RawLedger.CHUNK + 1), end);
    }

    private boolean haveNoEntries(long from, long to) {
        List<@Nullable EventId> listed = raw.ids(from, to);
        List<EventId> ids =
                listed.stream().flatMap(id -> Optional.ofNullable(id).stream()).toList();
        List<RecordedEvent> events = List.copyOf(raw.events(ids).values());
        long gone = LongStream.rangeClosed(from, to)
                .filter(seq ->
                        listed.get((int) (seq - from)) == null && run.pruned().isGone(seq))
                .count();
        return events.size() + gone == to - from + 1
                && raw.entriesOfSessions(events).stream().allMatch(Optional::isEmpty);
    }

    /** Up to where it is said to be, before anybody knows whether that is true. */
    boolean isSaidOf(long seq) {
        if (said < 0) {
            said = stored().map(TrimmedStreams::read).orElse(Head.EMPTY).seq();
        }
        return seq <= said;
    }

    private void write(String right) {
        String ledger = raw.keys().ledger();
        if (right.isEmpty()) {
            raw.write(Command.HDEL, ledger, LedgerHeader.TRIMMED);
        } else {
            raw.write(Command.HSET, ledger, LedgerHeader.TRIMMED, right);
        }
    }

    /** Whoever believes too much of it is told of each group that lacks something, and gives it that. */
    private Head believed(Head read, Optional<RecordedEvent> first, Head head) {
        Head bound = first.map(this::ahead).orElse(head);
        if (read.seq() > bound.seq() || read.equals(Head.EMPTY)) {
            return first.isPresent() ? bound : Head.EMPTY;
        }
        Optional<RecordedEvent> document = event(read.seq());
        if (document.isEmpty() || document.get().position().equals(read.position())) {
            return read;
        }
        if (isBetweenNeighbours(read, head)) {
            settled = read.position();
            return read;
        }
        return new Head(read.seq(), document.get().position());
    }

    /** The event ahead of one, which nobody may know any more. */
    private Head ahead(RecordedEvent first) {
        if (first.seq() == 1) {
            return Head.EMPTY;
        }
        return event(first.seq() - 1)
                .map(event -> new Head(event.seq(), event.position()))
                .orElseGet(() -> new Head(first.seq() - 1, first.position().before()));
    }

    private boolean isBetweenNeighbours(Head read, Head head) {
        Position before = event(read.seq() - 1).map(RecordedEvent::position).orElse(Position.START);
        if (before.compareTo(read.position()) >= 0) {
            return false;
        }
        return read.seq() == head.seq()
                ? head.position().equals(read.position())
                : event(read.seq() + 1)
                        .filter(behind -> behind.position().compareTo(read.position()) > 0)
                        .isPresent();
    }

    private Optional<RecordedEvent> firstEntry() {
        return raw.entries(raw.keys().global(), "0-0", "+").stream()
                .flatMap(entry -> entry.event().stream())
                .filter(this::isWhereItWas)
                .findFirst();
    }

    private boolean isWhereItWas(RecordedEvent entry) {
        EventId id = entry.event().id();
        EventId listed = raw.id(entry.seq());
        return (listed == null || listed.equals(id))
                && raw.event(id)
                        .map(document -> document.equals(entry) || raw.isGenuine(entry))
                        .orElse(true);
    }

    private Optional<RecordedEvent> event(long seq) {
        return Optional.ofNullable(raw.id(seq)).flatMap(raw::event).filter(event -> event.seq() == seq);
    }
}
