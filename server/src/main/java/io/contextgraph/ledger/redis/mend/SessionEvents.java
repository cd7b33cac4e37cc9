// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the events of a session that are there say of it, taken one after the other; and, with what its entry says of those
 * that are gone, how the entry must be.
 *
 * <p><b>Units and bounds.</b> Of what is wrong with their numbers the first {@value #MOST_FAULTS} are kept.
 */
final class SessionEvents {
    static final int MOST_FAULTS = 100;

    private final List<String> faults = new ArrayList<>();
    private @Nullable SessionSummary summary;
    private long count;
    private long repeated;
    private long lost;
    private long lastLost;

    /** A copy, which goes on by itself. */
    static SessionEvents of(@Nullable SessionEvents known) {
        SessionEvents copy = new SessionEvents();
        if (known != null) {
            copy.faults.addAll(known.faults);
            copy.summary = known.summary;
            copy.count = known.count;
            copy.repeated = known.repeated;
            copy.lost = known.lost;
            copy.lastLost = known.lastLost;
        }
        return copy;
    }

    /**
     * Takes the next event.
     *
     * @param compared whether its number is compared with that of the one before
     */
    void take(RecordedEvent event, boolean compared) {
        long last = Math.max(lastLost, summary == null ? 0 : summary.eventCount());
        if (compared && event.sessionSeq() != last + 1 && faults.size() < MOST_FAULTS) {
            faults.add("the event with session_seq " + (last + 1) + " is followed, or replaced, by event "
                    + event.event().id() + " with session_seq " + event.sessionSeq());
        }
        count++;
        repeated += event.sessionSeq() <= last ? 1 : 0;
        summary = SessionSummary.with(summary, event);
    }

    /** An event that is lost has had a number, which is given to no other. */
    void lost(long sessionSeq) {
        lost++;
        lastLost = Math.max(lastLost, sessionSeq);
    }

    /** What the events say; null where there is none. */
    @Nullable
    SessionSummary summary() {
        return summary;
    }

    /** Whether there is more wrong than is kept. */
    boolean isOverfull() {
        return faults.size() >= MOST_FAULTS;
    }

    /**
     * What is wrong with their numbers: nothing where they lack as many as are gone.
     *
     * @param entry what the entry of the session says
     * @param pruned whether anything of the ledger is gone
     */
    List<String> faults(Map<String, String> entry, boolean pruned) {
        return repeated == 0 && lacking(entry) <= gone(entry, pruned) ? List.of() : List.copyOf(faults);
    }

    /**
     * How the entry must be.
     *
     * @param entry as it is
     * @param pruned whether anything of the ledger is gone
     */
    Map<String, String> right(Map<String, String> entry, boolean pruned) {
        SessionSummary own = summary;
        if (own == null) {
            return entry;
        }
        long gone = Math.min(gone(entry, pruned), lacking(entry));
        SessionSummary known = gone <= 0 ? own : told(entry, own);
        Map<String, String> right = new LinkedHashMap<>(SessionEntry.of(known));
        right.put(SessionEntry.COUNT, Long.toString(Math.max(known.eventCount(), lastLost)));
        if (gone <= 0) {
            return right;
        }
        right.put(SessionEntry.PRUNED, Long.toString(gone));
        right.put(SessionEntry.TALLY, entry.getOrDefault(SessionEntry.TALLY, ""));
        return right;
    }

    /** How many numbers no event has, nor has had as far as it is known. */
    private long lacking(Map<String, String> entry) {
        SessionSummary own = summary;
        return own == null ? 0 : told(entry, own).eventCount() - count - lost;
    }

    /** How many events are gone; where the entry has lost that, those that are not there. */
    private long gone(Map<String, String> entry, boolean pruned) {
        String said = entry.getOrDefault(SessionEntry.PRUNED, "");
        if (said.matches("\\d{1,15}")) {
            return Long.parseLong(said);
        }
        return pruned && (entry.isEmpty() || !said.isEmpty() || entry.containsKey(SessionEntry.TALLY))
                ? lacking(entry)
                : 0;
    }

    /** With what nobody but the entry can say any more, as far as it can be read. */
    private static SessionSummary told(Map<String, String> entry, SessionSummary own) {
        Optional<SessionSummary> read = read(entry, own);
        if (read.isEmpty()) {
            return own;
        }
        SessionSummary stored = read.get();
        // Where its last event is gone, it is the entry that knows of it.
        boolean knows =
                stored.eventCount() > own.eventCount() && !stored.lastEventId().equals(own.lastEventId());
        SortedSet<String> agents = new TreeSet<>(own.agents());
        agents.addAll(stored.agents());
        return new SessionSummary(
                own.id(),
                Math.min(stored.firstSeq(), own.firstSeq()),
                stored.firstEventAt().isBefore(own.firstEventAt()) ? stored.firstEventAt() : own.firstEventAt(),
                stored.lastEventAt().isAfter(own.lastEventAt()) ? stored.lastEventAt() : own.lastEventAt(),
                knows ? stored.lastEventId() : own.lastEventId(),
                knows ? stored.eventCount() : own.eventCount(),
                List.copyOf(agents),
                knows ? stored.status() : own.status());
    }

    /** What an entry says; of a field that cannot be read what the events say. */
    private static Optional<SessionSummary> read(Map<String, String> entry, SessionSummary own) {
        Map<String, String> readable = new LinkedHashMap<>(SessionEntry.of(own));
        for (Map.Entry<String, String> field : entry.entrySet()) {
            Map<String, String> one = new LinkedHashMap<>(readable);
            String ignored = one.put(field.getKey(), field.getValue());
            if (canBeRead(own.id(), one)) {
                readable = one;
            }
        }
        return entry.isEmpty() ? Optional.empty() : Optional.of(SessionEntry.read(own.id(), readable));
    }

    private static boolean canBeRead(SessionId id, Map<String, String> fields) {
        try {
            return SessionEntry.read(id, fields).firstSeq() > 0;
        } catch (IllegalArgumentException | NoSuchElementException | LedgerException damaged) {
            return false;
        }
    }
}
