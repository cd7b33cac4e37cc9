// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.reading;

import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;

/** Starts a Redis that has ended over a ledger of the workload, and asks it until it has answered. */
public final class RestartClock {
    private static final long POLL_NANOS = 20_000_000;

    private RestartClock() {}

    /**
     * Seconds from the start, each with those before.
     *
     * @param ping Redis answers
     * @param index the search index has every event
     * @param opened a ledger has been opened
     * @param found an event has been found by its id
     * @param queried a query has been answered
     * @param cpu processor time of Redis until then
     */
    public record Times(double ping, double index, double opened, double found, double queried, double cpu) {}

    /**
     * @param events that the ledger must have
     * @throws IOException where it has not
     */
    public static Times restart(RedisServer redis, int events) throws IOException {
        long begun = System.nanoTime();
        redis.startAgain();
        double ping = since(begun);
        awaitIndex(redis);
        double index = since(begun);
        try (RedisLedger ledger = redis.ledger(Engine.SEARCH)) {
            double opened = since(begun);
            if (ledger.log().find(Workload.event(events / 2).id()).found().isEmpty()) {
                throw new IOException("an event is missing after the restart");
            }
            double found = since(begun);
            query(ledger, events);
            double queried = since(begun);
            double cpu = redis.cpu().process() / 1e6;
            long head = ledger.order().head().seq();
            if (head != events) {
                throw new IOException("the ledger has %d of %d events after the restart".formatted(head, events));
            }
            return new Times(ping, index, opened, found, queried, cpu);
        }
    }

    private static double since(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private static void awaitIndex(RedisServer redis) {
        while (redis.client().ftList().stream()
                .map(index -> redis.client().ftInfo(index))
                .anyMatch(info -> !String.valueOf(info.get("indexing")).equals("0")
                        || Double.parseDouble(String.valueOf(info.get("percent_indexed"))) < 1)) {
            Load.await(System.nanoTime() + POLL_NANOS);
        }
    }

    /** Asks until the answer is whole. */
    private static void query(RedisLedger ledger, int events) throws IOException {
        EventQuery query =
                EventQuery.builder().sessionId(Workload.sessionOf(events / 2)).build();
        while (true) {
            try {
                if (ledger.search().search(query).events().size() != Workload.SESSION_LENGTH) {
                    throw new IOException("a session is not whole after the restart");
                }
                return;
            } catch (LedgerException e) {
                if (e.reason() != Reason.INCOMPLETE) {
                    throw e;
                }
                Load.await(System.nanoTime() + POLL_NANOS);
            }
        }
    }
}
