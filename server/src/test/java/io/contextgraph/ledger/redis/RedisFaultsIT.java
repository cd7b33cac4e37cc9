// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/** What the ledger answers when its Redis is in trouble, on a server of the test's own. */
class RedisFaultsIT {
    private final RunningRedis server = RunningRedis.start(
            RedisServers.installed(7).orElseGet(RedisServers::bundled), List.of("--appendfsync", "always"));

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    @BeforeEach
    void open() {
        ledger = RedisLedger.connect(RedisSettings.defaults(server.url()).withEngine(Engine.SORTED_SET));
    }

    @AfterEach
    void close() {
        ledger.close();
        server.close();
    }

    private AppendOutcome append(Event event) {
        return ledger.log()
                .append(List.of(Append.of(event)), Durability.MEMORY)
                .outcomes()
                .getFirst();
    }

    private void assertFails(Reason reason, Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void aForgottenScriptIsLoadedAgain() {
        assertThat(append(Events.event(1, "s"))).isInstanceOf(Appended.class);
        try (Jedis jedis = new Jedis(server.url())) {
            jedis.scriptFlush();
        }
        assertThat(append(Events.event(2, "s"))).isInstanceOf(Appended.class);
        List<Append> batch = LongStream.rangeClosed(2, 60)
                .mapToObj(n -> Append.of(Events.event(n, "s")))
                .toList();
        List<AppendOutcome> outcomes =
                ledger.log().append(batch, Durability.MEMORY).outcomes();
        assertThat(outcomes.getFirst()).isInstanceOf(Duplicate.class);
        assertThat(outcomes.subList(1, 59)).allMatch(Appended.class::isInstance);
    }

    @Test
    void aKilledRedisFailsFastAndComesBackWithEverything() {
        append(Events.full(1, "s"));
        List<RecordedEvent> before = ledger.log().read(0, 10);
        Consumer consumer = ledger.feed("group").open("one");
        assertThat(consumer.poll(10, Duration.ZERO)).hasSize(1);
        server.kill();

        long start = System.nanoTime();
        assertFails(Reason.UNAVAILABLE, () -> append(Events.event(2, "s")));
        assertFails(Reason.UNAVAILABLE, () -> ledger.log().read(0, 1));
        assertFails(Reason.UNAVAILABLE, () -> consumer.poll(1, Duration.ofSeconds(1)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(ledger.check().reachable()).isFalse();
        assertThatThrownBy(() -> RedisLedger.connect(RedisSettings.defaults(server.url())))
                .isInstanceOf(LedgerException.class);

        server.restart();
        assertThat(ledger.log().read(0, 10)).isEqualTo(before);
        assertThat(append(Events.full(1, "s"))).isInstanceOf(Duplicate.class);
        assertThat(append(Events.event(2, "s"))).isInstanceOf(Appended.class);
        assertThat(consumer.poll(10, Duration.ZERO).stream().map(Delivery::attempt))
                .containsExactly(2L, 1L);
        assertThat(ledger.check().reachable()).isTrue();
        consumer.close();
    }

    @Test
    void aFullRedisTakesNothingAndLosesNothing() {
        append(Events.full(1, "s"));
        List<RecordedEvent> before = ledger.log().read(0, 10);
        try (Jedis jedis = new Jedis(server.url())) {
            jedis.configSet("maxmemory", "1mb");
            // Redis itself refuses, and the guard refuses before it.
            try (RedisLedger other = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
                List<Append> more = List.of(Append.of(Events.event(2, "s")));
                assertFails(Reason.FULL, () -> ledger.log().append(more, Durability.MEMORY));
                assertFails(Reason.FULL, () -> other.log().append(more, Durability.MEMORY));
            }
            assertThat(ledger.log().read(0, 10)).isEqualTo(before);
            jedis.configSet("maxmemory", "0");
        }
        assertThat(ledger.log().head().seq()).isEqualTo(1);
    }

    @Test
    void aReplicaTakesNothing() {
        append(Events.event(1, "s"));
        try (Jedis jedis = new Jedis(server.url())) {
            // A master that is not there: the replica goes on serving what it has.
            jedis.replicaof("127.0.0.1", 1);
            assertFails(Reason.READ_ONLY, () -> append(Events.event(2, "s")));
            assertThat(ledger.log().find(Events.id(1))).isPresent();
            assertThat(ledger.check().role()).isEqualTo("slave");
            jedis.replicaofNoOne();
        }
        assertThat(append(Events.event(2, "s"))).isInstanceOf(Appended.class);
    }

    @Test
    void levelsAreReachedOrRefused() {
        List<Append> one = List.of(Append.of(Events.event(1, "s")));
        if (ledger.check().canWaitForDisk()) {
            for (int i = 0; i < 2; i++) {
                // The second is a duplicate, and as safe as the first.
                assertThat(ledger.log().append(one, Durability.FSYNC).reached()).isEqualTo(Durability.FSYNC);
            }
            try (RedisLedger patient = RedisLedger.connect(RedisSettings.defaults(server.url())
                    .withReplicas(1)
                    .withDurabilityTimeout(Duration.ofMillis(50)))) {
                assertFails(Reason.DURABILITY_NOT_REACHED, () -> patient.log().append(one, Durability.REPLICATED));
            }
        } else {
            assertFails(Reason.DURABILITY_UNSUPPORTED, () -> ledger.log().append(one, Durability.FSYNC));
        }
        assertFails(Reason.DURABILITY_UNSUPPORTED, () -> ledger.log().append(one, Durability.REPLICATED));
    }

    @Test
    void manyWritersLeaveNoGap() throws Exception {
        int writers = 32;
        int each = 50;
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int w = 0; w < writers; w++) {
                int writer = w;
                running.add(threads.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        Event event = Events.event(writer * 1000L + n, "session-" + writer % 5);
                        assertThat(append(event)).isInstanceOf(Appended.class);
                    }
                }));
            }
            for (Future<?> future : running) {
                future.get();
            }
        }
        List<RecordedEvent> all = ledger.log().read(0, Integer.MAX_VALUE);
        assertThat(all.stream().map(RecordedEvent::seq))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, writers * (long) each).boxed().toList());
        assertThat(all.stream().map(RecordedEvent::position)).isSorted().doesNotHaveDuplicates();
        for (int s = 0; s < 5; s++) {
            String session = "session-" + s;
            List<Long> numbers = all.stream()
                    .filter(e -> e.event().sessionId().value().equals(session))
                    .map(RecordedEvent::sessionSeq)
                    .toList();
            assertThat(numbers)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, numbers.size()).boxed().toList());
        }
    }

    @Test
    void entriesThatTheStreamHasLostComeFromTheirDocuments() {
        for (int n = 1; n <= 4; n++) {
            append(Events.full(n, "s"));
        }
        List<RecordedEvent> events = ledger.log().read(0, 10);
        try (Jedis jedis = new Jedis(server.url());
                Consumer dead = ledger.feed("group", Duration.ZERO).open("dead");
                Consumer heir = ledger.feed("group", Duration.ZERO).open("heir")) {
            assertThat(dead.poll(3, Duration.ZERO)).hasSize(3);
            for (int i = 0; i < 2; i++) {
                jedis.xdel(
                        "events:__global__",
                        new StreamEntryID(events.get(i).position().toString()));
            }
            assertThat(heir.poll(3, Duration.ZERO).stream().map(d -> ((Delivery.Arrived) d).event()))
                    .containsExactlyElementsOf(events.subList(0, 3));
            heir.acknowledge(
                    events.subList(0, 3).stream().map(RecordedEvent::position).toList());
            assertThat(heir.poll(3, Duration.ZERO).stream().map(d -> ((Delivery.Arrived) d).event()))
                    .containsExactly(events.get(3));
            heir.acknowledge(List.of(events.get(3).position()));

            StreamEntryID odd = jedis.xadd("events:__global__", StreamEntryID.NEW_ENTRY, Map.of("a", "b"));
            List<Delivery> unreadable = heir.poll(3, Duration.ZERO);
            assertThat(unreadable).hasSize(1);
            assertThat(unreadable.getFirst()).isInstanceOf(Delivery.Unreadable.class);
            assertThat(unreadable.getFirst().position()).hasToString(odd.toString());
        }
    }
}
