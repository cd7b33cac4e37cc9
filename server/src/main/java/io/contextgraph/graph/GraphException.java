// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

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
        REJECTED("graph_rejected", false);

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

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
