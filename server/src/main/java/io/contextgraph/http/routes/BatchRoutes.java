// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.ConnectionGuard;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Pace;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.EventCounts;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.intake.Intake;
import io.contextgraph.intake.Judged;
import io.contextgraph.intake.Reading;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ledger.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Many events in one request, each judged alone: as one JSON object, or as lines that are answered as they come. */
final class BatchRoutes implements RouteGroup {
    private static final String EVENTS = "events";

    private static final Parameter<String> ORIGINALS = Parameter.query(
                    "originals",
                    ValueForm.choice(List.of("keep", "refuse")),
                    "Whether events of a JSON batch may bring what another ledger had assigned, under original; it is kept"
                            + " beside them")
            .otherwise("refuse");

    private static final Declaration APPEND = Declaration.of(
                    "appendBatch",
                    Topic.LEDGER,
                    "Append many events, each judged alone",
                    "As one JSON object, or as a stream of lines (NDJSON) of any number, each answered as soon as it is"
                            + " in the ledger. Order is kept.")
            .takes(ORIGINALS, EventRoutes.DURABILITY)
            .takesBody(Call.JSON, EventSchemas.BATCH)
            .takesBody(Call.NDJSON, EventSchemas.EVENT)
            .answers(new Reply(
                    200,
                    "One line for each line of an NDJSON stream, in order",
                    Call.NDJSON,
                    EventSchemas.LINE_RESULT,
                    List.of()))
            .answers(201, "What became of each event", EventSchemas.BATCH_RESULT)
            .refuses(ProblemCode.TOO_MANY_STREAMS);

    private final HttpSettings settings;
    private final HttpPorts ports;
    private final Intake intake;
    private final EventCounts counts;

    BatchRoutes(HttpSettings settings, HttpPorts ports) {
        this.settings = settings;
        this.ports = ports;
        this.intake = new Intake(settings.events(), ports.clock());
        this.counts = new EventCounts(ports.metrics());
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post("/v1/events/batch", Role.INGEST, APPEND, this::append));
    }

    private Answer append(Call call) {
        Parameters parameters = call.parameters();
        boolean originals = parameters.get(ORIGINALS).equals("keep");
        parameters.check();
        String type = call.contentType(Call.JSON, Call.NDJSON);
        if (call.header("Expected-Session-Seq").isPresent()) {
            throw new InvalidInputException(
                    "/header/Expected-Session-Seq", "not_supported", "goes with a single event only");
        }
        Durability atLeast = call.header(EventRoutes.DURABILITY).orElse(settings.durability());
        if (type.equals(Call.NDJSON)) {
            if (originals) {
                throw new InvalidInputException("/originals", "not_supported", "goes with a JSON batch only");
            }
            return stream(call, atLeast);
        }
        JsonNode events = events(call.body());
        return Answer.json(201, judge(events, call.bodyBytes(), originals, atLeast));
    }

    private Answer stream(Call call, Durability atLeast) {
        NdjsonAppend append = new NdjsonAppend(ports, intake, counts, settings, atLeast);
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

    private ObjectNode judge(JsonNode events, long atMostBytes, boolean originals, Durability atLeast) {
        List<Reading> readings = new ArrayList<>();
        Intake.Answered answered;
        try (EventCounts.Tally tally = counts.begin(events.size())) {
            for (JsonNode event : events) {
                readings.add(originals ? intake.readImported(event, atMostBytes) : intake.read(event, atMostBytes));
            }
            answered = Intake.append(ports.ledger().log(), readings, atLeast);
            tally.addAll(answered.judged());
        }
        return toJson(answered, Appends.summaries(ports.graph(), answered.judged()));
    }

    private static ObjectNode toJson(Intake.Answered answered, Map<EventId, Summary> summaries) {
        ArrayNode results = Json.MAPPER.createArrayNode();
        ArrayNode errors = Json.MAPPER.createArrayNode();
        int duplicates = 0;
        int index = 0;
        for (Judged judged : answered.judged()) {
            boolean taken = judged instanceof Verdict.Taken;
            Appends.tell((taken ? results : errors).addObject().put("index", index++), judged, summaries);
            duplicates += judged instanceof Verdict.Taken one && one.duplicate() ? 1 : 0;
        }
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("accepted", results.size());
        json.put("rejected", errors.size());
        json.put("duplicates", duplicates);
        json.put("durability", answered.reached().map(Durability::wireName).orElse(null));
        json.set("results", results);
        json.set("errors", errors);
        return json;
    }
}
