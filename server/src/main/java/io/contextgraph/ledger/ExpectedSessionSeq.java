// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Original;

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
        /** @throws IllegalArgumentException when it is no number that an event can have, nor 0 */
        public Exactly {
            if (sessionSeq < 0 || sessionSeq > Original.MAX_NUMBER) {
                throw new IllegalArgumentException("expected session seq must be from 0 to 2^53: " + sessionSeq);
            }
        }

        @Override
        public boolean isMetBy(long actual) {
            return actual == sessionSeq;
        }
    }
}
