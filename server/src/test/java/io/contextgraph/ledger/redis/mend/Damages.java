// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.SessionEntry;
import io.contextgraph.ledger.redis.search.SealedIndex;
import io.contextgraph.ledger.redis.search.SearchIndex;
import io.contextgraph.testing.Events;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.resps.Tuple;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * Every way in which somebody may damage every key of a ledger: made from the keys that are there, so that a key that comes
 * to the ledger one day is damaged, too.
 */
final class Damages {
    private static final String FOREIGN = "not ours";

    /** One of an event whose entries have been trimmed: there is no other copy of it. */
    private static final String DOCUMENT_ALONE = "document alone";

    /** What is left of the ledger after it, once it has been mended. */
    enum Effect {
        /** Nothing that matters is damaged, and nothing is said. */
        NONE,
        /** Everything is as it was. */
        RESTORED,
        /** The ledger is whole, and what is not its own, such as groups, may be gone. */
        WHOLE,
        /** Something is lost, and said to be. */
        LOST
    }

    /**
     * One way to damage one key.
     *
     * @param kind of the key, and what is done to it
     * @param key which
     * @param strike does it
     * @param effect what is left
     */
    record Blow(String kind, String key, Runnable strike, Effect effect) {
        @Override
        public String toString() {
            return kind + " (" + key + ")";
        }
    }

    /** Nobody knows them again: it is another ledger then, or all its events come back into the index. */
    private static final Set<String> NOT_KNOWN_AGAIN =
            Set.of(LedgerHeader.LEDGER_ID, LedgerHeader.EPOCH, LedgerHeader.CUTS, LedgerHeader.UNINDEXED);

    private final Jedis jedis;
    private final Keys keys;
    private final Set<EventId> trimmed;
    private final Set<Long> pruned;
    private final List<Blow> blows = new ArrayList<>();

    private Damages(Jedis jedis, Keys keys, Set<EventId> trimmed, Set<Long> pruned) {
        this.pruned = pruned;
        this.jedis = jedis;
        this.keys = keys;
        this.trimmed = trimmed;
    }

    /**
     * All that can be done to a ledger as it is stored now.
     *
     * @param trimmed events that have no entries in streams any more
     * @param pruned numbers of events that are gone
     */
    static List<Blow> all(Jedis jedis, Keys keys, Engine engine, Set<EventId> trimmed, Set<Long> pruned) {
        Damages damages = new Damages(jedis, keys, trimmed, pruned);
        jedis.keys(keys.prefix() + "*").stream()
                .sorted()
                .filter(key -> !key.startsWith(keys.round("")) && !key.equals(keys.barrier()))
                .forEach(damages::key);
        if (engine == Engine.SEARCH) {
            String name = trimmed.isEmpty() ? SearchIndex.name(keys) : SearchIndex.windowName(keys);
            damages.search("index dropped", SearchCommand.DROPINDEX, name);
            damages.search("alias dropped", SearchCommand.ALIASDEL, keys.index());
            damages.sealed("index of sealed payloads dropped", SearchCommand.DROPINDEX, SealedIndex.name(keys));
            damages.sealed("alias of sealed payloads dropped", SearchCommand.ALIASDEL, keys.sealedIndex());
        }
        return damages.blows;
    }

    /** One of each kind. */
    static List<Blow> oneOfEachKind(List<Blow> all) {
        Set<String> kinds = new HashSet<>();
        return all.stream().filter(blow -> kinds.add(blow.kind())).toList();
    }

    private void search(String kind, SearchCommand command, String name) {
        blows.add(new Blow(kind, keys.index(), () -> send(command, name), Effect.RESTORED));
    }

    private void sealed(String kind, SearchCommand command, String name) {
        blows.add(new Blow(kind, keys.sealedIndex(), () -> send(command, name), Effect.RESTORED));
    }

    private void send(ProtocolCommand command, String... arguments) {
        Object ignored = jedis.sendCommand(command, arguments);
    }

