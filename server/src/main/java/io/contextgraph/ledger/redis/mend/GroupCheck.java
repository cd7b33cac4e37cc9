// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Replies;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;

/** The consumer groups: whether each is given every event that it has not been given yet. */
final class GroupCheck {
    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;

    GroupCheck(MendRun run) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
    }

    /** A group that has been given an id beyond every event is given none of the next ones: the stream is made again. */
    boolean isBeyond() {
        Position end = raw.head().position();
        boolean[] beyond = {false};
        delivered().forEach((group, id) -> {
            if (Position.parse(id).map(at -> at.compareTo(end) > 0).orElse(true)) {
                beyond[0] = true;
                run.mends(
                        Kind.GROUP,
                        keys.global(),
                        "group " + group + " has been given " + id + ", beyond the newest event at " + end,
                        "goes on behind the newest event",
                        () -> {});
            }
        });
        return beyond[0];
    }

    /** Once the streams are as they should be: what the groups lack of what was trimmed. */
    void run() {
        // In this order: whoever has caught up is known to have been given everything before it is forgotten.
        Map<String, String> behind = raw.hash(keys.behind());
        Map<String, String> delivered = delivered();
        behind.forEach((group, told) -> behind(group, told, Optional.ofNullable(delivered.get(group))));
        Map<String, String> meanwhile = raw.hash(keys.behind());
        delivered.forEach((group, given) -> {
            if (lacks(given) && !behind.containsKey(group) && !meanwhile.containsKey(group)) {
                sets(
                        group,
                        "group " + group + " was given events up to " + given
                                + ", and is not known to lack those up to "
                                + run.trimmed().last().position() + ", which have been trimmed",
                        given);
            }
        });
        raw.scan(keys.feed(""), names -> names.stream().filter(raw::isUsable).forEach(name -> feed(name, delivered)));
    }

    private void behind(String group, String told, Optional<String> given) {
        if (given.isEmpty()) {
            takesOut(group, "names group " + group + ", which there is not");
        } else if (run.trimmed().now().equals(Head.EMPTY)) {
            goesBack(group, told, given.get());
        } else if (!isUpTo(told, given.get())) {
            String what =
                    "says that group " + group + " was given events up to " + told + ", it was up to " + given.get();
            if (lacks(given.get())) {
                sets(group, what, given.get());
            } else {
                takesOut(group, what);
            }
        }
    }

    /** Where the streams are whole again, it is given there what it was to be given elsewhere. */
    private void goesBack(String group, String told, String given) {
        String from = isUpTo(told, given) ? told : "0-0";
        run.mends(
                Kind.GROUP,
                keys.behind(),
                "names group " + group + ", and the streams are whole",
                "is given again what follows " + from,
                () -> {
                    raw.write(List.of(
                            new RawCommand(
                                    List.of(keys.global()),
                                    EventCodec.arguments("XGROUP", "SETID", keys.global(), group, from)),
                            RawCommand.of(Command.HDEL, keys.behind(), group)));
                });
    }

    private static boolean isUpTo(String told, String given) {
        Optional<Position> end = Position.parse(given);
        return end.isEmpty()
                || Position.parse(told)
                        .filter(at -> at.compareTo(end.get()) <= 0)
                        .isPresent();
    }

    private boolean lacks(String given) {
        Position end = run.trimmed().last().position();
        return Position.parse(given).filter(at -> at.compareTo(end) < 0).isPresent();
    }

    private void takesOut(String group, String what) {
        run.mends(Kind.GROUP, keys.behind(), what, "taken out", () -> raw.write(Command.HDEL, keys.behind(), group));
    }

    private void sets(String group, String what, String given) {
        run.mends(Kind.GROUP, keys.behind(), what, "is given the rest from the documents", () -> set(group, given));
    }

    private void set(String group, String given) {
        raw.write(Command.HSET, keys.behind(), group, given);
    }

    private void feed(String name, Map<String, String> delivered) {
        String group = Keys.after(keys.feed(""), name).orElseThrow();
        if (!delivered.containsKey(group) || run.trimmed().now().equals(Head.EMPTY)) {
            String why = delivered.containsKey(group) ? ", and the streams are whole" : ", which there is not";
            run.aside(Kind.ORPHAN, name, "is the stream of group " + group + why);
            return;
        }
        FeedCheck feed = new FeedCheck(run, name, group);
        if (!raw.hash(keys.behind()).containsKey(group) && raw.exists(name)) {
            sets(group, "does not name group " + group + ", which has not finished what it lacked", feed.done());
        }
        feed.fault()
                .ifPresent(fault -> run.mends(
                        Kind.GROUP,
                        name,
                        fault,
                        "group " + group + " is given the rest from the documents again",
                        () -> {
                            // First of all that it lacks something.
                            if (lacks(feed.done())) {
                                set(group, feed.done());
                            }
                            run.rename(name, run.asideName(name));
                        }));
    }

    /** What each group was given last. */
    private Map<String, String> delivered() {
        Map<String, String> delivered = new TreeMap<>();
        if (raw.exists(keys.global())) {
            Iterable<?> groups = raw.redis().pipelined(p -> {
                Response<Object> told = p.sendCommand(Command.XINFO, "GROUPS", keys.global());
                return () -> (Iterable<?>) told.get();
            });
            for (Object group : groups) {
                Map<String, Object> fields = Replies.map(group);
                String ignored = delivered.put(
                        Replies.text(fields.getOrDefault("name", "")),
                        Replies.text(fields.getOrDefault("last-delivered-id", "0-0")));
            }
        }
        return delivered;
    }
}
