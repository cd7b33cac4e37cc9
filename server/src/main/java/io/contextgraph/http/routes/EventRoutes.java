// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Header;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.EventCounts;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.ports.KnownEvent;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.intake.Intake;
import io.contextgraph.intake.Reading;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.DuplicateCounts;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.ExpectedSessionSeq;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.privacy.erasure.ErasureJson;
import io.contextgraph.wire.PageJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Single events: append, read, search, and the chain of causes. */
final class EventRoutes implements RouteGroup {
    static final Parameter<Durability> DURABILITY = Parameter.header(
            "Durability",
            ValueForm.choice(Durability.wireNames(), Durability::parse),
            "At least this safe; default by configuration");

    private static final Parameter<ExpectedSessionSeq> EXPECTED = Parameter.header(
                    "Expected-Session-Seq",
                    ValueForm.of(
                            Schema.text().matching("^(any|none|[0-9]{1,15})$"),
                            "must be any, none or a whole number of 15 digits at most",
                            EventRoutes::expectedSessionSeq),
                    "Append only if the session has so many events")
            .tacitly(ExpectedSessionSeq.ANY);

    private static final Parameter<EventId> EVENT_ID =
            Parameter.path(EventFields.EVENT_ID, ValueForm.EVENT_ID, "The event");
    private static final Parameter<String> ORDER = Parameter.query(
                    "order", ValueForm.choice(List.of("asc", "desc")), "Direction")
            .otherwise("asc");
    private static final Parameter<String> BY = Parameter.query(
                    "by", ValueForm.choice(List.of("occurred_at", "position")), "What the order goes by")
            .otherwise("occurred_at");
    private static final Parameter<Integer> MAX_DEPTH = Parameter.query(
                    "max_depth", ValueForm.whole(1, Chain.MAX_DEPTH), "Most causes")
            .otherwise(Chain.MAX_DEPTH);

    private static final Declaration APPEND = Declaration.of(
                    "appendEvent",
                    Topic.LEDGER,
                    "Append one event",
                    "Repeating it is safe: the same event again is answered with its first place in the ledger, other"
                            + " content under its id is a conflict.")
            .takes(DURABILITY, EXPECTED)
            .takesBody(Declaration.JSON, EventSchemas.EVENT)
            .answers(Reply.json(201, "In the ledger, now or before", EventSchemas.RECEIPT)
                    .with(new Header(
                            "Idempotent-Replayed",
                            "Only when the event was there already",
                            Schema.choice(List.of("true")),
                            false)))
            .refuses(
                    ProblemCode.EVENT_ID_CONFLICT,
                    ProblemCode.EVENT_GONE,
                    ProblemCode.SUBJECT_ERASED,
                    ProblemCode.UNEXPECTED_SESSION_SEQ,
                    ProblemCode.EVENT_TOO_LARGE,
                    ProblemCode.PRIVACY_UNAVAILABLE);

    private static final Declaration SEARCH = Paging.continued(Declaration.of(
                            "searchEvents",
                            Topic.LEDGER,
                            "Find events by any combination of filters",
                            "Pages are complete: what cannot be answered completely is refused. Where old events have left the"
                                    + " index, an answer that goes by it says which events it covers, in meta.covers;"
                                    + " one for a session, or by position without filters, is over all events."
                                    + " What has been pruned is gone from every answer, and meta.pruned_before tells how much that"
                                    + " is; a cursor stays valid across it. Payloads are left out.")
                    .takes(Filters.ALL)
                    .takes(Filters.FROM, Filters.TO, ORDER, BY, Paging.LIMIT))
            .answers(200, "One page", EventSchemas.EVENT_PAGE);

    private static final Parameter<String> INCLUDE = Parameter.query(
            "include",
            ValueForm.choice(List.of(EventSchemas.STANDING)),
            "Adds what became of the event: in which tiers it is, and how often it came again");

    private static final Declaration READ = Declaration.of(
                    "readEvent",
                    Topic.LEDGER,
                    "One event with payload and provenance",
                    "Whatever its age is: an event that was taken out is answered with why it went and where it may be.")
            .takes(EVENT_ID, INCLUDE)
            .answers(200, "The event", EventSchemas.READ)
            .refuses(ProblemCode.EVENT_NOT_FOUND, ProblemCode.EVENT_GONE);

    private static final Declaration ANCESTORS = Declaration.of(
                    "readAncestors",
                    Topic.LEDGER,
                    "The chain of causes, from the ledger alone",
                    "Follows parent_event_id, also where the graph is away or behind, and says why the chain ends.")
            .takes(EVENT_ID, MAX_DEPTH)
            .answers(200, "Nearest first", EventSchemas.ANCESTORS)
            .refuses(ProblemCode.EVENT_NOT_FOUND, ProblemCode.EVENT_GONE);

    private final HttpSettings settings;
    private final HttpPorts ports;
    private final Intake intake;
    private final EventCounts counts;

