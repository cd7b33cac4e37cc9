// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.search.IdPages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the ledger ends, as its events say, and whether its head says so. */
final class HeadCheck {
    private static final int TRIES = 200;

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private Head stored = Head.EMPTY;
    private Head last = Head.EMPTY;
    private @Nullable RecordedEvent lastDocument;

    HeadCheck(MendRun run) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
    }

    void begin() {
        stored = raw.head();
    }

    /** Where the head says nothing, any number may have been. */
    boolean isGiven(RecordedEvent event) {
        return event.seq() <= stored.seq() || stored.equals(Head.EMPTY);
    }

    void take(RecordedEvent event) {
        if (event.seq() > last.seq()) {
            last = new Head(event.seq(), event.position());
            lastDocument = event;
        }
    }

    /** The place of the last event is that of the head. */
    void settle() {
        RecordedEvent document = lastDocument;
        if (document != null && !run.isInStreamOfSession(document)) {
            last = new Head(
                    document.seq(),
                    run.settled(document)
                            .or(() -> newest(document))
                            .orElse(document)
                            .position());
        }
    }

    private Optional<RecordedEvent> newest(RecordedEvent document) {
        return raw.entriesBefore(keys.global(), "+").stream()
                .flatMap(entry -> entry.event().stream())
                .filter(event -> event.seq() == document.seq()
                        && event.event().id().equals(document.event().id()))
                .reduce((one, earlier) -> earlier);
    }

    /** @return where the ledger ends */
    Head check() {
        // Where nobody appends meanwhile, the stored head and the newest event must be the same; where somebody always
        // does, every append compares them.
        for (int tries = 0; tries < TRIES; tries++) {
            Map<String, String> fields = raw.hash(keys.ledger());
            stored = RawLedger.head(fields);
            newestInStream();
            newestOfHead();
            if (fields.equals(raw.hash(keys.ledger()))) {
                head(fields);
                return last;
            }
        }
        return last;
    }

    /** An event whose document is lost may be the last one. */
    private void newestInStream() {
        String end = "+";
        List<RawEntry> entries = raw.entriesBefore(keys.global(), end);
        while (!entries.isEmpty()) {
            for (RawEntry entry : entries) {
                Optional<RecordedEvent> event = entry.event();
                if (event.isPresent() && event.get().seq() <= last.seq()) {
                    return;
                }
                if (event.isPresent()
                        && event.get().event().id().equals(raw.id(event.get().seq()))) {
                    take(event.get());
                    return;
                }
            }
            end = "(" + entries.getLast().id();
            entries = raw.entriesBefore(keys.global(), end);
        }
    }

    /** A number that was given is not given again, though its event may be lost. */
    private void newestOfHead() {
        long newest = stored.seq();
        boolean isNamed = raw.id(newest) != null;
        if (isAhead() && (isNamed || newest - last.seq() < Keys.IDS_PER_PAGE)) {
            last = stored;
            if (!isNamed) {
                name(newest);
            }
        }
    }

    private void name(long newest) {
        Optional<EventId> known = atHead();
        String key = keys.ids(IdPages.page(newest));
        run.mends(
                Kind.NUMBERS,
                key,
                "has no event at seq " + newest + ", at which the head is",
                known.map(id -> "set to that of which a session has an entry there")
                        .orElse("marked as lost"),
                () -> {
                    if (!raw.exists(key)) {
                        raw.fillPage(key);
                    }
                });
        raw.writeId(newest, known.orElse(IdPages.LOST));
    }

    /** The event of which the stream of a session has an entry where the head is. */
    private Optional<EventId> atHead() {
        List<EventId> found = new ArrayList<>();
        raw.scan(
                keys.prefix() + "events:",
                names -> names.stream()
                        .filter(name -> raw.sessionOfStream(name).isPresent())
                        .flatMap(name -> raw.entryAt(name, stored.position()).stream())
                        .flatMap(entry -> entry.eventId().stream())
                        .forEach(found::add));
        return found.stream().findFirst();
    }

    private boolean isAhead() {
        return stored.seq() > last.seq() && stored.position().compareTo(last.position()) > 0;
    }

    /** Which ledger it is cannot be known again: it is another one then, so that nobody goes on where he must not. */
    private Map<String, String> identity(Map<String, String> fields) {
        String id = fields.getOrDefault(LedgerHeader.LEDGER_ID, "");
        String epoch = fields.getOrDefault(LedgerHeader.EPOCH, "");
        String cuts = fields.getOrDefault(LedgerHeader.CUTS, "");
        boolean known = EventId.parse(id).isPresent()
                && LedgerHeader.identity(id, epoch, cuts).isPresent();
        LedgerHeader chosen = LedgerHeader.chosen(keys.share());
        Map<String, String> right = new LinkedHashMap<>();
        right.put(LedgerHeader.LEDGER_ID, known ? id : chosen.id().toString());
        right.put(LedgerHeader.EPOCH, known ? epoch : "1");
        right.put(LedgerHeader.PARTITION, Integer.toString(chosen.partition()));
        right.put(LedgerHeader.PARTITIONS, Integer.toString(chosen.partitions()));
        right.put(LedgerHeader.FIRST_SEQ, run.pruned().firstSeq(fields));
        if (!known && !cuts.isEmpty()) {
            right.put(LedgerHeader.CUTS, "");
        }
        return right;
    }

    private void head(Map<String, String> fields) {
        Map<String, String> right = new LinkedHashMap<>();
        Head end = last;
        if (isAhead()) {
            run.loses(
                    Kind.LOST_EVENT,
                    keys.ledger(),
                    "says that the newest event has seq " + stored.seq() + ": those from " + (last.seq() + 1)
                            + " on are nowhere");
            end = stored;
        }
        if (end.equals(Head.EMPTY)) {
            return;
        }
        right.put("seq", Long.toString(end.seq()));
        right.put("position", end.position().toString());
        right.put("engine", raw.engine().configName());
        right.put("format", ServerFacts.FORMAT);
        right.putAll(identity(fields));
        List<String> wrong = right.entrySet().stream()
                .filter(field -> !field.getValue().equals(fields.get(field.getKey())))
                .map(field -> field.getKey() + " is " + fields.getOrDefault(field.getKey(), "missing") + ", not "
                        + field.getValue())
                .toList();
        if (!wrong.isEmpty()) {
            run.mends(Kind.HEAD, keys.ledger(), String.join(", ", wrong), "set", () -> {
                raw.write(RawCommand.fields(keys.ledger(), right));
            });
        }
    }
}
