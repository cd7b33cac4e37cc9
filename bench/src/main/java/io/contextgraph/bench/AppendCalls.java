// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.CommandTap;
import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.RawClient;
import io.contextgraph.bench.load.SpanRequests;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the product sends to Redis for a number of events, ready to be sent again to a Redis that has none of them.
 *
 * @param engine how the events are indexed
 * @param calls the calls of the append script, in order
 * @param events how many events they append
 * @param before how many events the ledger has, about, that they are sent to
 */
record AppendCalls(Engine engine, List<byte[]> calls, int events, int before) {
    /** More than are recorded in any benchmark, so that what is appended before cannot meet what is replayed. */
    private static final long BEFORE = 1_000_000_000L;

    /** So much further is the Redis that is sent to: the pages of ids that the calls name must still fit. */
    private static final int WARM_UP = 2000;

    private static final int WRITERS = 64;

    /**
     * Appends events through the product and writes down what it sends.
     *
     * @param batch events that a caller of the ledger appends at once
     * @param before how many events the ledger has by then, about
     */
    static AppendCalls record(Engine engine, int events, int batch, int before) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            fill(redis, engine, before, BEFORE + 1);
            return new AppendCalls(engine, recorded(redis, engine, events, batch), events, before);
        }
    }

    /**
     * The same of spans.
     *
     * @param requests of OTLP, each with its spans
     * @param spans in all of them
     */
    static AppendCalls recordSpans(Engine engine, List<byte[]> requests, int spans, int before) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            fill(redis, engine, before, BEFORE + 1);
            try (CommandTap tap = CommandTap.before(redis.url());
                    RedisLedger ledger = RedisLedger.connect(
                            RedisSettings.defaults(tap.url()).withEngine(engine))) {
                LedgerFill.append(ledger.log(), Workload.events(BEFORE, 1), Durability.MEMORY);
                tap.record();
                SpanRequests.append(ledger, requests);
                return new AppendCalls(engine, tap.calls(), spans, before);
            }
        }
    }

    private static List<byte[]> recorded(RedisServer redis, Engine engine, int events, int batch) throws Exception {
        try (CommandTap tap = CommandTap.before(redis.url());
                RedisLedger ledger =
                        RedisLedger.connect(RedisSettings.defaults(tap.url()).withEngine(engine))) {
            // Redis knows the script from now on: calls that it does not know would be recorded twice.
            LedgerFill.append(ledger.log(), Workload.events(BEFORE, 1), Durability.MEMORY);
            tap.record();
            AtomicLong next = new AtomicLong();
            Load.Step step = first -> LedgerFill.append(ledger.log(), Workload.events(first, batch), Durability.MEMORY);
            Load.all(batch == 1 ? WRITERS : 1, events / batch, batch, writer -> step, next);
            return tap.calls();
        }
    }

    /** Makes a Redis ready for {@link #send}: index and script are there, and it has worked a little. */
    void prepare(RedisServer redis) throws Exception {
        fill(redis, engine, before + WARM_UP, BEFORE);
    }

    private static void fill(RedisServer redis, Engine engine, int events, long first) throws Exception {
        try (RedisLedger ledger = redis.ledger(engine)) {
            LedgerFill.fill(ledger.log(), events, new AtomicLong(first));
        }
    }

    /** @return how many events were appended */
    long send(RawClient client) throws Exception {
        return client.pipeline(calls, AppendCalls::appended);
    }

    double eventsPerCall() {
        return (double) events / calls.size();
    }

    private static int appended(@Nullable Object reply) {
        int appended = 0;
        for (Object outcome : (List<?>) java.util.Objects.requireNonNull(reply)) {
            if ("appended".equals(((List<?>) java.util.Objects.requireNonNull(outcome)).getFirst())) {
                appended++;
            }
        }
        return appended;
    }
}
