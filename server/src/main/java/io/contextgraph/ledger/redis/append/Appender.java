// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventType;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.ExpectedSessionSeq;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.MemoryGuard;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.client.Unseen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes events: the append script for a few events at a time, and one wait for all of them; callers that come
 * meanwhile share the next round, which is written while this one waits.
 */
public final class Appender implements AutoCloseable {
    /** What the append script says where a session has events and no entry. */
    static final String LOST_SESSION = "session: summary is missing, the session has events";

    /** What is said within this package of what stands behind an event of such a session in its request. */
    static final String HELD = "not written before one that is before it";

    /** How often an append is made again because the ledger is on another node. */
    private static final int MOST_MOVES = 2;

    /** As many events as no session has: the largest number that the script takes. */
    private static final ExpectedSessionSeq NEVER = new ExpectedSessionSeq.Exactly(1L << 53);

    private final Redis redis;
    private final Keys keys;
    private final RedisSettings settings;
    private final ServerFacts server;
    private final Script script;
    private final MemoryGuard memory;
    private final Noticed noticed;

    /** Of the ledger, if its first event comes from here. */
    private final LedgerHeader header;

    private final KnownHead head;
    private final Map<Durability, AppendLane> lanes = new EnumMap<>(Durability.class);

    public Appender(
            Redis redis, Keys keys, RedisSettings settings, ServerFacts server, MemoryGuard memory, Noticed noticed) {
        this(redis, keys, settings, server, AppendScript.of(server.engine()), memory, noticed);
    }

    Appender(
            Redis redis,
            Keys keys,
            RedisSettings settings,
            ServerFacts server,
            Script script,
            MemoryGuard memory,
            Noticed noticed) {
        this.redis = redis;
        this.keys = keys;
        this.header = LedgerHeader.chosen(keys.share());
        this.settings = settings;
        this.server = server;
        this.script = script;
        this.memory = memory;
        this.noticed = noticed;
        this.head = new KnownHead(keys, System::nanoTime);
        // Those who wait for a disk must not hold up those who do not.
        for (Durability level : Durability.values()) {
            lanes.put(
                    level,
                    new AppendLane(
                            level,
                            settings.durability(),
                            settings.answerTimeout(),
                            () -> open(level != Durability.MEMORY),
                            (connection, items) -> run(connection.shared(), items),
                            redis::isElsewhere));
        }
        redis.whenMoved(() -> lanes.values().forEach(AppendLane::moved));
    }

    private RoundConnection open(boolean waits) {
        RoundConnection.Marks marks = new RoundConnection.Marks(
                keys.barrier(), redis.isCluster() ? Optional.of(keys.nothing()) : Optional.empty());
        return RedisErrors.guard(() -> {
            Connection connection = redis.open();
            try {
                return new RoundConnection(connection, script, shared(), marks, waits);
            } catch (RuntimeException e) {
                connection.close();
                throw e;
            }
        });
    }

    /** With a round of its own, for a writer of its own. */
    private SharedKeys shared() {
        List<String> names = new ArrayList<>(List.of(
                keys.global(),
                keys.ledger(),
                keys.sessions(),
                keys.types(),
                keys.originals(),
                keys.round(UUID.randomUUID().toString()),
                keys.gone()));
        if (server.engine() == Engine.SORTED_SET) {
            names.add(keys.all());
        }
        return new SharedKeys(List.of(EventCodec.keys(names)), head);
    }

    private AppendRun run(SharedKeys shared, List<AppendItem> items) {
        return new AppendRun(script, server.engine(), header, shared, items);
    }

    private AppendItem item(Append append) {
        return new AppendItem(keys, server.engine(), noticed, append);
    }

    /** Whether an event was refused because its session has lost its entry. */
    public static boolean isOfLostSession(AppendOutcome outcome) {
        return outcome instanceof AppendOutcome.Refused refused && refused.why().equals(LOST_SESSION);
    }

    /** What becomes of an event whose session cannot be given its entry again. */
    static AppendOutcome ofLostSession(Append append) {
        return new AppendOutcome.Refused(append.event().id(), Reason.CORRUPT, LOST_SESSION);
    }

    /** Whether an event was not written so that it does not pass one before it, whose session has lost its entry. */
    static boolean isHeld(AppendOutcome outcome) {
        return outcome instanceof AppendOutcome.Refused refused && refused.why().equals(HELD);
    }

    AppendResult append(List<Append> appends, Durability atLeast) {
        requireSupported(atLeast);
        if (!appends.stream().allMatch(Appender::isAudit)) {
            memory.requireRoom();
        }
        AppendBatch batch = followed(appends, "", commits(atLeast)::submit);
        return new AppendResult(batch.outcomes(), atLeast);
    }

