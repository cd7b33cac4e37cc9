// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.Replies;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;

/** The stream in which one group is given what was trimmed before it had it: whether all of that will come. */
final class FeedCheck {
    private static final String START = "0-0";

    private final MendRun run;
    private final RawLedger raw;
    private final String stream;
    private final Optional<Map<String, Object>> group;
    private final String done;

    FeedCheck(MendRun run, String stream, String group) {
        this.run = run;
        this.raw = run.raw();
        this.stream = stream;
        this.group = info("GROUPS").stream()
                .map(Replies::map)
                .filter(fields -> Replies.text(fields.getOrDefault("name", "")).equals(group))
                .findFirst();
        this.done = this.group.map(fields -> done(group, fields)).orElse(START);
    }

    /** Up to where everything was acknowledged. */
    String done() {
        return done;
    }

    private String done(String name, Map<String, Object> fields) {
        List<?> pending = raw.redis().pipelined(p -> {
            Response<Object> told = p.sendCommand(Command.XPENDING, stream, name);
            return () -> (List<?>) Replies.answered(told).orElse(List.of(0, ""));
        });
        return pending.get(1) instanceof byte[] first
                ? Position.parse(Replies.text(first))
                        .filter(at -> at.compareTo(Position.START) > 0)
                        .map(at -> at.before().toString())
                        .orElse(START)
                : Replies.text(fields.getOrDefault("last-delivered-id", START));
    }

    private List<?> info(String what) {
        return raw.redis().pipelined(p -> {
            Response<Object> told = p.sendCommand(Command.XINFO, what, stream);
            return () -> (List<?>) Replies.answered(told).orElse(List.of());
        });
    }

    /** What keeps events from the group; what is no event is taken out. */
    Optional<String> fault() {
        if (group.isEmpty()) {
            // Whoever has finished it takes it away.
            return raw.exists(stream) ? Optional.of("has lost its group") : Optional.empty();
        }
        Position end = run.trimmed().last().position();
        Optional<String> there = raw.lastId(stream);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        String newest = there.get();
        Optional<Position> last = Position.parse(newest);
        if (last.filter(at -> at.compareTo(run.trimmed().now().position()) <= 0).isEmpty()) {
            return Optional.of("has had the id " + newest + ", behind the last event that was trimmed, at " + end);
        }
        Position before = Position.parse(done).orElse(Position.START);
        long seq = 0;
        List<RawEntry> entries = raw.entries(stream, before.toString(), "+");
        while (!entries.isEmpty()) {
            Map<EventId, RecordedEvent> events = raw.events(
                    entries.stream().flatMap(entry -> id(entry).stream()).toList());
            for (RawEntry entry : entries) {
                RecordedEvent event = id(entry).map(events::get).orElse(null);
                if (event == null && isGone(entry)) {
                    // Whoever is given it is told so.
                    continue;
                }
                if (event == null || !isThat(entry, event)) {
                    run.takeOut(Kind.FOREIGN_ENTRY, stream, entry, "entry " + entry.id() + " is no event");
                } else if (seq == 0
                        ? !follows(before, event)
                        : event.seq() != run.pruned().next(seq + 1)
                                && !run.pruned().hasGone(event.seq())) {
                    return Optional.of("lacks events ahead of that with seq " + event.seq());
                } else {
                    seq = event.seq();
                }
            }
            entries = raw.entries(stream, entries.getLast().id(), "+");
        }
        boolean whole = seq == 0
                ? before.compareTo(last.get()) >= 0
                : !isGiven(run.pruned().next(seq + 1), last.get());
        return whole ? Optional.empty() : Optional.of("lacks events behind that with seq " + seq);
    }

    private static Optional<EventId> id(RawEntry entry) {
        return EventId.parse(entry.fields().getOrDefault(EventFields.EVENT_ID, ""));
    }

    private boolean isGone(RawEntry entry) {
        String seq = entry.fields().getOrDefault(EventFields.SEQ, "");
        return seq.matches("\\d{1,15}")
                && raw.id(Long.parseLong(seq)) == null
                && run.pruned().isGone(Long.parseLong(seq));
    }

    private static boolean isThat(RawEntry entry, RecordedEvent event) {
        return entry.id().equals(event.position().toString())
                && Objects.equals(entry.fields().get(EventFields.SEQ), Long.toString(event.seq()));
    }

    /** Whether there is no event between a position and an event. */
    private boolean follows(Position before, RecordedEvent event) {
        long previous = run.pruned().previous(event.seq() - 1);
        return previous == 0 || !isGiven(previous, event.position()) || isGiven(previous, before);
    }

    /** Whether an event stands at a position or ahead of it. */
    private boolean isGiven(long seq, Position position) {
        return Optional.ofNullable(raw.id(seq))
                .flatMap(raw::event)
                .filter(event -> event.position().compareTo(position) <= 0)
                .isPresent();
    }
}
