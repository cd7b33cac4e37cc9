// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The ledger in Redis, whichever engine indexes it. */
final class RedisEventLog implements EventLog {
    private final Appender appender;
    private final EventReader reader;

    RedisEventLog(Appender appender, EventReader reader) {
        this.appender = appender;
        this.reader = reader;
    }

    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        if (appends.isEmpty() || appends.size() > MAX_BATCH) {
            throw new IllegalArgumentException("an append takes 1 to " + MAX_BATCH + " events: " + appends.size());
        }
        return appender.append(appends, atLeast);
    }

    @Override
    public Optional<RecordedEvent> find(EventId id) {
        return reader.find(id);
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return reader.payloads(ids);
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        return reader.originals(ids);
    }

    @Override
    public List<RecordedEvent> read(long afterSeq, int max) {
        if (afterSeq < 0 || max < 1) {
            throw new IllegalArgumentException("read needs afterSeq >= 0 and max >= 1: " + afterSeq + ", " + max);
        }
        return reader.read(afterSeq, max);
    }

    @Override
    public Head head() {
        return reader.head();
    }
}
