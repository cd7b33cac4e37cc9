// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Hold;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A session of which nothing leaves the ledger, because somebody said so.
 *
 * @param by who said so
 * @param reason why, as {@link GroupRelease#isReason} wants it
 * @param known whether the ledger has ever had an event of it; one that comes is held, too
 */
public record HeldSession(SessionId session, String by, Instant since, String reason, boolean known) {
    /** Times to the millisecond. */
    public HeldSession {
        since = since.truncatedTo(ChronoUnit.MILLIS);
    }

    private static HeldSession of(Partition ledger, SessionId session, Hold hold) {
        return new HeldSession(
                session,
                hold.by(),
                hold.since(),
                hold.reason(),
                ledger.sessions().find(session).isPresent());
    }

    static List<HeldSession> all(Partition ledger) {
        return ledger.pruning().holds().all().entrySet().stream()
                .map(held -> of(ledger, held.getKey(), held.getValue()))
                .toList();
    }

    /** In place of what was said of the session before. */
    static HeldSession put(Partition ledger, SessionId session, Hold hold) {
        ledger.pruning().holds().put(session, hold);
        return of(ledger, session, hold);
    }

    /** @return the hold that was there */
    static Optional<HeldSession> release(Partition ledger, SessionId session) {
        Optional<HeldSession> held =
                Optional.ofNullable(ledger.pruning().holds().all().get(session)).map(hold -> of(ledger, session, hold));
        return ledger.pruning().holds().release(session) ? held : Optional.empty();
    }
}
