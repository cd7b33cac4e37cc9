// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import io.contextgraph.graph.WholeGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.neo4j.driver.Driver;
import org.neo4j.driver.Value;

/** Everything that is in a Neo4j, past the product. */
public final class Neo4jDump {
    private Neo4jDump() {}

    /** A line for each node and each edge, as {@link WholeGraph} writes them. */
    public static List<String> lines(Driver driver) {
        List<String> lines = new ArrayList<>();
        try (var session = driver.session()) {
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
