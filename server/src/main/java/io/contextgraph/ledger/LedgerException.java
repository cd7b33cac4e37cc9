// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

/**
 * The ledger cannot do what was asked, for a reason that the caller cannot decide about.
 *
 * <p>The adapter that knows the error classifies it; nobody reads the message to find out more.
 */
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** The store does not answer. */
        UNAVAILABLE("ledger_unavailable", true),
        /** The store has no room for more events; reading still works. */
        FULL("ledger_full", true),
        /** More appends are waiting than the queue may hold. */
        OVERLOADED("ledger_overloaded", true),
        /** The store answers but takes no writes: a replica, or its disk fails. */
        READ_ONLY("ledger_read_only", true),
        /** Written, but not as safely as asked within the time allowed; repeating it is safe. */
        DURABILITY_NOT_REACHED("durability_not_reached", true),
        /** The server has no way to confirm the level that was asked. */
        DURABILITY_UNSUPPORTED("durability_unsupported", false),
        /** A query could not be answered completely within its bounds. */
        INCOMPLETE("query_incomplete", true),
        /** What is stored contradicts what this version writes; an operator must look. */
        CORRUPT("ledger_corrupt", false),
        /** A defect of this program. */
        DEFECT("ledger_defect", false);

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

        /** Whether the same request may succeed later; it is always safe to repeat. */
        public boolean retryable() {
            return retryable;
        }
    }

    private final Reason reason;

    public LedgerException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public LedgerException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
