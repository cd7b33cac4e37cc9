// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

/**
 * What the graph holds.
 *
 * @param events event nodes that are filled in
 * @param stubs event nodes that wait for their event
 * @param sessions session nodes
 * @param entities agents and tools
 * @param follows FOLLOWS edges
 * @param causes CAUSED_BY edges
 * @param references REFERENCES edges
 */
public record GraphStats(
        long events, long stubs, long sessions, long entities, long follows, long causes, long references) {}
