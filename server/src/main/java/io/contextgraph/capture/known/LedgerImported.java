// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.known;

import io.contextgraph.capture.record.Imported;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Ledger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What a ledger has of earlier imports: its events, with the marks in their payloads. */
public final class LedgerImported implements Imported {
    /** How many payloads are asked for at once. */
    private static final int PAGE = 200;

    /** How many of the first events of a trace are looked at for its session. */
    private static final int OF_TRACE = 20;

    private static final TypeFilter PROMPTS = new TypeFilter("observation.input");

    private static final Mark NO_MARK = Mark.none();

    private final Ledger ledger;
    private final Patience patience;
    private final boolean ofPersons;

    private LedgerImported(Ledger ledger, Patience patience, boolean ofPersons) {
        this.ledger = ledger;
        this.patience = patience;
        this.ofPersons = ofPersons;
    }

    /** Asks a ledger that fails again, a bounded number of times. */
    public interface Patience {
        /** Asks once: who asks can come back. */
        Patience NONE = new Patience() {
            @Override
            public <T> T of(Supplier<T> question) {
                return question.get();
            }
        };

        <T> T of(Supplier<T> question);
    }

    /** An empty ledger is not asked. */
    public static Imported of(Ledger ledger, Patience patience) {
        boolean isEmpty = ledger.partitions().stream()
                .allMatch(partition -> partition.order().head().seq() == 0);
        return isEmpty ? Imported.NOTHING : new LedgerImported(ledger, patience, false);
    }

    @Override
    public Imported ofPersons() {
        return new LedgerImported(ledger, patience, true);
    }

    @Override
    public Map<String, Mark> marks(Collection<String> eventIds) {
        Map<String, Mark> marks = new HashMap<>();
        if (ofPersons) {
            for (String id : Set.copyOf(eventIds)) {
                found(id).ifPresent(event -> marks.put(id, mark(event)));
            }
            return marks;
        }
        List<EventId> ids = eventIds.stream().map(EventId::of).toList();
        for (int from = 0; from < ids.size(); from += PAGE) {
            List<EventId> page = ids.subList(from, Math.min(ids.size(), from + PAGE));
            patience.of(() -> ledger.log().payloads(page))
                    .forEach((id, payload) -> marks.put(id.toString(), mark(payload)));
        }
        return marks;
    }

    static Mark mark(Payload payload) {
        return Mark.of(Json.MAPPER.readTree(payload.json())).orElse(NO_MARK);
    }

    /** What the envelope of an event about a person says, which stays when its payload is erased. */
    static Mark mark(Event aboutPerson) {
        return Mark.ofReference(aboutPerson.payloadRef()).orElse(NO_MARK);
    }

    @Override
    public Imported remembering(Collection<String> eventIds) {
        Set<String> asked = new HashSet<>(eventIds);
        Map<String, Mark> remembered = marks(asked);
        return new Imported() {
            @Override
            public Map<String, Mark> marks(Collection<String> ids) {
                Map<String, Mark> found = new HashMap<>();
                List<String> others = new ArrayList<>();
                for (String id : ids) {
                    if (!asked.contains(id)) {
                        others.add(id);
                    } else if (remembered.containsKey(id)) {
                        found.put(id, remembered.get(id));
                    }
                }
                if (!others.isEmpty()) {
                    found.putAll(LedgerImported.this.marks(others));
                }
                return found;
            }

            @Override
            public Optional<Origin> origin(String eventId) {
                return LedgerImported.this.origin(eventId);
            }

            @Override
            public boolean hasSession(String session) {
                return LedgerImported.this.hasSession(session);
            }

            @Override
            public Optional<String> sessionOfTrace(String traceId) {
                return LedgerImported.this.sessionOfTrace(traceId);
            }

            @Override
            public Optional<String> promptOfTrace(String traceId) {
                return LedgerImported.this.promptOfTrace(traceId);
            }
        };
    }

    @Override
    public Optional<Origin> origin(String eventId) {
        return found(eventId).map(LedgerImported::origin);
    }

    private Optional<Event> found(String eventId) {
        return patience.of(() -> ledger.log().find(EventId.of(eventId))).found().map(RecordedEvent::event);
    }

    private static Origin origin(Event event) {
        return new Origin(event.sessionId().value(), event.agentId());
    }

    @Override
    public boolean hasSession(String session) {
        return Ids.fault(session).isEmpty()
                && patience.of(() -> ledger.sessions().find(new SessionId(session)))
                        .isPresent();
    }

    @Override
    public Optional<String> sessionOfTrace(String traceId) {
        return trace(ledger, patience, traceId).session();
    }

    @Override
    public Optional<String> promptOfTrace(String traceId) {
        return prompt(ledger, patience, traceId);
    }

    /** Looks for what a user has asked for in a trace. */
    public static Optional<String> prompt(Ledger ledger, Patience patience, String traceId) {
        EventQuery query =
                EventQuery.builder().traceId(traceId).type(PROMPTS).limit(1).build();
        return patience.of(() -> ledger.search().search(query)).events().stream()
                .map(recorded -> recorded.event().id().toString())
                .findFirst();
    }

    /**
     * What a ledger has of a trace.
     *
     * @param known whether it has any event of it
     * @param session see {@link Imported#sessionOfTrace}
     */
    public record OfTrace(boolean known, Optional<String> session) {}

    /** Looks at the first events of a trace. */
    public static OfTrace trace(Ledger ledger, Patience patience, String traceId) {
        EventQuery query = EventQuery.builder().traceId(traceId).limit(OF_TRACE).build();
        List<RecordedEvent> first =
                patience.of(() -> ledger.search().search(query)).events();
        return new OfTrace(
                !first.isEmpty(),
                first.stream()
                        .map(recorded -> recorded.event().sessionId().value())
                        .filter(session -> !session.equals(traceId))
                        .findFirst());
    }
}
