// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.LedgerFault;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.search.KeyScan;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RunningRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** A ledger is moved from one node to another, key by key. */
abstract class ClusterMigrationContract {
    private static final String PREFIX = "{p0}:";

    /** What is told of a ledger that is on its way, or of an index that is being built there. */
    private static final Set<Reason> PASSING = Set.of(Reason.UNAVAILABLE, Reason.INCOMPLETE);

    private final Engine engine;
    private final RedisCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    ClusterMigrationContract(Engine engine, List<String> arguments) {
        this.engine = engine;
        List<String> all = new ArrayList<>(List.of("--appendfsync", "always"));
        all.addAll(arguments);
        this.cluster = RedisCluster.start(Duration.ofSeconds(15), all);
    }

    @BeforeEach
    void open() {
        ledger = RedisLedger.connect(settings());
    }

    @AfterEach
    void close() {
        ledger.close();
        cluster.close();
    }

    private RedisSettings settings() {
        return ClusterLedgers.settings(cluster, PREFIX, engine);
    }

    private static List<Append> events(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(n -> Append.of(event(n)))
                .toList();
    }

    private static Event event(long n) {
        String session = "session-" + n % 4;
        return switch ((int) (n % 3)) {
            case 0 -> Events.full(n, session);
            case 1 -> Events.event(n, session);
            default -> Events.about(n, session, (int) (n % 2), 1);
        };
    }

    private List<AppendOutcome> append(long from, long to, Durability level) {
        return ledger.log().append(events(from, to), level).outcomes();
    }

    /** Everything that is asked of a ledger. */
    private Map<String, Supplier<Object>> questions(RedisLedger asked) {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        List<EventId> some = LongStream.of(1, 2, 3, 30, 59).mapToObj(Events::id).toList();
        all.put("the head", () -> asked.order().head());
        all.put("all by number", () -> asked.order().read(0, 1000));
        some.forEach(id -> all.put("event " + id, () -> asked.log().find(id)));
        all.put("one that there never was", () -> asked.log().find(Events.id(900)));
        all.put("payloads", () -> asked.log().payloads(some));
        all.put("originals", () -> asked.log().originals(some));
        all.put("sessions", () -> asked.sessions().list(10, Optional.empty()));
        all.put("a session", () -> asked.sessions().find(new SessionId("session-1")));
        all.put("no session", () -> asked.sessions().find(new SessionId("none")));
        for (EventQuery.Order order : EventQuery.Order.values()) {
            EventQuery.Builder query = EventQuery.builder().order(order).limit(25);
            all.put("by " + order, () -> asked.search().search(query.build()));
        }
        all.put(
                "by session",
                () -> asked.search()
                        .search(EventQuery.builder()
                                .sessionId(new SessionId("session-2"))
                                .build()));
        all.put(
                "by agent",
                () -> asked.search()
                        .search(EventQuery.builder()
                                .agentId("agent-1")
                                .limit(100)
                                .build()));
        all.put(
                "by tool",
                () -> asked.search()
                        .search(EventQuery.builder()
                                .toolName("search")
                                .limit(100)
                                .build()));
        all.put(
                "by no agent",
                () -> asked.search()
                        .search(EventQuery.builder().agentId("nobody").build()));
        all.put("about a person", () -> asked.personal().events(Events.pseudonym(1), 0, 100));
        all.put("the progress of a group", () -> asked.feed("group").progress());
        all.put("groups", () -> asked.tiers().sizes().groups());
        all.put("what was trimmed", () -> asked.trimming().trimmed());
        all.put(
                "what would be",
                () -> asked.trimming().entries(new TrimRule(Instant.parse("9000-01-01T00:00:00Z"), Set.of())));
        all.put("faults", () -> lasting(asked.look()));
        all.put("all faults", () -> lasting(asked.inspect()));
        return all;
    }

