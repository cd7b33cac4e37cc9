// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.util.Optional;

/**
 * Names an agent or a tool as a node of the graph.
 *
 * @param kind {@code agent} or {@code tool}; also the role in which events refer to it
 * @param name as in the events
 */
public record EntityId(Kind kind, String name) implements Comparable<EntityId> {
    /** What an entity is. */
    public enum Kind {
        AGENT("agent"),
        TOOL("tool");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    /** Reads {@code agent:<name>} or {@code tool:<name>}; empty for anything else. */
    public static Optional<EntityId> parse(String text) {
        for (Kind kind : Kind.values()) {
            String prefix = kind.wireName() + ":";
            if (text.startsWith(prefix) && text.length() > prefix.length()) {
                return Optional.of(new EntityId(kind, text.substring(prefix.length())));
            }
        }
        return Optional.empty();
    }

    @Override
    public int compareTo(EntityId other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : name.compareTo(other.name);
    }

    /** {@code agent:<name>} or {@code tool:<name>}: the node's id. */
    @Override
    public String toString() {
        return kind.wireName() + ":" + name;
    }
}
