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
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.KeyValue;

/**
 * Writes events: the append script for a few events at a time, then one wait for all of them; callers that come
 * meanwhile share the next round.
 */
public final class Appender {
    /** Events in one run of the script: keeps a run at about a millisecond, so that nobody else waits long. */
    static final int EVENTS_PER_RUN = 20;

    /** What the append script says where a session has events and no entry. */
    private static final String LOST_SESSION = "session: summary is missing, the session has events";

    /** As many events as no session has: the largest number that the script takes. */
    private static final ExpectedSessionSeq NEVER = new ExpectedSessionSeq.Exactly(1L << 53);

    private static final Logger LOG = LoggerFactory.getLogger(Appender.class);

    private final Redis redis;
    private final Keys keys;
    private final RedisSettings settings;
    private final ServerFacts server;
    private final Script script;
    private final MemoryGuard memory;
    private final Noticed noticed;

    /** Of the ledger, if its first event comes from here. */
    private final LedgerHeader header = LedgerHeader.chosen();

    private final Map<Durability, Lane> lanes = new EnumMap<>(Durability.class);

    public Appender(
            Redis redis, Keys keys, RedisSettings settings, ServerFacts server, MemoryGuard memory, Noticed noticed) {
        this.redis = redis;
        this.keys = keys;
        this.settings = settings;
        this.server = server;
        this.script = AppendScript.of(server.engine());
        this.memory = memory;
        this.noticed = noticed;
        // Those who wait for a disk must not hold up those who do not.
        for (Durability level : Durability.values()) {
            lanes.put(level, new Lane(level));
        }
    }

    /** Whether an event was refused because its session has lost its entry. */
    public static boolean isOfLostSession(AppendOutcome outcome) {
        return outcome instanceof AppendOutcome.Refused refused && refused.why().equals(LOST_SESSION);
    }

    AppendResult append(List<Append> appends, Durability atLeast) {
        requireSupported(atLeast);
        memory.requireRoom();
        Batch batch = new Batch(appends);
        Optional.ofNullable(lanes.get(atLeast)).orElseThrow().commits.submit(batch);
        return new AppendResult(batch.outcomes(), atLeast);
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
        List<byte[]> shared = Optional.ofNullable(lanes.get(Durability.MEMORY)).orElseThrow().shared;
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (int from = 0; from < sessions.size(); from += EVENTS_PER_RUN) {
            List<AppendItem> items = sessions.subList(from, Math.min(from + EVENTS_PER_RUN, sessions.size())).stream()
                    .map(session -> new AppendItem(keys, server.engine(), noticed, new Append(trial(session), NEVER)))
                    .toList();
            AppendRun run = new AppendRun(script, server.engine(), header, shared, items);
            run.answer((List<?>) redis.write(script, run.names(), run.arguments("")));
            items.forEach(item -> outcomes.add(item.outcome()));
        }
        return outcomes;
    }

    private static Event trial(SessionId session) {
        return Event.builder(new EventId(UUID.randomUUID()), new EventType("system.trial"), Instant.EPOCH, session)
                .payloadRef("none")
                .build();
    }

    /** The appends at one level: one round at a time. */
    private final class Lane {
        private final Durability level;
        private final List<byte[]> shared;
        private final GroupCommit<Batch> commits = new GroupCommit<>(this::write);
        private long rounds;

        Lane(Durability level) {
            this.level = level;
            List<String> names = new ArrayList<>(List.of(
                    keys.global(),
                    keys.ledger(),
                    keys.sessions(),
                    keys.types(),
                    keys.originals(),
                    keys.round(UUID.randomUUID().toString())));
            if (server.engine() == Engine.SORTED_SET) {
                names.add(keys.all());
            }
            this.shared = List.of(EventCodec.keys(names));
        }

        private void write(List<Batch> round) {
            redis.call(client -> {
                try (Pipeline pipeline = client.pipelined()) {
                    write(runs(round), pipeline);
                    await(level, pipeline);
                }
                return round;
            });
        }

        /** Callers share runs: what a run costs beyond its events is paid once. */
        private List<AppendRun> runs(List<Batch> round) {
            List<AppendItem> items =
                    round.stream().flatMap(batch -> batch.items.stream()).toList();
            List<AppendRun> runs = new ArrayList<>();
            for (int from = 0; from < items.size(); from += EVENTS_PER_RUN) {
                runs.add(new AppendRun(
                        script,
                        server.engine(),
                        header,
                        shared,
                        items.subList(from, Math.min(from + EVENTS_PER_RUN, items.size()))));
            }
            return runs;
        }

