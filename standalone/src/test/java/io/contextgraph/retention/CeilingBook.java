// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the rules of the documentation make of the ceiling, beside the {@link Book}: which events may leave the ledger, which
 * have left it and when, and which of these the ledger itself still remembers; and what was brought back, and until when it stays.
 *
 * <p>An event may leave when the span of time in which it was recorded is past the ceiling, its entry has left the streams,
 * every required group has finished it, nobody has parked it, its session is not held, and it is not the newest; and, where its segment was brought back, not before
 * the time until which somebody wanted to have it. Who wants it for a shorter time than another one changes nothing, but for
 * who does not want it any more.
 */
final class CeilingBook {
    private final Book book;
    private final Duration ceiling;
    private final Duration span;
    private final Duration remember;
    private final Set<String> held = new TreeSet<>();
    private final Set<Long> parked = new TreeSet<>();
    private final TreeMap<Long, Instant> goneAt = new TreeMap<>();
    private final Map<String, Kept> kept = new TreeMap<>();
    private long lastGone;
    private Instant forgotten = Instant.MIN;

    /** A segment that was brought back. */
    record Kept(Instant until, Set<Long> numbers) {}

    CeilingBook(Book book, Duration ceiling, Duration span, Duration remember) {
        this.book = book;
        this.ceiling = ceiling;
        this.span = span;
        this.remember = remember;
    }

    void hold(String session) {
        held.add(session);
    }

    void release(String session) {
        held.remove(session);
    }

    Set<String> held() {
        return held;
    }

    void park(long seq) {
        parked.add(seq);
    }

    void unpark(long seq) {
        parked.remove(seq);
    }

    Set<Long> parked() {
        return parked;
    }

    /** The segments that somebody wants to have in the ledger, by name; also what is left of those for which that is over. */
    Map<String, Kept> kept() {
        return kept;
    }

    /** Until when a segment must stay when somebody wants it until a time. */
    Instant wanted(String segment, Instant until, boolean noLonger) {
        Kept before = kept.get(segment);
        return before == null || noLonger || before.until().isBefore(until) ? until : before.until();
    }

    /** Somebody wants it. */
    void keep(String segment, Set<Long> numbers, Instant until) {
        kept.put(segment, new Kept(until, Set.copyOf(numbers)));
    }

    /** Whether a segment is wanted no more, and nothing of it is there. */
    boolean isOver(String segment, Instant now) {
        Kept one = Objects.requireNonNull(kept.get(segment));
        return !now.isBefore(one.until()) && one.numbers().stream().allMatch(book::isGone);
    }

    private boolean isKept(long seq, Instant now) {
        return kept.values().stream()
                .anyMatch(one -> now.isBefore(one.until()) && one.numbers().contains(seq));
    }

    /** Whether an event is old enough, and nobody needs it in its place. */
    private boolean isPast(RecordedEvent event, Instant now, int trimmed) {
        long spanMillis = span.toMillis();
        long end = (event.recordedAt().toEpochMilli() / spanMillis + 1) * spanMillis;
        return now.toEpochMilli() - ceiling.toMillis() >= end
                && event.seq() <= trimmed
                && event.seq() <= book.finishedByAll()
                && event.seq() < book.events().size();
    }

    /** Numbers of the events that are there, and may leave now, where the streams are trimmed so far. */
    Set<Long> leaving(Instant now, int trimmed) {
        return count(now, trimmed, false, false);
    }

    /** Numbers of those that would, if their sessions were not held, and nobody had brought them back. */
    Set<Long> heldUp(Instant now, int trimmed) {
        return count(now, trimmed, true, false);
    }

    /** Numbers of those that would, if nobody had parked them; their sessions are not held. */
    Set<Long> setAside(Instant now, int trimmed) {
        return count(now, trimmed, false, true);
    }

    private Set<Long> count(Instant now, int trimmed, boolean isHeld, boolean isParked) {
        Set<Long> found = new TreeSet<>();
        for (RecordedEvent event : book.left()) {
            if (!isPast(event, now, trimmed)) {
                continue;
            }
            boolean isAside = parked.contains(event.seq());
            boolean holds = held.contains(event.event().sessionId().value());
            boolean stays = holds || (!isAside && isKept(event.seq(), now));
            if (stays == isHeld && (isHeld || isAside == isParked)) {
                found.add(event.seq());
            }
        }
        return found;
    }

    /** An event has left. */
    void gone(long seq, Instant at) {
        book.gone(seq);
        goneAt.put(seq, at);
        lastGone = Math.max(lastGone, seq);
    }

    /** An event has come back. */
    void back(long seq) {
        book.back(seq);
        goneAt.remove(seq);
        lastGone = goneAt.isEmpty() ? 0 : lastGone;
    }

    /** Behind this number no event has ever left, since all were there; 0 where all are. */
    long lastGone() {
        return lastGone;
    }

    /** When an event left. */
    Instant goneAt(long seq) {
        return Objects.requireNonNull(goneAt.get(seq), "it has not left");
    }

    /** Numbers of all that have left. */
    Set<Long> gone() {
        return goneAt.keySet();
    }

    /** A run has ended well: what left long before is remembered by the archive alone. */
    void ran(Instant now) {
        Instant before = now.minus(remember);
        forgotten = before.isAfter(forgotten) ? before : forgotten;
        kept.keySet().removeIf(segment -> isOver(segment, now));
    }

    /** Whether the ledger itself must know of an event that it has left. */
    boolean isRemembered(long seq) {
        return !goneAt(seq).isBefore(forgotten);
    }

    /** Whether it may know of it no more while a run is under way. */
    boolean mayBeForgotten(long seq, Instant now) {
        return goneAt(seq).isBefore(now.minus(remember));
    }

    String rule() {
        return "ceiling " + (ceiling.toHours() % 24 == 0 ? ceiling.toDays() + "d" : ceiling.toHours() + "h");
    }
}
