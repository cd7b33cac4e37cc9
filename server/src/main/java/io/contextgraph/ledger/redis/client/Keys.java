// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of all keys.
 *
 * <p><b>Shape.</b> A fixed word, a colon, and an id up to the end, so that no id can reach another key. They are told
 * to the scripts, which check them; the constants of the pages of ids are those of the append script.
 *
 * @param prefix what all begin with
 * @param share which part of a ledger has these names
 */
public record Keys(String prefix, LedgerHeader.Share share) {
    /** Ids on one page. */
    public static final int IDS_PER_PAGE = 4000;

    /** Bytes of one id. */
    public static final int ID_BYTES = 16;

    /** Those of a ledger that is one order. */
    public Keys(String prefix) {
        this(prefix, LedgerHeader.Share.WHOLE);
    }

    /** Stream of every event. */
    public String global() {
        return prefix + "events:__global__";
    }

    /** Stream of the entries that groups have parked. */
    public String parked() {
        return global() + ":dlq";
    }

    /** Hash: how many entries each group has parked. */
    public String parkedByGroup() {
        return parked() + ":groups";
    }

    /** Stream of the parked entries that were given up: the record of it. */
    public String dropped() {
        return parked() + ":dropped";
    }

    /** Hash: number and position of the newest event, the engine that writes. */
    public String ledger() {
        return prefix + "ledger";
    }

    /** Sorted set of sessions by the number of their first event. */
    public String sessions() {
        return prefix + "sessions";
    }

    /** Set of the event types that occur. */
    public String types() {
        return prefix + "types";
    }

    /** Hash: what the ledgers that first recorded them had assigned to the events that were imported, by id. */
    public String originals() {
        return prefix + "originals";
    }

    /** Hash: what is remembered of long work, by the id of the operation. */
    public String operations() {
        return prefix + "operations";
    }

    /** String: the operation that has a lock; goes by itself. */
    public String operationLock(String lock) {
        return prefix + "operation:" + lock;
    }

    /** Hash: what retention remembers: the hot window, its last run, which groups were released. */
    public String retention() {
        return prefix + "retention";
    }

    /** Hash: the access keys, by name; of each what is known but its secret. */
    public String accessKeys() {
        return prefix + "access:keys";
    }

    /** Hash: when each access key was used last. */
    public String accessUses() {
        return prefix + "access:uses";
    }

    /** Hash: groups that have not been given everything that was trimmed, with the position of what they were given last. */
    public String behind() {
        return prefix + "behind";
    }

    /** Stream of what a group is given of the events that have no entry in the global stream any more. */
    public String feed(String group) {
        return prefix + "feed:" + group;
    }

    /** Hash: who has a lease, which taking of it that is, and until when. */
    public String lease(String name) {
        return prefix + "lease:" + name;
    }

    /** A stream on which it is tried what Redis can do; there for a moment only. */
    public String probe() {
        return prefix + "probe:acked";
    }

    /** String: the last run that was carried out of a writer's round; goes by itself. */
    public String round(String writer) {
        return prefix + "round:" + writer;
    }

    /** Sorted set: the ids of events that are gone, by the time of their pruning. */
    public String gone() {
        return prefix + "dedup:events";
    }

    /** Hash: the records of prunings, by their time in milliseconds since 1970. */
    public String prunings() {
        return prefix + "prunings";
    }

    /** Hash: why sessions must stay whole, by session. */
    public String holds() {
        return prefix + "holds";
    }

    /** String that is written only to have something to wait for. */
    public String barrier() {
        return prefix + "barrier";
    }

    /** String: the events of a session that the index does not have, by number and time. */
    public String cold(SessionId id) {
        return prefix + "cold:" + id;
    }

    /** Sorted set of every event by time. */
    public String all() {
        return prefix + "by:all";
    }

    /** Sorted set by time of the events that have {@code value} in a field. */
    public String by(IndexedField field, String value) {
        return prefix + "by:" + field.keyName() + ":" + value;
    }

    /** Document of an event. */
    public String document(EventId id) {
        return documents() + id;
    }

    /** What the names of all documents begin with. */
    public String documents() {
        return prefix + "evt:";
    }

    /** Alias of the search index; not a key, but a name of the same kind. */
    public String index() {
        return prefix + "idx:events";
    }

    /** What the names of all search indexes begin with, before the version of their schema. */
    public String indexes() {
        return index() + ":v";
    }

    /** Payload of an event that brought one. */
    public String payload(EventId id) {
        return prefix + "payload:" + id;
    }

