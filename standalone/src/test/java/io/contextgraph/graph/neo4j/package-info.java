// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Neo4j against the contract of a graph, and what only a real one can show. */
@NullMarked
package io.contextgraph.graph.neo4j;

import org.jspecify.annotations.NullMarked;
