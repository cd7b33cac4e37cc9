// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.memory;

import io.contextgraph.graph.GraphContract;
import io.contextgraph.graph.GraphQueryContract;
import io.contextgraph.graph.SummaryContract;
import org.junit.jupiter.api.Nested;

/** The reference meets its own contract. */
final class InMemoryGraphTest {
    @Nested
    final class Becomes extends GraphContract {
        @Override
        protected Graph emptyGraph() {
            InMemoryGraph graph = new InMemoryGraph();
            return new Graph(graph, graph);
        }
    }

    @Nested
    final class Answers extends GraphQueryContract {
        @Override
        protected GraphContract.Graph emptyGraph() {
            InMemoryGraph graph = new InMemoryGraph();
            return new GraphContract.Graph(graph, graph);
        }
    }

    @Nested
    final class Summarizes extends SummaryContract {
        @Override
        protected GraphContract.Graph emptyGraph() {
            InMemoryGraph graph = new InMemoryGraph();
            return new GraphContract.Graph(graph, graph);
        }
    }
}
