// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.restoring.KeptSegments;
import io.contextgraph.restoring.SeqNumbers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The events that may leave the ledger, in the order of their numbers: old enough, without an entry in the streams, finished
 * by every required group, of no session that is held, not parked, not brought back from the archive, and not the newest; and, where that
 * is wanted, covered by a signed checkpoint.
 */
final class Candidates {
    private static final int PAGE = 500;

    private final Partition ledger;
    private final Instant before;
    private final long through;
    private final Set<SessionId> holds;
    private final Set<EventId> parked;
    private final SeqNumbers restored;
    private long seq;
    private long held;
    private long setAside;
    private boolean ended;
    private List<RecordedEvent> ahead = List.of();
    private OptionalLong firstKept = OptionalLong.empty();

    /**
     * Begins with the first event of the ledger.
     *
     * @param before what was recorded before may leave
     * @param groups that must have finished an event
     * @param sealedOnly whether a signed checkpoint must cover it
     */
    Candidates(Partition ledger, Instant before, Set<String> groups, boolean sealedOnly) {
        this(ledger, before, groups, sealedOnly, ledger.trimming().trimmed().seq(), Instant.MIN);
    }

    /**
     * @param trimmed the number of the last event without an entry
     * @param now what was brought back to stay until then may leave
     */
    Candidates(Partition ledger, Instant before, Set<String> groups, boolean sealedOnly, long trimmed, Instant now) {
        this.ledger = ledger;
        this.before = before;
        Pruning pruning = ledger.pruning();
        this.seq = pruning.extent().firstSeq() - 1;
        // In this order: whoever has finished an event has parked it before, if at all.
        long finished = Math.min(trimmed, ledger.order().head().seq() - 1);
        for (String group : groups) {
            finished = Math.min(finished, ledger.feed(group).progress().seenThroughSeq());
        }
        this.through = sealedOnly ? Math.min(finished, sealed(ledger)) : finished;
        this.parked = parked(ledger);
        this.restored = KeptSegments.read(ledger.tiers().notes()).at(now).numbers();
        this.holds = pruning.holds().all().keySet();
    }

    /** How far the ledger is signed for. */
    private static long sealed(Partition ledger) {
        long epoch = ledger.epochs().now().identity().epoch();
        return ledger.sealing()
                .seal()
                .filter(seal -> seal.epoch() == epoch)
                .map(seal -> seal.last().seq())
                .orElse(0L);
    }

    /** What any group has set aside. */
    static Set<EventId> parked(Partition ledger) {
        Set<EventId> parked = new HashSet<>();
        ledger.parking().each(entry -> entry.eventId().ifPresent(parked::add));
        return parked;
    }

    /** Whether there is a next one; what is read to find that out is not read again. */
    boolean hasNext() {
        if (ahead.isEmpty()) {
            ahead = read(PAGE);
        }
        return !ahead.isEmpty();
    }

    /** The next ones, at most {@code most}, without payloads; empty only at the end. */
    List<RecordedEvent> next(int most) {
        if (ahead.isEmpty()) {
            return read(most);
        }
        List<RecordedEvent> next = ahead.subList(0, Math.min(most, ahead.size()));
        ahead = ahead.subList(next.size(), ahead.size());
        return next;
    }

    private List<RecordedEvent> read(int most) {
        List<RecordedEvent> found = new ArrayList<>();
        while (found.isEmpty() && !ended) {
            List<RecordedEvent> page = ledger.order().read(seq, Math.min(most, PAGE));
            ended = page.isEmpty();
            for (RecordedEvent event : page) {
                if (event.seq() > through || !event.recordedAt().isBefore(before)) {
                    ended = true;
                    break;
                }
                seq = event.seq();
                if (isFree(event)) {
                    found.add(event);
                } else {
                    keep(event.seq());
                }
            }
        }
        return found;
    }

    private boolean isFree(RecordedEvent event) {
        if (holds.contains(event.event().sessionId())) {
            held++;
            return false;
        }
        if (parked.contains(event.event().id())) {
            setAside++;
            return false;
        }
        if (restored.has(event.seq())) {
            held++;
            return false;
        }
        return true;
    }

    /** Whether somebody holds an event, or has set it aside. */
    boolean isKept(RecordedEvent event) {
        return holds.contains(event.event().sessionId())
                || parked.contains(event.event().id());
    }

    /** How many there are still, at most. */
    long most() {
        // In the order of their numbers they have been recorded.
        long old = seq;
        long young = through + 1;
        while (young - old > 1) {
            long middle = (old + young) >>> 1;
            List<RecordedEvent> there = ledger.order().read(middle - 1, 1);
            if (!there.isEmpty() && there.getFirst().recordedAt().isBefore(before)) {
                old = middle;
            } else {
                young = middle;
            }
        }
        return old - seq + ahead.size();
    }

    /** Whether the conditions that hold for all events hold for those up to this one. */
    boolean mayGo(long last, Instant recordedAt) {
        return last <= through && recordedAt.isBefore(before);
    }

    /** An event stays. */
    void keep(long kept) {
        if (firstKept.isEmpty() || kept < firstKept.getAsLong()) {
            firstKept = OptionalLong.of(kept);
        }
    }

    /** Before which number no event is there when all candidates up to {@code last} are gone. */
    long firstBehind(long last) {
        return Math.min(firstKept.orElse(last + 1), last + 1);
    }

    /** What was recorded before may leave. */
    Instant before() {
        return before;
    }

    long held() {
        return held;
    }

    long parked() {
        return setAside;
    }

    /** How many numbers follow, at most, of events that are old enough and stay. */
    long waiting() {
        List<RecordedEvent> next = ledger.order().read(seq, 1);
        return next.isEmpty() || !next.getFirst().recordedAt().isBefore(before)
                ? 0
                : ledger.order().head().seq() - seq;
    }
}
