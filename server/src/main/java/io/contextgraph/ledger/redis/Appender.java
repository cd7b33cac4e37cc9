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
    /** Events in one run of the script: keeps a run at about a millisecond, so that nobody else waits long. */
    static final int EVENTS_PER_RUN = 20;

    private static final Script SCRIPT = new Script("append.lua");

    private final Redis redis;
    private final Keys keys;
    private final RedisSettings settings;
    private final Server server;
    private final MemoryGuard memory;
    private final List<byte[]> shared;
    private final Map<Durability, GroupCommit<Batch>> lanes = new EnumMap<>(Durability.class);

    Appender(Redis redis, Keys keys, RedisSettings settings, Server server, MemoryGuard memory) {
        this.redis = redis;
        this.keys = keys;
        this.settings = settings;
        this.server = server;
        this.memory = memory;
        List<String> sharedNames =
                new ArrayList<>(List.of(keys.global(), keys.ledger(), keys.sessions(), keys.types(), keys.originals()));
        if (server.engine() == Engine.SORTED_SET) {
            sharedNames.add(keys.all());
        }
        this.shared = List.of(EventCodec.keys(sharedNames));
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
                write(runs(round), pipeline, client);
                await(level, pipeline);
            }
            return round;
        });
    }

    /** Callers share runs: what a run costs beyond its events is paid once. */
    private List<Run> runs(List<Batch> round) {
        List<Item> items = round.stream().flatMap(batch -> batch.items.stream()).toList();
        List<Run> runs = new ArrayList<>();
        for (int from = 0; from < items.size(); from += EVENTS_PER_RUN) {
            runs.add(new Run(items.subList(from, Math.min(from + EVENTS_PER_RUN, items.size()))));
        }
        return runs;
    }

    private void write(List<Run> runs, Pipeline pipeline, RedisClient client) {
        send(runs, pipeline);
        List<Run> forgotten = runs.stream().filter(Run::wasForgotten).toList();
        if (!forgotten.isEmpty()) {
            // Redis has lost the script: none of these runs has begun.
            SCRIPT.load(client);
            send(forgotten, pipeline);
        }
        runs.forEach(Run::answer);
    }

    private void send(List<Run> runs, Pipeline pipeline) {
        runs.forEach(run -> run.queue(pipeline));
        pipeline.sync();
    }

    /** Waits on the connection that wrote: Redis confirms only what this very connection has written. */
    private void await(Durability level, Pipeline pipeline) {
        if (level == Durability.MEMORY) {
            return;
        }
        int replicas = level == Durability.REPLICATED ? settings.replicas() : 0;
        // A duplicate wrote nothing on this connection, so that there would be nothing to wait for.
        Response<String> barrier = pipeline.set(keys.barrier(), "");
        Response<KeyValue<Long, Long>> confirmed =
                pipeline.waitAOF(1, replicas, settings.durabilityTimeout().toMillis());
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
                    "within " + settings.durabilityTimeout().toMillis() + " ms " + counts.getKey() + " local disk and "
                            + counts.getValue() + " of " + replicas + " replicas confirmed");
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
        if (level == Durability.REPLICATED && settings.replicas() == 0) {
            throw new LedgerException(Reason.DURABILITY_UNSUPPORTED, "no replicas are configured to wait for");
        }
    }

    /** The events of one caller. */
    private final class Batch extends GroupCommit.Request {
        private final List<Item> items;
        private @Nullable RuntimeException failure;

        Batch(List<Append> appends) {
            this.items = appends.stream().map(Item::new).toList();
        }

        @Override
        int size() {
            return items.size();
        }

        @Override
        void fail(RuntimeException error) {
            failure = error;
        }

        /** An error of one's own events concerns nobody else of the round. */
        List<AppendOutcome> outcomes() {
            RuntimeException failed = failure;
            if (failed instanceof LedgerException known) {
                throw new LedgerException(known.reason(), String.valueOf(known.getMessage()), known);
            }
            if (failed != null) {
                throw new LedgerException(Reason.DEFECT, "appending failed: " + failed.getMessage(), failed);
            }
            return RedisErrors.guard(() -> items.stream().map(Item::outcome).toList());
        }
    }

    /** One event on its way: made ready by its caller's thread, answered by the thread that writes. */
    private final class Item {
        private final Append append;
        private final ContentHash hash;
        private final byte[][] names;
        private final List<byte[]> arguments;
        private List<String> reply = List.of();
        private @Nullable JedisDataException error;

        Item(Append append) {
            this.append = append;
            this.hash = EventCodec.hash(append.event());
            this.names = EventCodec.keys(names(append.event()));
            this.arguments = EventCodec.arguments(append, hash);
        }

        private List<String> names(Event event) {
            List<String> all = new ArrayList<>(List.of(
                    keys.document(event.id()),
                    keys.stream(event.sessionId()),
                    keys.session(event.sessionId()),
                    keys.payload(event.id())));
            if (server.engine() == Engine.SORTED_SET) {
                for (IndexedField field : IndexedField.values()) {
                    all.add(keys.by(field, field.in(event).orElse("")));
                }
            }
            return all;
        }

        AppendOutcome outcome() {
            if (error != null) {
                throw error;
            }
            var id = append.event().id();
            return switch (reply.getFirst()) {
                case "appended" -> new AppendOutcome.Appended(id, receipt());
                case "duplicate" -> new AppendOutcome.Duplicate(id, receipt());
                case "conflict" -> new AppendOutcome.Conflict(id, ContentHash.ofBase64Url(reply.get(1)), hash);
                case "unexpected" ->
                    new AppendOutcome.UnexpectedSessionSeq(id, append.expected(), Long.parseLong(reply.get(1)));
                case "refused" -> throw RedisErrors.classify(new JedisDataException(reply.get(1)));
                default -> throw new LedgerException(Reason.DEFECT, "append.lua answered " + reply.getFirst());
            };
        }

        private Receipt receipt() {
            Position position = Position.of(reply.get(1));
            return new Receipt(
                    position,
                    Long.parseLong(reply.get(2)),
                    Long.parseLong(reply.get(3)),
                    EventCodec.recordedAt(position));
        }
    }

    /** One run of the script. */
    private final class Run {
        private final List<Item> items;
        private @Nullable Response<Object> reply;

        Run(List<Item> items) {
            this.items = items;
        }

        void queue(Pipeline pipeline) {
            List<byte[]> names = new ArrayList<>(shared);
            List<byte[]> arguments = new ArrayList<>();
            arguments.add(Keys.bytes(server.engine().configName()));
            for (Item item : items) {
                Collections.addAll(names, item.names);
                arguments.addAll(item.arguments);
            }
            reply = SCRIPT.queue(pipeline, names, arguments);
        }

        boolean wasForgotten() {
            return failure().filter(JedisNoScriptException.class::isInstance).isPresent();
        }

        private Optional<JedisDataException> failure() {
            try {
                Object ignored = reply();
                return Optional.empty();
            } catch (JedisDataException e) {
                return Optional.of(e);
            }
        }

        private Object reply() {
            Response<Object> queued = reply;
            if (queued == null) {
                throw new IllegalStateException("the run has not been queued");
            }
            return queued.get();
        }

        void answer() {
            Optional<JedisDataException> failed = failure();
            List<?> replies = failed.isPresent() ? List.of() : (List<?>) reply();
            for (int i = 0; i < items.size(); i++) {
                if (failed.isPresent()) {
                    items.get(i).error = failed.get();
                } else {
                    items.get(i).reply = ((List<?>) replies.get(i))
                            .stream().map(part -> Keys.text((byte[]) part)).toList();
                }
            }
        }
    }
}
