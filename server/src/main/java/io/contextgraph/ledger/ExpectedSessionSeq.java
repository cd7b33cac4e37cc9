// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

/**
 * What a writer believes about a session: how many events it has. Lets two writers that both read "7" not both
 * write event 8.
 */
public sealed interface ExpectedSessionSeq {
    /** No expectation. */
    ExpectedSessionSeq ANY = new Any();

    /** The session has no event yet. */
    ExpectedSessionSeq NONE = new Exactly(0);

    /** Whether a session that has {@code actual} events meets the expectation. */
    boolean isMetBy(long actual);

    /** No expectation. */
    record Any() implements ExpectedSessionSeq {
        @Override
        public boolean isMetBy(long actual) {
            return true;
        }
    }

    /** The session's last event has this number; 0 means that there is none. */
    record Exactly(long sessionSeq) implements ExpectedSessionSeq {
        /** @throws IllegalArgumentException when the number is negative */
        public Exactly {
            if (sessionSeq < 0) {
                throw new IllegalArgumentException("expected session seq must not be negative: " + sessionSeq);
            }
        }

        @Override
        public boolean isMetBy(long actual) {
            return actual == sessionSeq;
        }
    }
}
