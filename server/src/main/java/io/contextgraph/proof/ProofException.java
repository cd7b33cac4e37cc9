// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

/** Nothing can be signed, or proven, as things are: says what to do. */
public final class ProofException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of obstacle. */
    public enum Reason {
        /** What is stored of the log is missing, or is not what it was. */
        DAMAGED,
        /** It was signed by a key, or under a name, that is not that of this server. */
        FOREIGN,
        /** The ledger has something else than what was signed. */
        ALTERED,
        /** The ledger lacks an event, and nothing says that it was taken out. */
        MISSING,
        /** It has not been signed for yet. */
        UNSEALED
    }

    private final Reason reason;

    public ProofException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public ProofException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
