// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.NodePage;
import io.contextgraph.graph.SessionDigest;
import io.contextgraph.graph.Stray;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.graph.summary.Summary;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells things otherwise than they are. */
abstract class ChangedGraph implements GraphAudit {
    private final GraphAudit reader;

    ChangedGraph(GraphAudit reader) {
        this.reader = reader;
    }

    NodePage change(NodePage page) {
        return page;
    }

    SessionDigest change(SessionDigest sum) {
        return sum;
    }

    @Override
    public DigestPage digests(Optional<DigestPage.Place> after, int max) {
        DigestPage page = reader.digests(after, max);
        return new DigestPage(page.sessions().stream().map(this::change).toList(), page.next());
    }

    @Override
    public List<Stray> strays(int max) {
        return reader.strays(max);
    }

    @Override
    public Subgraph lineage(LineageQuery query) {
        return reader.lineage(query);
    }

    @Override
    public Subgraph context(ContextQuery query) {
        return reader.context(query);
    }

    @Override
    public NodePage nodes(SessionId session, Optional<NodePage.Place> after, int max) {
        return change(reader.nodes(session, after, max));
    }

    @Override
    public List<GraphNode> nodes(Collection<EventId> ids) {
        return reader.nodes(ids);
    }

    @Override
    public List<SessionId> sessions(Optional<SessionId> after, int max) {
        return reader.sessions(after, max);
    }

    @Override
    public List<Summary> summaries(SessionId session, int max) {
        return reader.summaries(session, max);
    }

    @Override
    public Map<EventId, Summary> summaries(Collection<EventId> ids) {
        return reader.summaries(ids);
    }

    @Override
    public GraphStats stats() {
        return reader.stats();
    }
}
