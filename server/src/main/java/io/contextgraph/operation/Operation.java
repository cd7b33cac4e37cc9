// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Long work, as it stands at one moment.
 *
 * @param kind of work, see {@link Work#kind}
 * @param endedAt empty while it runs
 * @param progress empty before the first word of it
 * @param result what was found and done; only when it has ended by itself
 * @param error why it failed; only when it has
 */
public record Operation(
        String id,
        String kind,
        State state,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<Progress> progress,
        Optional<ObjectNode> result,
        Optional<String> error) {
    /** How it stands. */
    public enum State {
        RUNNING("running"),
        SUCCEEDED("succeeded"),
        FAILED("failed"),
        CANCELLED("cancelled");

        private final String wireName;

        State(String wireName) {
            this.wireName = wireName;
        }

        /** Stable name for machines. */
        public String wireName() {
            return wireName;
        }
    }

    static Operation begun(String id, String kind, Instant at) {
        return new Operation(
                id, kind, State.RUNNING, at, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    Operation at(Progress come) {
        return new Operation(id, kind, state, startedAt, endedAt, Optional.of(come), result, error);
    }

    Operation ended(State how, Instant at, Optional<ObjectNode> found, Optional<String> why) {
        return new Operation(id, kind, how, startedAt, Optional.of(at), progress, found, why);
    }

    /** How far it has come; see {@link Watcher}. */
    public record Progress(Watcher.Phase phase, long done, long total) {}
}
