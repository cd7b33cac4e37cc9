// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.prune;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.search.IdPages;
import io.contextgraph.ledger.trim.Fence;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one run of the script that prunes touches: its keys, and what becomes of each. */
final class StepPlan {
    private final Keys keys;
    private final Engine engine;
    private final Pruned pruning;
    private final List<RecordedEvent> events;
    private final long firstSeq;
    private final Head unindexed;
    private final Map<SessionId, Integer> sessions = new LinkedHashMap<>();
    private final List<byte[]> sessionArguments = new ArrayList<>();
    private final List<String> going = new ArrayList<>();

    /** @param unindexed up to which event the index has none */
    StepPlan(Keys keys, Engine engine, Pruned pruning, List<RecordedEvent> events, long firstSeq, Head unindexed) {
        this.keys = keys;
        this.engine = engine;
        this.pruning = pruning;
        this.events = events;
        this.firstSeq = firstSeq;
        this.unindexed = unindexed;
        for (RecordedEvent event : events) {
            going.addAll(List.of(keys.document(event.event().id()), keys.carried(event.event())));
            int ignored = sessions.merge(event.event().sessionId(), 1, Integer::sum);
        }
    }

    /**
     * What is kept of the sessions.
     *
     * @param before what was gone of them
     */
    void sessions(Map<SessionId, PrunedSession> before, Map<SessionId, String> tallies) {
        PrunedSession none = new PrunedSession(0, "");
        sessions.forEach((session, count) -> {
            String tally = tallies.get(session);
            if (tally == null) {
                throw new IllegalArgumentException("no tally for session " + session);
            }
            long gone = before.getOrDefault(session, none).events();
            sessionArguments.addAll(
                    EventCodec.arguments(session.value(), Long.toString(gone), Long.toString(gone + count), tally));
        });
    }

    /** Of each page the places that events have in it, and their ids. */
    static Map<Long, List<byte[]>> pages(List<RecordedEvent> events) {
        Map<Long, List<byte[]>> pages = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            long page = IdPages.page(event.seq());
            List<byte[]> own = pages.computeIfAbsent(page, key -> new ArrayList<>());
            own.add(Keys.bytes(Long.toString((event.seq() - IdPages.first(page)) * Keys.ID_BYTES)));
            var uuid = event.event().id().value();
            own.add(ByteBuffer.allocate(Keys.ID_BYTES)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array());
        }
        return pages;
    }

    private Map<String, List<byte[]>> sets() {
        Map<String, List<byte[]>> sets = new LinkedHashMap<>();
        if (engine == Engine.SORTED_SET) {
            for (RecordedEvent event : events) {
                byte[] member = new Ref(event.seq(), event.event().id(), 0).member();
                keys.sets(event.event())
                        .forEach(set -> sets.computeIfAbsent(set, key -> new ArrayList<>())
                                .add(member));
                event.event()
                        .dataSubjectId()
                        .flatMap(SubjectPseudonym::parse)
                        .ifPresent(subject -> sets.computeIfAbsent(keys.subject(subject), key -> new ArrayList<>())
                                .add(member));
            }
        }
        return sets;
    }

    List<byte[]> names() {
        List<String> names = new ArrayList<>(
                List.of(keys.ledger(), keys.lease("retention"), keys.gone(), keys.holds(), keys.originals()));
        sessions.keySet().forEach(session -> names.addAll(List.of(keys.session(session), keys.cold(session))));
        pages(events).keySet().forEach(page -> names.add(keys.ids(page)));
        names.addAll(going);
        names.addAll(sets().keySet());
        return EventCodec.arguments(names.toArray(String[]::new));
    }

    List<byte[]> arguments(Fence fence) {
        RecordedEvent last = events.getLast();
        Map<Long, List<byte[]>> pages = pages(events);
        Map<String, List<byte[]>> sets = sets();
        List<byte[]> arguments = new ArrayList<>(EventCodec.arguments(
                fence.owner(),
                Long.toString(fence.number()),
                Long.toString(pruning.at().toEpochMilli()),
                LedgerHeader.text(new Head(last.seq(), last.position())),
                Long.toString(firstSeq),
                Integer.toString(sessions.size()),
                Integer.toString(pages.size()),
                Integer.toString(going.size()),
                Integer.toString(sets.size()),
                Integer.toString(events.size()),
                LedgerHeader.text(unindexed),
                Long.toString(events.stream()
                        .filter(event -> event.seq() > unindexed.seq())
                        .count())));
        events.forEach(event -> arguments.add(Keys.bytes(event.event().id().toString())));
        arguments.addAll(sessionArguments);
        pages.values().forEach(places -> counted(arguments, places, 2));
        sets.values().forEach(members -> counted(arguments, members, 1));
        return arguments;
    }

    /** Values, and before them how many there are. */
    static void counted(List<byte[]> arguments, List<byte[]> values, int parts) {
        arguments.add(Keys.bytes(Integer.toString(values.size() / parts)));
        arguments.addAll(values);
    }
}
