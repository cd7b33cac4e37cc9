// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** The ledger in Redis, read through its ports. */
final class RedisReadings implements Readings {
    private static final int BATCH = 1000;
    private static final int WRITERS = 2;

    private final RedisServer server;
    private final RedisLedger ledger;
    private final long empty;

    private RedisReadings(RedisServer server, RedisLedger ledger) {
        this.server = server;
        this.ledger = ledger;
        this.empty = server.usedMemory();
    }

    static RedisReadings start(Engine engine) throws IOException {
        RedisServer server = RedisServer.start();
        return new RedisReadings(server, server.ledger(engine));
    }

    RedisServer server() {
        return server;
    }

    @Override
    public String name() {
        return "Redis, " + ledger.engine().configName();
    }

    @Override
    public void load(int events) throws Exception {
        // Two, so that one makes its arguments while the other waits.
        Load.all(
                WRITERS,
                events / BATCH,
                BATCH,
                writer -> first -> AppendCalls.append(ledger.log(), Workload.events(first, BATCH), Durability.MEMORY),
                new AtomicLong());
        awaitRewrite();
    }

    /** A rewrite of the append-only file in the background would disturb what is measured next. */
    private void awaitRewrite() {
        while (server.info("persistence")
                .getOrDefault("aof_rewrite_in_progress", "0")
                .equals("1")) {
            Load.await(System.nanoTime() + 200_000_000L);
        }
    }

    @Override
    public String size(int events) {
        return "%,.0f in RAM".formatted((double) (server.usedMemory() - empty) / events);
    }

    @Override
    public Page page(EventQuery query) {
        return () -> {
            EventPage page = ledger.search().search(query);
            EventQuery next = page.next().map(query::withCursor).orElse(query);
            return new Content(page.events().size(), page(next));
        };
    }

    @Override
    public int replay(long after, int max) {
        return ledger.log().read(after, max).size();
    }

    @Override
    public void close() throws IOException {
        ledger.close();
        server.close();
    }
}
