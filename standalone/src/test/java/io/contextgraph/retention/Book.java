// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was done to a ledger, written down beside it, and what the rules of the documentation make of that: which events
 * there are, which of them still have entries, how long the hot window is.
 */
final class Book {
    private static final int SCARCE = 80;
    private static final int ENOUGH = 70;

    private final Duration hotWindow;
    private final Duration minHotWindow;
    private final Set<String> required;
    private final List<RecordedEvent> events = new ArrayList<>();
    private final Map<String, Long> sessions = new HashMap<>();
    private final Map<String, GroupPage> groups = new TreeMap<>();
    private final Set<String> released = new TreeSet<>();
    private final Set<String> missing = new TreeSet<>();
    private Duration window;
    private int trimmed;
    private final BitSet gone = new BitSet();

    Book(Duration hotWindow, Duration minHotWindow, Set<String> required) {
        this.hotWindow = hotWindow;
        this.minHotWindow = minHotWindow;
        this.required = required;
        this.window = hotWindow;
    }

    /** What a group was given, how often, and what of it it has finished; by number of the event. */
    static final class GroupPage {
        private final Map<Integer, Integer> given = new HashMap<>();
        private final BitSet finished = new BitSet();

        void given(long seq) {
            given.merge((int) seq, 1, Integer::sum);
        }

        int timesGiven(long seq) {
            return given.getOrDefault((int) seq, 0);
        }

        void finished(long seq) {
            finished.set((int) seq);
        }

        boolean hasFinished(long seq) {
            return finished.get((int) seq);
        }

        /** With all before it. */
        int finishedThrough() {
            return finished.nextClearBit(1) - 1;
        }
    }

    /** The page of a group; an empty one where it has not asked for anything. */
    GroupPage group(String name) {
        return groups.computeIfAbsent(name, n -> new GroupPage());
    }

    /** Somebody has taken a group away: it begins anew once it asks again. */
    void takeAway(String name) {
        groups.put(name, new GroupPage());
        missing.add(name);
    }

    /** It asks again. */
    void bringBack(String name) {
        missing.remove(name);
    }

    /** Required groups that do not exist. */
    Set<String> missing() {
        return missing;
    }

    /** Writes down an event that was taken at a time. */
    RecordedEvent append(Event event, Instant now) {
        Position last = events.isEmpty() ? Position.START : events.getLast().position();
        long millis = Math.max(now.toEpochMilli(), last.millis());
        Position position = new Position(millis, millis == last.millis() ? last.sequence() + 1 : 0);
        long sessionSeq = sessions.merge(event.sessionId().value(), 1L, Long::sum);
        RecordedEvent recorded = new RecordedEvent(
                event, position, events.size() + 1L, sessionSeq, Instant.ofEpochMilli(millis), EventJson.hash(event));
        events.add(recorded);
        return recorded;
    }

    List<RecordedEvent> events() {
        return events;
    }

    RecordedEvent event(int seq) {
        return events.get(seq - 1);
    }

    /** Those that are still in the ledger, as far as is written down. */
    List<RecordedEvent> left() {
        return events.stream().filter(event -> !isGone(event.seq())).toList();
    }

    /** Whether it was seen that an event has left the ledger. */
    boolean isGone(long seq) {
        return gone.get((int) seq);
    }

    /** How many have. */
    int countGone() {
        return gone.cardinality();
    }

    /** An event has left the ledger. */
    void gone(long seq) {
        gone.set((int) seq);
    }

    /** It has come back. */
    void back(long seq) {
        gone.clear((int) seq);
    }

    int trimmed() {
        return trimmed;
    }

    Duration window() {
        return window;
    }

    Duration hotWindow() {
        return hotWindow;
    }

    Duration minHotWindow() {
        return minHotWindow;
    }

    /** The window of the next run. */
    Duration windowAt(int percent) {
        if (percent >= SCARCE) {
            Duration half = window.dividedBy(2);
            return half.compareTo(minHotWindow) < 0 ? minHotWindow : half;
        }
        if (percent < ENOUGH) {
            Duration twice = window.multipliedBy(2);
            return twice.compareTo(hotWindow) > 0 ? hotWindow : twice;
        }
        return window;
    }

    void window(Duration now) {
        window = now;
    }

    /** Up to which event entries may go at a time with a window. */
    int mayGo(Instant now, Duration with) {
        int through = trimmed;
        while (isOld(through + 1, now, with) && isFinished(through + 1)) {
            through++;
        }
        return through;
    }

    /** Whether there is such an event, recorded before the window. */
    boolean isOld(int seq, Instant now, Duration with) {
        return seq <= events.size() && event(seq).recordedAt().isBefore(now.minus(with));
    }

    private boolean isFinished(int seq) {
        return holders(seq).isEmpty();
    }

    /** Up to which event all required groups have finished everything, but for those that are released. */
    int finishedByAll() {
        return required.stream()
                .filter(group -> !released.contains(group))
                .mapToInt(group -> group(group).finishedThrough())
                .min()
                .orElse(events.size());
    }

    /** From now on a group holds nothing up, until it has caught up. */
    void release(String group) {
        released.add(group);
    }

    /** Those that are still released in a run: they lack something that has no entry any more, or that may go now. */
    List<String> released(Instant now, Duration with) {
        released.removeIf(group -> {
            int finished = group(group).finishedThrough();
            return finished >= trimmed && !isOld(finished + 1, now, with);
        });
        return List.copyOf(released);
    }

    /** Required groups that have not finished an event, and are not released. */
    Set<String> holders(int seq) {
        return Set.copyOf(required.stream()
                .filter(group -> !released.contains(group) && !group(group).hasFinished(seq))
                .toList());
    }

    void trimmed(int through) {
        trimmed = through;
    }

    /** How many session streams are gone with the entries behind one event up to another. */
    int endingSessions(int after, int through) {
        return (int) lastOfSessions().values().stream()
                .filter(last -> last > after && last <= through)
                .count();
    }

    private Map<String, Integer> lastOfSessions() {
        Map<String, Integer> last = new HashMap<>();
        for (RecordedEvent event : events) {
            last.put(event.event().sessionId().value(), (int) event.seq());
        }
        return last;
    }

    /** The events of each session, in commit order. */
    Map<String, List<RecordedEvent>> bySession() {
        Map<String, List<RecordedEvent>> all = new TreeMap<>();
        for (RecordedEvent event : events) {
            all.computeIfAbsent(event.event().sessionId().value(), s -> new ArrayList<>())
                    .add(event);
        }
        return all;
    }
}
