// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.search.ColdLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;

/** The events that have left the index: the marks of their documents, and the lists that their sessions find them by. */
final class ColdCheck {
    private static final String NOTHING = LedgerHeader.text(Head.EMPTY);
    private static final int MOST = 10_000;

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;
    private final Set<String> told = new HashSet<>();

    ColdCheck(MendRun run) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
    }

    /** Finds out how far they have left; where the header does not say it rightly, all of them come back. */
    void settle() {
        Optional<String> said = raw.field(keys.ledger(), LedgerHeader.UNINDEXED);
        Head unindexed = said.map(ColdCheck::read).orElse(Head.EMPTY);
        boolean right = said.map(text -> text.equals(NOTHING)).orElseGet(() -> !firstHasLeft()) || isRight(unindexed);
        raw.unindexed(right ? unindexed.seq() : 0);
        if (!right) {
            run.mends(
                    Kind.HEAD,
                    keys.ledger(),
                    LedgerHeader.UNINDEXED + " is " + said.orElse("missing") + ", which is no event without entries",
                    "set to " + NOTHING + ": all events come back into the index",
                    () -> {
                        long ignored =
                                raw.redis().call(client -> client.hset(keys.ledger(), LedgerHeader.UNINDEXED, NOTHING));
                    });
        }
    }

    private static Head read(String text) {
        try {
            return LedgerHeader.unindexed(text);
        } catch (LedgerException damaged) {
            return Head.EMPTY;
        }
    }

    /** Whether the first event of all has been out of the index. */
    private boolean firstHasLeft() {
        return Optional.ofNullable(raw.id(1))
                .flatMap(raw::event)
                .map(event -> raw.exists(keys.cold(event.event().sessionId())))
                .orElse(false);
    }

    private boolean isRight(Head unindexed) {
        return unindexed.seq() > 0
                && unindexed.seq() <= run.trimmed().now().seq()
                && Optional.ofNullable(raw.id(unindexed.seq()))
                        .flatMap(raw::event)
                        .map(event -> event.position().equals(unindexed.position()))
                        .orElse(true);
    }

    /** Takes the next events, which may have left the index where they have no entries. */
    void take(List<RecordedEvent> events) {
        List<RecordedEvent> trimmed = events.stream().filter(run.trimmed()::has).toList();
        if (raw.engine() == Engine.SEARCH && !trimmed.isEmpty()) {
            marks(trimmed);
        }
        List<RecordedEvent> cold =
                trimmed.stream().filter(event -> raw.isCold(event.seq())).toList();
        if (!cold.isEmpty()) {
            lists(cold);
        }
    }

    private void marks(List<RecordedEvent> events) {
        List<?> marks = raw.redis().pipelined(p -> {
            List<String> names = new ArrayList<>();
            events.forEach(event -> names.add(keys.document(event.event().id())));
            names.add("$." + EventCodec.COLD);
            Response<Object> told = p.sendCommand(JsonCommand.MGET, names.toArray(String[]::new));
            return () -> (List<?>) told.get();
        });
        for (int i = 0; i < events.size(); i++) {
            RecordedEvent event = events.get(i);
            String key = keys.document(event.event().id());
            boolean marked =
                    marks.get(i) instanceof byte[] text && !Keys.text(text).equals("[]");
            if (marked != raw.isCold(event.seq()) && raw.isUsable(key) && marks.get(i) != null) {
                run.mends(
                        Kind.DOCUMENT,
                        key,
                        "the document of event " + event.event().id() + " with seq " + event.seq() + " is "
                                + (marked ? "marked as one that has" : "not marked, and has") + " left the index",
                        "written anew",
                        () -> raw.writeDocument(event));
            }
        }
    }

    private void lists(List<RecordedEvent> events) {
        List<Supplier<Boolean>> right = raw.redis().pipelined(p -> {
            List<Supplier<Boolean>> all = new ArrayList<>();
            for (RecordedEvent event : events) {
                String key = keys.cold(event.event().sessionId());
                byte[] name = Keys.bytes(key);
                if (!raw.isUsable(key)) {
                    all.add(() -> false);
                    continue;
                }
                long place = ColdLayout.place(event);
                long group = ColdLayout.start(ColdLayout.group(event));
                Response<byte[]> record = p.getrange(name, place, place + ColdLayout.RECORD - 1);
                Response<byte[]> times = p.getrange(name, group, group + ColdLayout.RECORD - 1);
                all.add(() -> Arrays.equals(record.get(), ColdLayout.records(List.of(event)))
                        && Arrays.equals(times.get(), ColdLayout.times(times.get(), List.of(event))));
            }
            return () -> all;
        });
        for (int i = 0; i < events.size(); i++) {
            if (!right.get(i).get()) {
                list(events.get(i));
            }
        }
    }

    private void list(RecordedEvent event) {
        String key = keys.cold(event.event().sessionId());
        if (told.size() >= MOST) {
            raw.overfull();
        } else if (told.add(key)) {
            run.mends(
                    Kind.INDEX,
                    key,
                    "does not have event " + event.event().id() + " with seq " + event.seq()
                            + ", which has left the index, where it should",
                    "made again from the documents",
                    () -> {});
        }
        run.quietly(() -> {
            byte[] name = Keys.bytes(key);
            long group = ColdLayout.start(ColdLayout.group(event));
            byte[] known = raw.redis().call(client -> client.getrange(name, group, group + ColdLayout.RECORD - 1));
            // Times first: what is skipped by writing behind it is filled with zeros.
            byte[] times = ColdLayout.times(known, List.of(event));
            long ignored = raw.redis().call(client -> client.setrange(name, group, times));
            byte[] record = ColdLayout.records(List.of(event));
            ignored = raw.redis().call(client -> client.setrange(name, ColdLayout.place(event), record));
        });
    }

    /** What is in the lists besides. */
    void leftovers(KnownSessions sessions) {
        String beginning = keys.prefix() + "cold:";
        raw.scan(beginning, names -> {
            List<String> named = names.stream()
                    .filter(raw::isUsable)
                    .flatMap(name -> RawLedger.after(beginning, name).stream())
                    .toList();
            Set<String> known = sessions.among(named);
            for (String session : named) {
                if (known.contains(session)) {
                    ends(session, beginning + session);
                } else {
                    run.aside(Kind.ORPHAN, beginning + session, "is the list of a session that has no event");
                }
            }
            run.hold();
        });
    }

    /** The list ends with an event of the session; one that the index has again may be there still. */
    private void ends(String session, String key) {
        byte[] name = Keys.bytes(key);
        long length = raw.redis().call(client -> client.strlen(key));
        long end = length;
        while (end > 0 && !endsWithEvent(session, name, end)) {
            end = (end - 1) / ColdLayout.RECORD * ColdLayout.RECORD;
        }
        if (end < length) {
            long right = end;
            run.mends(Kind.INDEX, key, "has " + length + " bytes, its events have " + right, "cut", () -> {
                byte[] whole =
                        right == 0 ? new byte[0] : raw.redis().call(client -> client.getrange(name, 0, right - 1));
                String ignored = raw.redis().call(client -> client.set(name, whole));
            });
        }
    }

    private boolean endsWithEvent(String session, byte[] name, long end) {
        if (end % ColdLayout.RECORD != 0) {
            return false;
        }
        byte[] record = raw.redis().call(client -> client.getrange(name, end - ColdLayout.RECORD, end - 1));
        @Nullable
        EventId id = record.length == ColdLayout.RECORD
                ? raw.id(ByteBuffer.wrap(record).getLong())
                : null;
        return id != null
                && raw.event(id)
                        .filter(event -> event.event().sessionId().value().equals(session)
                                && ColdLayout.place(event) == end - ColdLayout.RECORD)
                        .isPresent();
    }
}
