// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Event;
import io.contextgraph.event.Position;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Receipt;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.util.KeyValue;

/**
 * Writes events: {@code append.lua} for a few events at a time, then one wait for all of them; callers that come
 * meanwhile share the next round.
 */
final class Appender {
    /** Events in one run of the script: keeps a run below a millisecond, so that nobody else waits long. */
    static final int EVENTS_PER_RUN = 10;

    private static final Script SCRIPT = new Script("append.lua");

    private final Redis redis;
    private final Keys keys;
    private final RedisSettings settings;
    private final Server server;
    private final MemoryGuard memory;
    private final Map<Durability, GroupCommit<Batch>> lanes = new EnumMap<>(Durability.class);

    Appender(Redis redis, Keys keys, RedisSettings settings, Server server) {
        this.redis = redis;
        this.keys = keys;
        this.settings = settings;
        this.server = server;
        this.memory = new MemoryGuard(redis);
        // Those who wait for a disk must not hold up those who do not.
        for (Durability level : Durability.values()) {
            lanes.put(level, new GroupCommit<>(round -> write(round, level)));
        }
    }

    AppendResult append(List<Append> appends, Durability atLeast) {
        requireSupported(atLeast);
        memory.requireRoom();
        Batch batch = new Batch(appends);
        Optional.ofNullable(lanes.get(atLeast)).orElseThrow().submit(batch);
        return new AppendResult(batch.outcomes(), atLeast);
    }

    private void write(List<Batch> round, Durability level) {
        redis.call(client -> {
            try (Pipeline pipeline = client.pipelined()) {
                write(round.stream().flatMap(batch -> batch.runs.stream()).toList(), pipeline, client);
                await(level, pipeline);
            }
            return round;
        });
    }

    private static void write(List<Run> runs, Pipeline pipeline, RedisClient client) {
        runs.forEach(run -> run.queue(pipeline));
        pipeline.sync();
        List<Run> forgotten = runs.stream().filter(Run::wasForgotten).toList();
        if (!forgotten.isEmpty()) {
            // Redis has lost the script: none of these runs has begun.
            SCRIPT.load(client);
            forgotten.forEach(run -> run.queue(pipeline));
            pipeline.sync();
        }
    }

    /** Waits on the connection that wrote: Redis confirms only what this very connection has written. */
    private void await(Durability level, Pipeline pipeline) {
        if (level == Durability.MEMORY) {
            return;
        }
        int replicas = level == Durability.REPLICATED ? settings.replicas() : 0;
        // A duplicate wrote nothing on this connection, so that there would be nothing to wait for.
        pipeline.set(keys.barrier(), "");
        Response<KeyValue<Long, Long>> confirmed =
                pipeline.waitAOF(1, replicas, settings.durabilityTimeout().toMillis());
        pipeline.sync();
        KeyValue<Long, Long> counts;
        try {
            counts = confirmed.get();
        } catch (JedisDataException refused) {
            throw new LedgerException(
                    Reason.DURABILITY_UNSUPPORTED,
                    "Redis cannot confirm " + level.wireName() + ": " + refused.getMessage(),
                    refused);
        }
        if (counts.getKey() < 1 || counts.getValue() < replicas) {
            throw new LedgerException(
                    Reason.DURABILITY_NOT_REACHED,
                    "within " + settings.durabilityTimeout().toMillis() + " ms " + counts.getKey() + " local disk and "
                            + counts.getValue() + " of " + replicas + " replicas confirmed");
        }
    }

    private void requireSupported(Durability level) {
        if (level == Durability.MEMORY) {
            return;
        }
        if (!server.canWaitForDisk()) {
            throw new LedgerException(
                    Reason.DURABILITY_UNSUPPORTED,
                    "Redis " + server.version() + " has no WAITAOF (7.2) or runs without appendonly: "
                            + level.wireName() + " cannot be confirmed");
        }
        if (level == Durability.REPLICATED && settings.replicas() == 0) {
            throw new LedgerException(Reason.DURABILITY_UNSUPPORTED, "no replicas are configured to wait for");
        }
    }

    /** The events of one caller, in as many runs as they need. */
    private final class Batch extends GroupCommit.Request {
        private final int size;
        private final List<Run> runs = new ArrayList<>();
        private @Nullable RuntimeException failure;

