// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.bench.kill.History.Ack;
import io.contextgraph.bench.kill.History.Kill;
import io.contextgraph.bench.kill.History.Taken;
import io.contextgraph.bench.kill.History.Track;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Durability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds the ledger, as it is in the end, against what its clients were told. Pure. */
final class Verdict {
    private final Story story;
    private final LossRule rule;
    private final List<RecordedEvent> log;
    private final Findings findings;
    private final Map<EventId, RecordedEvent> byId = new HashMap<>();
    private int forgotten;

    /**
     * What was counted on the way.
     *
     * @param verifiedMemory acknowledgements as {@code memory} whose event stands where they say
     * @param verifiedFsync the same as {@code fsync}
     * @param forgotten acknowledgements as {@code memory} that a kill of Redis took, as it may
     */
    record Counts(int verifiedMemory, int verifiedFsync, int forgotten) {}

    /** @param log every event of the ledger in its order, without payloads */
    Verdict(Story story, LossRule rule, List<RecordedEvent> log, Findings findings) {
        this.story = story;
        this.rule = rule;
        this.log = List.copyOf(log);
        this.findings = findings;
        for (RecordedEvent event : log) {
            if (byId.putIfAbsent(event.event().id(), event) != null) {
                findings.add(Kind.DUPLICATED, show(event));
            }
        }
    }

    Counts judge(History history) {
        numbers();
        Map<EventId, Track> tracks = new HashMap<>();
        history.tracks().forEach(track -> tracks.put(story.id(track.number), track));
        contents(tracks);
        int memory = 0;
        int fsync = 0;
        for (Track track : tracks.values()) {
            if (track.taken().isPresent() && !byId.containsKey(story.id(track.number))) {
                findings.add(
                        Kind.LOST,
                        "event " + track.number + " (" + story.id(track.number) + "), acknowledged as "
                                + track.taken().get() + ", is gone");
            }
            for (Ack ack : acks(track)) {
                if (stands(track, ack)) {
                    memory += ack.durability() == Durability.MEMORY ? 1 : 0;
                    fsync += ack.durability() == Durability.FSYNC ? 1 : 0;
                }
            }
        }
        order(tracks);
        together(history.together(), tracks);
        return new Counts(memory, fsync, forgotten);
    }

    /** What was said of an event; who was told only that it is there means the place where it is. */
    private List<Ack> acks(Track track) {
        RecordedEvent found = byId.get(story.id(track.number));
        Optional<Taken> taken = track.taken();
        if (found == null || taken.isEmpty()) {
            return track.acks();
        }
        List<Ack> acks = new ArrayList<>(track.acks());
        acks.add(new Ack(
                taken.get().durability(),
                found.position(),
                found.seq(),
                found.sessionSeq(),
                found.recordedAt(),
                taken.get().answeredNanos()));
        return acks;
    }

    /** {@code seq} and {@code session_seq} rise one by one, positions rise. */
    private void numbers() {
        Map<SessionId, Long> sessions = new HashMap<>();
        long seq = 0;
        Position last = Position.START;
        for (RecordedEvent event : log) {
            seq++;
            long sessionSeq = sessions.merge(event.event().sessionId(), 1L, Long::sum);
            if (event.seq() != seq || event.sessionSeq() != sessionSeq) {
                findings.add(
                        Kind.GAP,
                        show(event) + " has session_seq " + event.sessionSeq() + "; due were seq " + seq
                                + ", session_seq " + sessionSeq);
                seq = event.seq();
                sessions.put(event.event().sessionId(), event.sessionSeq());
            }
            if (event.position().compareTo(last) <= 0) {
                findings.add(Kind.GAP, show(event) + " does not stand behind " + last);
            }
            last = event.position();
        }
    }

    /** Everything that is there was sent, and is as it was sent, and somebody was told where it stands. */
    private void contents(Map<EventId, Track> tracks) {
        for (RecordedEvent found : log) {
            Track track = tracks.get(found.event().id());
            if (track == null) {
                findings.add(Kind.FOREIGN, show(found));
                continue;
            }
            var sent = story.event(track.number);
            if (!found.event().equals(sent.withPayload(Optional.empty()))
                    || !found.contentHash().equals(story.hash(track.number))) {
                findings.add(Kind.ALTERED, show(found));
            }
            if (acks(track).stream().noneMatch(ack -> ack.position().equals(found.position()))) {
                findings.add(Kind.MOVED, show(found) + " stands where no answer said");
            }
        }
    }

    /** Whether the event is where this acknowledgement says; if not, whether that was allowed. */
    private boolean stands(Track track, Ack ack) {
        RecordedEvent found = byId.get(story.id(track.number));
        if (found != null && found.position().equals(ack.position())) {
            if (found.seq() != ack.seq()
                    || found.sessionSeq() != ack.sessionSeq()
                    || !found.recordedAt().equals(ack.recordedAt())) {
                findings.add(Kind.MOVED, show(found) + " was acknowledged as " + ack);
            }
            return true;
        }
        // What was synced under one acknowledgement is synced under all that name the same place.
        boolean synced = track.acks().stream()
                .anyMatch(other -> other.position().equals(ack.position())
                        && other.durability().covers(Durability.FSYNC));
        if (synced || !rule.mayLose(ack.recordedAt())) {
            findings.add(
                    Kind.LOST,
                    "event " + track.number + " (" + story.id(track.number) + "), acknowledged as " + ack + ", "
                            + (found == null ? "is gone" : "now " + show(found)));
        } else {
            forgotten++;
            hole(ack);
        }
        return false;
    }

