// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.SessionId;

/**
 * One thing in which the graph is not what the ledger says.
 *
 * @param kind what is wrong
 * @param session where
 * @param node the event's id; the session's where no single event is wrong
 * @param detail the property or edge, with what is expected and what is there
 */
public record Difference(Kind kind, SessionId session, String node, String detail) {
    /** What is wrong. */
    public enum Kind {
        /** The ledger has the event, the graph does not. */
        MISSING_EVENT("missing_event"),
        /** The graph has an event that the ledger does not have. */
        FOREIGN_EVENT("foreign_event"),
        /** A property of an event's node is missing, foreign, or has another value. */
        PROPERTY("property"),
        /** An edge is not there. */
        MISSING_EDGE("missing_edge"),
        /** An edge is there that should not be, or once too often. */
        FOREIGN_EDGE("foreign_edge"),
        /** What the graph has of events that have gone from the ledger is not what left it; the archive has them. */
        ARCHIVED("archived"),
        /** Events and edges are right, but do not add up: something that no property of theirs shows. */
        DIGEST("digest"),
        /** Several partitions have an event of this id, each in a session of its own: the graph has one of them. */
        DOUBLE_ID("double_id");

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