    /** What kind of key it is: its fixed part, and for sets by field the field. */
    private String kindOf(String key) {
        String name = key.substring(keys.prefix().length());
        if (name.startsWith("events:__")) {
            return name;
        }
        if (trimmed.stream().anyMatch(id -> keys.document(id).equals(key))) {
            return DOCUMENT_ALONE;
        }
        String[] parts = name.split(":", -1);
        return parts.length > 2 && parts[0].equals("by") ? "by:" + parts[1] : parts[0];
    }

    private void key(String key) {
        String kind = kindOf(key);
        String type = jedis.type(key);
        Effect effect = effect(kind);
        if (kind.equals("dedup")) {
            remembered(key);
            return;
        }
        add(kind + " replaced by a list", key, () -> foreign(key), gone(kind, key, effect));
        // Nobody counts what has been given up, nor what was remembered of long work.
        if (kind.equals("events:__global__:dlq:dropped") || kind.startsWith("operation") || kind.equals("lease")) {
            return;
        }
        // That of a group is made again when the group asks.
        Effect deleted = kind.equals("feed") ? Effect.NONE : gone(kind, key, effect);
        add(kind + " deleted", key, () -> jedis.del(key), deleted);
        switch (type) {
            case "string" -> string(kind, key, effect);
            case "hash" -> hash(kind, key, effect);
            case "set" -> set(kind, key, effect);
            case "zset" -> sortedSet(kind, key, effect);
            case "stream" -> stream(kind, key, effect);
            default -> json(kind, key, effect);
        }
    }

    private void add(String kind, String key, Runnable strike, Effect effect) {
        blows.add(new Blow(kind, key, strike, effect));
    }

    private static Effect effect(String kind) {
        return switch (kind) {
            case "payload", "pii", "fence", "originals", "prunings", DOCUMENT_ALONE -> Effect.LOST;
            case "events:__global__:dlq",
                    "events:__global__:dlq:dropped",
                    "operations",
                    "operation",
                    "lease",
                    "feed",
                    "behind" -> Effect.WHOLE;
            default -> Effect.RESTORED;
        };
    }

    /** What is remembered of events that are gone may be forgotten. */
    private void remembered(String key) {
        String member = jedis.zrange(key, 0, 0).getFirst();
        add("gone ids replaced by a list", key, () -> foreign(key), Effect.WHOLE);
        add("gone ids deleted", key, () -> jedis.del(key), Effect.NONE);
        add("gone ids without one", key, () -> jedis.zrem(key, member), Effect.NONE);
        add("gone ids at a time of no pruning", keys.prunings(), () -> jedis.zincrby(key, 7, member), Effect.WHOLE);
        add("gone ids with a member more", keys.prunings(), () -> jedis.zadd(key, 1, FOREIGN), Effect.WHOLE);
        add(
                "gone ids with an event that is there",
                key,
                () -> jedis.zadd(key, jedis.zscore(key, member), Events.id(3).toString()),
                Effect.RESTORED);
    }

    private boolean hasGone(String key) {
        return jedis.type(key).equals("hash") && jedis.hexists(key, SessionEntry.TALLY);
    }

    /** Whether all events of a session are gone. */
    private boolean isStub(String key) {
        return jedis.hget(key, SessionEntry.COUNT).equals(jedis.hget(key, SessionEntry.PRUNED));
    }

    /** With the stream go its groups, with the head which ledger it is, with an entry what is kept of what is gone. */
    private Effect gone(String kind, String key, Effect effect) {
        if (kind.equals("session") && hasGone(key)) {
            return isStub(key) ? Effect.WHOLE : Effect.LOST;
        }
        return kind.equals("events:__global__") || kind.equals("ledger") ? Effect.WHOLE : effect;
    }

    private void foreign(String key) {
        jedis.del(key);
        jedis.lpush(key, FOREIGN);
    }