    /** That no event can be appended, or that the index is being built, is no wrong answer. */
    private static List<LedgerFault> lasting(List<LedgerFault> faults) {
        List<LedgerFault> lasting = faults.stream()
                .filter(fault -> !PASSING.contains(fault.reason()))
                .toList();
        if (lasting.isEmpty() && !faults.isEmpty()) {
            throw new LedgerException(
                    faults.getFirst().reason(), faults.getFirst().message());
        }
        return lasting;
    }

    private static Map<String, Object> answers(Map<String, Supplier<Object>> questions) {
        Map<String, Object> answers = new LinkedHashMap<>();
        questions.forEach((question, ask) -> answers.put(question, ask.get()));
        return answers;
    }

    /** @return how many questions were answered */
    private static int requireRight(
            Map<String, Supplier<Object>> questions, Map<String, Object> expected, String when) {
        int answered = 0;
        for (Map.Entry<String, Supplier<Object>> question : questions.entrySet()) {
            Object answer;
            try {
                answer = question.getValue().get();
            } catch (LedgerException refused) {
                assertThat(refused.reason())
                        .as(question.getKey() + " " + when + ": " + refused)
                        .isIn(PASSING);
                continue;
            }
            answered++;
            assertThat(answer).as(question.getKey() + " " + when).isEqualTo(expected.get(question.getKey()));
        }
        return answered;
    }

