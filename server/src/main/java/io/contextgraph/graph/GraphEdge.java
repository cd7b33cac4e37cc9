// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import java.util.Map;

/**
 * An edge.
 *
 * @param source node id: an event's id, or {@code agent:<name>} and {@code tool:<name>}
 * @param target node id
 * @param type FOLLOWS, CAUSED_BY, REFERENCES or SUMMARIZES
 * @param properties strings and whole numbers by name
 */
public record GraphEdge(String source, String target, String type, Map<String, Object> properties) {
    public static final String FOLLOWS = "FOLLOWS";
    public static final String CAUSED_BY = "CAUSED_BY";
    public static final String REFERENCES = "REFERENCES";

    public GraphEdge {
        properties = Map.copyOf(properties);
    }
}
