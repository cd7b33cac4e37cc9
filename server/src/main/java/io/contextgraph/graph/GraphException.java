// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;

/** The graph cannot do what was asked; asking again is always safe. */
public final class GraphException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** The store does not answer. */
        UNAVAILABLE("graph_unavailable", true),
        /** The time or memory allowed ran out: less at once may succeed. */
        TIMEOUT("graph_timeout", true),
        /** The store refused the change itself: trying the same again will not help. */
        REJECTED("graph_rejected", false),
        /** An event of the same id is there, from another partition of the ledger: it stays. */
        DOUBLE_ID("graph_double_id", false);

        private final String code;
        private final boolean retryable;

        Reason(String code, boolean retryable) {
            this.code = code;
            this.retryable = retryable;
        }

        /** Stable name for machines. */
        public String code() {
            return code;
        }

        /** Whether the same request may succeed later. */
        public boolean retryable() {
            return retryable;
        }
    }

    private final Reason reason;

    public GraphException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public GraphException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The event {@code second} has the id of another one that is there. */
    public static GraphException doubleId(SessionId session, Position position, RecordedEvent second) {
        return new GraphException(
                Reason.DOUBLE_ID,
                "the id of an event must be in one partition, %s is in two: the graph has that of session %s at %s, and not that of session %s at %s"
                        .formatted(
                                second.event().id(),
                                session,
                                position,
                                second.event().sessionId(),
                                second.position()));
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
