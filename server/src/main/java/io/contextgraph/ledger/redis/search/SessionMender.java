// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the entry of a session again that somebody has deleted, from the session's events.
 *
 * <p><b>Guarantees.</b> All of its events or nothing: where their numbers have a gap, the entry stays missing.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public final class SessionMender {
    private static final Logger LOG = LoggerFactory.getLogger(SessionMender.class);
    private static final Script SCRIPT = new Script("mend.lua");

    private final Redis append;
    private final Keys keys;
    private final EventSearch search;

    /** @param append may write what an append writes */
    public SessionMender(Redis append, Keys keys, EventSearch search) {
        this.append = append;
        this.keys = keys;
        this.search = search;
    }

    /**
     * Makes it again.
     *
     * @throws io.contextgraph.ledger.LedgerException when its events are not all there, or cannot be read
     */
    public void mend(SessionId id) {
        SessionSummary summary = null;
        String position = "";
        EventQuery query = EventQuery.builder()
                .sessionId(id)
                .order(EventQuery.Order.POSITION_ASC)
                .limit(EventQuery.MAX_LIMIT)
                .build();
        Optional<EventQuery> next = Optional.of(query);
        while (next.isPresent()) {
            EventPage page = search.search(next.get());
            for (RecordedEvent event : page.events()) {
                long seen = summary == null ? 0 : summary.eventCount();
                if (event.sessionSeq() != seen + 1) {
                    throw incomplete(id, seen + 1);
                }
                summary = SessionSummary.with(summary, event);
                position = event.position().toString();
            }
            next = page.next().map(query::withCursor);
        }
        if (summary == null) {
            throw incomplete(id, 1);
        }
        write(summary, position);
    }

    private RuntimeException incomplete(SessionId id, long number) {
        return RedisErrors.corrupt(
                keys.session(id) + " is missing, and so is the event with session_seq " + number + " of the session");
    }

    private void write(SessionSummary summary, String position) {
        SessionId id = summary.id();
        List<String> arguments = new ArrayList<>(List.of(id.value(), position));
        SessionEntry.of(summary).forEach((name, value) -> {
            arguments.add(name);
            arguments.add(value);
        });
        Object written = append.write(
                SCRIPT,
                EventCodec.arguments(keys.session(id), keys.sessions(), keys.stream(id)),
                EventCodec.arguments(arguments.toArray(String[]::new)));
        if (written.equals(1L)) {
            LOG.warn("{} was missing and has been made again from {} events", keys.session(id), summary.eventCount());
        }
    }
}
