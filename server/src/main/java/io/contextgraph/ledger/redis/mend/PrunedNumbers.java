// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.search.IdPages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which events are gone for good, so that nobody takes them for lost: a number that no page has any more, and that the
 * record of a pruning names.
 *
 * <p><b>Units and bounds.</b> It keeps the runs of numbers that the records name, those that touch as one.
 */
final class PrunedNumbers {
    private static final int MOST_DOUBTS = 10_000;
    private static final String NUMBER = "\\d{1,15}";

    private final MendRun run;
    private final RawLedger raw;
    private final PruningRecords records;

    /** The numbers that records name: the first of each run, and its last. */
    private final TreeMap<Long, Long> runs = new TreeMap<>();

    private Map<String, String> before = Map.of();
    private String known = "";
    private long events;
    private long indexed;
    private long last;
    private long first;

    /** Numbers that a record names and a page still has, with the id that it has; of that there is nothing. */
    private final Map<Long, EventId> doubts = new TreeMap<>();

    PrunedNumbers(MendRun run) {
        this.run = run;
        this.raw = run.raw();
        this.records = new PruningRecords(run);
    }

    /** Reads what there is, and has what cannot be read put right. */
    void settle() {
        before = raw.hash(raw.keys().ledger());
        known = before.getOrDefault(LedgerHeader.PRUNING, "");
        records.settle().forEach(this::add);
    }

    private String pruning() {
        return raw.field(raw.keys().ledger(), LedgerHeader.PRUNING).orElse("");
    }

    private void add(SeqRun more) {
        long from = more.from();
        long to = more.to();
        Map.Entry<Long, Long> one = runs.floorEntry(to + 1);
        while (one != null && one.getValue() >= from - 1) {
            from = Math.min(from, one.getKey());
            to = Math.max(to, one.getValue());
            Long ignored = runs.remove(one.getKey());
            one = runs.floorEntry(to + 1);
        }
        Long ignored = runs.put(from, to);
    }

    /** Up to where none has entries in streams, since some are gone; empty where nobody says it. */
    Head through() {
        try {
            return LedgerHeader.pruned(before.get(LedgerHeader.PRUNED));
        } catch (LedgerException damaged) {
            return Head.EMPTY;
        }
    }

    /** Whether any event may be gone. */
    boolean any() {
        return !runs.isEmpty();
    }

    /** The same where somebody may have begun with it meanwhile. */
    boolean anyByNow() {
        return any() || hasMoved();
    }

    /** Whether a number that no page has is that of an event that is gone. */
    boolean isGone(long seq) {
        if (names(seq)) {
            return true;
        }
        // Somebody may prune while a ledger is examined: the record is there before anything goes.
        if (raw.writes() || pruning().equals(known)) {
            return false;
        }
        known = pruning();
        records.read().forEach(this::add);
        return names(seq);
    }

    private boolean names(long seq) {
        Map.Entry<Long, Long> one = runs.floorEntry(seq);
        return one != null && one.getValue() >= seq;
    }

    /** Whether an event, or one that a page had, has gone since it was looked for. */
    boolean hasGone(long seq) {
        return !raw.writes() && raw.id(seq) == null && isGone(seq);
    }

    /** The first number from one on that is not that of an event that is gone. */
    long next(long seq) {
        long next = seq;
        while (isGone(next)) {
            for (EventId id : raw.ids(next, next + RawLedger.CHUNK - 1)) {
                if (id != null || !isGone(next)) {
                    return next;
                }
                next++;
            }
        }
        return next;
    }

    /** The last number up to one that is not that of an event that is gone; 0 where there is none. */
    long previous(long seq) {
        long previous = seq;
        while (isGone(previous)) {
            List<@Nullable EventId> ids = raw.ids(Math.max(1, previous - RawLedger.CHUNK + 1), previous);
            for (EventId id : ids.reversed()) {
                if (id != null || !isGone(previous)) {
                    return previous;
                }
                previous--;
            }
        }
        return previous;
    }

    /** An event is gone, as its number says. */
    void count(long seq) {
        events++;
        indexed += raw.isCold(seq) ? 0 : 1;
        last = Math.max(last, seq);
    }

    /**
     * Of an event that a page has nothing is there.
     *
     * @return whether it may be that the event of the number is gone: when all have been looked at it is known
     */
    boolean doubt(long seq, EventId id) {
        if (!names(seq) || doubts.size() >= MOST_DOUBTS) {
            return false;
        }
        EventId ignored = doubts.put(seq, id);
        return true;
    }

    /** Some events are there, in the order of numbers. */
    void there(List<RecordedEvent> some) {
        first = first == 0 && !some.isEmpty() ? some.getFirst().seq() : first;
        if (any()) {
            records.there(some.stream().map(event -> event.event().id()).toList());
        }
    }

