// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

/**
 * A node that no event accounts for, or not as it stands.
 *
 * @param kind what it is
 * @param id its id; empty where it has none
 */
public record Stray(Kind kind, String id) {
    /** What a stray is. */
    public enum Kind {
        /** A stub that no event names as its parent, or that has more than its id. */
        STUB("stub"),
        /** An agent or tool that no event refers to, or that has more or other than its id says. */
        ENTITY("entity"),
        /** A session without events, or with more than its id. */
        SESSION("session"),
        /** An event without a session, a time or a number. */
        EVENT("event");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        /** Stable name for machines. */
        public String wireName() {
            return wireName;
        }
    }
}
