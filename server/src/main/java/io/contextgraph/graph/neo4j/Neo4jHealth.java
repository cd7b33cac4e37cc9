// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

/**
 * How a Neo4j is.
 *
 * @param reachable whether it answers queries
 * @param version of the server; empty when it does not answer
 * @param problem why it does not; empty when it does
 */
public record Neo4jHealth(boolean reachable, String version, String problem) {}
