// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemCode;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.intake.Intake;
import io.contextgraph.intake.Reading;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.ExpectedSessionSeq;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.epoch.Bookmarks;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Single events: append, read, search, and the chain of causes. */
final class EventRoutes implements RouteGroup {
    private final HttpSettings settings;
    private final HttpPorts ports;
    private final Intake intake;

    EventRoutes(HttpSettings settings, HttpPorts ports) {
        this.settings = settings;
        this.ports = ports;
        this.intake = new Intake(settings.events(), ports.clock());
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/events", Role.INGEST, this::append),
                Route.get("/v1/events", Role.READ, this::search),
                Route.get("/v1/events/{event_id}", Role.READ, this::read),
                Route.get("/v1/events/{event_id}/ancestors", Role.READ, this::ancestors));
    }

    private Answer append(Call call) {
        call.parameters().check();
        call.contentType(Call.JSON);
        ExpectedSessionSeq expected = expectedSessionSeq(call.header("Expected-Session-Seq"));
        AppendResult result = ports.ledger()
                .log()
                .append(List.of(new Append(event(call), expected)), call.durability(settings.durability()));
        AppendOutcome outcome = result.outcomes().getFirst();
        // Only here something may be expected of a session.
        if (outcome instanceof AppendOutcome.UnexpectedSessionSeq unexpected) {
            throw Appends.refusal(unexpected).raised();
        }
        return switch (Verdict.of(outcome)) {
            case Verdict.Taken taken -> receipt(taken, result);
            case Verdict.Conflict conflict -> throw Appends.refusal(conflict).raised();
            case Verdict.Personal ignored -> throw new InvalidInputException(List.of(PersonalPayloads.FAULT));
            case Verdict.Refused refused -> throw Appends.refusal(refused).raised();
        };
    }

    private Event event(Call call) {
        return switch (intake.read(call.body(), call.bodyBytes())) {
            case Reading.Valid valid -> valid.event();
            case Reading.Invalid invalid -> throw refusal(invalid);
        };
    }

    private RuntimeException refusal(Reading.Invalid invalid) {
        if (invalid.code().equals(Intake.TOO_LARGE)) {
            return Problem.of(ProblemCode.EVENT_TOO_LARGE, "The event is too large.")
                    .with("limit_bytes", settings.events().maxEventBytes())
                    .withErrors(invalid.faults())
                    .raised();
        }
        return new InvalidInputException(invalid.faults());
    }

    private static Answer receipt(Verdict.Taken taken, AppendResult result) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        Appends.tell(json, taken);
        json.put("durability", result.reached().wireName());
        return Answer.json(201, json, taken.duplicate() ? Map.of("Idempotent-Replayed", "true") : Map.of());
    }

    private static ExpectedSessionSeq expectedSessionSeq(Optional<String> header) {
        String text = header.orElse("any");
        if (text.equals("any")) {
            return ExpectedSessionSeq.ANY;
        }
        if (text.equals("none")) {
            return ExpectedSessionSeq.NONE;
        }
        if (text.matches("\\d{1,18}")) {
            return new ExpectedSessionSeq.Exactly(Long.parseLong(text));
        }
        throw new InvalidInputException(
                "/header/Expected-Session-Seq", "invalid_value", "must be any, none or a whole number");
    }

    private Answer read(Call call) {
        call.parameters().check();
        return Answer.json(200, EventJson.toJson(KnownEvent.require(ports.ledger(), call.eventId("event_id"))));
    }

    private Answer search(Call call) {
        Parameters parameters = call.parameters(Filters.and("from", "to", "order", "by", "limit", "cursor"));
        EventQuery query = query(parameters);
        ports.bookmarks().require(parameters.cursor());
        EventPage page = ports.ledger().search().search(query);
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode events = json.putArray("events");
        ports.ledger().log().withOriginals(page.events()).forEach(event -> events.add(EventJson.toJson(event)));
        EventJson.pagination(json, ports.bookmarks().stamp(page.next()));
        json.putObject("meta")
                .put("query_ms", call.elapsedMillis())
                .put("as_of", page.asOf().toString())
                .put("complete", true);
        return Answer.json(200, json);
    }

    private static EventQuery query(Parameters parameters) {
        EventQuery.Builder query = Filters.read(parameters)
                .from(parameters.time("from").orElse(null))
                .to(parameters.time("to").orElse(null))
                .order(order(parameters))
                .limit(parameters.integer("limit", 1, EventQuery.MAX_LIMIT, EventQuery.DEFAULT_LIMIT))
                .cursor(parameters.cursor().map(Bookmarks::opened).orElse(null));
        return parameters.build(query::build);
    }

    private static EventQuery.Order order(Parameters parameters) {
        boolean byPosition = parameters
                .choice("by", List.of("occurred_at", "position"), "occurred_at")
                .equals("position");
        boolean descending =
                parameters.choice("order", List.of("asc", "desc"), "asc").equals("desc");
        if (byPosition) {
            return descending ? EventQuery.Order.POSITION_DESC : EventQuery.Order.POSITION_ASC;
        }
        return descending ? EventQuery.Order.TIME_DESC : EventQuery.Order.TIME_ASC;
    }

    private Answer ancestors(Call call) {
        Parameters parameters = call.parameters("max_depth");
        int maxDepth = parameters.integer("max_depth", 1, Chain.MAX_DEPTH, Chain.MAX_DEPTH);
        parameters.check();
        Chain chain = Chain.of(
                KnownEvent.require(ports.ledger(), call.eventId("event_id")),
                maxDepth,
                ports.ledger().log()::find);
        return Answer.json(200, chain.toJson(call.elapsedMillis()));
    }
}
