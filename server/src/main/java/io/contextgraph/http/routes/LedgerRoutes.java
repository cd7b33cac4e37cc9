// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.http.contract.Declaration;
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
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.ports.WhichPartition;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.wire.LedgerJson;
import io.contextgraph.wire.PageJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The ledger as a whole: which one it is, its events in commit order, what events bring besides their envelopes. */
final class LedgerRoutes implements RouteGroup {
    private static final int MAX_IDS = 1000;

    /** How many payloads are read from the ledger at once. */
    private static final int IDS_AT_ONCE = 20;

    private static final String IDS = "ids";
    private static final String REFUSE = "refuse";
    private static final String SKIP = "skip";

    private static final Schema PLACE =
            Schema.fields().with("seq", Schema.whole()).with(EventFields.GLOBAL_POSITION, EventSchemas.POSITION);

    private static final Schema LEDGER = Schema.fields()
            .with("ledger_id", Schema.uuid().orNull().saying("Null before the first event"))
            .with("partition", Schema.whole())
            .with("epoch", Schema.whole().saying("Rises when events that were there are not there any more"))
            .with(
                    "cuts",
                    Schema.list(Schema.fields()
                                    .with("epoch", Schema.whole())
                                    .with("seq", Schema.whole())
                                    .with(EventFields.GLOBAL_POSITION, EventSchemas.POSITION))
                            .saying("Where each epoch but the first began: its last event in common with those before"))
            .with("head", PLACE)
            .with("trimmed", PLACE.saying("The last event without an entry in the streams: what follows it is hot"))
            .with(
                    "projection",
                    Schema.fields()
                            .with("as_of", EventSchemas.POSITION)
                            .with("as_of_seq", Schema.whole())
                            .with("lag_events", Schema.whole())
                            .with("pending", Schema.whole())
                            .with("parked", Schema.whole())
                            .with("waiting_since", Schema.time().orNull()))
            .with(
                    "limits",
                    Schema.fields()
                            .with("event_bytes", Schema.whole())
                            .with("payload_depth", Schema.whole())
                            .with("clock_lead_ms", Schema.whole())
                            .with("batch_events", Schema.whole())
                            .with("body_bytes", Schema.whole()))
            .named("Ledger");

    private static final Schema PARTITIONS =
            Schema.fields().with("partitions", Schema.list(LEDGER)).named("Partitions");

    private static final Schema EVENTS = Schema.fields()
            .with("events", Schema.list(EventSchemas.RECORDED))
            .with("meta", Paging.META.maybe(PageJson.PRUNED_BEFORE, EventSchemas.PRUNED))
            .named("LedgerEvents");

    private static final Schema REQUEST = Schema.fields()
            .with(IDS, Schema.list(Schema.uuid()).sized(1, MAX_IDS))
            .example("{\"ids\": [\"7f8a4c1e-2f6b-4d0e-9a52-0c9d3f1b6e77\"]}")
            .named("PayloadsRequest");

    private static final Schema PAYLOADS = Schema.fields()
            .with(
                    "payloads",
                    Schema.list(Schema.fields()
                                    .with(EventFields.EVENT_ID, Schema.uuid())
                                    .maybe(EventFields.PAYLOAD, Schema.object())
                                    .maybe(EventFields.ORIGINAL, EventSchemas.ORIGINAL))
                            .saying("Events that brought neither are left out"))
            .with(
                    "looked_at",
                    Schema.whole().saying("How many of the ids, from the first on; ask again for the others"))
            .with("meta", Paging.META)
            .named("Payloads");

