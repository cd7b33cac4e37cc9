// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import java.util.Optional;

/** A session directory that times itself. */
public final class InstrumentedSessions implements Sessions {
    private final Sessions sessions;
    private final Metrics metrics;

    /** Measures {@code sessions}. */
    public InstrumentedSessions(Sessions sessions, Metrics metrics) {
        this.sessions = sessions;
        this.metrics = metrics;
    }

    @Override
    public Optional<SessionSummary> find(SessionId id) {
        return Timed.call(metrics, Metrics.Operation.SESSION_FIND, () -> sessions.find(id));
    }

    @Override
    public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
        return Timed.call(metrics, Metrics.Operation.SESSION_LIST, () -> sessions.list(limit, cursor));
    }
}
