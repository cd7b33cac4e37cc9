// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Script;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;

/**
 * Makes streams again from the documents, under other names, and puts them in the place of the old ones.
 *
 * <p>An entry cannot be added between two others, and nothing can be added below the highest id that a stream has ever had.
 */
final class StreamMaker {
    private static final Script SWAP = new Script("swap.lua");

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private final Head head;
    private final Set<EventId> lost;

    /** Entries that are all that is left of their events. */
    private final Map<EventId, Remnant> remnants = new HashMap<>();

    private record Remnant(String stream, RawEntry entry) {
        Response<StreamEntryID> add(AbstractPipeline p, Keys keys) {
            return p.xadd(
                    keys.remade(stream), entry.fields(), XAddParams.xAddParams().id(entry.id()));
        }
    }

    /**
     * @param head up to where
     * @param lost events of which there may be entries in the streams of their sessions only
     */
    StreamMaker(MendRun run, Head head, Set<EventId> lost) {
        this.run = run;
        this.lost = lost;
        this.raw = run.raw();
        this.keys = raw.keys();
        this.head = head;
    }

    /** @param global whether the global stream, too */
    void make(boolean global, Set<SessionId> sessions) {
        Set<String> streams = new LinkedHashSet<>();
        if (global) {
            boolean ignored = streams.add(keys.global());
        }
        sessions.forEach(session -> streams.add(keys.stream(session)));
        streams.forEach(this::forget);
        if (!lost.isEmpty()) {
            sessions.forEach(session -> remnants(keys.stream(session)));
        }
        for (long from = 1; from <= head.seq(); from += RawLedger.CHUNK) {
            add(ids(from, Math.min(head.seq(), from + RawLedger.CHUNK - 1)), global, sessions);
            run.hold();
        }
        streams.forEach(this::swap);
    }

    /** What an earlier attempt has left behind. */
    private void forget(String stream) {
        long ignored = raw.redis().call(client -> client.unlink(keys.remade(stream)));
    }

    private void remnants(String stream) {
        List<RawEntry> entries = raw.entries(stream, "0-0", "+");
        while (!entries.isEmpty()) {
            for (RawEntry entry : entries) {
                EventId.parse(entry.fields().getOrDefault(EventFields.EVENT_ID, ""))
                        .filter(lost::contains)
                        .ifPresent(id -> remnants.put(id, new Remnant(stream, entry)));
            }
            entries = raw.entries(stream, entries.getLast().id(), "+");
        }
    }

    private List<EventId> ids(long from, long to) {
        return raw.ids(from, to).stream()
                .flatMap(id -> Optional.ofNullable(id).stream())
                .toList();
    }

    private void add(List<EventId> ids, boolean global, Set<SessionId> sessions) {
        Map<EventId, RecordedEvent> documents = raw.events(ids);
        List<StreamEntryID> ignored = raw.redis().pipelined(p -> {
            List<Response<StreamEntryID>> added = new ArrayList<>();
            for (EventId id : ids) {
                RecordedEvent event = documents.get(id);
                if (event == null) {
                    Optional.ofNullable(remnants.get(id))
                            .map(left -> left.add(p, keys))
                            .ifPresent(added::add);
                    continue;
                }
                XAddParams at = XAddParams.xAddParams().id(event.position().toString());
                if (global) {
                    added.add(p.xadd(keys.remade(keys.global()), EventCodec.entry(event), at));
                }
                SessionId session = event.event().sessionId();
                if (sessions.contains(session)) {
                    added.add(p.xadd(keys.remade(keys.stream(session)), EventCodec.entryOfSession(event), at));
                }
            }
            return () -> added.stream().map(Response::get).toList();
        });
    }

    private void swap(String stream) {
        if (!raw.exists(keys.remade(stream))) {
            return;
        }
        Head stored = raw.head();
        Object swapped = raw.redis()
                .write(
                        SWAP,
                        EventCodec.arguments(stream, keys.remade(stream), keys.ledger()),
                        EventCodec.arguments(
                                Long.toString(stored.seq()), head.position().toString()));
        if (!swapped.equals(1L)) {
            throw new LedgerException(
                    Reason.UNAVAILABLE, "somebody has appended to the ledger while it was mended: mend it again");
        }
        raw.emptied(stream);
    }
}