    /** Whichever keys are where: each answer is right, or an error that passes; and nothing is written. */
    @Test
    void noAnswerIsWrongWhileKeysGoOneByOne() {
        assertThat(append(1, 40, Durability.MEMORY)).allMatch(Appended.class::isInstance);
        try (Consumer consumer = ledger.feed("group").open("one")) {
            List<Delivery> first = consumer.poll(30, Duration.ZERO);
            consumer.acknowledge(
                    first.stream().limit(20).map(Delivery::position).toList());
        }
        ColdFixture.cool(ledger.trimming(), 10);
        try (Jedis jedis = cluster.jedis(cluster.owner(PREFIX))) {
            // As where events have gone: that another one has not is asked there, and answered.
            assertThat(jedis.zadd(
                            settings().keys().gone(),
                            1_000_000_000_000.0,
                            Events.id(800).toString()))
                    .isEqualTo(1);
        }
        assertThat(append(41, 60, Durability.MEMORY)).allMatch(Appended.class::isInstance);
        Map<String, Supplier<Object>> questions = questions(ledger);
        Map<String, Object> expected = answers(questions);
        assertThat(expected.get("faults")).isEqualTo(List.of());
        RunningRedis source = cluster.owner(PREFIX);
        List<String> keys = keys(source);
        Collections.shuffle(keys, new Random(20260131));
        int step = Math.max(1, keys.size() / 25);

        RunningRedis target = cluster.anotherMaster(PREFIX);
        RedisCluster.Migration migration = cluster.migrate(PREFIX, target);
        for (int moved = 0; moved <= keys.size(); moved++) {
            if (moved % step == 0 || moved == keys.size()) {
                String when = "with " + moved + " of " + keys.size() + " keys moved";
                int answered = requireRight(questions, expected, when);
                assertThat(answered).as("answers " + when).isLessThan(questions.size());
                requireNothingWritten(when);
                requireNoDamage(when);
                requireAllNames(keys, when);
                assertThat(keys(source).size() + keys(target).size()).as(when).isEqualTo(keys.size());
            }
            if (moved < keys.size()) {
                migration.moveKey(keys.get(moved));
            }
        }
        migration.finish();

        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(requireRight(questions, expected, "at the other node"))
                        .isEqualTo(questions.size()));
        assertThat(append(1, 60, Durability.MEMORY)).allMatch(Duplicate.class::isInstance);
        assertThat(append(61, 70, Durability.MEMORY)).allMatch(Appended.class::isInstance);
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(70);
    }

    private List<String> keys(RunningRedis node) {
        try (Jedis jedis = cluster.jedis(node)) {
            return new ArrayList<>(jedis.clusterGetKeysInSlot(RedisCluster.slot(PREFIX), 1_000_000));
        }
    }

    private void requireNothingWritten(String when) {
        for (Durability level : List.of(Durability.MEMORY, Durability.FSYNC)) {
            try {
                assertThat(append(801, 810, level)).as("appended " + when).isEmpty();
            } catch (LedgerException refused) {
                assertThat(refused.reason())
                        .as("append " + when + ": " + refused)
                        .isIn(PASSING);
            }
        }
        try (Consumer consumer = ledger.feed("late").open("one")) {
            assertThat(consumer.poll(10, Duration.ZERO)).as("delivered " + when).isEmpty();
        } catch (LedgerException refused) {
            assertThat(refused.reason()).as("poll " + when + ": " + refused).isIn(PASSING);
        }
    }

    /** A node tells of what it has, whether or not that is all. */
    private void requireAllNames(List<String> keys, String when) {
        Set<String> names = new HashSet<>();
        try (Redis redis = new Redis(settings())) {
            KeyScan.of(redis, new Keys(PREFIX), PREFIX, 10, names::addAll);
            assertThat(names).as("names " + when).containsExactlyInAnyOrderElementsOf(keys);
        } catch (LedgerException refused) {
            assertThat(refused.reason()).as("names " + when + ": " + refused).isIn(PASSING);
        }
    }

    /** It goes on where another node's names begin anew. */
    @Test
    void namesOfTwoNodesAreNotTakenForThoseOfOne() {
        assertThat(append(1, 40, Durability.MEMORY)).allMatch(Appended.class::isInstance);
        Set<String> names = new HashSet<>();
        try (Redis redis = new Redis(settings())) {
            AtomicBoolean moved = new AtomicBoolean();
            assertThatThrownBy(() -> KeyScan.of(redis, new Keys(PREFIX), PREFIX, 10, some -> {
                        names.addAll(some);
                        if (moved.compareAndSet(false, true)) {
                            cluster.migrate(PREFIX, cluster.anotherMaster(PREFIX))
                                    .finish();
                        }
                    }))
                    .isInstanceOfSatisfying(
                            LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
            Set<String> again = new HashSet<>();
            KeyScan.of(redis, new Keys(PREFIX), PREFIX, 10, again::addAll);
            assertThat(again)
                    .isEqualTo(new HashSet<>(keys(cluster.owner(PREFIX))))
                    .containsAll(names);
        }
    }

    private void requireNoDamage(String when) {
        try {
            assertThat(new RedisFixture(settings(), ledger).damages())
                    .as("damages " + when)
                    .isEmpty();
        } catch (LedgerException refused) {
            assertThat(refused.reason()).as("examine " + when + ": " + refused).isIn(PASSING);
        }
    }

    /** Whoever writes, reads and consumes is told that it passes, goes on by itself, and misses nothing. */
    @Test
    void nothingIsLostWhileALedgerIsMovedUnderLoad() throws Exception {
        assertThat(append(1, 300, Durability.MEMORY)).allMatch(Appended.class::isInstance);
        List<RecordedEvent> known = ledger.order().read(0, 300);
        List<Worker> workers = new ArrayList<>();
        for (Durability level : List.of(Durability.MEMORY, Durability.FSYNC)) {
            workers.add(new Writer(1 + workers.size(), level));
        }
        workers.add(new Reader(known));
        Follower follower = new Follower();
        workers.add(follower);
        workers.forEach(worker -> worker.thread.start());
        for (int moves = 0; moves < 3; moves++) {
            awaitMore(workers);
            RedisCluster.Migration migration = cluster.migrate(PREFIX, cluster.anotherMaster(PREFIX));
            boolean more = true;
            while (more) {
                more = migration.moveKeys(20);
            }
            migration.finish();
        }
        awaitMore(workers);
        long sent = 300;
        for (Worker worker : workers) {
            if (worker != follower) {
                worker.end();
                sent += worker instanceof Writer ? worker.done.get() : 0;
            }
        }
        long all = sent;
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> follower.failure != null || follower.positions.size() == all);
        follower.end();
        assertThat(ledger.order().read(0, 300)).isEqualTo(known);
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(all);
    }

    private static void awaitMore(List<Worker> workers) {
        workers.forEach(Worker::expectMore);
        workers.forEach(Worker::awaitMore);
    }

    /** Does the same thing again and again. */
    private abstract static class Worker {
        final AtomicLong done = new AtomicLong();
        final Thread thread = Thread.ofVirtual().unstarted(this::run);
        volatile boolean ended;
        volatile @Nullable Throwable failure;
        volatile String lastRefusal = "none";
        private volatile long before;

        private void run() {
            try {
                while (!ended) {
                    try {
                        done.addAndGet(once());
                    } catch (LedgerException refused) {
                        lastRefusal = refused.toString();
                        assertThat(refused.reason()).as(lastRefusal).isIn(PASSING);
                    }
                }
            } catch (Throwable e) {
                failure = e;
            }
        }

        abstract long once() throws InterruptedException;

        void expectMore() {
            before = done.get();
        }

        void awaitMore() {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(failure != null || done.get() > before + 20)
                            .as(getClass().getSimpleName() + " goes on; it was refused last: " + lastRefusal)
                            .isTrue());
        }

        void end() throws InterruptedException {
            ended = true;
            thread.join();
            Throwable failed = failure;
            if (failed != null) {
                throw new AssertionError(getClass().getSimpleName(), failed);
            }
        }
    }

    /** A batch that was refused is sent again; some each time that more is awaited. */
    private final class Writer extends Worker {
        private static final int BATCHES = 40;

        private final int number;
        private final Durability level;
        private final Semaphore batches = new Semaphore(0);

        Writer(int number, Durability level) {
            this.number = number;
            this.level = level;
        }

        @Override
        void expectMore() {
            super.expectMore();
            batches.release(BATCHES);
        }

        @Override
        long once() throws InterruptedException {
            if (!batches.tryAcquire(50, TimeUnit.MILLISECONDS)) {
                return 0;
            }
            long from = number * 1_000_000L + done.get() + 1;
            boolean taken = false;
            try {
                assertThat(append(from, from + 4, level))
                        .allMatch(outcome -> outcome instanceof Appended || outcome instanceof Duplicate);
                taken = true;
                return 5;
            } finally {
                batches.release(taken ? 0 : 1);
            }
        }
    }

    private final class Reader extends Worker {
        private final List<RecordedEvent> known;

        Reader(List<RecordedEvent> known) {
            this.known = known;
        }

        @Override
        long once() {
            assertThat(ledger.order().read(0, 300)).isEqualTo(known);
            EventQuery query = EventQuery.builder()
                    .agentId("agent-1")
                    .order(EventQuery.Order.POSITION_ASC)
                    .limit(300)
                    .build();
            assertThat(ledger.search().search(query).events()).isEqualTo(known);
            assertThat(ledger.sessions().find(new SessionId("session-1"))).isPresent();
            return 1;
        }
    }

    /** Whatever it is given twice it has been given before. */
    private final class Follower extends Worker {
        private final Set<Position> positions = ConcurrentHashMap.newKeySet();
        private final Consumer consumer = ledger.feed("group").open("one");

        @Override
        long once() {
            List<Delivery> deliveries = consumer.poll(50, Duration.ofMillis(200));
            assertThat(deliveries).allMatch(Delivery.Arrived.class::isInstance);
            List<Position> given = deliveries.stream().map(Delivery::position).toList();
            positions.addAll(given);
            consumer.acknowledge(given);
            return given.size();
        }
    }
}
