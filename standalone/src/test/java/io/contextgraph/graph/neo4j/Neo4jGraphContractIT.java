// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.GraphContract;
import io.contextgraph.graph.GraphQueryContract;
import io.contextgraph.graph.SummaryContract;
import io.contextgraph.testing.Extent;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Neo4j meets the contract that the reference meets. */
final class Neo4jGraphContractIT {
    @Nested
    final class Becomes extends GraphContract {
        @Override
        protected int rounds() {
            return Extent.GRAPH_SEEDS.value();
        }

        @Override
        protected Graph emptyGraph() {
            Neo4jGraph graph = CleanNeo4j.graph();
            return new Graph(graph, graph);
        }
    }

    @Nested
    final class Answers extends GraphQueryContract {
        @Override
        protected int rounds() {
            return Extent.GRAPH_SEEDS.value();
        }

        @Override
        protected List<Integer> pageSizes() {
            return super.pageSizes().subList(0, Extent.GRAPH_PAGE_SIZES.value());
        }

        @Override
        protected GraphContract.Graph emptyGraph() {
            Neo4jGraph graph = CleanNeo4j.graph();
            return new GraphContract.Graph(graph, graph);
        }
    }

    @Nested
    final class Summarizes extends SummaryContract {
        @Override
        protected GraphContract.Graph emptyGraph() {
            Neo4jGraph graph = CleanNeo4j.graph();
            return new GraphContract.Graph(graph, graph);
        }
    }
}