    private static final Parameter<Long> AFTER = Parameter.query(
            "after_seq",
            ValueForm.of(
                    Schema.whole().from(0).to(Original.MAX_NUMBER),
                    "must be the number of an event, or 0",
                    text -> (text.matches("\\d{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.<Long>empty())
                            .filter(number -> number <= Original.MAX_NUMBER)),
            "The number of the last event that was read; without it, the answer begins with the earliest that is"
                    + " there");

    private static final Parameter<String> PRUNED = Parameter.query(
                    "pruned",
                    ValueForm.choice(List.of(REFUSE, SKIP)),
                    "Where events that follow have been pruned: refuse, or skip them")
            .otherwise(REFUSE);

    private static final Declaration READ_LEDGER = Declaration.of(
                    "readLedger",
                    Topic.LEDGER,
                    "The ledger as a whole",
                    "Which ledger it is, where it ends, how far the graph is, and what the server takes.")
            .takes(WhichPartition.SAID)
            .answers(200, "The ledger", LEDGER);

    private static final Declaration LIST_PARTITIONS = Declaration.of(
                    "listPartitions",
                    Topic.LEDGER,
                    "The partitions of the ledger",
                    "Each an order of events of its own, by its number. Most ledgers have one.")
            .answers(200, "All of them", PARTITIONS);

    private static final Declaration REPLAY = Declaration.of(
                    "replay",
                    Topic.LEDGER,
                    "Events in commit order",
                    "Without payloads, whatever the index knows. Each page is of its moment: where retention has taken out"
                            + " events behind after_seq since the page before, the next one is refused with the earliest"
                            + " place from which nothing is missing.")
            .takes(AFTER, PRUNED, Paging.LIMIT, WhichPartition.SAID)
            .answers(200, "Those that follow", EVENTS)
            .refuses(ProblemCode.POSITION_PRUNED);

    private static final Declaration READ_PAYLOADS = Declaration.of(
                    "readPayloads",
                    Topic.LEDGER,
                    "What many events bring besides their envelopes",
                    "As many as make an answer no larger than a request may be, and at least one.")
            .takesBody(Call.JSON, REQUEST)
            .answers(200, "Payloads and originals", PAYLOADS);

    private final HttpSettings settings;
    private final HttpPorts ports;

    LedgerRoutes(HttpSettings settings, HttpPorts ports) {
        this.settings = settings;
        this.ports = ports;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/ledger", Role.ANY, READ_LEDGER, this::ledger),
                Route.get("/v1/ledger/partitions", Role.ANY, LIST_PARTITIONS, this::partitions),
                Route.get("/v1/ledger/events", Role.READ, REPLAY, this::read),
                Route.post("/v1/events/payloads", Role.READ, READ_PAYLOADS, this::payloads));
    }

    private Answer ledger(Call call) {
        Parameters parameters = call.parameters();
        Partition partition = WhichPartition.in(ports, parameters);
        parameters.check();
        return Answer.json(200, ledger(partition));
    }

    private Answer partitions(Call call) {
        call.parameters().check();
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode all = json.putArray("partitions");
        ports.ledger().partitions().forEach(partition -> all.add(ledger(partition)));
        return Answer.json(200, json);
    }

    private ObjectNode ledger(Partition partition) {
        LedgerJson.Limits limits = new LedgerJson.Limits(
                settings.events(),
                settings.limits().maxBatch(),
                settings.limits().maxBodyBytes());
        return LedgerJson.of(
                partition.epochs().now(),
                partition.named(partition.trimming().trimmed()),
                ports.lag().partitions().get(partition.number()).now(),
                limits);
    }

    /** In commit order, without payloads; the index has no part in it. */
    private Answer read(Call call) {
        Parameters parameters = call.parameters();
        Optional<Long> after = parameters.find(AFTER);
        boolean all = parameters.get(PRUNED).equals(REFUSE) && after.isPresent();
        int limit = parameters.get(Paging.LIMIT);
        Partition partition = WhichPartition.in(ports, parameters);
        parameters.check();
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode events = json.putArray("events");
        long seq = after.orElse(0L);
        List<RecordedEvent> page = all
                ? ports.bookmarks().of(partition.number()).allAfter(seq, limit)
                : partition.order().read(seq, limit);
        partition.log().withOriginals(page).forEach(event -> events.add(EventJson.toJson(event)));
        ObjectNode meta = json.putObject("meta").put("query_ms", call.elapsedMillis());
        if (!all) {
            Pruning.Extent pruned = partition.pruning().extent();
            PageJson.tell(
                    new Pruning.Extent(partition.named(pruned.through()), pruned.events(), pruned.firstSeq()), meta);
        }
        return Answer.json(200, json);
    }

    /** Of the first events that are named: as many as make an answer no larger than a request may be, and at least one. */
    private Answer payloads(Call call) {
        call.parameters().check();
        call.contentType(Call.JSON);
        List<EventId> ids = ids(call.body());
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode answers = json.putArray("payloads");
        long room = settings.limits().maxBodyBytes();
        int looked = 0;
        while (looked < ids.size() && room > 0) {
            List<EventId> some = ids.subList(looked, Math.min(ids.size(), looked + IDS_AT_ONCE));
            Map<EventId, Payload> payloads = ports.ledger().log().payloads(some);
            Map<EventId, Original> originals = ports.ledger().log().originals(some);
            for (EventId id : some) {
                if (room <= 0) {
                    break;
                }
                looked++;
                Optional<Payload> payload = Optional.ofNullable(payloads.get(id));
                Optional<Original> original = Optional.ofNullable(originals.get(id));
                if (payload.isPresent() || original.isPresent()) {
                    ObjectNode answer = answers.addObject().put(EventFields.EVENT_ID, id.toString());
                    payload.ifPresent(it -> answer.set(EventFields.PAYLOAD, Json.MAPPER.readTree(it.json())));
                    original.ifPresent(it -> answer.set(EventFields.ORIGINAL, EventJson.toJson(it)));
                }
                room -= payload.map(it -> it.json().length()).orElse(0);
            }
        }
        json.put("looked_at", looked);
        json.putObject("meta").put("query_ms", call.elapsedMillis());
        return Answer.json(200, json);
    }

    private static List<EventId> ids(JsonNode body) {
        JsonNode ids = body.path(IDS);
        List<Fault> faults = new ArrayList<>();
        body.propertyNames().stream()
                .filter(name -> !name.equals(IDS))
                .map(name -> new Fault(Fault.pointer(name), "unknown_field", "is not a field of this request"))
                .forEach(faults::add);
        if (!ids.isArray() || ids.isEmpty() || ids.size() > MAX_IDS) {
            faults.add(new Fault("/" + IDS, "type", "must be an array of 1 to " + MAX_IDS + " ids"));
            throw new InvalidInputException(faults);
        }
        List<EventId> parsed = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Optional<EventId> id = EventId.parse(ids.get(i).asString(""));
            id.ifPresent(parsed::add);
            if (id.isEmpty()) {
                faults.add(new Fault("/" + IDS + "/" + i, "not_a_uuid", "must be a UUID of 36 characters"));
            }
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException(faults);
        }
        return parsed;
    }
}
