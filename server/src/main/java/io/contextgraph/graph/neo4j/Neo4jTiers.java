// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphTiers;
import io.contextgraph.graph.summary.Summary;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tiers of the graph in Neo4j.
 *
 * <p><b>Shape.</b> Of a summary its node has {@code tier} where something of it is forgotten: 1 what is not important, 2 everything.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes on one database.
 */
public final class Neo4jTiers implements GraphTiers {
    private final Neo4jGraph graph;

    /** Works on {@code graph}, over its connections. */
    public Neo4jTiers(Neo4jGraph graph) {
        this.graph = graph;
    }

    @Override
    public List<Due> due(Forgetting forgetting, Optional<Due> after, int max) {
        Map<String, Object> parameters = Map.of(
                "plain", forgetting.plainThrough(),
                "all", forgetting.allThrough(),
                "seq", after.map(Due::lastSeq).orElse(0L),
                "id", after.map(Due::id).orElse(""),
                "limit", max);
        return graph.write(tx -> tx.run(Statements.DUE, parameters)
                .list(row -> new Due(
                        row.get("id").asString(),
                        new SessionId(row.get("session").asString()),
                        row.get("seq").asLong())));
    }

    @Override
    public void mark(SessionId session, Map<EventId, String> segments) {
        List<Map<String, Object>> rows = segments.entrySet().stream()
                .sorted(Comparator.comparing(one -> one.getKey().toString()))
                .map(one -> Map.<String, Object>of(
                        "id",
                        one.getKey().toString(),
                        EventProperties.ARCHIVED,
                        one.getValue(),
                        EventProperties.FORGOTTEN,
                        Summary.id(session, one.getValue())))
                .toList();
        int ignored = graph.write(tx -> {
            GraphTransaction.run(tx, Statements.MARK, "stubs", rows);
            return rows.size();
        });
    }

    @Override
    public void forgotten(Collection<Due> summaries, Forgetting forgetting) {
        List<Map<String, Object>> rows = summaries.stream()
                .map(due -> Map.<String, Object>of("id", due.id(), "tier", due.tier(forgetting)))
                .toList();
        int ignored = graph.write(tx -> {
            GraphTransaction.run(tx, Statements.LOWER, "summaries", rows);
            return rows.size();
        });
    }
}
