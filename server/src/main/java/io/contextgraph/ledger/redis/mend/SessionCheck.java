// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** Every session: its stream, its entry, its place in the directory. */
final class SessionCheck {
    /** How often a session is looked at again whose entry somebody makes right meanwhile. */
    private static final int TRIES = 20;

    private static final int MOST_MISREPORTED = 100_000;

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;

    /** Sessions of which it is known that their streams lack entries: their entries cannot be compared. */
    private final Set<SessionId> broken;

    private final Set<SessionId> ahead = new HashSet<>();
    private long unlisted;
    private @Nullable SessionId firstUnlisted;

    /** Events that were acknowledged and are lost: their entries are all that is left of them. */
    private final Set<EventId> lost;

    private final TrimmedSessions trimmed;

    /** What the events without entries say of those of {@link #broken}. */
    private final Map<SessionId, SessionEvents> brokenBefore = new HashMap<>();

    /** Sessions without a stream whose entries are missing or wrong. */
    private final Set<SessionId> misreported = new HashSet<>();

    SessionCheck(MendRun run, Set<SessionId> broken, Set<EventId> lost, TrimmedSessions trimmed) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
        this.broken = broken;
        this.lost = lost;
        this.trimmed = trimmed;
    }

    /** Sessions whose streams take no entry for a long time. */
    Set<SessionId> ahead() {
        return ahead;
    }

    /** Sessions that have events, and perhaps no stream, nor an entry that names the newest of them. */
    Set<SessionId> misreported() {
        return misreported;
    }

    /** All of them. */
    void run() {
        do {
            raw.scan(keys.prefix() + "events:", names -> {
                for (String name : names) {
                    if (raw.isUsable(name)) {
                        raw.sessionOfStream(name).filter(trimmed::covers).ifPresent(this::check);
                    }
                }
            });
            trimmed.left().forEach(this::check);
        } while (trimmed.next());
        tellUnlisted();
    }

    /** Those whose streams have been made again. */
    void runRemade() {
        Set<SessionId> remade = Set.copyOf(broken);
        broken.clear();
        remade.forEach(this::check);
        tellUnlisted();
    }

    private void tellUnlisted() {
        if (firstUnlisted != null) {
            run.mends(
                    Kind.DIRECTORY,
                    keys.sessions(),
                    "lacks " + unlisted + " sessions, or has them in a wrong place; first " + firstUnlisted,
                    "put right",
                    () -> {});
            unlisted = 0;
            firstUnlisted = null;
        }
    }

    private void check(SessionId id) {
        for (int tries = 0; tries < TRIES; tries++) {
            SessionEvents known = known(id);
            boolean isBehind = run.pruned().hasMoved();
            Map<String, String> before = raw.hash(keys.session(id));
            Walked walked = walk(id, before, known);
            if (trimmed.isBehind()) {
                continue;
            }
            boolean isQuiet = before.equals(raw.hash(keys.session(id)));
            // What has gone since its events were read is not lost, nor is its entry wrong.
            boolean isPruned = before.containsKey(SessionEntry.PRUNED)
                    && (isBehind || run.pruned().hasMoved());
            if (isQuiet || walked.hasBeen()) {
                if (!broken.contains(id) && !isPruned) {
                    walked.events().faults(before, run.pruned().any()).forEach(fault -> run.misnumbered(id, fault));
                }
                settle(id, walked.events(), before, isQuiet && !isPruned);
                return;
            }
        }
        raw.overfull();
    }

    /** What the events without entries say of it; null where it has none. */
    private @Nullable SessionEvents known(SessionId id) {
        if (brokenBefore.containsKey(id)) {
            return brokenBefore.get(id);
        }
        trimmed.catchUp();
        SessionEvents known = trimmed.look(id);
        if (known != null && broken.contains(id)) {
            SessionEvents ignored = brokenBefore.put(id, known);
        }
        return known;
    }

    /**
     * @param stored what the entry says
     * @param compared whether it must be right; else it is known to have been
     */
    private void settle(SessionId id, SessionEvents events, Map<String, String> stored, boolean compared) {
        String stream = keys.stream(id);
        SessionSummary summary = events.summary();
        if (summary == null) {
            if (!broken.contains(id)) {
                run.aside(Kind.ORPHAN, stream, "is a stream of a session that has no event");
            }
            return;
        }
        if (run.isAhead(stream, "the session takes no event until then")) {
            boolean ignored = ahead.add(id);
        }
        if (broken.contains(id)) {
            return;
        }
        Map<String, String> right =
                events.right(withFirst(id, stored), run.pruned().any());
        if (compared) {
            entry(id, stored, right);
        }
        if (!summary.lastEventId().toString().equals(right.get(SessionEntry.LAST_EVENT))) {
            misreported(id);
        }
        listed(id, SessionEntry.firstSeq(right).orElse(summary.firstSeq()));
    }

    /** The number of the first event, which may be gone, the directory says, too. */
    private Map<String, String> withFirst(SessionId id, Map<String, String> stored) {
        if (!run.pruned().any()
                || stored.isEmpty()
                || !raw.isUsable(keys.sessions())
                || SessionEntry.firstSeq(stored).isPresent()) {
            return stored;
        }
        Map<String, String> with = new HashMap<>(stored);
        Optional.ofNullable(raw.redis().call(client -> client.zscore(keys.sessions(), id.value())))
                .ifPresent(score -> with.put("first_seq", Long.toString(score.longValue())));
        return with;
    }

    private void entry(SessionId id, Map<String, String> stored, Map<String, String> right) {
        String key = keys.session(id);
        if (right.containsKey(SessionEntry.PRUNED)
                && stored.getOrDefault(SessionEntry.TALLY, "").isEmpty()) {
            run.loses(
                    Kind.GONE,
                    key,
                    "what was kept in place of " + right.get(SessionEntry.PRUNED)
                            + " events that are gone is lost: nothing but the archive knows it");
        }
        if (!stored.equals(right)) {
            misreported(id);
            List<String> wrong = right.entrySet().stream()
                    .filter(field -> !field.getValue().equals(stored.get(field.getKey())))
                    .map(field -> field.getKey() + " is "
                            + Optional.ofNullable(stored.get(field.getKey())).orElse("missing") + ", not "
                            + field.getValue())
                    .toList();
            List<String> surplus = stored.keySet().stream()
                    .filter(name -> !right.containsKey(name))
                    .toList();
            run.mends(
                    Kind.SESSION,
                    key,
                    stored.isEmpty()
                            ? "is missing"
                            : String.join(", ", wrong) + (surplus.isEmpty() ? "" : " " + surplus),
                    "made again from its events",
                    () -> {
                        raw.write(RawCommand.fields(key, right));
                        raw.write(RawCommand.each(Command.HDEL, key, surplus));
                    });
        }
    }

    private void misreported(SessionId id) {
        if (run.trimmed().last().equals(Head.EMPTY)) {
            return;
        }
        if (misreported.size() < MOST_MISREPORTED) {
            boolean ignored = misreported.add(id);
        } else if (!raw.writes()) {
            raw.overfull();
        }
    }

    private void listed(SessionId id, long firstSeq) {
        if (!raw.isUsable(keys.sessions())) {
            return;
        }
        Double score = raw.redis().call(client -> client.zscore(keys.sessions(), id.value()));
        if (score == null || score.longValue() != firstSeq) {
            unlisted++;
            firstUnlisted = firstUnlisted == null ? id : firstUnlisted;
            run.quietly(() -> raw.write(Command.ZADD, keys.sessions(), firstSeq, id.value()));
        }
    }

    /**
     * What the events of a session say of it.
     *
     * @param hasBeen whether they once said what its entry did
     */
    private record Walked(SessionEvents events, boolean hasBeen) {}

    /** Looks at the events of a session behind those that are known; what else is in its stream is taken out. */
    private Walked walk(SessionId id, Map<String, String> stored, @Nullable SessionEvents known) {
        String stream = keys.stream(id);
        String count = stored.getOrDefault(SessionEntry.COUNT, "");
        SessionEvents events = SessionEvents.of(known);
        boolean pruned = run.pruned().any();
        boolean hasBeen = known != null && stored.equals(events.right(stored, pruned));
        String end = raw.lastId(stream).orElse("+");
        List<RawEntry> entries = raw.entries(stream, "0-0", end);
        while (!entries.isEmpty()) {
            List<EventId> ids =
                    entries.stream().flatMap(entry -> entry.eventId().stream()).toList();
            Map<EventId, RecordedEvent> documents = raw.events(ids);
            for (RawEntry entry : entries) {
                RecordedEvent event = entry.eventId().map(documents::get).orElse(null);
                if (event != null && isOf(id, entry, event) && event.seq() > trimmed.upTo()) {
                    // Those that lack entries are looked at again when they have them.
                    events.take(event, !broken.contains(id));
                    hasBeen |= count.equals(Long.toString(event.sessionSeq()))
                            && stored.equals(events.right(stored, pruned));
                } else if (entry.eventId().filter(lost::contains).isEmpty()) {
                    takeOut(stream, entry, event);
                } else {
                    entry.sessionSeq().ifPresent(events::lost);
                }
            }
            entries = raw.entries(stream, entries.getLast().id(), end);
        }
        if (events.isOverfull()) {
            raw.overfull();
        }
        return new Walked(events, hasBeen);
    }

    private static boolean isOf(SessionId id, RawEntry entry, RecordedEvent event) {
        return event.event().sessionId().equals(id)
                && entry.id().equals(event.position().toString());
    }

    private void takeOut(String stream, RawEntry entry, @Nullable RecordedEvent event) {
        Optional<EventId> id = entry.eventId();
        if (id.isEmpty()) {
            run.takeOut(Kind.FOREIGN_ENTRY, stream, entry, "entry " + entry.id() + " is no event");
        } else {
            String what = event == null
                    ? ", which was never written whole, nor acknowledged"
                    : event.seq() <= trimmed.upTo()
                            ? ", whose entries have been trimmed"
                            : ", which stands at " + event.position() + " in session "
                                    + event.event().sessionId();
            run.takeOut(Kind.HALF_EVENT, stream, entry, "entry " + entry.id() + " is of event " + id.get() + what);
        }
    }
}