    /** Writes at the node of a cluster that has the ledger, and again where one has done nothing because it has it no more. */
    private AppendBatch followed(List<Append> appends, String after, Consumer<AppendBatch> write) {
        for (int moves = 0; ; moves++) {
            AppendBatch batch = new AppendBatch(appends.stream().map(this::item).toList(), after);
            write.accept(batch);
            if (moves == MOST_MOVES || !batch.isElsewhere()) {
                return batch;
            }
        }
    }

    /** What is done for room is put on record first, for which there is room as long as Redis takes it. */
    private static boolean isAudit(Append append) {
        return append.event().sessionId().equals(SessionId.AUDIT);
    }

    /**
     * Writes, and leaves the wait to {@link #await}.
     *
     * @param after the history that has what must stand before these events; empty where that is confirmed
     */
    AppendBatch begin(List<Append> appends, Durability atLeast, String after) {
        requireSupported(atLeast);
        memory.requireRoom();
        return followed(appends, after, commits(atLeast)::begin);
    }

    /** @throws LedgerException when it is not as safe as asked */
    void await(AppendBatch batch, Durability atLeast) {
        commits(atLeast).await(batch);
        batch.requireWhole();
    }

    private GroupCommit<AppendBatch> commits(Durability level) {
        return Optional.ofNullable(lanes.get(level)).orElseThrow().commits();
    }

    /**
     * Tries an append to each of some sessions up to the last check before the first write: each event expects a number of
     * events that no session has.
     *
     * <p><b>Guarantees.</b> Writes nothing.
     *
     * @return one outcome for each: {@link AppendOutcome.UnexpectedSessionSeq}, with the number of the session's events,
     *     where an event could be appended now
     * @throws LedgerException when none could
     */
    public List<AppendOutcome> trial(List<SessionId> sessions) {
        memory.requireRoom();
        SharedKeys shared = shared();
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (int from = 0; from < sessions.size(); from += AppendLane.EVENTS_PER_RUN) {
            List<AppendItem> items =
                    sessions.subList(from, Math.min(from + AppendLane.EVENTS_PER_RUN, sessions.size())).stream()
                            .map(session -> item(new Append(trial(session), NEVER)))
                            .toList();
            for (List<AppendItem> left = items; !left.isEmpty(); left = held(left)) {
                AppendRun run = run(shared, left);
                run.answer((List<?>) written(run));
            }
            items.forEach(item -> outcomes.add(item.outcome()));
        }
        return outcomes;
    }

    private static List<AppendItem> held(List<AppendItem> items) {
        return items.stream().filter(AppendItem::isHeld).toList();
    }

    private Object written(AppendRun run) {
        for (int attempts = 0; ; attempts++) {
            try {
                return redis.write(script, run.names(), run.arguments(""));
            } catch (LedgerException failed) {
                boolean elsewhere = failed.getCause() instanceof JedisException error && head.corrected(error);
                if (!elsewhere || attempts == Script.MAX_LOADS) {
                    throw failed;
                }
            }
        }
    }

    private static Event trial(SessionId session) {
        return Event.builder(new EventId(UUID.randomUUID()), new EventType("system.trial"), Instant.EPOCH, session)
                .payloadRef("none")
                .build();
    }

    private void requireSupported(Durability level) {
        if (level == Durability.MEMORY) {
            return;
        }
        if (!server.canWaitForDisk()) {
            throw new LedgerException(
                    Reason.DURABILITY_UNSUPPORTED,
                    level.wireName() + " cannot be confirmed: " + server.release() + " "
                            + switch (server.waitAof()) {
                                case MISSING -> "has no WAITAOF, which 7.2 brought";
                                case REFUSED -> "does not let the user that appends give WAITAOF";
                                case UNFOLLOWED ->
                                    "does not show master_replid (INFO replication) to the user that appends: a"
                                            + " confirmation could come from a server that has lost the event";
                                case EARLY ->
                                    "may confirm before the disk has the write while appendfsync is everysec"
                                            + (server.unseen().contains(Unseen.APPENDFSYNC)
                                                    ? ", for which it is taken as it is not shown"
                                                    : "");
                                case TRUSTED ->
                                    server.unseen().contains(Unseen.APPEND_ONLY)
                                            ? "does not show whether it writes an append-only file"
                                            : "runs without appendonly";
                            });
        }
        if (level == Durability.REPLICATED && settings.durability().replicas() == 0) {
            throw new LedgerException(Reason.DURABILITY_UNSUPPORTED, "no replicas are configured to wait for");
        }
    }

    @Override
    public void close() {
        lanes.values().forEach(AppendLane::close);
    }
}
