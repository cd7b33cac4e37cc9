// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import java.util.Optional;

/** The sessions of a partition, whose failures name it. */
record NamedSessions(PartitionName name, Sessions sessions) implements Sessions {
    @Override
    public Optional<SessionSummary> find(SessionId id) {
        return name.asking(() -> sessions.find(id));
    }

    @Override
    public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
        return name.asking(() -> sessions.list(limit, cursor));
    }
}
