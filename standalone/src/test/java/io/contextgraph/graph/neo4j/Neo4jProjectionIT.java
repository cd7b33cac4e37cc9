// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.projection.ProjectionContract;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.Neo4jDump;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** The worker on Neo4j: everything that is in the database is held against what the events make. */
final class Neo4jProjectionIT extends ProjectionContract {
    @BeforeAll
    static void prepare() {
        CleanNeo4j.graph().prepare();
    }

    @Override
    protected int rounds() {
        return Extent.WORKER_SEEDS.value();
    }

    @Override
    protected Target emptyGraph() {
        Neo4jGraph graph = CleanNeo4j.graph();
        return new Target(graph, graph);
    }

    @Override
    protected void assertWhole(List<RecordedEvent> events, String description) {
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).as(description).isEqualTo(WholeGraph.of(events));
    }
}