        Batch(List<Append> appends) {
            this.size = appends.size();
            for (int from = 0; from < size; from += EVENTS_PER_RUN) {
                runs.add(new Run(appends.subList(from, Math.min(from + EVENTS_PER_RUN, size))));
            }
        }

        @Override
        int size() {
            return size;
        }

        @Override
        void fail(RuntimeException error) {
            failure = error;
        }

        /** An error of one's own run concerns nobody else of the round. */
        List<AppendOutcome> outcomes() {
            RuntimeException failed = failure;
            if (failed instanceof LedgerException known) {
                throw new LedgerException(known.reason(), String.valueOf(known.getMessage()), known);
            }
            if (failed != null) {
                throw new LedgerException(Reason.DEFECT, "appending failed: " + failed.getMessage(), failed);
            }
            return RedisErrors.guard(
                    () -> runs.stream().flatMap(run -> run.outcomes().stream()).toList());
        }
    }

    /** One run of the script. */
    private final class Run {
        private final List<Append> appends;
        private final List<ContentHash> hashes;
        private final List<byte[]> names = new ArrayList<>();
        private final List<byte[]> arguments = new ArrayList<>();
        private @Nullable Response<Object> reply;

        Run(List<Append> appends) {
            this.appends = appends;
            this.hashes = appends.stream().map(a -> EventCodec.hash(a.event())).toList();
            Collections.addAll(
                    names,
                    EventCodec.keys(
                            List.of(keys.global(), keys.ledger(), keys.dedup(), keys.sessions(), keys.types())));
            if (server.engine() == Engine.SORTED_SET) {
                names.add(Keys.bytes(keys.all()));
            }
            arguments.add(Keys.bytes(server.engine().configName()));
            arguments.add(Keys.bytes(Long.toString(settings.dedupWindow().toMillis())));
            for (int i = 0; i < appends.size(); i++) {
                addKeys(appends.get(i).event());
                arguments.addAll(EventCodec.arguments(appends.get(i), hashes.get(i)));
            }
        }

        private void addKeys(Event event) {
            Collections.addAll(
                    names,
                    EventCodec.keys(List.of(
                            keys.document(event.id()),
                            keys.stream(event.sessionId()),
                            keys.session(event.sessionId()),
                            keys.payload(event.id()))));
            if (server.engine() == Engine.SORTED_SET) {
                for (IndexedField field : IndexedField.values()) {
                    names.add(Keys.bytes(keys.by(field, field.in(event).orElse(""))));
                }
            }
        }

        void queue(Pipeline pipeline) {
            reply = SCRIPT.queue(pipeline, names, arguments);
        }

        boolean wasForgotten() {
            try {
                reply();
                return false;
            } catch (JedisNoScriptException e) {
                return true;
            } catch (JedisDataException e) {
                return false;
            }
        }

        private Object reply() {
            Response<Object> queued = reply;
            if (queued == null) {
                throw new IllegalStateException("the run has not been queued");
            }
            return queued.get();
        }

        List<AppendOutcome> outcomes() {
            List<?> replies = (List<?>) reply();
            List<AppendOutcome> outcomes = new ArrayList<>();
            for (int i = 0; i < appends.size(); i++) {
                List<String> parts = ((List<?>) replies.get(i))
                        .stream().map(part -> Keys.text((byte[]) part)).toList();
                outcomes.add(outcome(appends.get(i), hashes.get(i), parts));
            }
            return outcomes;
        }

        private AppendOutcome outcome(Append append, ContentHash offered, List<String> parts) {
            var id = append.event().id();
            return switch (parts.getFirst()) {
                case "appended" -> new AppendOutcome.Appended(id, receipt(parts));
                case "duplicate" -> new AppendOutcome.Duplicate(id, receipt(parts));
                case "conflict" -> new AppendOutcome.Conflict(id, new ContentHash(parts.get(1)), offered);
                case "unexpected" ->
                    new AppendOutcome.UnexpectedSessionSeq(id, append.expected(), Long.parseLong(parts.get(1)));
                default -> throw new LedgerException(Reason.DEFECT, "unknown reply of append.lua: " + parts.getFirst());
            };
        }

        private static Receipt receipt(List<String> parts) {
            return new Receipt(
                    Position.of(parts.get(1)),
                    Long.parseLong(parts.get(2)),
                    Long.parseLong(parts.get(3)),
                    EventCodec.time(parts.get(4)));
        }
    }
}
