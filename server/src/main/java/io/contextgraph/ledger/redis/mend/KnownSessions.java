// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;

/**
 * Which names are those of sessions with events, once every session has been looked at.
 *
 * @param broken whose streams are missing, or lack entries
 * @param misreported which have events, and entries that do not name the newest of them
 * @param pruned whether events may be gone
 */
record KnownSessions(RawLedger raw, Set<SessionId> broken, Set<SessionId> misreported, boolean pruned) {
    /** Those of some names. */
    Set<String> among(Collection<String> names) {
        Map<String, SessionId> ids = ids(names);
        Set<String> known = withEvents(ids);
        ids.keySet().removeAll(known);
        known.addAll(withGoneEvents(ids));
        return known;
    }

    /** Those of some names of which events are there. */
    Set<String> withEvents(Collection<String> names) {
        return withEvents(ids(names));
    }

    /** Of some names without events those of which all events are gone. */
    Set<String> gone(Collection<String> names) {
        return withGoneEvents(ids(names));
    }

    private static Map<String, SessionId> ids(Collection<String> names) {
        Map<String, SessionId> ids = new HashMap<>();
        names.forEach(name -> Keys.sessionOf(name).ifPresent(id -> ids.put(name, id)));
        return ids;
    }

    private Set<String> withEvents(Map<String, SessionId> all) {
        Map<String, SessionId> ids = new HashMap<>(all);
        Set<String> known = new HashSet<>();
        ids.forEach((name, id) -> {
            if (broken.contains(id) || misreported.contains(id)) {
                boolean ignored = known.add(name);
            }
        });
        ids.keySet().removeAll(known);
        known.addAll(withStream(ids));
        ids.keySet().removeAll(known);
        known.addAll(withNewestEvent(ids));
        return known;
    }

    /** Of them nothing but the entry may be left. */
    private Set<String> withGoneEvents(Map<String, SessionId> ids) {
        return raw.redis().pipelined(p -> {
            Map<String, Response<List<@Nullable String>>> gone = new HashMap<>();
            ids.forEach((name, id) -> {
                String entry = raw.keys().session(id);
                if (pruned && raw.isUsable(entry)) {
                    Response<List<@Nullable String>> ignored =
                            gone.put(name, p.hmget(entry, SessionEntry.PRUNED, SessionEntry.TALLY));
                }
            });
            return () -> {
                Set<String> known = new HashSet<>();
                gone.forEach((name, fields) -> {
                    if (fields.get().get(0) != null || fields.get().get(1) != null) {
                        boolean ignored = known.add(name);
                    }
                });
                return known;
            };
        });
    }

    private Set<String> withStream(Map<String, SessionId> ids) {
        Set<String> known = new HashSet<>();
        raw.redis().pipelined(p -> {
            Map<String, Response<Boolean>> there = new HashMap<>();
            ids.forEach((name, id) -> {
                String stream = raw.keys().stream(id);
                if (raw.isUsable(stream)) {
                    Response<Boolean> ignored = there.put(name, p.exists(stream));
                }
            });
            return () -> {
                there.forEach((name, exists) -> {
                    if (exists.get()) {
                        boolean ignored = known.add(name);
                    }
                });
                return true;
            };
        });
        return known;
    }

    /** Those without a stream whose entry names an event of theirs. */
    private Set<String> withNewestEvent(Map<String, SessionId> ids) {
        Map<SessionId, EventId> newest = newest(ids.values());
        Map<EventId, RecordedEvent> events = raw.events(newest.values());
        Set<String> known = new HashSet<>();
        ids.forEach((name, id) -> {
            EventId event = newest.get(id);
            RecordedEvent there = event == null ? null : events.get(event);
            if (there != null && there.event().sessionId().equals(id)) {
                boolean ignored = known.add(name);
            }
        });
        return known;
    }

    private Map<SessionId, EventId> newest(Collection<SessionId> ids) {
        Map<SessionId, EventId> newest = new HashMap<>();
        raw.redis().pipelined(p -> {
            Map<SessionId, Response<@Nullable String>> told = new HashMap<>();
            for (SessionId id : ids) {
                String entry = raw.keys().session(id);
                if (raw.isUsable(entry)) {
                    Response<@Nullable String> ignored = told.put(id, p.hget(entry, SessionEntry.LAST_EVENT));
                }
            }
            return () -> {
                told.forEach((id, event) -> Optional.ofNullable(event.get())
                        .flatMap(EventId::parse)
                        .ifPresent(known -> newest.put(id, known)));
                return true;
            };
        });
        return newest;
    }
}
