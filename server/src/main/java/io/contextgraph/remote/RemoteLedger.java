// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.epoch.Bookmark;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalData;
import io.contextgraph.ledger.router.Partitioning;
import io.contextgraph.wire.PageJson;
import io.contextgraph.wire.SummaryJson;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The ledger of a server.
 *
 * <p><b>Guarantees.</b> What the server gives, as its own stores would: the same events, order, places and problems. Events that
 * are found or read bring their originals, so that these need not be asked for.
 *
 * <p><b>Errors.</b> Of {@link Api}; what only a process on the stores may do is an {@link UnsupportedOperationException}.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class RemoteLedger implements Ledger {
    static final String PARTITIONS = "/v1/ledger/partitions";

    private final Api api;
    private final RemoteEventLog log;
    private final RemoteParking parking;
    private volatile @Nullable List<Partition> partitions;
    private volatile @Nullable String ends;

    RemoteLedger(Api api) {
        this.api = api;
        this.log = new RemoteEventLog(api);
        this.parking = new RemoteParking(api, this::partitions);
    }

    @Override
    public List<Partition> partitions() {
        List<Partition> known = partitions;
        if (known == null) {
            int of = api.get(PARTITIONS, Map.of()).required("partitions").size();
            known = IntStream.range(0, of)
                    .<Partition>mapToObj(number -> new RemotePartition(api, this, number, of))
                    .toList();
            partitions = known;
        }
        return known;
    }

    @Override
    public Partition partitionOf(SessionId session) {
        List<Partition> all = partitions();
        return all.get(new Partitioning(all.size()).of(session));
    }

    @Override
    public EventLog log() {
        return log;
    }

    @Override
    public EventSearch search() {
        return this::search;
    }

    private EventPage search(EventQuery query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        query.sessionId().ifPresent(id -> parameters.put("session_id", id.value()));
        query.agentId().ifPresent(id -> parameters.put("agent_id", id));
        query.traceId().ifPresent(id -> parameters.put("trace_id", id));
        query.type().ifPresent(type -> parameters.put("event_type", type.text()));
        query.toolName().ifPresent(tool -> parameters.put("tool_name", tool));
        query.status().ifPresent(status -> parameters.put("status", status.wireName()));
        query.parentId().ifPresent(id -> parameters.put("parent_event_id", id.toString()));
        query.from().ifPresent(from -> parameters.put("from", from.toString()));
        query.to().ifPresent(to -> parameters.put("to", to.toString()));
        query.minImportance().ifPresent(least -> parameters.put("min_importance", Integer.toString(least)));
        parameters.put("by", query.order().byTime() ? "occurred_at" : "position");
        parameters.put("order", query.order().descending() ? "desc" : "asc");
        parameters.put("limit", Integer.toString(query.limit()));
        query.cursor().ifPresent(cursor -> parameters.put("cursor", stamped(cursor)));
        JsonNode answer = api.get("/v1/events", parameters);
        return new EventPage(RemoteEventLog.events(answer), next(answer), PageJson.scopes(answer.path("meta")));
    }

    /** A cursor as the server takes it; that nothing is lost, whoever kept it has made sure. */
    String stamped(Cursor cursor) {
        String known = ends;
        if (known == null) {
            known = Bookmarks.text(partitions().stream()
                    .map(partition -> Bookmark.of(partition.epochs().now().identity(), Head.EMPTY))
                    .toList());
            ends = known;
        }
        return cursor.stamped(known).text();
    }

    /** Where the next page begins, as queries know it. */
    static Optional<Cursor> next(JsonNode answer) {
        return Optional.of(answer.at("/pagination/cursor"))
                .filter(JsonNode::isString)
                .map(cursor -> Bookmarks.opened(new Cursor(cursor.stringValue())));
    }

    @Override
    public Sessions sessions() {
        return new Sessions() {
            @Override
            public Optional<SessionSummary> find(SessionId id) {
                return found(
                        "session_not_found",
                        () -> SummaryJson.read(api.get("/v1/sessions/" + Api.segment(id.value()), Map.of())));
            }

            @Override
            public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
                if (limit < 1 || limit > MAX_LIMIT) {
                    throw new InvalidInputException(
                            "/limit", "out_of_range", "must be from 1 to " + MAX_LIMIT + ": " + limit);
                }
                Map<String, String> parameters = new LinkedHashMap<>();
                parameters.put("limit", Integer.toString(limit));
                cursor.ifPresent(place -> parameters.put("cursor", stamped(place)));
                JsonNode answer = api.get("/v1/sessions", parameters);
                List<SessionSummary> sessions = answer.required("sessions")
                        .valueStream()
                        .map(SummaryJson::read)
                        .toList();
                return new Page<>(sessions, next(answer));
            }
        };
    }

    /** What an answer says; empty where it says that there is none. */
    static <T> Optional<T> found(String code, Supplier<T> ask) {
        try {
            return Optional.of(ask.get());
        } catch (RemoteException problem) {
            if (problem.code().equals(code)) {
                return Optional.empty();
            }
            throw problem;
        }
    }

    @Override
    public Parking parking() {
        return parking;
    }

    /** What an event may be. */
    EventLimits limits() {
        return log.limits().events();
    }

    /** The entries named, as they are parked now. */
    Map<ParkedId, ParkedEntry> parked(Collection<ParkedId> ids) {
        return parking.named(ids);
    }

    @Override
    public PersonalData personal() {
        throw unsupported();
    }

    @Override
    public OperationStore operations() {
        throw unsupported();
    }

    static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException(
                "only a process on the stores may do that, not a client of their server");
    }
}
