// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.search.IdPages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;
import redis.clients.jedis.resps.Tuple;

/** Last: what belongs to no event or session, and what is counted. */
final class LeftoverCheck {
    /** Field of the ledger's hash: how many events have an original. */
    private static final String ORIGINALS = "originals";

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private final Head head;
    private final KnownSessions sessions;
    private final Set<EventId> lost;
    private final GoneSessions gone;

    /**
     * @param head where the ledger ends
     * @param sessions which there are
     * @param lost events of which only the id is left
     */
    LeftoverCheck(MendRun run, Head head, KnownSessions sessions, Set<EventId> lost) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
        this.head = head;
        this.sessions = sessions;
        this.lost = lost;
        this.gone = new GoneSessions(run);
    }

    void run() {
        raw.scan(keys.prefix() + "session:", this::entries);
        raw.scan(keys.prefix() + "payload:", this::payloads);
        raw.scan(keys.prefix() + "ids:", names -> names.forEach(this::page));
        if (raw.engine() == Engine.SORTED_SET) {
            raw.scan(keys.prefix() + "by:", names -> names.forEach(this::members));
        }
        directory();
        originals();
        parked();
    }

    private void entries(List<String> names) {
        Map<String, String> keyOf = new HashMap<>();
        names.stream()
                .filter(raw::isUsable)
                .forEach(name ->
                        keyOf.put(Keys.after(keys.prefix() + "session:", name).orElseThrow(), name));
        Set<String> others = new HashSet<>(keyOf.keySet());
        others.removeAll(sessions.withEvents(others));
        Set<String> stubs = sessions.gone(others);
        others.removeAll(stubs);
        others.forEach(session ->
                run.aside(Kind.ORPHAN, keyOf.getOrDefault(session, ""), "is the entry of a session that has no event"));
        gone.check(stubs);
    }

    private void payloads(List<String> names) {
        Map<EventId, String> usable = new HashMap<>();
        for (String name : names) {
            if (raw.isUsable(name)) {
                Keys.after(keys.prefix() + "payload:", name)
                        .flatMap(EventId::parse)
                        .ifPresent(id -> usable.put(id, name));
            }
        }
        Map<EventId, RecordedEvent> events = raw.events(usable.keySet());
        usable.forEach((id, name) -> {
            if (!events.containsKey(id) && !lost.contains(id) && isLeft(name, id)) {
                run.aside(Kind.ORPHAN, name, "is the payload of an event that is none of this ledger's");
            }
        });
    }

    /** An event that has gone since somebody looked has taken its payload along. */
    private boolean isLeft(String payload, EventId id) {
        return raw.writes() || (raw.exists(payload) && raw.event(id).isEmpty());
    }

    /** Ids behind the newest event. */
    private void page(String name) {
        long page = Long.parseLong(Keys.after(keys.prefix() + "ids:", name).orElseThrow());
        if (!raw.isUsable(name)) {
            return;
        }
        if (page > IdPages.page(Math.max(1, head.seq())) && isEmpty(IdPages.first(page))) {
            run.aside(Kind.ORPHAN, name, "is a page behind the newest event");
            return;
        }
        long from = Math.max(head.seq() + 1, IdPages.first(page));
        List<@Nullable EventId> ids =
                from < IdPages.first(page + 1) ? raw.ids(from, IdPages.first(page + 1) - 1) : List.of();
        for (int i = 0; i < ids.size(); i++) {
            EventId id = ids.get(i);
            long seq = from + i;
            if (id != null && raw.event(id).filter(event -> event.seq() == seq).isEmpty()) {
                run.mends(
                        Kind.NUMBERS,
                        name,
                        "has event " + id + " at seq " + seq + ", behind the newest event",
                        "emptied",
                        () -> raw.writeId(seq, IdPages.NO_ID));
            }
        }
    }

    private boolean isEmpty(long first) {
        EventId id = raw.id(first);
        return id == null || raw.event(id).filter(event -> event.seq() == first).isEmpty();
    }

    private void members(String name) {
        if (!raw.isUsable(name)) {
            return;
        }
        byte[] key = Keys.bytes(name);
        long from = 0;
        List<Tuple> members = members(key, from);
        while (!members.isEmpty()) {
            List<byte[]> surplus = surplus(name, members);
            surplus.forEach(member -> run.mends(
                    Kind.ORPHAN,
                    name,
                    "has a member that belongs to no such event",
                    "taken out",
                    () -> raw.write(Command.ZREM, name, (Object) member)));
            from += members.size() - (raw.writes() ? surplus.size() : 0);
            members = members(key, from);
        }
    }

    private List<Tuple> members(byte[] key, long from) {
        return raw.redis().call(client -> client.zrangeWithScores(key, from, from + RawLedger.CHUNK - 1));
    }

    private List<byte[]> surplus(String name, List<Tuple> members) {
        List<Optional<Ref>> refs = members.stream().map(LeftoverCheck::ref).toList();
        Map<EventId, RecordedEvent> events =
                raw.events(refs.stream().flatMap(Optional::stream).map(Ref::id).toList());
        List<byte[]> surplus = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Optional<Ref> ref = refs.get(i);
            byte[] member = members.get(i).getBinaryElement();
            boolean known = ref.filter(own ->
                            lost.contains(own.id()) || isOf(name, own, Optional.ofNullable(events.get(own.id()))))
                    .isPresent();
            boolean cold = ref.filter(own -> raw.isCold(own.seq()) && !lost.contains(own.id()))
                    .isPresent();
            if ((!known && isLeft(name, member, ref))
                    || (cold && !isRightNow(name, member, ref.get().seq()))) {
                surplus.add(member);
            }
        }
        return surplus;
    }

    private boolean isOf(String name, Ref ref, Optional<RecordedEvent> found) {
        return found.filter(event -> event.seq() == ref.seq() && isIn(name, event))
                .isPresent();
    }

    /** An event that has gone since somebody looked has left the sets, one that has come back is in them. */
    private boolean isLeft(String name, byte[] member, Optional<Ref> ref) {
        return raw.writes()
                || (raw.moment(RawCommand.of(Command.ZSCORE, name, (Object) member))
                                .replies()
                                .getFirst()
                                .isPresent()
                        && ref.filter(own -> isOf(name, own, raw.event(own.id())))
                                .isEmpty());
    }

    /** Somebody may have brought it back into the index since, and taken it out again. */
    private boolean isRightNow(String name, byte[] member, long seq) {
        if (raw.writes()) {
            return false;
        }
        Moment now = raw.moment(RawCommand.of(Command.ZSCORE, name, (Object) member));
        return now.replies().getFirst().isEmpty() || !now.isCold(seq);
    }

    private static Optional<Ref> ref(Tuple member) {
        byte[] bytes = member.getBinaryElement();
        return bytes.length == Long.BYTES + Keys.ID_BYTES
                ? Optional.of(Ref.ofMember(bytes, (long) member.getScore()))
                : Optional.empty();
    }

    private boolean isIn(String name, RecordedEvent event) {
        return keys.sets(event.event()).contains(name);
    }

    private void directory() {
        if (!raw.isUsable(keys.sessions())) {
            return;
        }
        long from = 0;
        List<String> names = names(from);
        while (!names.isEmpty()) {
            Set<String> known = sessions.among(names);
            List<String> unknown =
                    names.stream().filter(name -> !known.contains(name)).toList();
            for (String name : unknown) {
                run.mends(
                        Kind.ORPHAN,
                        keys.sessions(),
                        "names session " + name + ", which has no event" + without(name),
                        "taken out",
                        () -> raw.write(Command.ZREM, keys.sessions(), name));
            }
            from += names.size() - (raw.writes() ? unknown.size() : 0);
            names = names(from);
        }
    }

    private String without(String name) {
        return run.pruned().any() ? ", nor " + keys.prefix() + "session:" + name : "";
    }

    private List<String> names(long from) {
        return raw.redis().call(client -> client.zrange(keys.sessions(), from, from + RawLedger.CHUNK - 1));
    }

    private void originals() {
        if (!raw.isUsable(keys.originals())) {
            counted(0);
            return;
        }
        String cursor = ScanParams.SCAN_POINTER_START;
        long found = 0;
        do {
            String from = cursor;
            ScanResult<Map.Entry<String, String>> part = raw.redis()
                    .call(client -> client.hscan(keys.originals(), from, new ScanParams().count(RawLedger.CHUNK)));
            found += part.getResult().stream()
                    .filter(field -> original(field.getKey(), field.getValue()))
                    .count();
            cursor = part.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        counted(found);
    }

    private void counted(long found) {
        Optional<String> told = raw.field(keys.ledger(), ORIGINALS);
        long count = told.filter(text -> text.matches("\\d{1,15}"))
                .map(Long::parseLong)
                .orElse(0L);
        if (found < count) {
            run.loses(
                    Kind.ORIGINALS,
                    keys.originals(),
                    "has " + found + " of " + count + ": what other ledgers had assigned to the others is lost");
        } else if (!Long.toString(found).equals(told.orElse("0"))) {
            run.mends(
                    Kind.HEAD,
                    keys.ledger(),
                    ORIGINALS + " is " + told.orElse("missing") + ", not " + found,
                    "set",
                    () -> raw.write(Command.HSET, keys.ledger(), ORIGINALS, found));
        }
    }

    /** @return whether it belongs to an event */
    private boolean original(String name, String text) {
        Optional<EventId> id = EventId.parse(name);
        if (id.filter(known -> lost.contains(known) || raw.event(known).isPresent())
                .isEmpty()) {
            String target = run.asideName(keys.originals());
            run.mends(
                    Kind.ORPHAN,
                    keys.originals(),
                    "has field " + name + ", which is of no event",
                    "moved to " + target,
                    () -> {
                        raw.write(List.of(
                                RawCommand.of(Command.HSET, target, name, text),
                                RawCommand.of(Command.HDEL, keys.originals(), name)));
                    });
            return false;
        }
        try {
            Original ignored = EventCodec.ofOriginal(id.orElseThrow(), text);
        } catch (LedgerException unreadable) {
            run.loses(
                    Kind.ORIGINALS,
                    keys.originals(),
                    "what another ledger had assigned to event " + name + " cannot be read");
        }
        return true;
    }

    /** How much each group has parked is counted, so that nobody has to walk there. */
    private void parked() {
        Map<String, Long> groups = new TreeMap<>();
        String end = raw.lastId(keys.parked()).orElse("+");
        List<RawEntry> entries = raw.entries(keys.parked(), "0-0", end);
        while (!entries.isEmpty()) {
            for (RawEntry entry : entries) {
                String group = entry.fields().getOrDefault("group", "");
                if (group.isEmpty() || !entry.fields().containsKey("position")) {
                    run.takeOut(Kind.FOREIGN_ENTRY, keys.parked(), entry, "entry " + entry.id() + " is no parked one");
                } else {
                    Long ignored = groups.merge(group, 1L, Long::sum);
                }
            }
            entries = raw.entries(keys.parked(), entries.getLast().id(), end);
        }
        raw.hash(keys.parkedByGroup()).keySet().forEach(group -> groups.putIfAbsent(group, 0L));
        groups.forEach((group, count) -> {
            String told = raw.field(keys.parkedByGroup(), group).orElse("0");
            if (!told.equals(count.toString())) {
                run.mends(
                        Kind.PARKED,
                        keys.parkedByGroup(),
                        "says that group " + group + " has parked " + told + " entries, in " + keys.parked()
                                + " there are " + count,
                        "set; repair the graph",
                        () -> raw.write(Command.HSET, keys.parkedByGroup(), group, count));
            }
        });
    }
}
