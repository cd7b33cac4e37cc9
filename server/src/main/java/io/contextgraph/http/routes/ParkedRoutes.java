// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
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
import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.projection.Redrive;
import io.contextgraph.projection.Redrive.Outcome;
import io.contextgraph.projection.Redrive.Result;
import io.contextgraph.wire.ParkedJson;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Entries that could not be projected: to look at, to try again, to give up. */
final class ParkedRoutes implements RouteGroup {
    static final int MAX_IDS = 1000;
    static final Parameter<ParkedId> ID = Parameter.path(
            "id",
            ValueForm.of(
                    ValueForm.POSITION.schema(),
                    "invalid_value",
                    "must be an id that /v1/admin/parked gave",
                    ParkedId::parse),
            "As listed");

    private static final String ALL = "redrive";
    /** Not blank, and on one line. */
    static final String REASON_PATTERN =
            "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$";

    private static final String REASON_RULE =
            "must say in 1 to " + DroppedEntry.MAX_REASON + " characters why the event is given up";
    private static final Parameter<String> REASON = Parameter.query(
                    "reason",
                    ValueForm.of(
                            Schema.text().sized(1, DroppedEntry.MAX_REASON).matching(REASON_PATTERN),
                            "required",
                            REASON_RULE,
                            text -> Optional.of(text.strip()).filter(DroppedEntry::isReason)),
                    "Why the event is given up")
            .mandatory();

    private static final Declaration LIST = Paging.continued(Declaration.of(
                            "listParked",
                            Topic.OPERATIONS,
                            "Events that could not be projected, in the order of parking",
                            "They wait for an operator; everything else goes on without them.")
                    .takes(Paging.LIMIT))
            .answers(200, "One page", AdminSchemas.PARKED_PAGE);

    private static final Declaration LIST_DROPPED = Paging.continued(Declaration.of(
                            "listDropped",
                            Topic.OPERATIONS,
                            "Parked events that were given up, in the order in which that was done",
                            "With who parked them and why they were given up.")
                    .takes(Paging.LIMIT))
            .answers(200, "One page", AdminSchemas.DROPPED_PAGE);

    private static final Declaration REDRIVE = Declaration.of(
                    "redriveParked",
                    Topic.OPERATIONS,
                    "Try parked events again: those named, or all of them, 1000 at a time",
                    "What is projected is no longer parked; what is refused again stays, with its new reason.")
            .takesBody(Declaration.JSON, AdminSchemas.REDRIVE_REQUEST)
            .answers(200, "What became of each", AdminSchemas.REDRIVE_RESULT)
            .refuses(ProblemCode.INVALID_CURSOR, ProblemCode.EPOCH_ENDED);

    private static final Declaration DROP = Declaration.of(
                    "dropParked",
                    Topic.OPERATIONS,
                    "Give a parked event up for good; the reason is recorded",
                    "The event stays in the ledger; the graph goes without it.")
            .takes(ID, REASON)
            .answers(200, "It is no longer parked", AdminSchemas.DROPPED)
            .refuses(ProblemCode.NOT_PARKED);

    private final Parking parking;
    private final Bookmarks bookmarks;
    private final Redrive redrive;

