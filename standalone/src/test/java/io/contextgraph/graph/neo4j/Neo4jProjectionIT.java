// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.projection.ProjectionContract;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.neo4j.driver.Value;

/** The worker on Neo4j: everything that is in the database is held against what the events make. */
final class Neo4jProjectionIT extends ProjectionContract {
    @Override
    protected int rounds() {
        return 15;
    }

    @Override
    protected Target emptyGraph() {
        Neo4jGraph graph = CleanNeo4j.graph();
        graph.prepare();
        return new Target(graph, graph);
    }

    @Override
    protected void assertWhole(List<RecordedEvent> events, String description) {
        assertThat(lines()).as(description).isEqualTo(WholeGraph.of(events));
    }

    private static List<String> lines() {
        List<String> lines = new ArrayList<>();
        try (var session = CleanNeo4j.DRIVER.session()) {
            session.run("MATCH (n) WHERE NOT n:ContextGraphSchema RETURN labels(n) AS labels, properties(n) AS node")
                    .forEachRemaining(row -> lines.add(WholeGraph.node(
                            new TreeSet<>(row.get("labels").asList(Value::asString)),
                            row.get("node").asMap(Value::asObject))));
            session.run("""
                    MATCH (a)-[r]->(b)
                    RETURN a.event_id AS source, coalesce(b.event_id, b.entity_id) AS target, type(r) AS type,
                        properties(r) AS edge""")
                    .forEachRemaining(row -> lines.add(WholeGraph.edge(
                            row.get("source").asString(),
                            row.get("target").asString(),
                            row.get("type").asString(),
                            row.get("edge").asMap(Value::asObject))));
        }
        return lines.stream().sorted().toList();
    }
}
