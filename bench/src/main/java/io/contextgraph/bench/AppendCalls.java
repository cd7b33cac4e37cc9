// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.CommandTap;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.RawClient;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.Event;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the product sends to Redis for a number of events, ready to be sent again to a Redis that has none of them.
 *
 * @param engine how the events are indexed
 * @param calls the calls of the append script, in order
 * @param events how many events they append
 */
record AppendCalls(Engine engine, List<byte[]> calls, int events) {
    /** More than are recorded in any benchmark, so that what is appended before cannot meet what is replayed. */
    private static final long BEFORE = 1_000_000_000L;

    /** So much further is the Redis that is sent to: the pages of ids that the calls name must still fit. */
    private static final int WARM_UP = 2000;

    private static final int WRITERS = 64;

    /**
     * Appends events through the product and writes down what it sends.
     *
     * @param batch events that a caller of the ledger appends at once
     */
    static AppendCalls record(Engine engine, int events, int batch) throws Exception {
        try (RedisServer redis = RedisServer.start();
                CommandTap tap = CommandTap.before(redis.url());
                RedisLedger ledger =
                        RedisLedger.connect(RedisSettings.defaults(tap.url()).withEngine(engine))) {
            // Redis knows the script from now on: calls that it does not know would be recorded twice.
            append(ledger.log(), Workload.events(BEFORE, 1), Durability.MEMORY);
            tap.record();
            AtomicLong next = new AtomicLong();
            Load.Step step = first -> append(ledger.log(), Workload.events(first, batch), Durability.MEMORY);
            Load.all(batch == 1 ? WRITERS : 1, events / batch, batch, writer -> step, next);
            return new AppendCalls(engine, tap.calls(), events);
        }
    }

    /** Makes a Redis ready for {@link #send}: index and script are there, and it has worked a little. */
    void prepare(RedisServer redis) throws IOException {
        try (RedisLedger ledger = redis.ledger(engine)) {
            for (int done = 0; done < WARM_UP; done += 100) {
                append(ledger.log(), Workload.events(BEFORE + done, 100), Durability.MEMORY);
            }
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

    /** @throws IOException where one of them was not new */
    static int append(EventLog log, List<Event> events, Durability durability) throws IOException {
        for (AppendOutcome outcome :
                log.append(events.stream().map(Append::of).toList(), durability).outcomes()) {
            if (!(outcome instanceof AppendOutcome.Appended)) {
                throw new IOException("not appended: " + outcome);
            }
        }
        return events.size();
    }
}