    ParkedRoutes(HttpPorts ports) {
        this.parking = ports.ledger().parking();
        this.bookmarks = ports.bookmarks();
        this.redrive = ports.admin().redrive();
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/admin/parked", Role.ADMIN, LIST, this::list),
                Route.get("/v1/admin/parked/dropped", Role.ADMIN, LIST_DROPPED, this::dropped),
                Route.post("/v1/admin/parked/redrive", Role.ADMIN, REDRIVE, this::redrive),
                Route.delete("/v1/admin/parked/{id}", Role.ADMIN, DROP, this::drop));
    }

    private Answer list(Call call) {
        return page(call, "parked", parking::list, ParkedEntry::id, ParkedJson::of);
    }

    private Answer dropped(Call call) {
        return page(call, "dropped", parking::dropped, DroppedEntry::id, ParkedJson::of);
    }

    /** Reads a page of one kind. */
    @FunctionalInterface
    private interface Pager<T> {
        List<T> read(Optional<ParkedId> after, int max);
    }

    private <T> Answer page(
            Call call, String name, Pager<T> pager, Function<T, ParkedId> id, Function<T, ObjectNode> json) {
        Parameters parameters = call.parameters();
        int limit = parameters.get(Paging.LIMIT);
        Optional<Cursor> cursor = parameters.find(Paging.CURSOR);
        parameters.check();
        Slice<T> slice = slice(name, pager, cursor, limit, id);
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode array = answer.putArray(name);
        slice.items().forEach(entry -> array.add(json.apply(entry)));
        EventJson.pagination(answer, slice.next());
        answer.putObject("meta").put("query_ms", call.elapsedMillis());
        return Answer.json(200, answer);
    }

    /** Some of a list, and where it goes on. */
    private record Slice<T>(List<T> items, Optional<Cursor> next) {}

    private <T> Slice<T> slice(
            String name, Pager<T> pager, Optional<Cursor> stamped, int limit, Function<T, ParkedId> id) {
        Optional<ParkedId> after = stamped.map(Bookmarks::opened)
                .map(opened -> ParkedId.parse(opened.open(name, 1).getFirst())
                        .orElseThrow(() -> Cursor.invalid("is damaged")));
        bookmarks.require(stamped);
        List<T> found = pager.read(after, limit + 1);
        if (found.size() <= limit) {
            return new Slice<>(found, Optional.empty());
        }
        List<T> items = found.subList(0, limit);
        return new Slice<>(
                items,
                bookmarks.stamp(Optional.of(
                        Cursor.of(name, List.of(id.apply(items.getLast()).toString())))));
    }

    private Answer redrive(Call call) {
        call.parameters().check();
        call.contentType(Call.JSON);
        JsonNode body = call.body();
        if (!body.isObject() || body.has("ids") == body.has("all")) {
            throw new InvalidInputException("", "type", "must be an object with either ids or all");
        }
        ObjectNode answer = Json.MAPPER.createObjectNode();
        if (body.has("ids")) {
            report(answer, ids(body).stream().map(redrive::redrive).toList());
        } else {
            Slice<ParkedEntry> slice =
                    slice(ALL, parking::list, cursorOfAll(body).map(Cursor::new), MAX_IDS, ParkedEntry::id);
            report(answer, slice.items().stream().map(redrive::redrive).toList());
            EventJson.pagination(answer, slice.next());
        }
        return Answer.json(200, answer);
    }

    private static void report(ObjectNode answer, List<Result> results) {
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        results.forEach(result -> counts.merge(result.outcome(), 1, Integer::sum));
        for (Outcome outcome : Outcome.values()) {
            answer.put(outcome.wireName(), counts.getOrDefault(outcome, 0));
        }
        ArrayNode array = answer.putArray("results");
        results.forEach(result -> array.add(result.toJson()));
    }

    /** Where to go on with all of them. */
    private static Optional<String> cursorOfAll(JsonNode body) {
        List<Fault> faults = new ArrayList<>();
        if (!body.path("all").booleanValue(false)) {
            faults.add(new Fault("/all", "invalid_value", "must be true"));
        }
        JsonNode cursor = body.path("cursor");
        if (!cursor.isMissingNode() && !cursor.isNull() && !cursor.isString()) {
            faults.add(new Fault("/cursor", "type", "must be a string or null"));
        }
        others(body, Set.of("all", "cursor"), faults);
        if (!faults.isEmpty()) {
            throw new InvalidInputException(faults);
        }
        return Optional.of(cursor).filter(JsonNode::isString).map(JsonNode::stringValue);
    }

    private static void others(JsonNode body, Set<String> known, List<Fault> faults) {
        body.propertyNames().stream()
                .filter(name -> !known.contains(name))
                .forEach(name ->
                        faults.add(new Fault(Fault.pointer(name), "unknown_field", "is not a field of this request")));
    }

    /** The entries that the body names. */
    private static List<ParkedId> ids(JsonNode body) {
        JsonNode ids = body.path("ids");
        if (!ids.isArray() || ids.isEmpty() || ids.size() > MAX_IDS) {
            throw new InvalidInputException("/ids", "type", "must be an array of 1 to " + MAX_IDS + " ids");
        }
        List<ParkedId> parsed = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        others(body, Set.of("ids"), faults);
        for (int i = 0; i < ids.size(); i++) {
            JsonNode id = ids.get(i);
            int at = i;
            Optional.of(id)
                    .filter(JsonNode::isString)
                    .flatMap(text -> ParkedId.parse(text.stringValue()))
                    .ifPresentOrElse(
                            parsed::add,
                            () -> faults.add(new Fault(
                                    "/ids/" + at, "invalid_value", "must be an id that /v1/admin/parked gave")));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException(faults);
        }
        return parsed;
    }

    private Answer drop(Call call) {
        Parameters parameters = call.parameters();
        Optional<String> given = parameters.find(REASON);
        parameters.check();
        String reason = given.orElseThrow();
        ParkedId id = call.path(ID);
        if (!parking.drop(id, reason)) {
            throw Problem.of(ProblemCode.NOT_PARKED, "There is no such parked entry (any more).")
                    .raised();
        }
        return Answer.json(
                200, Json.MAPPER.createObjectNode().put("id", id.toString()).put("reason", reason));
    }
}
