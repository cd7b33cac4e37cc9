// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.SealedDocument;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.SealedIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;
import redis.clients.jedis.resps.Tuple;

/** What there is of events about persons: their sealed payloads, what these are found by, and the fences. */
final class SealedCheck {
    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private final BiConsumer<String, RecordedEvent> gap;
    private final boolean sets;
    private long payloads;

    /** @param gap is told a set and an event that it lacks */
    SealedCheck(MendRun run, BiConsumer<String, RecordedEvent> gap) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
        this.gap = gap;
        this.sets = raw.engine() == Engine.SORTED_SET;
    }

    /** Takes the next events: those about persons are in the sets of these, as long as they have their payloads. */
    void take(List<RecordedEvent> events) {
        List<RecordedEvent> about = events.stream()
                .filter(event -> Contents.subject(event)
                        .filter(subject -> raw.isUsable(keys.subject(subject)))
                        .isPresent())
                .toList();
        if (!sets || about.isEmpty()) {
            return;
        }
        List<Double> scores = raw.redis().pipelined(p -> {
            List<Response<Double>> all = about.stream()
                    .map(event -> p.zscore(Keys.bytes(set(event)), member(event)))
                    .toList();
            return () -> all.stream()
                    .map(score -> Optional.ofNullable(score.get()).orElse(0.0))
                    .toList();
        });
        for (int i = 0; i < about.size(); i++) {
            RecordedEvent event = about.get(i);
            if (scores.get(i) != event.seq() && lacks(set(event), event)) {
                gap.accept(set(event), event);
                run.quietly(
                        () -> raw.write(Command.ZADD, set(event), Long.toString(event.seq()), (Object) member(event)));
            }
        }
    }

    private String set(RecordedEvent event) {
        return keys.subject(Contents.subject(event).orElseThrow());
    }

    /** Both in one moment: who forgets takes both away at once. */
    private boolean lacks(String set, RecordedEvent event) {
        Moment now = raw.moment(
                RawCommand.of(Command.ZSCORE, set, (Object) member(event)),
                RawCommand.of(Command.GETRANGE, keys.carried(event.event()), 0, 0));
        boolean isThere = now.replies()
                .getFirst()
                .filter(score -> Double.parseDouble(Keys.text(score)) == event.seq())
                .isPresent();
        boolean hasPayload =
                now.replies().get(1).filter(beginning -> beginning.length > 0).isPresent();
        return !isThere && hasPayload && raw.isUsable(keys.carried(event.event()));
    }

    private static byte[] member(RecordedEvent event) {
        return new Ref(event.seq(), event.event().id(), 0).member();
    }

    /**
     * What belongs to no event, and what is counted.
     *
     * @param lost events of which only the id is left
     */
    void leftovers(Set<EventId> lost) {
        Optional<String> before = raw.field(keys.ledger(), LedgerHeader.PERSONAL);
        Set<String> counted = new HashSet<>();
        raw.scan(keys.sealed(), names -> payloads(names, lost, counted));
        payloads = counted.size();
        if (sets) {
            raw.scan(keys.subjects(), names -> names.forEach(this::members));
        }
        raw.scan(keys.fences(), this::fences);
        count(before);
    }

    private void payloads(List<String> names, Set<EventId> lost, Set<String> counted) {
        Map<String, Map.Entry<SubjectPseudonym, EventId>> usable = new HashMap<>();
        for (String name : names) {
            if (raw.isUsable(name)) {
                keys.ofSealed(name).ifPresent(parts -> usable.put(name, parts));
            }
        }
        Map<EventId, RecordedEvent> events =
                raw.events(usable.values().stream().map(Map.Entry::getValue).toList());
        usable.forEach((name, parts) -> {
            Optional<RecordedEvent> event = Optional.ofNullable(events.get(parts.getValue()));
            if (event.filter(own -> isAbout(own, parts.getKey())).isPresent()) {
                boolean ignored = counted.add(name);
                place(name, event.get());
            } else if (lost.contains(parts.getValue())) {
                boolean ignored = counted.add(name);
            } else if (isLeft(name, parts)) {
                run.aside(Kind.ORPHAN, name, "is the sealed payload of an event that is none of this ledger's");
            }
        });
    }

    private static boolean isAbout(RecordedEvent event, SubjectPseudonym subject) {
        return Contents.subject(event).equals(Optional.of(subject));
    }

    /** An event that has gone since somebody looked has taken its payload along. */
    private boolean isLeft(String name, Map.Entry<SubjectPseudonym, EventId> parts) {
        return raw.writes()
                || (raw.exists(name)
                        && raw.event(parts.getValue())
                                .filter(event -> isAbout(event, parts.getKey()))
                                .isEmpty());
    }

    /** One of which what is sealed cannot be read has been told of with its event. */
    private void place(String name, RecordedEvent event) {
        Optional<String> text = text(name);
        Optional<SealedForm> form = text.flatMap(SealedDocument::formOf)
                .filter(own -> own.subject()
                        .value()
                        .equals(event.event().dataSubjectId().orElse("")));
        if (form.isPresent() && !isPlaced(event, text.orElse(""))) {
            String right = new SealedDocument(event.seq(), form.get()).json();
            run.mends(
                    Kind.DOCUMENT,
                    name,
                    "does not say whom its event is about, or that it has seq " + event.seq(),
                    "made again from the event and what is sealed",
                    () -> raw.write(List.of(
                            sets
                                    ? RawCommand.of(Command.SET, name, right)
                                    : RawCommand.of(JsonCommand.SET, name, "$", right))));
        }
    }

    private Optional<String> text(String name) {
        return raw.redis().pipelined(p -> {
            Response<?> texts = EventReader.queueTexts(p, raw.engine(), List.of(name));
            return () -> ((List<?>) texts.get()).getFirst() instanceof byte[] text
                    ? Optional.of(Keys.text(text))
                    : Optional.empty();
        });
    }

    private static boolean isPlaced(RecordedEvent event, String text) {
        try {
            return SealedDocument.of(event.event().id(), text).seq() == event.seq();
        } catch (LedgerException unreadable) {
            return false;
        }
    }

    private void members(String set) {
        Optional<SubjectPseudonym> subject = Keys.after(keys.subjects(), set).flatMap(SubjectPseudonym::parse);
        if (!raw.isUsable(set) || subject.isEmpty()) {
            return;
        }
        long from = 0;
        List<Tuple> members = members(set, from);
        while (!members.isEmpty()) {
            long kept = 0;
            for (Tuple member : members) {
                byte[] name = member.getBinaryElement();
                boolean surplus = !belongs(subject.get(), member) && isLeft(set, subject.get(), name);
                if (surplus) {
                    run.mends(
                            Kind.ORPHAN,
                            set,
                            "has a member that belongs to no such event",
                            "taken out",
                            () -> raw.write(Command.ZREM, set, (Object) name));
                }
                kept += surplus && raw.writes() ? 0 : 1;
            }
            from += kept;
            members = members(set, from);
        }
    }

    private List<Tuple> members(String set, long from) {
        return raw.redis().call(client -> client.zrangeWithScores(Keys.bytes(set), from, from + RawLedger.CHUNK - 1));
    }

    private boolean belongs(SubjectPseudonym subject, Tuple member) {
        byte[] name = member.getBinaryElement();
        if (name.length != Long.BYTES + Keys.ID_BYTES) {
            return false;
        }
        Ref ref = Ref.ofMember(name, 0);
        return member.getScore() == ref.seq()
                && raw.exists(keys.sealed(subject, ref.id()))
                && raw.event(ref.id())
                        .filter(event -> event.seq() == ref.seq() && isAbout(event, subject))
                        .isPresent();
    }

    /** Who has forgotten or pruned it since has taken the member along. */
    private boolean isLeft(String set, SubjectPseudonym subject, byte[] name) {
        Double score = raw.redis().call(client -> client.zscore(Keys.bytes(set), name));
        return raw.writes() || (score != null && !belongs(subject, new Tuple(name, score)));
    }

    /** A fence is never taken away: whoever erased can raise it again. */
    private void fences(List<String> names) {
        List<String> types = raw.types(names);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            boolean says = types.get(i).equals("string")
                    && Contents.isFence(raw.redis().call(client -> client.get(name)));
            if (Keys.after(keys.fences(), name).flatMap(SubjectPseudonym::parse).isEmpty()) {
                run.other(1);
            } else if (!says && !types.get(i).equals("none")) {
                run.loses(
                        Kind.FENCE,
                        name,
                        "is no generation of a key: nothing of this person is taken until the erasure is repeated");
            }
        }
    }

    /** Somebody may append, forget or prune while it is examined: then it is counted another time. */
    private void count(Optional<String> before) {
        Optional<String> told = raw.field(keys.ledger(), LedgerHeader.PERSONAL);
        boolean settled = raw.writes() || told.equals(before);
        if (settled && !told.orElse("0").equals(Long.toString(payloads))) {
            run.mends(
                    Kind.HEAD,
                    keys.ledger(),
                    LedgerHeader.PERSONAL + " is " + told.orElse("missing") + ", not " + payloads,
                    "set",
                    () -> raw.write(Command.HSET, keys.ledger(), LedgerHeader.PERSONAL, payloads));
        }
    }

    /** The search index over sealed payloads. */
    void index() {
        SealedIndex index = new SealedIndex(raw.redis(), keys);
        List<String> faults = new ArrayList<>();
        index.fault(payloads).ifPresent(faults::add);
        // Somebody may have taken payloads away since they were counted.
        if (!faults.isEmpty() && !raw.writes()) {
            faults.clear();
            index.fault(Math.min(
                            payloads,
                            raw.field(keys.ledger(), LedgerHeader.PERSONAL)
                                    .filter(text -> text.matches("\\d{1,15}"))
                                    .map(Long::parseLong)
                                    .orElse(0L)))
                    .ifPresent(faults::add);
        }
        faults.forEach(fault -> run.mends(Kind.INDEX, keys.sealedIndex(), fault, "built again", index::rebuild));
    }
}
