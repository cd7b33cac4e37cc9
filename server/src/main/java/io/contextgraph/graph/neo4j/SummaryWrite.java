// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.event.EventId;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.summary.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.neo4j.driver.SimpleQueryRunner;

/** Writes summaries, and joins them with the events that they cover. */
final class SummaryWrite {
    private SummaryWrite() {}

    static void run(SimpleQueryRunner tx, List<GraphChange.Summarize> changes) {
        SortedMap<String, Summary> summaries = new TreeMap<>();
        SortedMap<String, SortedMap<String, String>> covered = new TreeMap<>();
        for (GraphChange.Summarize change : changes) {
            Summary summary = change.summary();
            summaries.put(summary.id(), summary);
            for (EventId event : change.covered()) {
                covered.computeIfAbsent(event.toString(), e -> new TreeMap<>()).put(summary.id(), summary.segment());
            }
        }
        GraphTransaction.run(
                tx,
                Statements.PUT_SUMMARIES,
                "summaries",
                summaries.values().stream().map(Summary::properties).toList());
        List<Map<String, Object>> rows = new ArrayList<>();
        covered.forEach((event, segments) -> segments.forEach(
                (summary, segment) -> rows.add(Map.of("event", event, "summary", summary, "segment", segment))));
        GraphTransaction.run(tx, Statements.COVER, "covered", rows);
    }
}
