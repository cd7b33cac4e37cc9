// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.reading;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** The ledger in Redis, read through its ports. */
public final class RedisReadings implements Readings {
    private final RedisServer server;
    private final RedisLedger ledger;
    private final long empty;

    private RedisReadings(RedisServer server, RedisLedger ledger) {
        this.server = server;
        this.ledger = ledger;
        this.empty = server.usedMemory();
    }

    public static RedisReadings start(Engine engine) throws IOException {
        RedisServer server = RedisServer.start();
        return new RedisReadings(server, server.ledger(engine));
    }

    public RedisServer server() {
        return server;
    }

    @Override
    public String name() {
        return "Redis, " + ledger.engine().configName();
    }

    @Override
    public void load(int events) throws Exception {
        LedgerFill.fill(ledger.log(), events, new AtomicLong());
        // In the background it would disturb what is measured next.
        server.awaitRewrite();
    }

    @Override
    public String size(int events) {
        return "%,.0f in RAM".formatted((double) (server.usedMemory() - empty) / events);
    }

    @Override
    public Page page(EventQuery query) {
        return page(ledger.search(), query);
    }

    /** The first page of what a ledger answers. */
    public static Page page(EventSearch search, EventQuery query) {
        return () -> {
            EventPage page = search.search(query);
            EventQuery next = page.next().map(query::withCursor).orElse(query);
            return new Content(page.events().size(), page(search, next));
        };
    }

    @Override
    public int replay(long after, int max) {
        return ledger.order().read(after, max).size();
    }

    @Override
    public void close() throws IOException {
        ledger.close();
        server.close();
    }
}
