// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What interrupts an append or a query, on a server of the test's own behind a network that breaks. */
abstract class InterruptionsContract {
    private final RunningRedis server;
    private final TcpProxy network;
    private final Engine engine;

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    InterruptionsContract(RunningRedis server, Engine engine) {
        this.server = server;
        this.engine = engine;
        this.network = TcpProxy.to(server.port());
    }

    @BeforeEach
    void open() {
        ledger = RedisLedger.connect(
                RedisSettings.defaults(network.inFrontOf(server.url())).withEngine(engine));
    }

    @AfterEach
    void close() {
        ledger.close();
        network.close();
        server.close();
    }

    final RunningRedis server() {
        return server;
    }

    final RedisLedger ledger() {
        return ledger;
    }

    final RedisSettings direct() {
        return RedisSettings.defaults(server.url()).withEngine(engine);
    }

    final List<AppendOutcome> append(List<Event> events) {
        return ledger.log()
                .append(events.stream().map(Append::of).toList(), Durability.MEMORY)
                .outcomes();
    }

    private static List<Event> five(long first) {
        return LongStream.range(first, first + 5)
                .mapToObj(n -> Events.full(n, "session-" + n % 2))
                .toList();
    }

    @Test
    void aRequestCutAtAnyByteIsRepeatedSafely() {
        cutEverywhere(network::cutRequestsAfter);
    }

    @Test
    void anAnswerCutAtAnyByteIsRepeatedSafely() {
        cutEverywhere(network::cutAnswersAfter);
    }

    private void cutEverywhere(IntConsumer cut) {
        long next = 1;
        int broken = 0;
        // Beyond about 8 KB all of the request has gone through.
        for (int bytes = 0; bytes < 9000; bytes = bytes < 8 ? bytes + 1 : bytes * 5 / 4) {
            List<Event> events = five(next);
            next += events.size();
            cut.accept(bytes);
            try {
                assertThat(append(events)).hasSize(5);
            } catch (LedgerException e) {
                assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
                broken++;
            }
            network.heal();
            network.cutAll();
            assertThat(repeated(events)).hasSize(5);
        }
        assertThat(broken).isGreaterThan(10);
        assertThat(LedgerAudit.assertWhole(direct()).seq()).isEqualTo(next - 1);
    }

    /** As a client would; connections in the pool may be broken as well. */
    private List<AppendOutcome> repeated(List<Event> events) {
        for (int attempt = 0; attempt < 20; attempt++) {
            try {
                List<AppendOutcome> outcomes = append(events);
                assertThat(outcomes)
                        .allSatisfy(outcome -> assertThat(outcome).isInstanceOfAny(Appended.class, Duplicate.class));
                return outcomes;
            } catch (LedgerException e) {
                assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
            }
        }
        throw new AssertionError("not one of 20 attempts got through a network that works");
    }

    @Test
    void aRedisThatFillsUpUnderLoadTakesWholeEventsUntilItIsFull() throws InterruptedException {
        ConcurrentLinkedQueue<AppendOutcome> acknowledged = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Reason> refusals = new ConcurrentLinkedQueue<>();
        try (Jedis jedis = new Jedis(server.url())) {
            // The guard would stop at nine tenths: Redis itself must have the last word here.
            long used = Long.parseLong(ServerFacts.parse(jedis.info("memory")).get("used_memory"));
            jedis.configSet("maxmemory", Long.toString(used + (3L << 20)));
            try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int w = 0; w < 8; w++) {
                    long first = w * 1_000_000L + 1;
                    writers.execute(() -> refusals.add(writeUntilRefused(first, acknowledged)));
                }
            }
            assertThat(refusals).hasSize(8).containsOnly(Reason.FULL);
            assertThat(acknowledged).isNotEmpty();
            jedis.configSet("maxmemory", "0");
        }
        assertThat(LedgerAudit.assertWhole(direct()).seq()).isEqualTo(acknowledged.size());
        assertThat(repeated(five(100_000_000))).hasOnlyElementsOfType(Appended.class);
    }

    private Reason writeUntilRefused(long first, ConcurrentLinkedQueue<AppendOutcome> acknowledged) {
        for (long n = first; ; n += 5) {
            try {
                acknowledged.addAll(append(five(n)));
            } catch (LedgerException e) {
                return e.reason();
            }
        }
    }

    @Test
    void aQueryAfterARestartIsCompleteOrAnError() {
        int count = 3000;
        for (int first = 1; first <= count; first += 500) {
            List<AppendOutcome> ignored = append(LongStream.range(first, first + 500)
                    .mapToObj(n -> Events.full(n, "s"))
                    .toList());
        }
        for (int restarts = 0; restarts < 2; restarts++) {
            server.kill();
            server.restart();
            network.cutAll();
            int answered = 0;
            while (answered < 3) {
                Optional<List<RecordedEvent>> all = session();
                if (all.isPresent()) {
                    assertThat(all.get()).hasSize(count);
                    answered++;
                }
            }
        }
    }

    /** All events of the session, or nothing where a page was refused for a reason that passes. */
    private Optional<List<RecordedEvent>> session() {
        try {
            List<RecordedEvent> all = new ArrayList<>();
            EventQuery query = EventQuery.builder()
                    .sessionId(new SessionId("s"))
                    .limit(1000)
                    .build();
            EventPage page = ledger.search().search(query);
            all.addAll(page.events());
            for (Optional<Cursor> next = page.next(); next.isPresent(); next = page.next()) {
                page = ledger.search().search(query.withCursor(next.get()));
                all.addAll(page.events());
            }
            return Optional.of(all);
        } catch (LedgerException e) {
            assertThat(e.reason()).isIn(Reason.UNAVAILABLE, Reason.INCOMPLETE);
            return Optional.empty();
        }
    }

    @Test
    void aKeyOfTheWrongTypeIsAnErrorUntilItIsGone() {
        Keys keys = new Keys("");
        Event event = Events.full(1, "s");
        try (Jedis jedis = new Jedis(server.url())) {
            for (String key : List.of(
                    keys.global(),
                    keys.ledger(),
                    keys.sessions(),
                    keys.types(),
                    keys.stream(event.sessionId()),
                    keys.session(event.sessionId()),
                    keys.document(event.id()),
                    keys.payload(event.id()))) {
                jedis.lpush(key, "not ours");
                assertThat(Refusals.of(ledger.log(), Append.of(event))).as(key).isEqualTo(Reason.CORRUPT);
                jedis.del(key);
                assertThat(ledger.log().find(event.id()).found()).as(key).isEmpty();
            }
        }
        assertThat(append(List.of(event))).hasOnlyElementsOfType(Appended.class);
        assertThat(LedgerAudit.assertWhole(direct()).seq()).isEqualTo(1);
    }
}