    /** Sealed payload of an event about a person. */
    public String sealed(SubjectPseudonym subject, EventId id) {
        return sealed() + subject + ":" + id;
    }

    /** What an event carries: its payload, or that which is sealed for its subject. */
    public String carried(Event event) {
        return event.dataSubjectId()
                .flatMap(SubjectPseudonym::parse)
                .map(subject -> sealed(subject, event.id()))
                .orElseGet(() -> payload(event.id()));
    }

    /** What the names of all sealed payloads begin with. */
    public String sealed() {
        return prefix + "pii:";
    }

    /** Sorted set by number of the events about a person whose sealed payloads are there. */
    public String subject(SubjectPseudonym subject) {
        return subjects() + subject;
    }

    /** What the names of all these sets begin with. */
    public String subjects() {
        return prefix + "subject:";
    }

    /** String: up to which generation the keys of a person were erased. */
    public String fence(SubjectPseudonym subject) {
        return fences() + subject;
    }

    /** What the names of all fences begin with. */
    public String fences() {
        return prefix + "fence:";
    }

    /** String: what is remembered of the erasure of a person. */
    public String erasure(SubjectPseudonym subject) {
        return erasures() + subject;
    }

    /** What the names of all these begin with. */
    public String erasures() {
        return prefix + "erasure:";
    }

    /** Set: the pseudonyms of those whose erasure is not at its end. */
    public String openErasures() {
        return prefix + "erasures:open";
    }

    /** The channel on which servers are told whose keys are destroyed; not a key, but a name of the same kind. */
    public String keyNews() {
        return prefix + "news:keys";
    }

    /** Alias of the search index over sealed payloads. */
    public String sealedIndex() {
        return prefix + "idx:pii";
    }

    /** What the names of all its versions begin with. */
    public String sealedIndexes() {
        return sealedIndex() + ":v";
    }

    /** The sets of the engine sorted-set that have an event. */
    public List<String> sets(Event event) {
        List<String> sets = new ArrayList<>(List.of(all()));
        for (IndexedField field : IndexedField.values()) {
            field.in(event).ifPresent(value -> sets.add(by(field, value)));
        }
        return sets;
    }

    /** Stream of a session's events. */
    public String stream(SessionId id) {
        return prefix + "events:" + id;
    }

    /** Hash: what the directory knows of a session. */
    public String session(SessionId id) {
        return prefix + "session:" + id;
    }

    /** String of ids by number: the one with number {@code seq} is at {@code (seq - 1) % IDS_PER_PAGE}. */
    public String ids(long page) {
        return prefix + "ids:" + page;
    }

    /** What the names of all keys begin with to which mending has moved what does not belong to the ledger. */
    public String aside() {
        return prefix + "aside:";
    }

    /** The name of a key that there never is: a node of a cluster says so only where all of the ledger is there. */
    public String nothing() {
        return sealed() + "nothing";
    }

    /** Stream of the entries that mending has taken out of other streams. */
    public String asideEntries() {
        return aside() + "entries";
    }

    /** A stream that is being made again, until it takes the place of the old one. */
    public String remade(String stream) {
        return aside() + "remade:" + stream.substring(prefix.length());
    }

    /** What follows {@code beginning} in a name that begins so. */
    public static Optional<String> after(String beginning, String name) {
        return name.startsWith(beginning) ? Optional.of(name.substring(beginning.length())) : Optional.empty();
    }

    /** The session of this name; empty where no session has such a name. */
    public static Optional<SessionId> sessionOf(String name) {
        try {
            return Optional.of(new SessionId(name));
        } catch (IllegalArgumentException | InvalidInputException foreign) {
            return Optional.empty();
        }
    }

    /** The subject and the event of a sealed payload with this name; empty for other names. */
    public Optional<Map.Entry<SubjectPseudonym, EventId>> ofSealed(String name) {
        return after(sealed(), name).flatMap(rest -> {
            int colon = rest.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : SubjectPseudonym.parse(rest.substring(0, colon))
                            .flatMap(subject ->
                                    EventId.parse(rest.substring(colon + 1)).map(id -> Map.entry(subject, id)));
        });
    }

    /** A pattern with everything but the star at its end taken literally. */
    public static String glob(String pattern) {
        boolean open = pattern.endsWith("*");
        String literal = open ? pattern.substring(0, pattern.length() - 1) : pattern;
        return literal.replaceAll("[\\\\*?\\[\\]^-]", "\\\\$0") + (open ? "*" : "");
    }

    public static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    public static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
