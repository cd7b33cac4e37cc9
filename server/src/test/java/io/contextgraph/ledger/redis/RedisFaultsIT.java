// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.event.Event;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.operation.Watcher;
import io.contextgraph.retention.Ceilings;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionReport;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.TcpProxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.args.ClientPauseMode;
import redis.clients.jedis.util.KeyValue;

/** What the ledger answers when its Redis is in trouble, on a server of the test's own. */
class RedisFaultsIT {
    private final RunningRedis server =
            RunningRedis.start(RedisServers.installedOrBundled(), List.of("--appendfsync", "always"));

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

    /** As managed services are. */
    @Test
    void aServerThatHidesItsSettingsIsUsedAllTheSame() {
        try (RunningRedis hiding =
                        RunningRedis.start(RedisServers.bundled(), List.of("--rename-command", "CONFIG", ""));
                RedisLedger there = RedisLedger.connect(RedisSettings.defaults(hiding.url()))) {
            LedgerCheck check = there.check();
            assertThat(check.settings()).isEmpty();
            assertThat(check.appendOnly()).isTrue();
            assertThat(check.release()).hasToString("Redis 7.0.15");
            assertThat(there.log()
                            .append(List.of(Append.of(Events.event(1, "s"))), Durability.MEMORY)
                            .outcomes())
                    .hasSize(1);
        }
    }

