// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage.Kind;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.PlanText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ZRangeParams;
import redis.clients.jedis.resps.Tuple;

/** The records of prunings, and the ids of what went with each. */
final class PruningRecords {
    /** In place of a record that is lost: who asks for an event that went with it is told so. */
    private static final String UNKNOWN =
            PlanText.write(new Pruning.Plan("", "unknown: its record was lost", List.of(), false));

    private final MendRun run;
    private final RawLedger raw;
    private final Keys keys;

    PruningRecords(MendRun run) {
        this.run = run;
        this.raw = run.raw();
        this.keys = raw.keys();
    }

    /**
     * Reads them, has those that are damaged or missing put right, and the header say which was the last.
     *
     * @return the numbers that they name
     */
    List<SeqRun> settle() {
        TreeMap<Long, List<SeqRun>> all = new TreeMap<>();
        raw.hash(keys.prunings()).forEach((name, text) -> {
            try {
                long at = Long.parseLong(name);
                List<SeqRun> ignored =
                        all.put(at, PlanText.read(at, text).plan().runs());
            } catch (NumberFormatException | LedgerException damaged) {
                aside(name, text, all);
            }
        });
        missing(all);
        // Asked last: what is begun meanwhile has its record and its place in the header at once.
        String said = raw.field(keys.ledger(), LedgerHeader.PRUNING).orElse("missing");
        if (!all.isEmpty() && (!said.matches("\\d{1,15}") || Long.parseLong(said) < all.lastKey())) {
            run.mends(
                    Kind.HEAD,
                    keys.ledger(),
                    LedgerHeader.PRUNING + " is " + said + ", not " + all.lastKey(),
                    "set",
                    () -> raw.write(Command.HSET, keys.ledger(), LedgerHeader.PRUNING, all.lastKey()));
        }
        return all.values().stream().flatMap(List::stream).toList();
    }

    private void aside(String name, String text, Map<Long, List<SeqRun>> all) {
        boolean isTime = name.matches("\\d{1,15}");
        String target = run.asideName(keys.prunings());
        run.mends(
                Kind.GONE,
                keys.prunings(),
                isTime ? "the record of the pruning of " + time(name) + " is damaged" : "has field " + name,
                "moved to " + target + (isTime ? ", and says that it is unknown" : ""),
                () -> raw.write(List.of(
                        RawCommand.of(Command.HSET, target, name, text),
                        isTime
                                ? RawCommand.of(Command.HSET, keys.prunings(), name, UNKNOWN)
                                : RawCommand.of(Command.HDEL, keys.prunings(), name))));
        if (isTime) {
            List<SeqRun> ignored = all.put(Long.parseLong(name), List.of());
        }
    }

    private static Instant time(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }

    /** Each time at which something went has its record. */
    private void missing(Map<Long, List<SeqRun>> all) {
        if (!raw.isUsable(keys.gone())) {
            return;
        }
        List<Tuple> next = behind("-inf");
        while (!next.isEmpty()) {
            long at = Math.round(next.getFirst().getScore());
            if (!all.containsKey(at)
                    && raw.field(keys.prunings(), Long.toString(at)).isEmpty()) {
                run.mends(
                        Kind.GONE,
                        keys.prunings(),
                        "has no record of the pruning of " + Instant.ofEpochMilli(at) + ", with which event "
                                + next.getFirst().getElement() + " went",
                        "made, and says that it is unknown",
                        () -> raw.write(Command.HSET, keys.prunings(), Long.toString(at), UNKNOWN));
                List<SeqRun> ignored = all.put(at, List.of());
            }
            next = behind("(" + at);
        }
    }

    private List<Tuple> behind(String score) {
        ZRangeParams params = new ZRangeParams(Protocol.Keyword.BYSCORE, score, "+inf").limit(0, 1);
        return raw.redis().call(client -> client.zrangeWithScores(keys.gone(), params));
    }

    /** The numbers that they name now; none of one that is damaged. */
    List<SeqRun> read() {
        List<SeqRun> runs = new ArrayList<>();
        raw.hash(keys.prunings()).forEach((name, text) -> {
            try {
                runs.addAll(PlanText.read(Long.parseLong(name), text).plan().runs());
            } catch (NumberFormatException | LedgerException damaged) {
                raw.overfull();
            }
        });
        return runs;
    }

    /** Whether an event is said to be gone. */
    boolean isGone(EventId id) {
        return raw.isUsable(keys.gone())
                && raw.redis().call(client -> client.zscore(keys.gone(), id.toString())) != null;
    }

    /** Some events are there: none of them is gone. */
    void there(List<EventId> ids) {
        if (ids.isEmpty() || !raw.isUsable(keys.gone())) {
            return;
        }
        List<Boolean> gone = raw.redis().pipelined(p -> {
            List<Response<Double>> scores = new ArrayList<>();
            ids.forEach(id -> scores.add(p.zscore(keys.gone(), id.toString())));
            return () -> scores.stream().map(score -> score.get() != null).toList();
        });
        for (int i = 0; i < gone.size(); i++) {
            EventId id = ids.get(i);
            // Somebody may prune, or bring events back, while a ledger is examined.
            if (gone.get(i) && (raw.writes() || (isGone(id) && raw.event(id).isPresent() && isGone(id)))) {
                run.mends(
                        Kind.GONE,
                        keys.gone(),
                        "says that event " + id + " is gone, which is there",
                        "taken out",
                        () -> raw.write(Command.ZREM, keys.gone(), id));
            }
        }
    }
}