    EventRoutes(HttpSettings settings, HttpPorts ports) {
        this.settings = settings;
        this.ports = ports;
        this.intake = new Intake(settings.events(), ports.clock());
        this.counts = new EventCounts(ports.metrics());
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/events", Role.INGEST, APPEND, this::append),
                Route.get("/v1/events", Role.READ, SEARCH, this::search),
                Route.get("/v1/events/{event_id}", Role.READ, READ, this::read),
                Route.get("/v1/events/{event_id}/ancestors", Role.READ, ANCESTORS, this::ancestors));
    }

    private Answer append(Call call) {
        call.parameters().check();
        call.contentType(Call.JSON);
        ExpectedSessionSeq expected = call.header(EXPECTED).orElseThrow();
        try (EventCounts.Tally tally = counts.begin(1)) {
            AppendResult result = ports.ledger()
                    .log()
                    .append(
                            List.of(new Append(event(call), expected)),
                            call.header(DURABILITY).orElse(settings.durability()));
            return answer(result, tally);
        }
    }

    private Answer answer(AppendResult result, EventCounts.Tally tally) {
        AppendOutcome outcome = result.outcomes().getFirst();
        // Only here something may be expected of a session.
        if (outcome instanceof AppendOutcome.UnexpectedSessionSeq unexpected) {
            throw Appends.refusal(unexpected).raised();
        }
        Verdict verdict = Verdict.of(outcome);
        tally.add(verdict);
        return switch (verdict) {
            case Verdict.Taken taken -> receipt(taken, result);
            case Verdict.Conflict conflict -> throw Appends.refusal(conflict).raised();
            case Verdict.Personal personal -> throw new InvalidInputException(List.of(personal.fault()));
            case Verdict.Fenced fenced -> throw Appends.refusal(fenced).raised();
            case Verdict.Gone gone ->
                throw KnownEvent.gone(ports, gone.eventId(), gone.gone()).raised();
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
        Appends.tell(json, taken, Map.of());
        json.put("durability", result.reached().wireName());
        return Answer.json(201, json, taken.duplicate() ? Map.of("Idempotent-Replayed", "true") : Map.of());
    }

    private static Optional<ExpectedSessionSeq> expectedSessionSeq(String text) {
        if (text.equals("any")) {
            return Optional.of(ExpectedSessionSeq.ANY);
        }
        if (text.equals("none")) {
            return Optional.of(ExpectedSessionSeq.NONE);
        }
        return text.matches("\\d{1,15}")
                ? Optional.of(new ExpectedSessionSeq.Exactly(Long.parseLong(text)))
                : Optional.empty();
    }

    private Answer read(Call call) {
        Parameters parameters = call.parameters();
        boolean standing = parameters.find(INCLUDE).isPresent();
        parameters.check();
        RecordedEvent found = KnownEvent.require(ports, call.path(EVENT_ID));
        ObjectNode json = EventJson.toJson(found);
        if (PersonalPayloads.isForgotten(found.event())) {
            json.putNull(EventFields.PAYLOAD);
            ports.privacy()
                    .receipt(found.event())
                    .ifPresent(receipt -> json.set(EventSchemas.RECEIPT_OF_ERASURE, ErasureJson.of(receipt)));
        }
        if (standing) {
            json.set(EventSchemas.STANDING, standing(found));
        }
        return Answer.json(200, json);
    }

    private ObjectNode standing(RecordedEvent event) {
        Trimming trimming =
                ports.ledger().partitionOf(event.event().sessionId()).trimming();
        DuplicateCounts.Count again = ports.duplicates().of(event.event().id());
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put(
                EventSchemas.TIER,
                EventSchemas.tier(event.seq() > trimming.trimmed().seq()));
        json.put(
                EventSchemas.INDEXED, event.seq() > trimming.index().unindexed().seq());
        json.putObject(EventSchemas.DUPLICATES)
                .put(EventSchemas.ANSWERED, again.answered())
                .put(EventSchemas.SINCE, Times.format(again.since()))
                .put(EventSchemas.LAST_AT, again.last().map(Times::format).orElse(null));
        return json;
    }

    private Answer search(Call call) {
        Parameters parameters = call.parameters();
        EventQuery query = query(parameters);
        ports.bookmarks().require(parameters.find(Paging.CURSOR));
        EventPage page = ports.ledger().search().search(query);
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode events = json.putArray("events");
        ports.ledger().log().withOriginals(page.events()).forEach(event -> events.add(EventJson.toJson(event)));
        EventJson.pagination(json, ports.bookmarks().stamp(page.next()));
        PageJson.tell(page, json.putObject("meta").put("query_ms", call.elapsedMillis()));
        return Answer.json(200, json);
    }

    private static EventQuery query(Parameters parameters) {
        EventQuery.Builder query = Filters.read(parameters)
                .from(parameters.find(Filters.FROM).orElse(null))
                .to(parameters.find(Filters.TO).orElse(null))
                .order(order(parameters))
                .limit(parameters.get(Paging.LIMIT))
                .cursor(parameters.find(Paging.CURSOR).map(Bookmarks::opened).orElse(null));
        return parameters.build(query::build);
    }

    private static EventQuery.Order order(Parameters parameters) {
        boolean byPosition = parameters.get(BY).equals("position");
        boolean descending = parameters.get(ORDER).equals("desc");
        if (byPosition) {
            return descending ? EventQuery.Order.POSITION_DESC : EventQuery.Order.POSITION_ASC;
        }
        return descending ? EventQuery.Order.TIME_DESC : EventQuery.Order.TIME_ASC;
    }

    private Answer ancestors(Call call) {
        Parameters parameters = call.parameters();
        int maxDepth = parameters.get(MAX_DEPTH);
        parameters.check();
        Chain chain = Chain.of(
                KnownEvent.require(ports, call.path(EVENT_ID)),
                maxDepth,
                ports.ledger().log()::find);
        return Answer.json(200, chain.toJson(call.elapsedMillis()));
    }
}
