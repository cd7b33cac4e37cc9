// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
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
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;

/** The events that have left the index: the marks of their documents, and the lists that their sessions find them by. */
final class ColdCheck {
    private static final String NOTHING = LedgerHeader.text(Head.EMPTY);
    private static final int MOST = 10_000;
    private static final int TRIES = 20;

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
        Optional<String> said = said();
        boolean right = isRight(said);
        // Somebody may take events out of the index, or bring them back, while it is examined.
        for (Optional<String> now = said(); !right && !now.equals(said); now = said()) {
            said = now;
            right = isRight(said);
        }
        String text = said.orElse("missing");
        raw.unindexed(right ? said.map(Moment::unindexed).orElse(Head.EMPTY).seq() : 0);
        if (!right) {
            run.mends(
                    Kind.HEAD,
                    keys.ledger(),
                    LedgerHeader.UNINDEXED + " is " + text + ", which is no event without entries",
                    "set to " + NOTHING + ": all events come back into the index",
                    () -> {
                        raw.write(Command.HSET, keys.ledger(), LedgerHeader.UNINDEXED, NOTHING);
                    });
        }
    }

    private Optional<String> said() {
        return raw.field(keys.ledger(), LedgerHeader.UNINDEXED);
    }

    private boolean isRight(Optional<String> said) {
        return said.map(text -> text.equals(NOTHING) || isRight(Moment.unindexed(text)))
                .orElseGet(() -> !firstHasLeft());
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
                        .filter(event -> event.seq() == unindexed.seq())
                        .map(event -> event.position().equals(unindexed.position()))
                        .orElse(true);
    }

    /** Takes the next events: any of them may have been marked, whatever is known now of those without entries. */
    void take(List<RecordedEvent> events) {
        if (raw.engine() == Engine.SEARCH && !events.isEmpty()) {
            marks(events);
        }
        List<RecordedEvent> cold =
                events.stream().filter(event -> raw.isCold(event.seq())).toList();
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
            boolean marked = marks.get(i) instanceof byte[] text && isMark(text);
            if (marked != raw.isCold(event.seq()) && raw.isUsable(key) && marks.get(i) != null && !isRightNow(event)) {
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

    private static boolean isMark(byte[] found) {
        return !Keys.text(found).equals("[]");
    }

    /** Somebody may have taken it out of the index since, or brought it back. */
    private boolean isRightNow(RecordedEvent event) {
        if (raw.writes()) {
            return false;
        }
        Moment now = raw.moment(
                RawCommand.of(JsonCommand.MGET, keys.document(event.event().id()), "$." + EventCodec.COLD));
        return now.replies().getFirst().map(ColdCheck::isMark).orElse(false) == now.isCold(event.seq());
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
                all.add(() -> isListed(event, record.get(), times.get()));
            }
            return () -> all;
        });
        for (int i = 0; i < events.size(); i++) {
            if (!right.get(i).get() && !isListedNow(events.get(i))) {
                list(events.get(i));
            }
        }
    }

    private static boolean isListed(RecordedEvent event, byte[] record, byte[] times) {
        return Arrays.equals(record, ColdLayout.records(List.of(event)))
                && Arrays.equals(times, ColdLayout.times(times, List.of(event)));
    }

    /** With the events that return to the index lists go. */
    private boolean isListedNow(RecordedEvent event) {
        String key = keys.cold(event.event().sessionId());
        if (raw.writes() || !raw.isUsable(key)) {
            return false;
        }
        long place = ColdLayout.place(event);
        long group = ColdLayout.start(ColdLayout.group(event));
        Moment now = raw.moment(
                RawCommand.of(Command.GETRANGE, key, place, place + ColdLayout.RECORD - 1),
                RawCommand.of(Command.GETRANGE, key, group, group + ColdLayout.RECORD - 1));
        return !now.isCold(event.seq())
                || run.pruned().hasGone(event.seq())
                || isListed(
                        event,
                        now.replies().get(0).orElse(new byte[0]),
                        now.replies().get(1).orElse(new byte[0]));
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
            raw.write(Command.SETRANGE, key, group, times);
            byte[] record = ColdLayout.records(List.of(event));
            raw.write(Command.SETRANGE, key, ColdLayout.place(event), record);
        });
    }

    /** What is in the lists besides. */
    void leftovers(KnownSessions sessions) {
        String beginning = keys.prefix() + "cold:";
        raw.scan(beginning, names -> {
            List<String> named = names.stream()
                    .filter(raw::isUsable)
                    .flatMap(name -> Keys.after(beginning, name).stream())
                    .toList();
            Set<String> known = sessions.among(named);
            for (String session : named) {
                if (known.contains(session)) {
                    ends(session, beginning + session);
                } else {
                    run.aside(Kind.ORPHAN, beginning + session, "is the list of a session that has no event");
                }
            }
        });
    }

    /** The list ends with an event of the session; one that the index has again may be there still. */
    private void ends(String session, String key) {
        byte[] name = Keys.bytes(key);
        long length = raw.redis().call(client -> client.strlen(key));
        long end = end(session, name, length);
        // Somebody may take the list away, or go on with it, while it is examined.
        for (int tries = 0; end < length && !raw.writes() && tries < TRIES; tries++) {
            length = raw.redis().call(client -> client.strlen(key));
            end = end(session, name, length);
        }
        if (end < length) {
            String size = "has " + length + " bytes, its events have " + end;
            long right = end;
            run.mends(Kind.INDEX, key, size, "cut", () -> {
                byte[] whole =
                        right == 0 ? new byte[0] : raw.redis().call(client -> client.getrange(name, 0, right - 1));
                raw.write(Command.SET, key, (Object) whole);
            });
        }
    }

    private long end(String session, byte[] name, long length) {
        long end = length;
        while (end > 0 && !endsWithEvent(session, name, end)) {
            end = (end - 1) / ColdLayout.RECORD * ColdLayout.RECORD;
        }
        return end;
    }

    private boolean endsWithEvent(String session, byte[] name, long end) {
        if (end % ColdLayout.RECORD != 0) {
            return false;
        }
        byte[] record = raw.redis().call(client -> client.getrange(name, end - ColdLayout.RECORD, end - 1));
        if (record.length < ColdLayout.RECORD) {
            return false;
        }
        long seq = ByteBuffer.wrap(record).getLong();
        @Nullable EventId id = raw.id(seq);
        return id == null
                ? run.pruned().isGone(seq)
                : raw.event(id)
                        .filter(event -> event.event().sessionId().value().equals(session)
                                && ColdLayout.place(event) == end - ColdLayout.RECORD)
                        .isPresent();
    }
}
