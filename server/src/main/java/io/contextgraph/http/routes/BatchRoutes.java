// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.ConnectionGuard;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Pace;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemCode;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Many events in one request, each judged alone: as one JSON object, or as lines that are answered as they come. */
final class BatchRoutes implements RouteGroup {
    private static final String EVENTS = "events";

    private final HttpSettings settings;
    private final HttpPorts ports;
    private final Appends appends;

    BatchRoutes(HttpSettings settings, HttpPorts ports) {
        this.settings = settings;
        this.ports = ports;
        this.appends = new Appends(settings.events(), ports.clock());
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post("/v1/events/batch", Role.APPEND, this::append));
    }

    private Answer append(Call call) {
        call.parameters().check();
        String type = call.contentType(Call.JSON, Call.NDJSON);
        if (call.header("Expected-Session-Seq").isPresent()) {
            throw new InvalidInputException(
                    "/header/Expected-Session-Seq", "not_supported", "goes with a single event only");
        }
        Durability atLeast = call.durability(settings.durability());
        if (type.equals(Call.NDJSON)) {
            return stream(call, atLeast);
        }
        JsonNode events = events(call.body());
        return Answer.json(201, judge(events, call.bodyBytes(), atLeast).toJson());
    }

    private Answer stream(Call call, Durability atLeast) {
        NdjsonAppend append = new NdjsonAppend(ports.ledger().log(), appends, settings, atLeast);
        return new Answer.Streamed(200, Call.NDJSON, out -> {
            Optional<Pace> pace = ConnectionGuard.current();
            pace.ifPresent(Pace::streamBegins);
            try {
                append.run(call, out);
            } finally {
                pace.ifPresent(Pace::streamEnds);
            }
        });
    }

    private JsonNode events(JsonNode body) {
        if (!body.isObject()) {
            throw new InvalidInputException("", "type", "must be an object with the field " + EVENTS);
        }
        List<Fault> faults = new ArrayList<>();
        body.propertyNames().stream()
                .filter(name -> !name.equals(EVENTS))
                .map(name -> new Fault(Fault.pointer(name), "unknown_field", "is not a field of a batch"))
                .forEach(faults::add);
        JsonNode events = body.path(EVENTS);
        int max = settings.limits().maxBatch();
        if (!events.isArray()) {
            String code = events.isMissingNode() ? "required" : "type";
            faults.add(new Fault("/" + EVENTS, code, "must be an array of events"));
        } else if (events.isEmpty() || events.size() > max) {
            faults.add(
                    new Fault("/" + EVENTS, "batch_size", "must have 1 to " + max + " events, has " + events.size()));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException(faults);
        }
        return events;
    }

    private Judged judge(JsonNode events, long atMostBytes, Durability atLeast) {
        Judged judged = new Judged();
        List<Append> wishes = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            try {
                wishes.add(Append.of(appends.read(events.get(i), atMostBytes)));
                places.add(i);
            } catch (InvalidInputException invalid) {
                String id = Appends.claimedId(events.get(i)).orElse(null);
                judged.refuse(i, id, Appends.code(invalid.faults()), invalid.faults());
            }
        }
        if (!wishes.isEmpty()) {
            AppendResult result = ports.ledger().log().append(wishes, atLeast);
            judged.reached = result.reached();
            for (int i = 0; i < wishes.size(); i++) {
                judged.outcome(places.get(i), result.outcomes().get(i));
            }
        }
        return judged;
    }

    /** The answer, as it grows. */
    private static final class Judged {
        private final ArrayNode results = Json.MAPPER.createArrayNode();
        private final TreeMap<Integer, ObjectNode> errors = new TreeMap<>();
        private int duplicates;
        private @Nullable Durability reached;

        void outcome(int index, AppendOutcome outcome) {
            String id = outcome.eventId().toString();
            switch (outcome) {
                case AppendOutcome.Appended taken -> take(index, taken.eventId(), taken.receipt(), false);
                case AppendOutcome.Duplicate taken -> take(index, taken.eventId(), taken.receipt(), true);
                case AppendOutcome.Conflict conflict ->
                    refuse(index, id, ProblemCode.EVENT_ID_CONFLICT.code(), List.of(Appends.fault(conflict)));
                case AppendOutcome.Refused refused ->
                    refuse(index, id, refused.reason().code(), List.of(Appends.fault(refused)));
                case AppendOutcome.UnexpectedSessionSeq unasked ->
                    throw new IllegalStateException("a batch expects nothing of " + unasked.eventId());
            }
        }

        private void take(int index, EventId id, AppendOutcome.Receipt receipt, boolean duplicate) {
            ObjectNode json = results.addObject().put("index", index).put("event_id", id.toString());
            Appends.receipt(json, receipt);
            json.put("duplicate", duplicate);
            duplicates += duplicate ? 1 : 0;
        }

        void refuse(int index, @Nullable String eventId, String code, List<Fault> faults) {
            ObjectNode json = Json.MAPPER.createObjectNode();
            json.put("index", index).put("event_id", eventId).put("code", code);
            json.set("errors", Problem.errors(faults));
            errors.put(index, json);
        }

        ObjectNode toJson() {
            ObjectNode json = Json.MAPPER.createObjectNode();
            json.put("accepted", results.size());
            json.put("rejected", errors.size());
            json.put("duplicates", duplicates);
            json.put(
                    "durability",
                    Optional.ofNullable(reached).map(Durability::wireName).orElse(null));
            json.set("results", results);
            json.putArray("errors").addAll(errors.values());
            return json;
        }
    }
}
