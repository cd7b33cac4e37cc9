// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.event.SessionId;
import io.contextgraph.operation.Watcher;
import java.util.List;
import java.util.Optional;

/**
 * Retention of the stores that this process has open.
 *
 * @param by who is at work
 */
public record LocalRetaining(Retention retention, String by) implements Retaining {
    @Override
    public RetentionReport run(boolean dryRun, Watcher watcher) {
        return dryRun ? retention.preview() : retention.run(watcher, Rest::sleeping);
    }

    @Override
    public RetentionStatus status() {
        return retention.status();
    }

    @Override
    public Optional<GroupRelease> release(String group, String reason) {
        return retention.release(group, by, reason);
    }

    @Override
    public List<HeldSession> holds() {
        return retention.holds();
    }

    @Override
    public HeldSession hold(SessionId session, String reason) {
        return retention.hold(session, by, reason);
    }

    @Override
    public Optional<HeldSession> unhold(SessionId session) {
        return retention.unhold(session);
    }
}
