// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.mend.Damage.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Steps through the global stream beside the numbers, and has taken out of it what is no event's. */
final class GlobalEntries {
    private final MendRun run;
    private final RawLedger raw;
    private final String stream;
    private final Deque<RawEntry> next = new ArrayDeque<>();
    private final String end;
    private String lastRead = "0-0";
    private boolean atEnd;
    private @Nullable RawEntry found;

    GlobalEntries(MendRun run) {
        this.run = run;
        this.raw = run.raw();
        this.stream = raw.keys().global();
        // Servers may append faster than entries are looked at.
        this.end = raw.lastId(stream).orElse("+");
    }

    private @Nullable RawEntry peek() {
        if (next.isEmpty()) {
            read();
        }
        return next.peek();
    }

    private void read() {
        if (!atEnd) {
            List<RawEntry> more = raw.entries(stream, lastRead, end);
            next.addAll(more);
            atEnd = more.isEmpty();
            if (!atEnd) {
                lastRead = more.getLast().id();
            }
        }
    }

    /** The first entry of an event among those that come next, as far as anybody looks ahead. */
    Optional<RecordedEvent> ahead(RecordedEvent wanted) {
        while (next.size() < RawLedger.CHUNK && !atEnd) {
            read();
        }
        return next.stream()
                .flatMap(entry -> entry.event().stream())
                .filter(event -> event.seq() == wanted.seq()
                        && event.event().id().equals(wanted.event().id())
                        && event.contentHash().equals(wanted.contentHash()))
                .findFirst();
    }

    /**
     * The entry of the event with a number.
     *
     * @param id what the pages have there, if anything
     * @param document the event as its document says it, if it does
     */
    Optional<RecordedEvent> entry(long seq, @Nullable EventId id, @Nullable RecordedEvent document) {
        for (RawEntry entry = peek(); entry != null; entry = peek()) {
            Optional<RecordedEvent> event = entry.event();
            if (event.isPresent() && isOf(seq, id, document, event.get())) {
                found = next.remove();
                return event;
            }
            if (document == null && event.isPresent() && event.get().seq() > seq && isKnown(event.get())) {
                return Optional.empty();
            }
            if (document != null && isBeyond(entry, document.position())) {
                return Optional.empty();
            }
            takeOut(next.remove(), event);
        }
        return Optional.empty();
    }

    /** The entry that was answered last says something else than its event. */
    void takeOutFound() {
        RawEntry altered = Objects.requireNonNull(found);
        run.takeOut(Kind.STREAM, stream, altered, "entry " + altered.id() + " does not say what its event is");
    }

    private static boolean isBeyond(RawEntry entry, Position position) {
        return entry.position().map(there -> there.compareTo(position) > 0).orElse(true);
    }

    private boolean isOf(long seq, @Nullable EventId id, @Nullable RecordedEvent document, RecordedEvent entry) {
        if (document != null) {
            return entry.position().equals(document.position())
                    && entry.event().id().equals(document.event().id());
        }
        return entry.seq() == seq
                && (id == null ? isKnown(entry) : entry.event().id().equals(id));
    }

    /** Whether nobody says otherwise. */
    private boolean isKnown(RecordedEvent entry) {
        EventId listed = raw.id(entry.seq());
        Optional<RecordedEvent> document = raw.event(entry.event().id());
        return document.map(
                        there -> there.seq() == entry.seq() && there.position().equals(entry.position()))
                .orElse(listed == null || listed.equals(entry.event().id()));
    }

    /** What is left behind the last event, but for what has been appended meanwhile. */
    void finish() {
        for (RawEntry entry = peek(); entry != null; entry = peek()) {
            Optional<RecordedEvent> event = entry.event();
            RawEntry ignored = next.remove();
            if (event.isEmpty() || !event.equals(raw.event(event.get().event().id()))) {
                takeOut(entry, event);
            }
        }
    }

    private void takeOut(RawEntry entry, Optional<RecordedEvent> event) {
        run.looked(0);
        if (event.isEmpty()) {
            run.takeOut(Kind.FOREIGN_ENTRY, stream, entry, "entry " + entry.id() + " is no event");
            return;
        }
        EventId id = event.get().event().id();
        String what = "entry " + entry.id() + " is of event " + id + " of session "
                + event.get().event().sessionId() + ", which ";
        run.takeOut(
                Kind.HALF_EVENT,
                stream,
                entry,
                raw.event(id)
                        .map(there -> what + "stands at " + there.position())
                        .orElse(what + "was never written whole, nor acknowledged"));
    }
}
