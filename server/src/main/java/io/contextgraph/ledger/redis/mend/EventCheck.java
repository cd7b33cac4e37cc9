// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.search.IdPages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every event in the order of numbers: its id, its document, its entries, its members of indexes. */
final class EventCheck {
    /** Sessions and sets of which it is kept that they lack something. */
    private static final int MOST = 10_000;

    private static final String FROM_STREAM = "made again from its entry in the stream";

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private final KeyCheck checked;
    private final GlobalEntries global;
    private final IndexCheck index;
    private final SealedCheck sealed;
    private final Claims claims;

    /** What is missing in a stream or a set: how much, and what first. */
    private record Gap(long count, String first) {}

    private final Map<String, Gap> gaps = new LinkedHashMap<>();
    private final Set<SessionId> sessions = new HashSet<>();
    private final Set<EventId> lost = new HashSet<>();
    private long documentsMissing;
    private long unknownFrom;
    private final TrimmedEvents trimmed;

    EventCheck(MendRun run, KeyCheck checked, TrimmedEvents trimmed) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
        this.claims = new Claims(raw);
        this.checked = checked;
        this.global = new GlobalEntries(run);
        this.trimmed = trimmed;
        this.index = new IndexCheck(run, this::gap);
        this.sealed = new SealedCheck(run, this::gap);
    }

    /** Sessions whose streams lack entries. */
    Set<SessionId> brokenSessions() {
        return sessions;
    }

    /** What belongs to no event about a person, and what is counted of them. */
    SealedCheck sealed() {
        return sealed;
    }

    /** Events of which only the id is left. */
    Set<EventId> lostEvents() {
        return lost;
    }

    /** Events whose documents were not there. */
    long documentsMissing() {
        return documentsMissing;
    }

    boolean isGlobalBroken() {
        return gaps.containsKey(keys.global());
    }

    void run(Head head) {
        for (long from = 1; from <= head.seq(); from += RawLedger.CHUNK) {
            long to = Math.min(head.seq(), from + RawLedger.CHUNK - 1);
            List<RecordedEvent> events = events(from, to);
            contents(events);
            index.take(events);
            sealed.take(events);
            run.looked(to - from + 1);
        }
        trimmed.finish();
        unknown(head.seq() + 1);
        run.pruned().finish(seq -> documentsMissing -= raw.isCold(seq) ? 0 : 1).forEach(this::lose);
        global.finish();
        gaps.forEach(this::tell);
        index.types(head);
    }

    private List<RecordedEvent> events(long from, long to) {
        List<@Nullable EventId> listed = raw.ids(from, to);
        Map<EventId, RecordedEvent> documents = raw.events(
                listed.stream().flatMap(id -> Optional.ofNullable(id).stream()).toList());
        List<@Nullable EventId> ids = claims.withoutGuests(from, listed, documents);
        List<RecordedEvent> doubtful = run.notInStreamsOfSessions(
                documents.values().stream().filter(this::hasEntries).toList());
        Map<EventId, RecordedEvent> misplaced = misplaced(doubtful);
        Set<RecordedEvent> sure = new HashSet<>(documents.values());
        boolean ignored = sure.removeAll(Set.copyOf(doubtful));
        List<RecordedEvent> events = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            long seq = from + i;
            EventId id = ids.get(i);
            if (isGone(seq, id, documents)) {
                unknown(seq);
                EventId guest = listed.get(i);
                if (guest != null && id == null) {
                    run.pruned().emptied(seq, guest);
                }
                run.pruned().count(seq);
                continue;
            }
            RecordedEvent document = id == null ? null : documents.get(id);
            // A document with another number is none of this event.
            RecordedEvent fitting = document != null && document.seq() == seq ? document : null;
            RecordedEvent settled = fitting == null
                    ? null
                    : run.trimmed()
                            .settled(fitting)
                            .orElse(misplaced.get(fitting.event().id()));
            if (settled != null) {
                remake(settled, "its place set to that which its streams say");
                fitting = settled;
            }
            resolve(seq, id, fitting, entry(seq, id, fitting).orElse(null))
                    .or(() -> renumbered(seq, document))
                    .or(() -> lost(seq, id))
                    .ifPresent(events::add);
        }
        streams(events.stream()
                .filter(this::hasEntries)
                .filter(event -> !sure.contains(event))
                .toList());
        trimmed.take(events);
        run.pruned().there(events);
        return events;
    }

    private boolean isGone(long seq, @Nullable EventId id, Map<EventId, RecordedEvent> documents) {
        return id == null
                ? run.pruned().isGone(seq)
                : !documents.containsKey(id) && run.pruned().hasGone(seq);
    }

    private boolean hasEntries(RecordedEvent event) {
        return !run.trimmed().has(event.seq());
    }

    private Optional<RecordedEvent> entry(long seq, @Nullable EventId id, @Nullable RecordedEvent document) {
        return run.trimmed().has(seq) ? Optional.empty() : global.entry(seq, id, document);
    }

    /** As they are, those of some events whose documents have their content and perhaps not their place. */
    private Map<EventId, RecordedEvent> misplaced(List<RecordedEvent> doubtful) {
        Map<EventId, RecordedEvent> misplaced = new HashMap<>();
        for (RecordedEvent document : doubtful) {
            RecordedEvent settled =
                    run.settled(document).orElseGet(() -> global.ahead(document).orElse(document));
            if (!settled.equals(document)) {
                RecordedEvent ignored = misplaced.put(document.event().id(), settled);
            }
        }
        return misplaced;
    }

    private Optional<RecordedEvent> resolve(
            long seq, @Nullable EventId id, @Nullable RecordedEvent document, @Nullable RecordedEvent entry) {
        documentsMissing += document == null && !raw.isCold(seq) ? 1 : 0;
        if (document == null && entry == null) {
            return Optional.empty();
        }
        unknown(seq);
        if (document == null) {
            RecordedEvent event = Objects.requireNonNull(entry);
            if (id == null) {
                pageLacks(seq, event.event().id());
            }
            remake(event, FROM_STREAM);
            return Optional.of(event);
        }
        if (entry == null) {
            boolean ignored = gapInStream(keys.global(), document);
            return Optional.of(document);
        }
        if (!entry.equals(document)) {
            if (raw.isGenuine(entry) && (!raw.isGenuine(document) || isForgotten(entry))) {
                remake(entry, FROM_STREAM);
                return Optional.of(entry);
            }
            global.takeOutFound();
            boolean ignored = gapInStream(keys.global(), document);
        }
        return Optional.of(document);
    }

    /** Of one whose payload was erased no hash tells whether it is as it was; an entry of a stream is harder to alter. */
    private boolean isForgotten(RecordedEvent entry) {
        return entry.event().dataSubjectId().isPresent() && !raw.exists(keys.carried(entry.event()));
    }

    /** An event of which only the number in its document is another: the stream of its session has it. */
    private Optional<RecordedEvent> renumbered(long seq, @Nullable RecordedEvent document) {
        if (document == null || !raw.isGenuine(document) || !isListedAs(seq, document)) {
            return Optional.empty();
        }
        unknown(seq);
        RecordedEvent event = new RecordedEvent(
                document.event(),
                document.position(),
                seq,
                document.sessionSeq(),
                document.recordedAt(),
                document.contentHash());
        remake(event, "its number set to that under which it is listed");
        boolean ignored = gapInStream(keys.global(), event);
        return Optional.of(event);
    }

    private boolean isListedAs(long seq, RecordedEvent document) {
        return run.trimmed().has(seq) ? document.event().id().equals(raw.id(seq)) : run.isInStreamOfSession(document);
    }

    private Optional<RecordedEvent> lost(long seq, @Nullable EventId id) {
        if (id == null || id.equals(IdPages.LOST)) {
            unknownFrom = unknownFrom == 0 ? seq : unknownFrom;
        } else {
            unknown(seq);
            if (!run.pruned().doubt(seq, id)) {
                lose(seq, id);
            }
        }
        return Optional.empty();
    }

    private void lose(long seq, EventId id) {
        run.loses(
                Kind.LOST_EVENT,
                keys.document(id),
                "event " + id + " with seq " + seq + " has neither a document nor an entry in the stream");
        checked.found(id);
        String key = keys.document(id);
        if (raw.exists(key)) {
            run.aside(Kind.ORPHAN, key, "is a document with the id of a lost event, and not that event");
        }
        if (lost.size() < MOST) {
            boolean ignored = lost.add(id);
        }
    }

    /** Numbers of which nothing is left come in runs. */
    private void unknown(long seq) {
        if (unknownFrom > 0) {
            run.loses(
                    Kind.LOST_EVENT,
                    keys.ids(IdPages.page(unknownFrom)),
                    "nothing is left of the events with seq " + unknownFrom + " to " + (seq - 1));
            unknownFrom = 0;
        }
    }

    private void pageLacks(long seq, EventId id) {
        if (!checked.isOnShortPage(seq)) {
            run.mends(
                    Kind.NUMBERS,
                    keys.ids(IdPages.page(seq)),
                    "has no event at seq " + seq + ", which event " + id + " has",
                    "set",
                    () -> {});
        }
        raw.writeId(seq, id);
    }

    private void remake(RecordedEvent event, String remedy) {
        EventId id = event.event().id();
        checked.found(id);
        String key = keys.document(id);
        // A foreign value in its place has been told of.
        if (raw.isUsable(key)) {
            String what = raw.exists(key) ? "does not say what streams and numbers say" : "is missing";
            run.mends(
                    Kind.DOCUMENT,
                    key,
                    "the document of event " + id + " with seq " + event.seq() + " " + what,
                    remedy,
                    () -> {});
        }
        run.quietly(() -> {
            if (raw.exists(key)) {
                run.rename(key, run.asideName(key));
            }
        });
        raw.writeDocument(event);
    }

    private void contents(List<RecordedEvent> events) {
        List<Boolean> genuine = events.isEmpty() ? List.of() : raw.genuine(events);
        for (int i = 0; i < events.size(); i++) {
            RecordedEvent event = events.get(i);
            if (!genuine.get(i) && !run.pruned().hasGone(event.seq())) {
                EventId id = event.event().id();
                String payload = keys.carried(event.event());
                run.loses(
                        Kind.ALTERED_EVENT,
                        keys.document(id),
                        "event " + id + " with seq " + event.seq()
                                + " is not what its hash says: its envelope is another, or " + payload + " is "
                                + (raw.exists(payload) ? "another" : missing(event)));
            }
        }
    }

    private String missing(RecordedEvent event) {
        return Contents.subject(event)
                .map(subject -> "missing, and " + keys.fence(subject) + " does not say that the person was erased")
                .orElse("missing");
    }

    private void streams(List<RecordedEvent> events) {
        for (RecordedEvent event : run.notInStreamsOfSessions(events)) {
            boolean lacks = gapInStream(keys.stream(event.event().sessionId()), event);
            if (lacks && sessions.size() < MOST) {
                boolean ignored = sessions.add(event.event().sessionId());
            } else if (lacks) {
                raw.overfull();
            }
        }
    }

    /** @return whether the stream lacks it: what has been trimmed meanwhile is lacking nowhere */
    private boolean gapInStream(String key, RecordedEvent event) {
        boolean lacks = event.seq() > run.trimmed().now().seq();
        if (lacks) {
            gap(key, event);
        }
        return lacks;
    }

    private void gap(String key, RecordedEvent event) {
        gap(key, "that of event " + event.event().id() + " with seq " + event.seq());
    }

    private void gap(String key, String what) {
        Gap known = gaps.get(key);
        if (known == null && gaps.size() >= MOST) {
            raw.overfull();
            return;
        }
        Gap ignored = gaps.put(key, known == null ? new Gap(1, what) : new Gap(known.count() + 1, known.first()));
    }

    private void tell(String key, Gap gap) {
        boolean stream = key.startsWith(keys.prefix() + "events:");
        // A foreign value in its place has been told of.
        if (raw.isUsable(key)) {
            String what = raw.exists(key) ? "lacks " : "is missing, with ";
            run.mends(
                    stream ? Kind.STREAM : Kind.INDEX,
                    key,
                    what + gap.count() + (stream ? " entries, first " : " members, first ") + gap.first(),
                    "made again from the documents",
                    () -> {});
        }
    }
}