    @Test
    void howRedisIsIsToldWhileAllConnectionsAreInUse() throws Exception {
        try (RedisLedger narrow =
                        RedisLedger.connect(RedisSettings.defaults(server.url()).withPoolSize(1));
                Jedis operator = new Jedis(server.url());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            operator.clientPause(60_000, ClientPauseMode.WRITE);
            Future<?> writes = threads.submit(() ->
                    narrow.log().append(List.of(Append.of(Events.event(1, "s"))), Durability.MEMORY));
            while (!operator.info("clients").contains("blocked_clients:1")) {
                Thread.onSpinWait();
            }
            assertThat(narrow.check().problem()).isEmpty();
            assertThat(writes.isDone()).isFalse();
            operator.clientUnpause();
            assertThat(writes.get()).isNotNull();
        }
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

    /** Two servers, batches of many runs, some of which wait for the disk, while scripts are forgotten all the time. */
    @Test
    void whateverIsForgottenInBetweenABatchKeepsItsOrder() throws Exception {
        int batches = 40;
        int size = 500;
        AtomicBoolean done = new AtomicBoolean();
        try (RedisLedger other = RedisLedger.connect(RedisSettings.defaults(server.url()));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> forgetting = threads.submit(() -> {
                try (Jedis jedis = new Jedis(server.url())) {
                    while (!done.get()) {
                        jedis.scriptFlush();
                        // A pause that the server keeps.
                        KeyValue<String, String> ignored = jedis.blpop(0.002, "nothing");
                    }
                }
            });
            try {
                List<Future<List<AppendOutcome>>> written = new ArrayList<>();
                for (int i = 0; i < batches; i++) {
                    RedisLedger taker = i % 2 == 0 ? ledger : other;
                    Durability level =
                            i % 4 < 2 || !ledger.check().canWaitForDisk() ? Durability.MEMORY : Durability.FSYNC;
                    List<Append> batch = LongStream.rangeClosed(1 + (long) i * size, (i + 1) * (long) size)
                            .mapToObj(n -> Append.of(Events.event(n, "session-" + n % 7)))
                            .toList();
                    written.add(threads.submit(
                            () -> taker.log().append(batch, level).outcomes()));
                }
                for (Future<List<AppendOutcome>> batch : written) {
                    List<AppendOutcome> outcomes = batch.get();
                    assertThat(outcomes).hasSize(size).allMatch(Appended.class::isInstance);
                    assertThat(outcomes.stream()
                                    .map(outcome ->
                                            ((Appended) outcome).receipt().seq()))
                            .isSorted();
                }
            } finally {
                done.set(true);
            }
            forgetting.get();
        }
        assertThat(ledger.order().head().seq()).isEqualTo((long) batches * size);
        LedgerAudit.assertWhole(RedisSettings.defaults(server.url()));
    }

    @Test
    void aKilledRedisFailsFastAndComesBackWithEverything() {
        append(Events.full(1, "s"));
        List<RecordedEvent> before = ledger.order().read(0, 10);
        Consumer consumer = ledger.feed("group").open("one");
        assertThat(consumer.poll(10, Duration.ZERO)).hasSize(1);
        server.kill();

        long start = System.nanoTime();
        assertFails(Reason.UNAVAILABLE, () -> append(Events.event(2, "s")));
        assertFails(Reason.UNAVAILABLE, () -> ledger.order().read(0, 1));
        assertFails(Reason.UNAVAILABLE, () -> ledger.look());
        assertFails(Reason.UNAVAILABLE, () -> consumer.poll(1, Duration.ofSeconds(1)));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(ledger.check().reachable()).isFalse();
        assertThatThrownBy(() -> RedisLedger.connect(RedisSettings.defaults(server.url())))
                .isInstanceOf(LedgerException.class);

        server.restart();
        assertThat(ledger.order().read(0, 10)).isEqualTo(before);
        assertThat(append(Events.full(1, "s"))).isInstanceOf(Duplicate.class);
        assertThat(append(Events.event(2, "s"))).isInstanceOf(Appended.class);
        assertThat(consumer.poll(10, Duration.ZERO).stream().map(Delivery::attempt))
                .containsExactly(2L, 1L);
        assertThat(ledger.check().reachable()).isTrue();
        consumer.close();
    }

    /** On connections that stay open: a network that drops what it should carry. */
    @Test
    void aSilentRedisIsGivenUpAndAskedAgain() {
        RedisSettings whole = RedisSettings.defaults(server.url()).withEngine(Engine.SORTED_SET);
        try (TcpProxy proxy = TcpProxy.to(server.port());
                RedisLedger behind = RedisLedger.connect(whole.withUrl(proxy.inFrontOf(server.url()))
                        .withPoolSize(2)
                        .withDurability(new DurabilitySettings(Durability.MEMORY, 0, Duration.ofMillis(350)))
                        .withTimeouts(new RedisSettings.Timeouts(
                                Duration.ofMillis(500),
                                Duration.ofMillis(350),
                                whole.timeouts().query())))) {
            Consumer consumer = behind.feed("group").open("one");
            assertThat(consumer.poll(10, Duration.ZERO)).isEmpty();
            List<Append> first = List.of(Append.of(Events.event(1, "s")));
            // A Redis before 7.2 confirms no more than that it has it.
            Durability level = behind.check().canWaitForDisk() ? Durability.FSYNC : Durability.MEMORY;
            for (int round = 0; round < 3; round++) {
                proxy.swallowAnswers(true);
                assertFails(Reason.UNAVAILABLE, () -> behind.log().append(first, level));
                assertFails(Reason.UNAVAILABLE, () -> behind.order().read(0, 1));
                assertFails(Reason.UNAVAILABLE, () -> behind.sessions().find(new SessionId("s")));
                assertFails(Reason.UNAVAILABLE, () -> consumer.poll(1, Duration.ofSeconds(5)));
                assertThat(behind.check().reachable()).isFalse();
                proxy.swallowAnswers(false);

                // Taken or not, as nobody could tell: once at most.
                assertThat(behind.order().read(0, 10)).hasSizeLessThanOrEqualTo(1);
            }
            assertThat(behind.log().append(first, level).outcomes().getFirst())
                    .isInstanceOfAny(Appended.class, Duplicate.class);
            assertThat(behind.order().read(0, 10)).hasSize(1);
            assertThat(consumer.poll(10, Duration.ofSeconds(5))).hasSize(1);
            consumer.close();
        }
    }

    @Test
    void aFullRedisTakesNothingAndLosesNothing() {
        append(Events.full(1, "s"));
        List<RecordedEvent> before = ledger.order().read(0, 10);
        try (Jedis jedis = new Jedis(server.url())) {
            jedis.configSet("maxmemory", "1mb");
            // Redis itself refuses, and the guard refuses before it.
            try (RedisLedger other = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
                List<Append> more = List.of(Append.of(Events.event(2, "s")));
                assertFails(Reason.FULL, () -> ledger.log().append(more, Durability.MEMORY));
                assertFails(Reason.FULL, () -> other.log().append(more, Durability.MEMORY));
                assertThat(ledger.look())
                        .extracting(LedgerFault::kind, LedgerFault::reason)
                        .containsExactly(tuple(LedgerFault.Kind.APPEND, Reason.FULL));
            }
            assertThat(ledger.order().read(0, 10)).isEqualTo(before);
            jedis.configSet("maxmemory", "0");
        }
        assertThat(ledger.order().head().seq()).isEqualTo(1);
    }

    /** It frees memory, and is needed most then. */
    @Test
    void retentionRunsWhereNoMemoryIsLeft() {
        append(Events.event(1, "s"));
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));
        Retention retention = new Retention(
                ledger,
                new RetentionSettings(
                        Duration.ofDays(1),
                        Duration.ofHours(1),
                        Set.of(),
                        true,
                        Duration.ofMinutes(1),
                        200,
                        Duration.ZERO),
                Ceilings.none(ledger, clock),
                clock,
                "here");
        try (Jedis jedis = new Jedis(server.url())) {
            jedis.configSet("maxmemory", "1mb");
            RetentionReport report = retention.run(Watcher.NONE, rest -> false);
            assertThat(report.entries()).isEqualTo(1);
            assertThat(retention.status().lastRun()).contains(report);
        }
    }

    /** Trimming waits for it: were it refused, memory would stay full for ever. */
    @Test
    void aGroupGetsOnWhereNoMemoryIsLeft() {
        for (int n = 1; n <= 5; n++) {
            append(Events.event(n, "s"));
        }
        // One consumer has gone in the middle of its work, one group is late for what was trimmed, one does not exist
        // yet.
        try (Consumer gone = ledger.feed("early", Duration.ZERO).open("gone")) {
            assertThat(gone.poll(2, Duration.ZERO)).hasSize(2);
        }
        try (Consumer late = ledger.feed("late", Duration.ZERO).open("one")) {
            List<Delivery> first = late.poll(1, Duration.ZERO);
            late.acknowledge(first.stream().map(Delivery::position).toList());
        }
        TrimmedFixture.trim(ledger.trimming());
        try (Jedis jedis = new Jedis(server.url())) {
            jedis.configSet("maxmemory", "1mb");
            assertFails(Reason.FULL, () -> append(Events.event(6, "s")));
            finish("early", 5);
            finish("late", 4);
            finish("new", 5);
            try (Consumer parking = ledger.feed("parks", Duration.ZERO).open("one")) {
                List<Delivery> all = parking.poll(9, Duration.ZERO);
                assertThat(all).hasSize(5);
                for (Delivery delivery : all) {
                    assertThat(parking.park(delivery, new Failure("refused", Instant.EPOCH, 1)))
                            .isTrue();
                }
            }
            List<ParkedEntry> parked = ledger.parking().list(Optional.empty(), 10);
            assertThat(parked).hasSize(5);
            assertThat(ledger.parking().release(parked.getFirst().id())).isTrue();
            assertThat(ledger.parking().drop(parked.getLast().id(), "why")).isTrue();
        }
        for (String group : List.of("early", "late", "new", "parks")) {
            assertThat(ledger.feed(group).progress().lag()).as(group).isZero();
        }
    }

    private void finish(String group, int count) {
        try (Consumer consumer = ledger.feed(group, Duration.ZERO).open("two")) {
            List<Delivery> all = consumer.poll(9, Duration.ZERO);
            assertThat(all).as(group).hasSize(count);
            consumer.acknowledge(all.stream().map(Delivery::position).toList());
        }
    }

    /** What is done for room must be on record before it is done. */
    @Test
    void thereIsRoomForTheRecordOfWhatIsDoneForRoom() {
        append(Events.event(1, "s"));
        try (Jedis jedis = new Jedis(server.url())) {
            // So that a hundredth is more than what a connection takes.
            assertThat(jedis.setrange("padding", 50_000_000, "x")).isPositive();
            long used = Long.parseLong(jedis.info("memory").replaceAll("(?s).*used_memory:(\\d+).*", "$1"));
            jedis.configSet("maxmemory", Long.toString(used * 100 / 94));
            // Nobody has looked before how full it is.
            try (RedisLedger other = RedisLedger.connect(RedisSettings.defaults(server.url()))) {
                List<Append> more = List.of(Append.of(Events.event(2, "s")));
                assertFails(Reason.FULL, () -> other.log().append(more, Durability.MEMORY));
                AuditTrail trail = new AuditTrail(other.log(), Durability.MEMORY, Clock.systemUTC());
                AuditTrail.Recorded recorded = trail.record(
                        new AuditTrail.Request("me", "here", "retention release", Map.of("group", "projection")));
                trail.outcome(recorded, true, Map.of());
            }
            jedis.configSet("maxmemory", "0");
        }
        assertThat(ledger.order().head().seq()).isEqualTo(3);
    }

    @Test
    void aReplicaTakesNothing() {
        append(Events.event(1, "s"));
        try (Jedis jedis = new Jedis(server.url())) {
            // A master that is not there: the replica goes on serving what it has.
            jedis.replicaof("127.0.0.1", 1);
            assertFails(Reason.READ_ONLY, () -> append(Events.event(2, "s")));
            assertThat(ledger.log().find(Events.id(1)).found()).isPresent();
            assertThat(ledger.check().role()).isEqualTo("slave");
            assertThat(ledger.look())
                    .extracting(LedgerFault::kind, LedgerFault::reason)
                    .containsExactly(tuple(LedgerFault.Kind.APPEND, Reason.READ_ONLY));
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
                    .withDurability(new DurabilitySettings(Durability.MEMORY, 1, Duration.ofMillis(50))))) {
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
        List<RecordedEvent> all = ledger.order().read(0, Integer.MAX_VALUE);
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
        List<RecordedEvent> events = ledger.order().read(0, 10);
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

    @Test
    void aParkedEntryThatTheStreamHasLostIsTheEventOfItsDocument() {
        for (int n = 1; n <= 9; n++) {
            append(Events.full(n, "s"));
        }
        List<RecordedEvent> events = ledger.order().read(0, 10);
        Failure failure = new Failure("refused", Instant.EPOCH, 5);
        try (Jedis jedis = new Jedis(server.url());
                Consumer consumer = ledger.feed("group").open("one")) {
            List<Delivery> got = consumer.poll(9, Duration.ZERO);
            // One is lost before it is parked, one after.
            jedis.xdel(
                    "events:__global__", new StreamEntryID(got.get(3).position().toString()));
            assertThat(consumer.park(got.get(3), failure)).isTrue();
            assertThat(consumer.park(got.get(6), failure)).isTrue();
            jedis.xdel(
                    "events:__global__", new StreamEntryID(got.get(6).position().toString()));
        }
        List<ParkedEntry> parked = ledger.parking().list(Optional.empty(), 10);
        assertThat(parked.stream().map(entry -> entry.event().orElseThrow()))
                .containsExactly(events.get(3), events.get(6));
        assertThat(parked.get(0).fields()).isEmpty();
        assertThat(parked.get(1).fields()).isNotEmpty();
    }

    @Test
    void anEntryThatIsNoEventIsParkedAsItIs() {
        for (int n = 1; n <= 5; n++) {
            append(Events.full(n, "s"));
        }
        RecordedEvent third = ledger.order().read(2, 1).getFirst();
        Failure failure = new Failure("not an event", Instant.EPOCH, 1);
        try (Jedis jedis = new Jedis(server.url());
                Consumer consumer = ledger.feed("group").open("one")) {
            List<Delivery> got = consumer.poll(5, Duration.ZERO);
            consumer.acknowledge(got.stream().map(Delivery::position).toList());
            Position odd = Position.of(jedis.xadd("events:__global__", StreamEntryID.NEW_ENTRY, Map.of("a", "b"))
                    .toString());
            assertThat(consumer.park(consumer.poll(1, Duration.ZERO).getFirst(), failure))
                    .isTrue();
            // One whose id nobody could read, at the position of an event: the position leads to the document.
            jedis.xack("events:__global__", "group", new StreamEntryID(odd.toString()));
            ParkedEntry entry = ledger.parking().list(Optional.empty(), 10).getFirst();
            assertThat(entry.position()).isEqualTo(odd);
            assertThat(entry.eventId()).isEmpty();
            assertThat(entry.event()).isEmpty();
            assertThat(entry.fields()).isEqualTo(Map.of("a", "b"));
            try (Consumer other = ledger.feed("other").open("one")) {
                Delivery delivery = other.poll(5, Duration.ZERO).get(2);
                Delivery unread = new Delivery.Unreadable(delivery.position(), 1, "?");
                assertThat(other.park(unread, failure)).isTrue();
            }
            assertThat(ledger.parking().list(Optional.empty(), 10).get(1).event())
                    .contains(third);
        }
    }

    @Test
    void entriesOfSomebodyElseDoNotStopProgressFromBeingTold() {
        try (Jedis jedis = new Jedis(server.url());
                Consumer consumer = ledger.feed("group").open("one")) {
            for (int n = 1; n <= 5; n++) {
                append(Events.full(n, "s"));
            }
            jedis.xadd("events:__global__", StreamEntryID.NEW_ENTRY, Map.of("a", "b"));
            List<RecordedEvent> events = ledger.order().read(0, 10);

            List<Delivery> got = consumer.poll(10, Duration.ZERO);
            assertThat(got).hasSize(6);
            consumer.acknowledge(
                    got.subList(0, 3).stream().map(Delivery::position).toList());
            assertThat(ledger.feed("group").progress().seenThrough())
                    .isEqualTo(events.get(2).position());
            consumer.acknowledge(got.stream().map(Delivery::position).toList());
            assertThat(ledger.feed("group").progress().seenThrough())
                    .isEqualTo(events.get(4).position());
            assertThat(ledger.feed("group").progress().lag()).isZero();

            jedis.xtrim("events:__global__", 0, false);
            jedis.xadd("events:__global__", StreamEntryID.NEW_ENTRY, Map.of("a", "b"));
            assertThat(ledger.feed("group").progress().seenThroughSeq()).isEqualTo(5);
        }
    }

    @Test
    void aMonstrousEntryIsParkedInPart() {
        append(Events.full(1, "s"));
        Map<String, String> many = new LinkedHashMap<>();
        IntStream.range(0, 20_000).forEach(i -> many.put("f" + i, "v"));
        try (Jedis jedis = new Jedis(server.url());
                Consumer consumer = ledger.feed("group").open("one")) {
            jedis.xadd("events:__global__", StreamEntryID.NEW_ENTRY, many);
            jedis.xadd("events:__global__", StreamEntryID.NEW_ENTRY, Map.of("large", "x".repeat(2_000_000)));
            for (Delivery delivery : consumer.poll(3, Duration.ZERO).subList(1, 3)) {
                assertThat(consumer.park(delivery, new Failure("not an event", Instant.EPOCH, 1)))
                        .isTrue();
            }
        }
        List<ParkedEntry> parked = ledger.parking().list(Optional.empty(), 10);
        assertThat(parked.get(0).fields()).hasSize(64);
        assertThat(parked.get(1).fields()).isEmpty();
    }
}