    private void string(String kind, String key, Effect effect) {
        long length = jedis.strlen(key);
        byte[] name = Keys.bytes(key);
        add(kind + " overwritten", key, () -> jedis.set(key, FOREIGN), effect);
        if (kind.equals("fence")) {
            add(kind + " emptied", key, () -> jedis.set(key, ""), effect);
            return;
        }
        add(kind + " cut", key, () -> jedis.set(name, jedis.getrange(name, 0, length / 2)), effect);
        add(kind + " emptied", key, () -> jedis.set(key, ""), effect);
        add(kind + " with more behind it", key, () -> jedis.append(key, FOREIGN), effect);
        add(kind + " with other bytes in it", key, () -> jedis.setrange(key, 20, "\u0001\u0002"), effect);
        if (kind.equals("ids")) {
            // Slots of events that have lost their entries, and of events that have them.
            slots(kind + " naming an earlier event", key, Map.of(5, 3), effect);
            slots(kind + " naming a later event", key, Map.of(2, 11), effect);
            slots(kind + " naming the next event", key, Map.of(4, 5), effect);
            slots(kind + " naming another event first", key, Map.of(1, 6), effect);
            slots(kind + " naming another event last", key, Map.of(12, 2), effect);
            slots(kind + " naming another event where streams begin", key, Map.of(7, 8), effect);
            slots(kind + " with two slots swapped", key, Map.of(3, 5, 5, 3), effect);
            slots(kind + " with two slots next to each other swapped", key, Map.of(4, 5, 5, 4), effect);
            slots(kind + " with slots swapped where streams begin", key, Map.of(7, 8, 8, 7), effect);
            slots(kind + " with the first and the last slot swapped", key, Map.of(1, 12, 12, 1), effect);
        }
    }

    /** Where it changes nothing it is no damage. */
    private void slots(String kind, String key, Map<Integer, Integer> others, Effect effect) {
        byte[] name = Keys.bytes(key);
        boolean changes = others.entrySet().stream()
                .anyMatch(slot -> !Arrays.equals(slot(name, slot.getKey()), slot(name, slot.getValue())));
        if (changes) {
            add(kind, key, () -> slots(name, others), effect);
        }
    }

    private byte[] slot(byte[] page, int seq) {
        return jedis.getrange(page, (seq - 1L) * Keys.ID_BYTES, seq * (long) Keys.ID_BYTES - 1);
    }

    /** @param others for numbers those of the events that their slots name from then on */
    private void slots(byte[] page, Map<Integer, Integer> others) {
        Map<Integer, byte[]> ids = new LinkedHashMap<>();
        others.forEach((seq, other) -> ids.put(seq, slot(page, other)));
        ids.forEach((seq, id) -> jedis.setrange(page, (seq - 1L) * Keys.ID_BYTES, id));
    }

    private void hash(String kind, String key, Effect effect) {
        if (kind.equals("prunings")) {
            add("records without one", key, () -> jedis.hdel(key, record(key)), effect);
            add("records with another", key, () -> jedis.hset(key, record(key), "x"), effect);
            add("records with a field more", key, () -> jedis.hset(key, FOREIGN, "1"), Effect.RESTORED);
            return;
        }
        for (String field : jedis.hgetAll(key).keySet()) {
            String named = field.contains(":") ? "agent" : field.contains("-") ? "event" : field;
            Effect there = NOT_KNOWN_AGAIN.contains(field) ? Effect.WHOLE : known(kind, key, field, effect);
            boolean isTally = field.equals(SessionEntry.TALLY);
            add(kind + " without " + named, key, () -> jedis.hdel(key, field), isTally ? Effect.LOST : there);
            add(kind + " with another " + named, key, () -> jedis.hset(key, field, "x"), isTally ? Effect.NONE : there);
        }
        if (kind.equals("session") || kind.equals("ledger")) {
            String number = kind.equals("session") ? "count" : "seq";
            add(kind + " counted back", key, () -> jedis.hincrBy(key, number, -1), effect);
            add(kind + " counted on", key, () -> jedis.hincrBy(key, number, 3), effect);
            add(kind + " counted far on", key, () -> jedis.hincrBy(key, number, 9000), effect);
        }
        if (!kind.equals("ledger")) {
            boolean counted = kind.endsWith("groups");
            add(
                    kind + " with a field more",
                    key,
                    () -> jedis.hset(key, FOREIGN, counted ? "7" : "1"),
                    counted || effect == Effect.WHOLE ? Effect.WHOLE : Effect.RESTORED);
        }
    }

