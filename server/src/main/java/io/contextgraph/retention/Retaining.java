// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.SessionId;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import java.util.List;
import java.util.Optional;

/** What somebody can do about retention, here or through a server. */
public interface Retaining {
    /**
     * Takes out of the streams and of the ledger what may go.
     *
     * @param dryRun only says what would go
     * @throws WorkFailedException when another one trims, or takes over
     */
    RetentionReport run(boolean dryRun, Watcher watcher);

    /** How it stands. */
    RetentionStatus status();

    /**
     * Lets a required group hold nothing up until it has caught up.
     *
     * @return empty where the group is not required
     */
    Optional<GroupRelease> release(String group, String reason);

    /** Sessions of which nothing goes, in the order of their ids. */
    List<HeldSession> holds();

    /** Lets nothing of a session go, in place of what was said of it before. */
    HeldSession hold(SessionId session, String reason);

    /**
     * Holds a session no longer.
     *
     * @return what was said of it; empty where it was not held
     */
    Optional<HeldSession> unhold(SessionId session);
}
