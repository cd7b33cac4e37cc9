// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import java.time.Instant;
import java.util.Optional;

/**
 * An entry that cannot be projected: it stays unacknowledged in the ledger, so nothing is lost, while its neighbours go on.
 *
 * @param position the entry
 * @param event what it holds; empty when that is unreadable, or when it is not tried again
 * @param attempts how often it failed on its own
 * @param reason why it failed last
 * @param firstFailure when it failed first
 * @param retryAt when to try it again; {@link Instant#MAX} for never
 */
public record SetAside(
        Position position,
        Optional<RecordedEvent> event,
        long attempts,
        String reason,
        Instant firstFailure,
        Instant retryAt) {
    /** Whether it is left to an operator. */
    public boolean givenUp() {
        return retryAt.equals(Instant.MAX);
    }
}
