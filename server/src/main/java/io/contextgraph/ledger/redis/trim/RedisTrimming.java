// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PositionSearch;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.FencedException;
import io.contextgraph.ledger.trim.IndexWindow;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ledger.trim.SecondLock;
import io.contextgraph.ledger.trim.TrimPreview;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.TrimStep;
import io.contextgraph.ledger.trim.Trimming;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.resps.StreamEntry;

/**
 * Trims the streams of a ledger in Redis.
 *
 * <p><b>Guarantees.</b> Groups are asked in the script that trims. An event that has lost its entry before it was trimmed
 * is an error that names it: it would be a loss that nobody sees any more.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public final class RedisTrimming implements Trimming {
    private static final int PAGE = 1000;

    /** The last millisecond that a position of ours may have: the end of the year 9999. */
    private static final long LAST_MILLIS = 253_402_300_799_999L;

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;
    private final Lease lease;
    private final AckedProbe acked;
    private final FencedScript step;
    private final Script preview;
    private final IndexWindow index;

    /**
     * @param redis may trim
     * @param operator may build a search index
     */
    public RedisTrimming(Redis redis, Redis operator, Keys keys, Engine engine, EventReader reader) {
        this(redis, operator, keys, engine, reader, TrimScript.CLOCK, TrimScript.GUARD);
    }

    /**
     * With another clock or guard.
     *
     * @param clock the fragment that says what time it is
     * @param guard the fragment that says what may go
     */
    RedisTrimming(
            Redis redis, Redis operator, Keys keys, Engine engine, EventReader reader, String clock, String guard) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
        this.lease = new RedisLease(redis, keys.lease("retention"), clock);
        this.acked = new AckedProbe(redis, keys);
        this.step = new FencedScript(redis, TrimScript.of(clock + "\n" + guard, "trim/fence", "trim/step"));
        this.preview = TrimScript.of(clock + "\n" + guard, "trim/preview");
        this.index = new RedisIndexWindow(
                redis, operator, keys, engine, reader, TrimScript.of(clock, "trim/fence", "trim/window"));
    }

    @Override
    public Lease lease() {
        return lease;
    }

    @Override
    public TrimStep step(Fence fence, TrimRule rule, int most) {
        if (most < 1 || most > MAX_STEP) {
            throw new IllegalArgumentException("a step takes 1 to " + MAX_STEP + " entries: " + most);
        }
        Start start = start(most + 1);
        long before = millis(rule);
        List<StreamEntry> old = start.entries().stream()
                .filter(entry -> entry.getID().getTime() < before)
                .toList();
        OldestEntries oldest = oldest(fence, old, start.trimmed());
        List<String> names =
                new ArrayList<>(List.of(keys.global(), keys.ledger(), keys.lease("retention"), keys.behind()));
        oldest.sessions(most).forEach(session -> names.add(keys.stream(session)));
        List<String> groups = groups(rule);
        List<String> arguments = new ArrayList<>(List.of(
                fence.owner(),
                Long.toString(fence.number()),
                Long.toString(before),
                Integer.toString(most),
                secondLock().works() ? "1" : "0",
                Integer.toString(groups.size())));
        arguments.addAll(groups);
        arguments.addAll(oldest.arguments());
        List<String> reply = run(fence, names, arguments);
        int taken = Integer.parseInt(reply.get(0));
        return new TrimStep(
                taken,
                Integer.parseInt(reply.get(1)),
                oldest.last(taken).orElse(start.trimmed()),
                reply.get(2).equals("1"),
                obstacle(reply.subList(3, 6)));
    }

    private OldestEntries oldest(Fence fence, List<StreamEntry> old, Head trimmed) {
        try {
            return OldestEntries.of(old, trimmed, reader);
        } catch (LedgerException lost) {
            if (trimmed().equals(trimmed)) {
                throw lost;
            }
            // Between the two readings of the start another one has trimmed.
            throw new FencedException("another one trims, not the lease " + fence.number() + " of " + fence.owner());
        }
    }

    /** Where a step begins. */
    private record Start(Head trimmed, List<StreamEntry> entries) {}

    private Start start(int most) {
        return redis.pipelined(p -> {
            Response<String> trimmed = p.hget(keys.ledger(), LedgerHeader.TRIMMED);
            Response<List<StreamEntry>> entries = p.xrange(keys.global(), "-", "+", most);
            return () -> new Start(LedgerHeader.trimmed(trimmed.get()), entries.get());
        });
    }

    private static long millis(TrimRule rule) {
        long seconds = Math.max(0, Math.min(LAST_MILLIS / 1000, rule.before().getEpochSecond()));
        return seconds == rule.before().getEpochSecond() ? rule.before().toEpochMilli() : seconds * 1000;
    }

    private static List<String> groups(TrimRule rule) {
        return rule.groups().stream().sorted().toList();
    }

    private List<String> run(Fence fence, List<String> names, List<String> arguments) {
        try {
            return texts(step.run(fence, bytes(names), bytes(arguments)));
        } catch (LedgerException refused) {
            // It may be another server by now.
            acked.forget();
            throw refused;
        }
    }

    private static List<byte[]> bytes(List<String> texts) {
        return EventCodec.arguments(texts.toArray(String[]::new));
    }

    private static List<String> texts(Object reply) {
        return ((List<?>) reply).stream().map(text -> Keys.text((byte[]) text)).toList();
    }

    /** @param told kind, group and the first entry that is held */
    private Optional<Obstacle> obstacle(List<String> told) {
        String group = told.get(1);
        return switch (told.get(0)) {
            case "missing" -> Optional.of(new Obstacle.Missing(group));
            case "waiting" -> {
                Position held = Position.of(told.get(2));
                yield Optional.of(new Obstacle.Waiting(group, lastUpTo(held.before()), EventCodec.recordedAt(held)));
            }
            default -> Optional.empty();
        };
    }

    private Head lastUpTo(Position position) {
        return PositionSearch.lastUpTo(position, reader.head().seq(), seq -> reader.read(seq, 1))
                .map(e -> new Head(e.seq(), e.position()))
                .orElse(Head.EMPTY);
    }

    /**
     * What may go.
     *
     * @param last the last entry of it; empty where nothing may
     * @param through the last event without an entry then
     */
    private record Allowance(Optional<Position> last, Head trimmed, Head through, Optional<Obstacle> obstacle) {
        long entries() {
            return through.seq() - trimmed.seq();
        }
    }

    private Allowance allowance(TrimRule rule) {
        List<String> arguments = new ArrayList<>(List.of(Long.toString(millis(rule))));
        arguments.addAll(groups(rule));
        List<String> reply = texts(redis.write(preview, bytes(List.of(keys.global())), bytes(arguments)));
        Head trimmed = trimmed();
        Optional<Obstacle> obstacle = obstacle(reply.subList(0, 3));
        if (reply.get(3).isEmpty()) {
            return new Allowance(Optional.empty(), trimmed, trimmed, obstacle);
        }
        Position last = Position.of(reply.get(3));
        Head through = lastUpTo(last);
        return new Allowance(Optional.of(last), trimmed, through.seq() > trimmed.seq() ? through : trimmed, obstacle);
    }

    @Override
    public long entries(TrimRule rule) {
        return allowance(rule).entries();
    }

    @Override
    public TrimPreview preview(TrimRule rule) {
        Allowance allowance = allowance(rule);
        return new TrimPreview(
                allowance.entries(),
                allowance.last().map(this::sessionsThatEnd).orElse(0L),
                allowance.through(),
                allowance.obstacle());
    }

    /** Looks at every entry up to a position: how many are the last one of their session. */
    private long sessionsThatEnd(Position last) {
        long ending = 0;
        String from = "-";
        while (true) {
            String start = from;
            List<StreamEntry> page = redis.call(client -> client.xrange(keys.global(), start, last.toString(), PAGE));
            Map<SessionId, StreamEntryID> newest = new LinkedHashMap<>();
            for (StreamEntry entry : page) {
                session(entry).ifPresent(session -> newest.put(session, entry.getID()));
            }
            ending += ending(newest);
            if (page.size() < PAGE) {
                return ending;
            }
            from = "(" + page.getLast().getID();
        }
    }

    private static Optional<SessionId> session(StreamEntry entry) {
        try {
            Position position =
                    new Position(entry.getID().getTime(), entry.getID().getSequence());
            return Optional.of(
                    EventCodec.ofEntry(position, entry.getFields()).event().sessionId());
        } catch (RuntimeException foreign) {
            return Optional.empty();
        }
    }

    /** How many sessions have nothing behind the entry that is named with them. */
    private long ending(Map<SessionId, StreamEntryID> newest) {
        return redis.pipelined(p -> {
            Map<StreamEntryID, Response<List<StreamEntry>>> behind = new LinkedHashMap<>();
            newest.forEach((session, id) -> behind.put(id, p.xrevrange(keys.stream(session), "+", "-", 1)));
            return () -> behind.entrySet().stream()
                    .filter(one -> one.getValue().get().stream()
                            .anyMatch(entry -> entry.getID().equals(one.getKey())))
                    .count();
        });
    }

    @Override
    public SecondLock secondLock() {
        return acked.lock();
    }

    @Override
    public IndexWindow index() {
        return index;
    }

    @Override
    public Head trimmed() {
        return LedgerHeader.trimmed(redis.call(client -> client.hget(keys.ledger(), LedgerHeader.TRIMMED)));
    }
}
