// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.util.Locale;

/** What comes of asking who somebody is. */
public sealed interface Identified {
    /** It is known, or nobody is asked. */
    record As(Caller caller) implements Identified {}

    /**
     * It is not.
     *
     * @param why what is wrong
     */
    record Not(Why why) implements Identified {}

    /** It cannot be told now: the keys cannot be read. */
    record Later() implements Identified {}

    /** What is wrong with what a client shows. */
    enum Why {
        MISSING("a key is needed: send Authorization: Bearer and the key"),
        MALFORMED("what the Authorization header holds is no key of this product and no token that this server takes"),
        UNKNOWN("there is no such key"),
        EXPIRED("the key or token has expired"),
        REVOKED("the key has been revoked"),
        REFUSED(
                "the token is not one that this server takes: its issuer, audience, signature or times are not as they must be");

        private final String message;

        Why(String message) {
            this.message = message;
        }

        /** The name in answers. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** A sentence without its point, for the client. */
        public String message() {
            return message;
        }
    }

    static Identified not(Why why) {
        return new Not(why);
    }
}
