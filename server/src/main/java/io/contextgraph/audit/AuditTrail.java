// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The record of what is administrative, in the ledger itself: an event before it is done, and one with what came of it.
 *
 * <p><b>Guarantees.</b> What cannot be recorded is not done. Who did it is named as the label of a caller does: never the secret
 * of a key.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class AuditTrail {
    /** Something administrative was asked for. */
    public static final EventType REQUEST = new EventType("admin.request");

    /** What came of it; its parent is the request. */
    public static final EventType OUTCOME = new EventType("admin.outcome");

    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
    private static final int LONGEST = 1000;

    private final EventLog log;
    private final Durability durability;
    private final InstantSource clock;

    /** @param durability how safe the record is before anything is done */
    public AuditTrail(EventLog log, Durability durability, InstantSource clock) {
        this.log = log;
        this.durability = durability;
        this.clock = clock;
    }

    /**
     * Something that was asked for.
     *
     * @param actor who asks, as the label of a caller names it
     * @param trace by which the request is found elsewhere
     * @param action what is to be done, as {@code DELETE /v1/admin/parked/{id}} or {@code keys create}
     * @param details what else is worth knowing, by name; no secret, no payload
     */
    public record Request(String actor, String trace, String action, Map<String, String> details) {}

    /** A request that is on record. */
    public record Recorded(EventId id, Request request) {}

    /**
     * Records a request.
     *
     * @throws LedgerException when it could not be recorded: then it must not be done
     */
    public Recorded record(Request request) {
        Instant now = clock.instant();
        Event event = event(REQUEST, request, now, EventStatus.RUNNING)
                .payload(payload(request, Map.of()))
                .build();
        append(event);
        return new Recorded(event.id(), request);
    }

    /**
     * Records what came of it; where that fails the log says so, as it has been done.
     *
     * @param done whether it was done
     * @param result what is worth knowing of it, by name
     */
    public void outcome(Recorded recorded, boolean done, Map<String, String> result) {
        Request request = recorded.request();
        Event event = event(OUTCOME, request, clock.instant(), done ? EventStatus.COMPLETED : EventStatus.FAILED)
                .parentId(recorded.id())
                .payload(payload(request, result))
                .build();
        try {
            append(event);
        } catch (LedgerException away) {
            LOG.error(
                    "what came of {} by {} (event {}) could not be recorded: {}",
                    request.action(),
                    request.actor(),
                    recorded.id(),
                    away.getMessage());
        }
    }

    /**
     * Records what was done, where that must be on record; the same again is harmless.
     *
     * @param id of the event
     * @param at when it was done
     * @param done what, as a request names it
     * @throws LedgerException when it could not be recorded
     */
    public void fact(EventId id, Instant at, Request done) {
        append(event(id, OUTCOME, done, at, EventStatus.COMPLETED)
                .payload(payload(done, Map.of()))
                .build());
    }

    private static Event.Builder event(EventType type, Request request, Instant at, EventStatus status) {
        return event(new EventId(UUID.randomUUID()), type, request, at, status);
    }

    private static Event.Builder event(EventId id, EventType type, Request request, Instant at, EventStatus status) {
        return Event.builder(id, type, at, SessionId.AUDIT)
                .agentId(shortened(request.actor(), 255))
                .traceId(shortened(request.trace(), 255))
                .status(status);
    }

    private static Payload payload(Request request, Map<String, String> result) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("actor", request.actor()).put("action", request.action());
        new TreeMap<>(request.details()).forEach((name, value) -> json.put(name, shortened(value, LONGEST)));
        new TreeMap<>(result).forEach((name, value) -> json.put(name, shortened(value, LONGEST)));
        return new Payload(Json.MAPPER.writeValueAsString(json));
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
    }

    private void append(Event event) {
        AppendOutcome outcome =
                log.append(List.of(Append.of(event)), durability).outcomes().getFirst();
        if (outcome instanceof AppendOutcome.Refused refused) {
            throw new LedgerException(refused.reason(), "the record was refused: " + refused.why());
        }
    }
}
