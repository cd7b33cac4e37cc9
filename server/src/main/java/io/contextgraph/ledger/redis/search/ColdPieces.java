// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Response;

/** What must be written of events that the index does not have into the strings of their sessions. */
public final class ColdPieces {
    private ColdPieces() {}

    /** Events of one session in one group that follow each other. */
    private record Run(SessionId session, long group, List<RecordedEvent> events) {
        boolean isFollowedBy(RecordedEvent event) {
            return session.equals(event.event().sessionId())
                    && group == ColdLayout.group(event)
                    && events.getLast().sessionSeq() + 1 == event.sessionSeq();
        }
    }

    /**
     * By session, in pairs: where a piece begins, in bytes, and the piece.
     *
     * @param events in ascending order
     */
    public static Map<SessionId, List<byte[]>> of(Redis redis, Keys keys, List<RecordedEvent> events) {
        List<Run> runs = new ArrayList<>();
        Map<SessionId, Run> last = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            SessionId session = event.event().sessionId();
            Run run = last.get(session);
            if (run == null || !run.isFollowedBy(event)) {
                run = new Run(session, ColdLayout.group(event), new ArrayList<>());
                runs.add(run);
                Object ignored = last.put(session, run);
            }
            boolean ignored = run.events().add(event);
        }
        Map<List<Object>, byte[]> times = times(redis, keys, runs);
        Map<SessionId, List<byte[]>> pieces = new LinkedHashMap<>();
        for (Run run : runs) {
            List<Object> group = List.of(run.session(), run.group());
            byte[] known = ColdLayout.times(times.getOrDefault(group, new byte[0]), run.events());
            Object ignored = times.put(group, known);
            ignored = pieces.computeIfAbsent(run.session(), session -> new ArrayList<>())
                    .addAll(List.of(
                            Keys.bytes(Long.toString(ColdLayout.start(run.group()))),
                            known,
                            Keys.bytes(
                                    Long.toString(ColdLayout.place(run.events().getFirst()))),
                            ColdLayout.records(run.events())));
        }
        return pieces;
    }

    private static Map<List<Object>, byte[]> times(Redis redis, Keys keys, List<Run> runs) {
        return redis.pipelined(p -> {
            Map<List<Object>, Response<byte[]>> asked = new LinkedHashMap<>();
            for (Run run : runs) {
                asked.put(
                        List.of(run.session(), run.group()),
                        p.getrange(
                                Keys.bytes(keys.cold(run.session())),
                                ColdLayout.start(run.group()),
                                ColdLayout.endOfTimes(run.group())));
            }
            return () -> {
                Map<List<Object>, byte[]> known = new LinkedHashMap<>();
                asked.forEach((run, told) -> known.put(run, told.get()));
                return known;
            };
        });
    }
}