    /** A loss takes everything from some point on: nothing that was recorded later, before the kill, may be left. */
    private void hole(Ack lost) {
        Optional<Kill> kill = rule.firstAfter(lost.recordedAt());
        int next = firstBehind(lost.position());
        if (kill.isPresent()
                && next < log.size()
                && !log.get(next).recordedAt().isAfter(kill.get().ended())) {
            findings.add(Kind.HOLE, show(log.get(next)) + " survived " + kill.get() + ", which took " + lost);
        }
    }

    private int firstBehind(Position position) {
        int from = 0;
        int to = log.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (log.get(middle).position().compareTo(position) > 0) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }

    /** An event that was acknowledged before another one was first sent stands before it. */
    private void order(Map<EventId, Track> tracks) {
        long earliestAnswer = Long.MAX_VALUE;
        RecordedEvent earliest = null;
        for (RecordedEvent event : log.reversed()) {
            Track track = tracks.get(event.event().id());
            if (track == null) {
                continue;
            }
            if (earliest != null && earliestAnswer < track.sentNanos) {
                findings.add(
                        Kind.REORDERED, show(event) + " was sent after " + show(earliest) + " had been acknowledged");
            }
            long answered = acks(track).stream()
                    .filter(ack -> ack.position().equals(event.position()))
                    .mapToLong(Ack::answeredNanos)
                    .min()
                    .orElse(Long.MAX_VALUE);
            if (answered < earliestAnswer) {
                earliestAnswer = answered;
                earliest = event;
            }
        }
    }

    /** Events of one request stand in its order, but for those that were lost, or refused, and came again. */
    private void together(List<List<Long>> requests, Map<EventId, Track> tracks) {
        for (List<Long> request : requests) {
            long last = 0;
            for (long number : request) {
                RecordedEvent found = byId.get(story.id(number));
                Track track = tracks.get(story.id(number));
                if (found == null || track == null || !neverMoved(track, found)) {
                    continue;
                }
                if (found.seq() < last) {
                    findings.add(Kind.REORDERED, show(found) + " stands before what its request named first");
                }
                if (!track.wasRefused()) {
                    last = found.seq();
                }
            }
        }
    }

    private static boolean neverMoved(Track track, RecordedEvent found) {
        return track.acks().stream().allMatch(ack -> ack.position().equals(found.position()));
    }

    /**
     * What a follower saw: exactly the events that its filter selects, in order, each once. Of what a kill of Redis took
     * it was told.
     *
     * @param who names the follower
     * @param expected the events that its filter selects
     * @param seen what it saw, and was not told that it is lost
     */
    void follower(String who, List<RecordedEvent> expected, List<Follower.Seen> seen) {
        int next = 0;
        Position last = Position.START;
        Set<Position> known = new HashSet<>();
        expected.forEach(event -> known.add(event.position()));
        for (Follower.Seen message : seen) {
            if (message.position().compareTo(last) <= 0) {
                findings.add(Kind.FOLLOWER, who + " saw " + message + " after " + last);
                continue;
            }
            last = message.position();
            if (!known.contains(message.position())) {
                findings.add(Kind.FOLLOWER, who + " saw " + message + ", which is not there");
                continue;
            }
            while (next < expected.size() && !expected.get(next).position().equals(message.position())) {
                findings.add(Kind.FOLLOWER, who + " did not see " + show(expected.get(next)));
                next++;
            }
            if (next < expected.size() && !same(expected.get(next), message)) {
                findings.add(Kind.FOLLOWER, who + " saw " + message + " instead of " + show(expected.get(next)));
            }
            next++;
        }
        for (RecordedEvent missed : expected.subList(Math.min(next, expected.size()), expected.size())) {
            findings.add(Kind.FOLLOWER, who + " did not see " + show(missed));
        }
    }

    private static boolean same(RecordedEvent event, Follower.Seen message) {
        return event.event().id().equals(message.id())
                && event.seq() == message.seq()
                && event.recordedAt().equals(message.recordedAt());
    }

    /** Compares what another part of the ledger says with the log: any difference is an event that is not whole. */
    static <T> void same(String part, List<T> expected, List<T> actual, Findings findings) {
        if (expected.equals(actual)) {
            return;
        }
        Set<T> surplus = new HashSet<>(actual);
        expected.forEach(surplus::remove);
        List<T> missing = new ArrayList<>(expected);
        missing.removeAll(new HashSet<>(actual));
        String told = missing.isEmpty() && surplus.isEmpty()
                ? expected.size() + " entries in another order or number: " + actual.size()
                : "misses " + missing.size() + " of " + expected.size() + ", has " + surplus.size() + " besides; first "
                        + (missing.isEmpty() ? surplus.iterator().next() : missing.getFirst());
        findings.add(Kind.HALF_WRITTEN, part + " " + told);
    }

    static String show(RecordedEvent event) {
        return "event " + event.event().id() + " at " + event.position() + " (seq " + event.seq() + ")";
    }
}
