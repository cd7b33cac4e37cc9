// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.wire.PageJson;
import io.contextgraph.wire.SessionRemains;
import io.contextgraph.wire.SummaryJson;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The directory of sessions. */
final class SessionRoutes implements RouteGroup {
    static final Parameter<SessionId> SESSION_ID =
            Parameter.path(EventFields.SESSION_ID, ValueForm.SESSION_ID, "The session");

    private static final Declaration LIST = Paging.continued(Declaration.of(
                            "listSessions",
                            Topic.LEDGER,
                            "The directory of sessions, newest first",
                            "By when each was first heard of. With filters, those sessions that have one event which matches all of"
                                    + " them, by the newest such event; with `prefix` alone, those whose id begins so. A page with"
                                    + " filters looks at 1000 events or sessions at most, and may be short or empty while there is"
                                    + " more: `has_more` tells. Where old events have left the index, meta.covers says which events"
                                    + " the filters were tried on.")
                    .takes(Filters.OF_SESSIONS)
                    .takes(Paging.LIMIT))
            .answers(200, "One page", EventSchemas.SESSION_PAGE);

    private static final Declaration READ = Declaration.of(
                    "readSession",
                    Topic.LEDGER,
                    "One session",
                    "Its first and last event, its agents, how it stands, and what is left of it.")
            .takes(SESSION_ID)
            .answers(200, "The session", EventSchemas.SESSION)
            .refuses(ProblemCode.SESSION_NOT_FOUND);

    private final HttpPorts ports;
    private final Sessions sessions;
    private final Bookmarks bookmarks;

    SessionRoutes(HttpPorts ports) {
        this.ports = ports;
        this.sessions = ports.ledger().sessions();
        this.bookmarks = ports.bookmarks();
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/sessions", Role.READ, LIST, this::list),
                Route.get("/v1/sessions/{session_id}", Role.READ, READ, this::read));
    }

    private Answer list(Call call) {
        Parameters parameters = call.parameters();
        int limit = parameters.get(Paging.LIMIT);
        Optional<Cursor> cursor = parameters.find(Paging.CURSOR);
        SessionSearch.Filter filter = Filters.readOfSessions(parameters);
        bookmarks.require(cursor);
        SessionSearch.Found found = filter.isEmpty()
                ? new SessionSearch.Found(sessions.list(limit, cursor.map(Bookmarks::opened)), List.of())
                : new SessionSearch(ports.ledger().search(), sessions, filter)
                        .page(limit, cursor.map(Bookmarks::opened));
        Page<SessionSummary> page = found.page();
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode array = json.putArray("sessions");
        page.items().forEach(session -> array.add(SummaryJson.of(session)));
        EventJson.pagination(json, bookmarks.stamp(page.next()));
        ObjectNode meta = json.putObject("meta").put("query_ms", call.elapsedMillis());
        PageJson.covers(found.leftOut(), meta);
        return Answer.json(200, json);
    }

    private Answer read(Call call) {
        call.parameters().check();
        SessionId id = call.path(SESSION_ID);
        SessionSummary session = sessions.find(id)
                .orElseThrow(() -> Problem.of(ProblemCode.SESSION_NOT_FOUND, "No event names this session.")
                        .raised());
        ObjectNode json = SummaryJson.of(session);
        SessionRemains.of(
                        session,
                        ports.ledger().search(),
                        () -> ports.graph().summaries(id, SessionRemains.MAX_SUMMARIES))
                .ifPresent(remains -> remains.tell(json));
        return Answer.json(200, json);
    }
}
