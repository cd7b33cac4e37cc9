// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.wire.ArchivedJson;
import io.contextgraph.wire.SessionRemains;
import io.contextgraph.wire.SubgraphJson;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The graph of a server. */
final class RemoteGraph implements GraphReader {
    private static final long MIN_MILLIS = 100;
    private static final long MAX_MILLIS = 30_000;

    private final Api api;
    private final RemoteLedger ledger;

    RemoteGraph(Api api, RemoteLedger ledger) {
        this.api = api;
        this.ledger = ledger;
    }

    @Override
    public Subgraph lineage(LineageQuery query) {
        Map<String, String> parameters = parameters(query.maxNodes(), query.timeout(), query.cursor());
        parameters.put("direction", query.direction().name().toLowerCase(Locale.ROOT));
        parameters.put("max_depth", Integer.toString(query.maxDepth()));
        try {
            return read(api.get("/v1/nodes/" + query.start() + "/lineage", parameters));
        } catch (RemoteException problem) {
            if (problem.code().equals("event_not_found") || problem.code().equals("event_gone")) {
                return Subgraph.EMPTY;
            }
            throw problem;
        }
    }

    @Override
    public Subgraph context(ContextQuery query) {
        Map<String, String> parameters = parameters(query.maxNodes(), query.timeout(), query.cursor());
        parameters.put("at", query.now().toString());
        return read(api.get("/v1/context/" + Api.segment(query.session().value()), parameters));
    }

    private Map<String, String> parameters(int maxNodes, Duration timeout, Optional<Cursor> cursor) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("include", "graph");
        parameters.put("max_nodes", Integer.toString(maxNodes));
        parameters.put("timeout_ms", Long.toString(Math.clamp(timeout.toMillis(), MIN_MILLIS, MAX_MILLIS)));
        cursor.ifPresent(place -> parameters.put("cursor", ledger.stamped(place)));
        return parameters;
    }

    private static Subgraph read(JsonNode answer) {
        return SubgraphJson.read(answer, RemoteLedger.next(answer));
    }

    @Override
    public List<Summary> summaries(SessionId session, int max) {
        JsonNode answer;
        try {
            answer = api.get("/v1/sessions/" + Api.segment(session.value()), Map.of());
        } catch (RemoteException problem) {
            if (problem.code().equals("session_not_found")) {
                return List.of();
            }
            throw problem;
        }
        JsonNode summaries = answer.path(SessionRemains.SUMMARIES);
        if (summaries.isMissingNode() && answer.has(SessionRemains.LEFT)) {
            throw new GraphException(GraphException.Reason.UNAVAILABLE, "the server's graph does not answer");
        }
        return summaries.valueStream().limit(max).map(ArchivedJson::read).toList();
    }

    @Override
    public Map<EventId, Summary> summaries(Collection<EventId> ids) {
        Map<EventId, Summary> found = new HashMap<>();
        for (EventId id : ids) {
            try {
                JsonNode ignored = api.get("/v1/events/" + id, Map.of());
            } catch (RemoteException problem) {
                if (problem.part("summary").isObject()) {
                    found.put(id, ArchivedJson.read(problem.part("summary")));
                }
            }
        }
        return found;
    }

    @Override
    public GraphStats stats() {
        throw RemoteLedger.unsupported();
    }
}
