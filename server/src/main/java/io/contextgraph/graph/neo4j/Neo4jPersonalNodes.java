// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.PersonalNodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.Record;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Value;

/**
 * Events about persons in Neo4j.
 *
 * <p><b>Units and bounds.</b> {@value #BATCH} nodes or edges in a transaction.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes on one database.
 */
public final class Neo4jPersonalNodes implements PersonalNodes {
    private static final int BATCH = 500;

    private static final String COUNT =
            "MATCH (e:Event) WHERE e.data_subject_id IN $in.subjects RETURN count(e) AS nodes";

    /** The nodes that have something else, and of it what is not blank yet. */
    private static final String NODES = """
            MATCH (e:Event)
            WHERE e.data_subject_id IN $in.subjects
            WITH e, [name IN keys(e) WHERE NOT name IN $in.own AND NOT coalesce(toStringOrNull(e[name]) = $in.blank, false)] AS others
            WHERE size(others) > 0
            RETURN elementId(e) AS id, [name IN others | [name, e[name]]] AS others LIMIT $limit""";

    private static final String EDGES = """
            MATCH (e:Event)-[r]-()
            WHERE e.data_subject_id IN $in.subjects AND NOT type(r) IN $in.kinds
            WITH DISTINCT r, [name IN keys(r) WHERE NOT coalesce(toStringOrNull(r[name]) = $in.blank, false)] AS others
            WHERE size(others) > 0
            RETURN elementId(r) AS id, [name IN others | [name, r[name]]] AS others LIMIT $limit""";

    private static final String BLANK_NODES =
            "UNWIND $in.rows AS row MATCH (e:Event) WHERE elementId(e) = row.id SET e += row.put";

    private static final String BLANK_EDGES =
            "UNWIND $in.rows AS row MATCH ()-[r]->() WHERE elementId(r) = row.id SET r += row.put";

    private final Neo4jGraph graph;

    /** Works on {@code graph}, over its connections. */
    public Neo4jPersonalNodes(Neo4jGraph graph) {
        this.graph = graph;
    }

    @Override
    public long blank(Collection<String> subjects) {
        Map<String, Object> in = Map.of(
                "subjects",
                List.copyOf(subjects),
                "own",
                List.copyOf(EventProperties.names()),
                "kinds",
                List.of(GraphEdge.FOLLOWS, GraphEdge.CAUSED_BY, GraphEdge.REFERENCES, Statements.SUMMARIZES),
                "blank",
                BLANK);
        while (blanked(in, NODES, BLANK_NODES) + blanked(in, EDGES, BLANK_EDGES) > 0) {
            // Some are left.
        }
        return graph.overhaul(tx -> tx.run(COUNT, Map.<String, Object>of("in", in))
                .single()
                .get("nodes")
                .asLong());
    }

    private int blanked(Map<String, Object> in, String find, String change) {
        return graph.overhaul(tx -> blanked(tx, in, find, change));
    }

    private static int blanked(SimpleQueryRunner tx, Map<String, Object> in, String find, String change) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Record row : tx.run(find, Map.of("in", in, "limit", BATCH)).list()) {
            Map<String, @Nullable Object> put = new LinkedHashMap<>();
            for (Value other : row.get("others").values()) {
                put.put(other.get(0).asString(), other.get(1).asObject() instanceof String ? BLANK : null);
            }
            rows.add(Map.of("id", row.get("id").asString(), "put", put));
        }
        GraphTransaction.run(tx, change, "rows", rows);
        return rows.size();
    }
}
