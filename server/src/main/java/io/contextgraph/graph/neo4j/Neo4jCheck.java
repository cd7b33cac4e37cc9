// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.util.List;

/** Looks at Neo4j. */
final class Neo4jCheck implements Check {
    private static final Concern UNAVAILABLE = Concern.degrading("neo4j_unavailable");

    private final Neo4jGraph graph;

    Neo4jCheck(Neo4jGraph graph) {
        this.graph = graph;
    }

    @Override
    public String name() {
        return "neo4j";
    }

    @Override
    public Concern unavailable() {
        return UNAVAILABLE;
    }

    @Override
    public Checked look() {
        Neo4jHealth neo4j = graph.health();
        return new Checked(
                neo4j.reachable(),
                List.of(
                        neo4j.reachable()
                                ? Finding.of(Level.OK, name(), "version " + neo4j.version())
                                : Finding.of(Level.PROBLEM, name(), "does not answer: " + neo4j.problem())
                                        .as(UNAVAILABLE)));
    }
}