        /**
         * Sends all runs at once, and again from the first that was not carried out.
         *
         * <p>Redis may forget the script between two of them, and somebody may load it again: those behind must not pass
         * the others, which the script itself sees to. After an error that may go by itself nothing more is sent: what
         * failed is sent again by its callers, and what stood behind it must not come before it.
         */
        private void write(List<AppendRun> runs, Pipeline pipeline) {
            int done = 0;
            int loads = 0;
            Optional<JedisDataException> hindrance = Optional.empty();
            while (done < runs.size() && hindrance.isEmpty()) {
                List<AppendRun> left = runs.subList(done, runs.size());
                send(left, pipeline, loads > 0);
                List<AppendRun> begun =
                        left.stream().takeWhile(run -> !run.isLeftBehind()).toList();
                loads = begun.isEmpty() ? loads + 1 : 1;
                hindrance = begun.stream()
                        .flatMap(run -> run.passingFailure().stream())
                        .findFirst()
                        .or(loads > Script.MAX_LOADS ? left.getFirst()::failure : Optional::empty);
                done += begun.size();
            }
            for (AppendRun run : runs) {
                run.answer(run.isLeftBehind() ? hindrance : run.failure());
            }
        }

        private void send(List<AppendRun> runs, Pipeline pipeline, boolean load) {
            if (load) {
                script.queueLoad(pipeline);
            }
            String round = Long.toHexString(++rounds);
            for (int i = 0; i < runs.size(); i++) {
                runs.get(i).queue(pipeline, runs.size() == 1 ? "" : round + " " + (i + 1));
            }
            pipeline.sync();
        }
    }

    /** Waits on the connection that wrote: Redis confirms only what this very connection has written. */
    private void await(Durability level, Pipeline pipeline) {
        if (level == Durability.MEMORY) {
            return;
        }
        int replicas = level == Durability.REPLICATED ? settings.durability().replicas() : 0;
        // A duplicate wrote nothing on this connection, so that there would be nothing to wait for.
        Response<String> barrier = pipeline.set(keys.barrier(), "");
        Response<KeyValue<Long, Long>> confirmed =
                pipeline.waitAOF(1, replicas, settings.durability().timeout().toMillis());
        pipeline.sync();
        KeyValue<Long, Long> counts;
        try {
            // A replica, or a Redis that is full, says so here, and of the wait only that it is impossible.
            String ignored = barrier.get();
            counts = confirmed.get();
        } catch (JedisDataException refused) {
            throw unconfirmed(level, refused);
        }
        if (counts.getKey() < 1 || counts.getValue() < replicas) {
            throw new LedgerException(
                    Reason.DURABILITY_NOT_REACHED,
                    "within " + settings.durability().timeout().toMillis() + " ms " + counts.getKey()
                            + " local disk and " + counts.getValue() + " of " + replicas + " replicas confirmed");
        }
    }

    /** A Redis that is loading its data, or has just become a replica, refuses this like anything else. */
    private static LedgerException unconfirmed(Durability level, JedisDataException refused) {
        LedgerException error = RedisErrors.classify(refused);
        return error.reason() == Reason.DEFECT
                ? new LedgerException(
                        Reason.DURABILITY_UNSUPPORTED,
                        "Redis cannot confirm " + level.wireName() + ": " + refused.getMessage(),
                        refused)
                : error;
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
                                case EARLY -> "may confirm before the disk has the write while appendfsync is everysec";
                                case TRUSTED -> "runs without appendonly";
                            });
        }
        if (level == Durability.REPLICATED && settings.durability().replicas() == 0) {
            throw new LedgerException(Reason.DURABILITY_UNSUPPORTED, "no replicas are configured to wait for");
        }
    }

    /** The events of one caller. */
    private final class Batch extends GroupCommit.Request {
        private final List<AppendItem> items;
        private @Nullable RuntimeException failure;

        Batch(List<Append> appends) {
            this.items = appends.stream()
                    .map(append -> new AppendItem(keys, server.engine(), noticed, append))
                    .toList();
        }

        @Override
        int size() {
            return items.size();
        }

        @Override
        void fail(RuntimeException error) {
            failure = error;
        }

        /**
         * One answer for each event. What has no answer because the ledger as a whole refuses, or does not answer, is an
         * error, and so is what passes by itself: all of it is repeated then.
         */
        List<AppendOutcome> outcomes() {
            RuntimeException failed = failure;
            if (failed instanceof LedgerException known) {
                throw LedgerException.again(known);
            }
            if (failed != null) {
                throw new LedgerException(Reason.DEFECT, "appending failed: " + failed.getMessage(), failed);
            }
            if (items.stream().allMatch(item -> item.error().isPresent())) {
                throw RedisErrors.classify(items.getFirst().error().orElseThrow());
            }
            return items.stream().map(this::told).toList();
        }

        private AppendOutcome told(AppendItem item) {
            AppendOutcome outcome = item.outcome();
            if (outcome instanceof AppendOutcome.Refused && !isOfLostSession(outcome)) {
                LOG.error("Event {} of session {} is refused: {}", outcome.eventId(), item.session(), item.told());
            }
            return outcome;
        }
    }
}
