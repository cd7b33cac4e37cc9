// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.prune;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.trim.Fence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one run of the script that restores touches: its keys, and what becomes of each. */
final class RestorePlan {
    private static final PrunedSession WHOLE = new PrunedSession(0, "");

    private final Keys keys;
    private final Engine engine;
    private final List<RecordedEvent> events;
    private final Head unindexed;
    private final Map<SessionId, List<RecordedEvent>> sessions = new LinkedHashMap<>();
    private final Map<SessionId, List<byte[]>> known = new LinkedHashMap<>();
    private Map<SessionId, List<byte[]>> cold = Map.of();

    /** @param unindexed up to which event the index has none */
    RestorePlan(Keys keys, Engine engine, List<RecordedEvent> events, Head unindexed) {
        this.keys = keys;
        this.engine = engine;
        this.events = events;
        this.unindexed = unindexed;
        for (RecordedEvent event : events) {
            boolean ignored = sessions.computeIfAbsent(event.event().sessionId(), id -> new ArrayList<>())
                    .add(event);
        }
    }

    Set<SessionId> sessions() {
        return sessions.keySet();
    }

    /** Those that the index does not get. */
    List<RecordedEvent> unindexed() {
        return events.stream().filter(this::isCold).toList();
    }

    private boolean isCold(RecordedEvent event) {
        return event.seq() <= unindexed.seq();
    }

    /**
     * What is kept of the sessions.
     *
     * @param before what is gone of them
     */
    void sessions(Map<SessionId, PrunedSession> before, Map<SessionId, String> tallies) {
        sessions.forEach((session, own) -> {
            long gone = before.getOrDefault(session, WHOLE).events();
            long after = gone - own.size();
            String tally = tallies.getOrDefault(session, "");
            if (after > 0 && tally.isEmpty()) {
                throw new IllegalArgumentException("no tally for session " + session);
            }
            List<byte[]> arguments =
                    new ArrayList<>(EventCodec.arguments(Long.toString(gone), Long.toString(after), tally));
            Set<String> agents = new LinkedHashSet<>();
            own.forEach(event -> agents.add(event.event().agentId()));
            arguments.add(Keys.bytes(Integer.toString(agents.size())));
            agents.forEach(agent -> arguments.add(Keys.bytes(agent)));
            Object ignored = known.put(session, arguments);
        });
    }

    /** What must be written where the events are kept that the index does not have. */
    void cold(Map<SessionId, List<byte[]>> pieces) {
        cold = pieces;
    }

    private Map<String, List<byte[]>> sets() {
        Map<String, List<byte[]>> sets = new LinkedHashMap<>();
        if (engine == Engine.SORTED_SET) {
            for (RecordedEvent event : events) {
                if (!isCold(event)) {
                    byte[] score =
                            Keys.bytes(Long.toString(event.event().occurredAt().toEpochMilli()));
                    byte[] member = new Ref(event.seq(), event.event().id(), 0).member();
                    keys.sets(event.event())
                            .forEach(set -> sets.computeIfAbsent(set, key -> new ArrayList<>())
                                    .addAll(List.of(score, member)));
                }
                SealedForm.of(event.event())
                        .ifPresent(form -> sets.computeIfAbsent(keys.subject(form.subject()), key -> new ArrayList<>())
                                .addAll(List.of(
                                        Keys.bytes(Long.toString(event.seq())),
                                        new Ref(event.seq(), event.event().id(), 0).member())));
            }
        }
        return sets;
    }

    private String document(RecordedEvent event) {
        return engine == Engine.SEARCH && isCold(event) ? EventCodec.coldDocument(event) : EventCodec.document(event);
    }

    List<byte[]> names() {
        List<String> names =
                new ArrayList<>(List.of(keys.ledger(), keys.lease("retention"), keys.gone(), keys.originals()));
        sessions.keySet().forEach(session -> names.addAll(List.of(keys.session(session), keys.cold(session))));
        StepPlan.pages(events).keySet().forEach(page -> names.add(keys.ids(page)));
        for (RecordedEvent event : events) {
            names.addAll(List.of(keys.document(event.event().id()), keys.carried(event.event())));
        }
        names.addAll(sets().keySet());
        events.forEach(event -> SealedForm.of(event.event()).ifPresent(form -> names.add(keys.fence(form.subject()))));
        return EventCodec.arguments(names.toArray(String[]::new));
    }

    List<byte[]> arguments(Fence fence) {
        Map<Long, List<byte[]>> pages = StepPlan.pages(events);
        Map<String, List<byte[]>> sets = sets();
        List<byte[]> arguments = new ArrayList<>(EventCodec.arguments(
                fence.owner(),
                Long.toString(fence.number()),
                engine.configName(),
                Long.toString(events.getFirst().seq()),
                Long.toString(events.getLast().seq()),
                Integer.toString(sessions.size()),
                Integer.toString(pages.size()),
                Integer.toString(events.size()),
                Integer.toString(sets.size()),
                Integer.toString(Keys.IDS_PER_PAGE * Keys.ID_BYTES),
                LedgerHeader.text(unindexed),
                Long.toString(events.stream().filter(event -> !isCold(event)).count())));
        for (RecordedEvent event : events) {
            arguments.add(Keys.bytes(event.event().id().toString()));
            arguments.add(Keys.bytes(document(event)));
            arguments.addAll(EventCodec.beside(event));
        }
        sessions.keySet().forEach(session -> {
            arguments.addAll(known.getOrDefault(session, List.of()));
            StepPlan.counted(arguments, cold.getOrDefault(session, List.of()), 2);
        });
        pages.values().forEach(places -> StepPlan.counted(arguments, places, 2));
        sets.values().forEach(members -> StepPlan.counted(arguments, members, 2));
        return arguments;
    }
}