    private String record(String key) {
        return jedis.hkeys(key).iterator().next();
    }

    /** Of what is gone nobody but a few fields tells. */
    private Effect known(String kind, String key, String field, Effect effect) {
        if (kind.equals("ledger") && !pruned.isEmpty()) {
            return switch (field) {
                case LedgerHeader.PRUNED, LedgerHeader.FIRST_SEQ -> Effect.WHOLE;
                case "pruning_of" -> Effect.NONE;
                default -> effect;
            };
        }
        if (kind.equals("session") && hasGone(key)) {
            boolean isCounted = List.of(SessionEntry.COUNT, SessionEntry.PRUNED, "first_seq")
                    .contains(field);
            return isCounted ? effect : isStub(key) ? Effect.LOST : field.equals("first_at") ? Effect.WHOLE : effect;
        }
        return effect;
    }

    private void set(String kind, String key, Effect effect) {
        // What is gone may have been the last of its type.
        Effect more = kind.equals("types") && !pruned.isEmpty() ? Effect.NONE : effect;
        String member = jedis.smembers(key).stream().sorted().findFirst().orElseThrow();
        add(kind + " without a member", key, () -> jedis.srem(key, member), effect);
        add(kind + " with a member more", key, () -> jedis.sadd(key, "foreign.type"), more);
    }

    private void sortedSet(String kind, String key, Effect effect) {
        byte[] name = Keys.bytes(key);
        Tuple first = jedis.zrangeWithScores(name, 0, 0).getFirst();
        add(kind + " without a member", key, () -> jedis.zrem(name, first.getBinaryElement()), effect);
        add(
                kind + " with a member elsewhere",
                key,
                () -> jedis.zadd(name, first.getScore() + 7, first.getBinaryElement()),
                effect);
        add(kind + " with a member more", key, () -> jedis.zadd(key, 1, FOREIGN), effect);
        byte[] other = first.getBinaryElement().clone();
        other[other.length - 1]++;
        add(kind + " with a member like its own", key, () -> jedis.zadd(name, first.getScore(), other), effect);
    }

    private void json(String kind, String key, Effect effect) {
        add(kind + " of another document", key, () -> send(JsonCommand.SET, key, "$", "{\"a\":1}"), effect);
        if (kind.equals("pii")) {
            add(kind + " with another number", key, () -> send(JsonCommand.SET, key, "$.seq", "5"), Effect.RESTORED);
            add(kind + " of another", key, () -> send(JsonCommand.SET, key, "$.pseudonym", "\"x\""), Effect.RESTORED);
            add(kind + " without subject", key, () -> send(JsonCommand.DEL, key, "$.pseudonym"), Effect.RESTORED);
            add(
                    kind + " of other words",
                    key,
                    () -> send(JsonCommand.SET, key, "$.sealed.ciphertext", "\"AA==\""),
                    effect);
            add(kind + " in plain", key, () -> send(JsonCommand.SET, key, "$.sealed", "{\"text\":1}"), effect);
            return;
        }
        add(kind + " without its session", key, () -> send(JsonCommand.DEL, key, "$.session_id"), effect);
        add(kind + " of another agent", key, () -> send(JsonCommand.SET, key, "$.agent_id", "\"x\""), effect);
        add(kind + " of another event", key, () -> send(JsonCommand.SET, key, "$.event_id", "\"x\""), effect);
        // An event that no other precedes may have been recorded at any time.
        int first = pruned.isEmpty() ? 1 : 3;
        if (!kind.equals(DOCUMENT_ALONE) || !key.equals(keys.document(Events.id(first)))) {
            add(
                    kind + " at an earlier position",
                    key,
                    () -> send(JsonCommand.SET, key, "$.global_position", "\"1-1\""),
                    effect);
        }
        add(
                kind + " at a later position",
                key,
                () -> send(JsonCommand.SET, key, "$.global_position", "\"9999999999999-1\""),
                effect);
        // Pages say it, too.
        Effect number = Effect.RESTORED;
        add(kind + " with another number", key, () -> send(JsonCommand.SET, key, "$.seq", "9999"), number);
        add(
                kind + " with the number of another",
                key,
                () -> send(JsonCommand.SET, key, "$.seq", key.endsWith("5") ? "1" : "5"),
                number);
        add(kind + " with another time", key, () -> send(JsonCommand.SET, key, "$.occurred_at_epoch_ms", "5"), effect);
        add(kind + " with other words", key, () -> send(JsonCommand.SET, key, "$.payload_ref", "\"x\""), effect);
    }

