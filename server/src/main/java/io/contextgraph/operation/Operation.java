// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Long work, as it stands at one moment.
 *
 * @param kind of work, see {@link Work#kind}
 * @param lock what it works on, see {@link Work#lock}
 * @param endedAt empty while it runs
 * @param progress empty before the first word of it
 * @param result what was found and done; only when it has ended by itself
 * @param error why it failed; only when it has
 */
public record Operation(
        String id,
        String kind,
        String lock,
        State state,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<Progress> progress,
        Optional<ObjectNode> result,
        Optional<String> error) {
    /** Times to the millisecond, as records have them. */
    public Operation {
        startedAt = startedAt.truncatedTo(ChronoUnit.MILLIS);
        endedAt = endedAt.map(at -> at.truncatedTo(ChronoUnit.MILLIS));
    }

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

        static Optional<State> parse(String name) {
            return Arrays.stream(values())
                    .filter(state -> state.wireName.equals(name))
                    .findFirst();
        }
    }

    static Operation begun(String id, Work work, Instant at) {
        return new Operation(
                id,
                work.kind(),
                work.lock(),
                State.RUNNING,
                at,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public boolean runs() {
        return state == State.RUNNING;
    }

    Operation at(Progress come) {
        return new Operation(id, kind, lock, state, startedAt, endedAt, Optional.of(come), result, error);
    }

    Operation ended(State how, Instant at, Optional<ObjectNode> found, Optional<String> why) {
        return new Operation(id, kind, lock, how, startedAt, Optional.of(at), progress, found, why);
    }

    /**
     * How far it has come; see {@link Watcher}.
     *
     * @param phase its stable name
     */
    public record Progress(String phase, long done, long total) {}
}
