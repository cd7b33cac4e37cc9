// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.wire.FaultJson;
import io.contextgraph.wire.LedgerJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The log of a server's ledger. */
final class RemoteEventLog implements EventLog {
    /** A request is sent when its events are so long: what they wait for is not the network. */
    private static final int MAX_REQUEST_BYTES = 4 << 20;

    private static final int MAX_IDS = 1000;

    private final Api api;
    private volatile LedgerJson.@Nullable Limits limits;
    private volatile Brought last = new Brought(Set.of(), Map.of(), Map.of());

    RemoteEventLog(Api api) {
        this.api = api;
    }

    /** What events brought besides their envelopes; its payloads are not kept. */
    private record Brought(Set<EventId> of, Map<EventId, Payload> payloads, Map<EventId, Original> originals) {}

    /** What the server takes. */
    LedgerJson.Limits limits() {
        LedgerJson.Limits known = limits;
        if (known == null) {
            known = LedgerJson.limits(api.get(RemoteLedger.PARTITIONS, Map.of())
                    .required("partitions")
                    .get(0));
            limits = known;
        }
        return known;
    }

    /** {@inheritDoc} In as many requests as the server's limits make necessary, one behind the other. */
    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        LedgerJson.Limits most = limits();
        int room = Math.min(MAX_REQUEST_BYTES, most.maxBodyBytes() / 2);
        List<AppendOutcome> outcomes = new ArrayList<>();
        Durability reached = Durability.REPLICATED;
        ArrayNode events = Json.MAPPER.createArrayNode();
        long bytes = 0;
        for (Append append : appends) {
            ObjectNode event = toJson(append);
            long size = Json.MAPPER.writeValueAsBytes(event).length;
            if (!events.isEmpty() && (bytes + size > room || events.size() >= most.maxBatch())) {
                reached = least(reached, send(events, atLeast, outcomes));
                events = Json.MAPPER.createArrayNode();
                bytes = 0;
            }
            events.add(event);
            bytes += size;
        }
        reached = least(reached, send(events, atLeast, outcomes));
        return new AppendResult(outcomes, reached);
    }

    private static ObjectNode toJson(Append append) {
        ObjectNode event = EventJson.toJson(append.event());
        append.original().ifPresent(original -> event.set(EventFields.ORIGINAL, EventJson.toJson(original)));
        return event;
    }

    private static Durability least(Durability one, Durability other) {
        return one.covers(other) ? other : one;
    }

    private Durability send(ArrayNode events, Durability atLeast, List<AppendOutcome> outcomes) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("events", events);
        // The server's own level is never less than memory.
        Map<String, String> headers =
                atLeast == Durability.MEMORY ? Map.of() : Map.of("Durability", atLeast.wireName());
        JsonNode answer;
        try {
            answer = api.post("/v1/events/batch", Map.of("originals", "keep"), headers, body);
        } catch (RemoteException problem) {
            if (problem.status() == 413 && events.size() == 1) {
                outcomes.add(refused(events.get(0), String.valueOf(problem.getMessage())));
                return Durability.REPLICATED;
            }
            throw problem;
        }
        AppendOutcome[] judged = new AppendOutcome[events.size()];
        answer.required("results").forEach(taken -> judged[index(taken, judged)] = taken(taken));
        answer.required("errors").forEach(error -> judged[index(error, judged)] = error(events, error));
        for (AppendOutcome outcome : judged) {
            if (outcome == null) {
                throw api.notOurs();
            }
            outcomes.add(outcome);
        }
        return Durability.parse(answer.path("durability").asString("")).orElse(Durability.REPLICATED);
    }

    private int index(JsonNode json, AppendOutcome[] judged) {
        int index = json.path("index").asInt(-1);
        if (index < 0 || index >= judged.length) {
            throw api.notOurs();
        }
        return index;
    }

    private static AppendOutcome taken(JsonNode json) {
        EventId id = EventId.of(json.required(EventFields.EVENT_ID).stringValue());
        AppendOutcome.Receipt receipt = new AppendOutcome.Receipt(
                Position.of(json.required(EventFields.GLOBAL_POSITION).stringValue()),
                json.required(EventFields.SEQ).longValue(),
                json.required(EventFields.SESSION_SEQ).longValue(),
                Times.parse(json.required(EventFields.RECORDED_AT).stringValue())
                        .orElseThrow());
        return json.required("duplicate").booleanValue()
                ? new AppendOutcome.Duplicate(id, receipt)
                : new AppendOutcome.Appended(id, receipt);
    }

    private static AppendOutcome error(ArrayNode events, JsonNode json) {
        JsonNode event = events.get(json.required("index").intValue());
        EventId id = id(event);
        String code = json.required("code").stringValue();
        if (code.equals("event_id_conflict")) {
            return new AppendOutcome.Conflict(
                    id,
                    new ContentHash(json.required("stored_content_hash").stringValue()),
                    new ContentHash(json.required("offered_content_hash").stringValue()));
        }
        if (code.equals("event_gone")) {
            return new AppendOutcome.Gone(
                    id,
                    new Lookup.Gone(
                            Times.parse(json.required("gone_at").stringValue()).orElse(Instant.EPOCH),
                            json.required("reason").stringValue(),
                            json.required("archive").stringValue()));
        }
        if (code.equals("subject_erased")) {
            return new AppendOutcome.Fenced(
                    id, json.required("erased_key_generation").intValue());
        }
        if (code.equals(PersonalPayloads.CODE)) {
            return new AppendOutcome.Personal(
                    id, FaultJson.read(json.required("errors")).getFirst());
        }
        Optional<LedgerException.Reason> passing =
                LedgerException.Reason.of(code).filter(LedgerException.Reason::retryable);
        if (passing.isPresent()) {
            return new AppendOutcome.Refused(id, passing.get(), passing.get().meaning());
        }
        String why = FaultJson.read(json.required("errors")).stream()
                .map(fault -> (fault.pointer() + " " + fault.message()).strip())
                .collect(Collectors.joining("; "));
        return refused(event, why);
    }

    private static AppendOutcome refused(JsonNode event, String why) {
        return new AppendOutcome.Refused(id(event), LedgerException.Reason.DEFECT, why);
    }

    private static EventId id(JsonNode event) {
        return EventId.of(event.required(EventFields.EVENT_ID).stringValue());
    }

    @Override
    public Lookup find(EventId id) {
        try {
            return new Lookup.Found(EventJson.recorded(api.get("/v1/events/" + id, Map.of())));
        } catch (RemoteException problem) {
            return switch (problem.code()) {
                case "event_not_found" -> new Lookup.Unknown();
                case "event_gone" ->
                    new Lookup.Gone(
                            Times.parse(problem.told("gone_at")).orElse(Instant.EPOCH),
                            problem.told("reason"),
                            problem.told("archive"));
                default -> throw problem;
            };
        }
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        Brought brought = brought(ids);
        last = new Brought(brought.of(), Map.of(), brought.originals());
        return brought.payloads();
    }

    /** {@inheritDoc} Whoever has just asked for the payloads of the same has been given them already. */
    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        Brought known = last;
        return known.of().equals(Set.copyOf(ids))
                ? known.originals()
                : brought(ids).originals();
    }

    private Brought brought(Collection<EventId> ids) {
        Map<EventId, Payload> payloads = new HashMap<>();
        Map<EventId, Original> originals = new HashMap<>();
        List<EventId> left = ids.stream().distinct().toList();
        while (!left.isEmpty()) {
            ObjectNode body = Json.MAPPER.createObjectNode();
            ArrayNode some = body.putArray("ids");
            left.stream().limit(MAX_IDS).forEach(id -> some.add(id.toString()));
            JsonNode answer = api.post("/v1/events/payloads", Map.of(), Map.of(), body);
            for (JsonNode one : answer.required("payloads")) {
                if (one.has(EventFields.PAYLOAD)) {
                    payloads.put(id(one), new Payload(Json.MAPPER.writeValueAsString(one.get(EventFields.PAYLOAD))));
                }
                EventJson.original(one).ifPresent(original -> originals.put(id(one), original));
            }
            int looked = answer.required("looked_at").intValue();
            if (looked < 1 || looked > some.size()) {
                throw api.notOurs();
            }
            left = left.subList(looked, left.size());
        }
        return new Brought(Set.copyOf(ids), payloads, originals);
    }

    /** {@inheritDoc} Events of a server have theirs. */
    @Override
    public List<RecordedEvent> withOriginals(List<RecordedEvent> events) {
        return events;
    }

    static List<RecordedEvent> events(JsonNode answer) {
        return answer.required("events").valueStream().map(EventJson::recorded).toList();
    }
}
