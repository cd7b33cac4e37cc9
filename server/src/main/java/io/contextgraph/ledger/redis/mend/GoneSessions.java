// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Sessions of which all events are gone: of them there are their entries, from which their numbers go on, and their places
 * in the directory.
 */
final class GoneSessions {
    private static final String NUMBER = "\\d{1,15}";

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;

    GoneSessions(MendRun run) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
    }

    /** Looks at those of some names. */
    void check(Set<String> names) {
        for (String name : names) {
            Map<String, String> stored = raw.hash(keys.prefix() + "session:" + name);
            // Of what is pruned meanwhile only some may be gone.
            if (!run.pruned().hasMoved()) {
                check(name, stored);
            }
        }
    }

    private void check(String session, Map<String, String> stored) {
        String key = keys.prefix() + "session:" + session;
        Double score = raw.isUsable(keys.sessions())
                ? raw.redis().call(client -> client.zscore(keys.sessions(), session))
                : null;
        Map<String, String> right = right(stored, score);
        Map<String, String> wrong = new LinkedHashMap<>();
        right.forEach((name, value) -> {
            if (!value.equals(stored.get(name))) {
                String ignored = wrong.put(name, stored.getOrDefault(name, "missing"));
            }
        });
        List<String> surplus = stored.keySet().stream()
                .filter(name -> !SessionEntry.OF_GONE.contains(name))
                .toList();
        if (!wrong.isEmpty() || !surplus.isEmpty()) {
            run.mends(
                    Kind.SESSION,
                    key,
                    "of a session of which all events are gone has " + wrong + (surplus.isEmpty() ? "" : " " + surplus),
                    "put right",
                    () -> {
                        raw.write(RawCommand.fields(key, right));
                        raw.write(RawCommand.each(Command.HDEL, key, surplus));
                    });
        }
        Map<String, String> entry = new LinkedHashMap<>(stored);
        entry.putAll(right);
        unreadable(key, entry);
        listed(session, SessionEntry.firstSeq(entry).orElse(0), score);
    }

    /** What one field says another one does, too. */
    private Map<String, String> right(Map<String, String> stored, @Nullable Double score) {
        Map<String, String> right = new TreeMap<>();
        String count = stored.getOrDefault(SessionEntry.COUNT, "");
        String gone = stored.getOrDefault(SessionEntry.PRUNED, "");
        if (!gone.matches(NUMBER)) {
            String ignored = right.put(SessionEntry.PRUNED, count);
        } else if (!count.equals(gone) && !run.loses()) {
            String ignored = right.put(SessionEntry.COUNT, gone);
        }
        if (SessionEntry.firstSeq(stored).isEmpty() && score != null) {
            String ignored = right.put("first_seq", Long.toString(score.longValue()));
        }
        return right;
    }

    private void unreadable(String key, Map<String, String> entry) {
        for (String name : SessionEntry.OF_GONE) {
            String value = entry.get(name);
            if (value == null || !isReadable(name, value)) {
                run.loses(
                        Kind.GONE,
                        key,
                        "of a session of which all events are gone has " + name + " "
                                + (value == null ? "missing" : value) + ": nothing but the archive knows it");
            }
        }
    }

    private static boolean isReadable(String name, String value) {
        return switch (name) {
            case "status" -> value.isEmpty() || EventStatus.parse(value).isPresent();
            case SessionEntry.LAST_EVENT -> EventId.parse(value).isPresent();
            case SessionEntry.TALLY -> !value.isEmpty();
            default -> value.matches("-?" + NUMBER);
        };
    }

    private void listed(String session, long first, @Nullable Double score) {
        if (first > 0 && raw.isUsable(keys.sessions()) && (score == null || score.longValue() != first)) {
            run.mends(
                    Kind.DIRECTORY,
                    keys.sessions(),
                    "lacks session " + session + ", of which all events are gone, or has it in a wrong place",
                    "put right",
                    () -> raw.write(Command.ZADD, keys.sessions(), first, session));
        }
    }
}
