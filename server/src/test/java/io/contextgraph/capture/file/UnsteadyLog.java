// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** An event log that takes events, or half of them, and sometimes answers that it cannot. */
record UnsteadyLog(EventLog log, BooleanSupplier fails) implements EventLog {
    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        if (fails.getAsBoolean()) {
            AppendResult ignored = log.append(appends.subList(0, (appends.size() + 1) / 2), atLeast);
            throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "the answer was lost");
        }
        return log.append(appends, atLeast);
    }

    @Override
    public Lookup find(EventId id) {
        return log.find(id);
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return log.payloads(ids);
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        return log.originals(ids);
    }
}