    /** Whether an event is said to be gone. */
    boolean isSaidToBe(EventId id) {
        return records.isGone(id);
    }

    /** Whether somebody has pruned since the beginning. */
    boolean hasMoved() {
        return !raw.writes()
                && !Objects.equals(field(LedgerHeader.PRUNED_EVENTS), before.get(LedgerHeader.PRUNED_EVENTS));
    }

    private @Nullable String field(String name) {
        return raw.field(raw.keys().ledger(), name).orElse(null);
    }

    /** How many the index would have were they not gone. */
    long indexed() {
        return indexed;
    }

    /** The same as the header says it now. */
    long indexedNow() {
        return number(field(LedgerHeader.GONE_INDEXED));
    }

    private static long number(@Nullable String said) {
        return said != null && said.matches(NUMBER) ? Long.parseLong(said) : 0;
    }

    /** The number of the first event that is there, as the header of a ledger may say it; 1 where none is gone. */
    String firstSeq(Map<String, String> header) {
        String said = header.getOrDefault(LedgerHeader.FIRST_SEQ, "");
        return any() && said.matches("[1-9]\\d{0,14}") ? said : "1";
    }

    /**
     * All numbers have been looked at: as many as the header says are gone.
     *
     * @param gone is told each number that is that of an event that is gone, though a page had something there
     * @return those that are not, with the ids that pages have
     */
    Map<Long, EventId> finish(LongConsumer gone) {
        Map<Long, EventId> others = Map.copyOf(doubts);
        if (events + doubts.size() <= number(before.get(LedgerHeader.PRUNED_EVENTS))) {
            doubts.forEach((seq, id) -> {
                emptied(seq, id);
                raw.writeId(seq, IdPages.NO_ID);
                gone.accept(seq);
                count(seq);
            });
            others = Map.of();
        }
        header();
        return others;
    }

    /** A page has something at the number of an event that is gone. */
    void emptied(long seq, EventId id) {
        run.mends(
                Kind.NUMBERS,
                raw.keys().ids(IdPages.page(seq)),
                "has event " + id + " at seq " + seq + ", whose event is gone",
                "emptied",
                () -> {});
    }

    /** What the header says of them. */
    private void header() {
        Map<String, String> stored = raw.hash(raw.keys().ledger());
        boolean says = stored.containsKey(LedgerHeader.PRUNED) || stored.containsKey(LedgerHeader.PRUNED_EVENTS);
        if (hasMoved() || (events == 0 && !says)) {
            return;
        }
        Map<String, String> right = new LinkedHashMap<>();
        if (!reaches(stored.get(LedgerHeader.PRUNED))) {
            right.put(LedgerHeader.PRUNED, LedgerHeader.text(last()));
        }
        count(stored, LedgerHeader.PRUNED_EVENTS, events, right);
        // Somebody may take events out of the index, or bring them back, while a ledger is examined.
        Head unindexed = Moment.unindexed(stored.getOrDefault(LedgerHeader.UNINDEXED, "0:0-0"));
        if (raw.writes() || unindexed.seq() == raw.unindexed()) {
            count(stored, LedgerHeader.GONE_INDEXED, indexed, right);
        }
        if (first > 0 && Long.parseLong(firstSeq(stored)) > first) {
            right.put(LedgerHeader.FIRST_SEQ, Long.toString(first));
        }
        if (!right.isEmpty()) {
            List<String> wrong = new ArrayList<>();
            right.forEach((name, value) ->
                    wrong.add(name + " is " + stored.getOrDefault(name, "missing") + ", not " + value));
            run.mends(Kind.HEAD, raw.keys().ledger(), String.join(", ", wrong), "set", () -> {
                raw.write(RawCommand.fields(raw.keys().ledger(), right));
            });
        }
    }

    private static void count(Map<String, String> stored, String name, long count, Map<String, String> right) {
        String said = stored.getOrDefault(name, "0");
        if (!said.matches(NUMBER) || Long.parseLong(said) != count) {
            String ignored = right.put(name, Long.toString(count));
        }
    }

    /** Whether what is said to be the last of them is not ahead of it, and has no entry. */
    private boolean reaches(@Nullable String said) {
        try {
            Head through = LedgerHeader.pruned(said);
            return through.seq() >= last && through.seq() <= run.trimmed().now().seq();
        } catch (LedgerException damaged) {
            return false;
        }
    }

    /** The last of them; of its position it is known that it is ahead of that of the next event. */
    private Head last() {
        if (last == 0) {
            return Head.EMPTY;
        }
        for (long seq = last + 1; seq <= run.trimmed().last().seq(); seq++) {
            Optional<RecordedEvent> next = Optional.ofNullable(raw.id(seq)).flatMap(raw::event);
            if (next.isPresent()) {
                return new Head(last, next.get().position().before());
            }
        }
        return new Head(last, run.trimmed().last().position());
    }
}
