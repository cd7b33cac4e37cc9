// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.Script;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;

/**
 * Makes streams again from the documents of the events that have entries, under other names, and puts them in the place of
 * the old ones.
 *
 * <p>An entry cannot be added between two others, and nothing can be added below the highest id that a stream has ever had.
 */
final class StreamMaker {
    private static final Script SWAP = MendHold.script("swap");

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private final Head head;
    private final String seq;
    private final Set<EventId> lost;

    /** Entries that are all that is left of their events. */
    private final Map<EventId, Remnant> remnants = new HashMap<>();

    private record Remnant(String stream, RawEntry entry) {
        RawCommand add(Keys keys) {
            return StreamMaker.add(keys.remade(stream), entry.id(), entry.fields());
        }
    }

    /**
     * @param head up to where
     * @param seq what the ledger said of it before anybody looked at its events
     * @param lost events of which there may be entries in the streams of their sessions only
     */
    StreamMaker(MendRun run, Head head, String seq, Set<EventId> lost) {
        this.run = run;
        this.seq = seq;
        this.lost = lost;
        this.raw = run.raw();
        this.keys = raw.keys();
        this.head = head;
    }

    /** @param global whether the global stream, too */
    void make(boolean global, Set<SessionId> sessions) {
        Set<String> streams = new LinkedHashSet<>();
        if (global) {
            boolean ignored = streams.add(keys.global());
        }
        sessions.forEach(session -> streams.add(keys.stream(session)));
        streams.forEach(this::forget);
        if (global) {
            pendingTrimmed();
        }
        if (!lost.isEmpty()) {
            sessions.forEach(session -> remnants(keys.stream(session)));
        }
        for (long from = run.trimmed().last().seq() + 1; from <= head.seq(); from += RawLedger.CHUNK) {
            add(ids(from, Math.min(head.seq(), from + RawLedger.CHUNK - 1)), global, sessions);
        }
        streams.forEach(this::swap);
    }

    /** What an earlier attempt has left behind. */
    private void forget(String stream) {
        raw.write(Command.UNLINK, keys.remade(stream));
    }

    /**
     * Entries of events that were trimmed before a group had acknowledged them: only an entry that is there can be given to
     * a group as pending. They go when the groups have them.
     */
    private void pendingTrimmed() {
        Position last = run.trimmed().last().position();
        SortedSet<Position> pending = new TreeSet<>();
        if (!last.equals(Position.START) && raw.exists(keys.global())) {
            for (String group : groups()) {
                pending(group, last, pending);
            }
        }
        String remade = keys.remade(keys.global());
        raw.write(pending.stream()
                .map(position -> add(remade, position.toString(), Map.of("trimmed", "")))
                .toList());
    }

    private static RawCommand add(String stream, String id, Map<String, String> fields) {
        List<String> words = new ArrayList<>(List.of(id));
        fields.forEach((name, value) -> words.addAll(List.of(name, value)));
        return RawCommand.of(Command.XADD, stream, words.toArray());
    }

    private void pending(String group, Position last, SortedSet<Position> pending) {
        String from = "-";
        List<?> page;
        do {
            String start = from;
            page = raw.redis().pipelined(p -> {
                Response<Object> told = p.sendCommand(
                        Command.XPENDING,
                        keys.global(),
                        group,
                        start,
                        last.toString(),
                        Integer.toString(RawLedger.CHUNK));
                return () -> (List<?>) told.get();
            });
            for (Object one : page) {
                Position position = Position.of(Replies.text(((List<?>) one).getFirst()));
                boolean ignored = pending.add(position);
                from = "(" + position;
            }
        } while (page.size() == RawLedger.CHUNK);
    }

    private List<String> groups() {
        return raw.redis().pipelined(p -> {
            Response<Object> told = p.sendCommand(Command.XINFO, "GROUPS", keys.global());
            return () -> ((List<?>) told.get())
                    .stream()
                            .map(group -> Replies.text(Replies.map(group).getOrDefault("name", "")))
                            .toList();
        });
    }

    private void remnants(String stream) {
        List<RawEntry> entries = raw.entries(stream, "0-0", "+");
        while (!entries.isEmpty()) {
            for (RawEntry entry : entries) {
                entry.eventId().filter(lost::contains).ifPresent(id -> remnants.put(id, new Remnant(stream, entry)));
            }
            entries = raw.entries(stream, entries.getLast().id(), "+");
        }
    }

    private List<EventId> ids(long from, long to) {
        return raw.ids(from, to).stream()
                .flatMap(id -> Optional.ofNullable(id).stream())
                .toList();
    }

    private void add(List<EventId> ids, boolean global, Set<SessionId> sessions) {
        Map<EventId, RecordedEvent> documents = raw.events(ids);
        List<RawCommand> added = new ArrayList<>();
        for (EventId id : ids) {
            RecordedEvent event = documents.get(id);
            if (event == null) {
                Optional.ofNullable(remnants.get(id))
                        .map(left -> left.add(keys))
                        .ifPresent(added::add);
                continue;
            }
            String at = event.position().toString();
            if (global) {
                added.add(add(keys.remade(keys.global()), at, EventCodec.entry(event)));
            }
            SessionId session = event.event().sessionId();
            if (sessions.contains(session)) {
                added.add(add(keys.remade(keys.stream(session)), at, EventCodec.entryOfSession(event)));
            }
        }
        raw.write(added);
    }

    private void swap(String stream) {
        // Where everything has been trimmed, an empty one takes its place.
        if (!raw.exists(keys.remade(stream)) && run.trimmed().last().equals(Head.EMPTY)) {
            return;
        }
        raw.write(
                SWAP,
                List.of(stream, keys.remade(stream)),
                List.of(
                        seq,
                        head.position().toString(),
                        run.trimmed().last().position().next().toString()));
        raw.emptied(stream);
    }
}