    private void stream(String kind, String key, Effect effect) {
        add(kind + " without its first entry", key, () -> jedis.xdel(key, id(key, 0)), effect);
        add(kind + " without an entry", key, () -> jedis.xdel(key, id(key, 0.5)), effect);
        add(kind + " without its last entry", key, () -> jedis.xdel(key, id(key, 1)), effect);
        add(kind + " trimmed", key, () -> jedis.xtrim(key, 1, false), jedis.xlen(key) > 1 ? effect : Effect.NONE);
        add(kind + " emptied", key, () -> jedis.xtrim(key, 0, false), effect);
        Map<String, Supplier<String>> ids = new LinkedHashMap<>();
        ids.put("now", () -> "*");
        ids.put("in a minute", () -> ahead(60_000));
        ids.put("in an hour", () -> ahead(3_600_000));
        ids.put("at the end of signed numbers", () -> Long.MAX_VALUE + "-" + Long.MAX_VALUE);
        ids.put("at the end of all numbers", () -> "18446744073709551615-18446744073709551614");
        ids.put("at the last id there is", () -> "18446744073709551615-18446744073709551615");
        boolean parked = kind.startsWith("events:__global__:");
        ids.forEach((when, id) -> {
            add(kind + " with a foreign entry " + when, key, () -> xadd(key, id.get(), Map.of("a", "b")), effect);
            if (!parked) {
                boolean soon = !kind.equals("feed") && (when.equals("now") || when.equals("in a minute"));
                add(kind + " with half an event " + when, key, () -> xadd(key, id.get(), half(key)), effect);
                add(kind + " with an event again " + when, key, () -> xadd(key, id.get(), fields(key, 0)), effect);
                add(
                        kind + " that had an entry " + when,
                        key,
                        () -> send(Command.XDEL, key, xadd(key, id.get(), Map.of("a", "b"))),
                        soon ? Effect.NONE : effect);
            }
        });
        if (kind.equals("events:__global__")) {
            String group = jedis.xinfoGroups(key).getFirst().getName();
            add(
                    kind + " with a group far on",
                    key,
                    () -> send(Command.XGROUP, "SETID", key, group, ahead(86_400_000)),
                    Effect.WHOLE);
        }
    }

    /** So many milliseconds from when it is asked for. */
    private static String ahead(long millis) {
        return System.currentTimeMillis() + millis + "-0";
    }

    /** @param at 0: the first entry, 1: the last one */
    private StreamEntry entry(String key, double at) {
        List<StreamEntry> entries = jedis.xrange(key, "-", "+");
        return entries.get((int) ((entries.size() - 1) * at));
    }

    private StreamEntryID id(String key, double at) {
        return entry(key, at).getID();
    }

    private Map<String, String> fields(String key, double at) {
        return entry(key, at).getFields();
    }

    /** What an append would add next, of an event that nobody has appended. */
    private Map<String, String> half(String key) {
        Map<String, String> half = new LinkedHashMap<>(fields(key, 1));
        half.computeIfPresent("event_id", (name, own) -> "6a1f5a3e-0000-4000-8000-000000000001");
        half.computeIfPresent("seq", (name, own) -> Long.toString(Long.parseLong(own) + 1));
        half.computeIfPresent("session_seq", (name, own) -> Long.toString(Long.parseLong(own) + 1));
        return half;
    }

    private String xadd(String key, String id, Map<String, String> fields) {
        List<String> arguments = new ArrayList<>(List.of(key, id));
        fields.forEach((name, value) -> arguments.addAll(List.of(name, value)));
        return Keys.text((byte[]) jedis.sendCommand(Command.XADD, arguments.toArray(String[]::new)));
    }
}
