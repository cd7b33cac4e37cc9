// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

/**
 * What keeps keys cannot do what was asked, for a reason that the caller cannot decide about. The message names pseudonyms
 * and files, never a subject or a key.
 */
public final class KeyServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** It does not answer, or is busy for too long: the same may succeed later, and is safe to repeat. */
        UNAVAILABLE,
        /** It answers, and refuses: rights, no room, a setting. Trying again does not help until somebody acts. */
        REFUSED,
        /** What it has is not what was written. */
        DAMAGED
    }

    private final Reason reason;

    public KeyServiceException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public KeyServiceException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** The same for another thread, with its own trace. */
    static KeyServiceException again(KeyServiceException failed) {
        return new KeyServiceException(failed.reason, String.valueOf(failed.getMessage()), failed);
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
