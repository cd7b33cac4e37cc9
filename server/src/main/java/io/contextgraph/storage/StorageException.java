// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

/** A file could not be written, read or taken away; nothing half done is left behind under its name. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure. */
    public enum Reason {
        /** There is a file of that name. */
        EXISTS,
        /** There is none. */
        MISSING,
        /** The storage refuses: rights, no room, a name that cannot be. Trying again does not help until somebody acts. */
        REFUSED,
        /** It does not answer, or broke off. */
        UNAVAILABLE
    }

    private final Reason reason;

    public StorageException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public StorageException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
