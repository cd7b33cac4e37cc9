// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XReadGroupParams;

/** The names that consumers leave in a group, what they leave behind, and how they wait for more. */
class RedisConsumersIT {
    private static final String STREAM = "events:__global__";

    private final RunningRedis server = RunningRedis.start(RedisServers.installedOrBundled(), List.of());

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

    private void append(long from, long to) {
        ledger.log()
                .append(
                        LongStream.rangeClosed(from, to)
                                .mapToObj(n -> Append.of(Events.full(n, "s")))
                                .toList(),
                        Durability.MEMORY);
    }

    /** How many entries each name holds. */
    private Map<String, Long> names() {
        TreeMap<String, Long> names = new TreeMap<>();
        try (Jedis jedis = new Jedis(server.url())) {
            jedis.xinfoConsumers2(STREAM, "group").forEach(info -> names.put(info.getName(), info.getPending()));
        }
        return names;
    }

    private static void finish(Consumer consumer, List<Delivery> deliveries) {
        consumer.acknowledge(deliveries.stream().map(Delivery::position).toList());
    }

    @Test
    void aConsumerTakesItsNameAwayUnlessItHoldsSomething() {
        append(1, 3);
        EventFeed feed = ledger.feed("group", Duration.ofHours(1));
        Consumer done = feed.open("done");
        finish(done, done.poll(1, Duration.ZERO));
        Consumer holding = feed.open("holding");
        assertThat(holding.poll(1, Duration.ZERO)).hasSize(1);
        assertThat(names()).isEqualTo(Map.of("done", 0L, "holding", 1L));

        done.close();
        holding.close();

        assertThat(names()).isEqualTo(Map.of("holding", 1L));
        assertThat(ledger.feed("group", Duration.ofHours(1)).progress().pending())
                .isEqualTo(1);
    }

    @Test
    void namesOfTheDeadGoOnceWhatTheyHeldIsDone() {
        append(1, 3);
        try (Jedis jedis = new Jedis(server.url())) {
            ledger.feed("group").open("living").poll(1, Duration.ZERO);
            jedis.xgroupCreateConsumer(STREAM, "group", "dead");
            jedis.xgroupCreateConsumer(STREAM, "group", "dead and holding");
            jedis.xreadGroup(
                    "group",
                    "dead and holding",
                    new XReadGroupParams().count(1),
                    Map.of(STREAM, StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY));
            try (Consumer patient = ledger.feed("group", Duration.ofHours(1)).open("patient")) {
                patient.poll(1, Duration.ZERO);
                assertThat(names().keySet()).containsExactlyInAnyOrder("dead", "dead and holding", "living", "patient");
            }
            Consumer heir = ledger.feed("group", Duration.ZERO).open("heir");
            List<Delivery> taken = heir.poll(10, Duration.ZERO);

            assertThat(taken).hasSize(3);
            assertThat(names()).isEqualTo(Map.of("heir", 3L));
            finish(heir, taken);
            heir.close();
            assertThat(names()).isEmpty();
        }
    }

    @Test
    void anEntryThatTheStreamHasLostStaysWhereItIsUntilItIsAcknowledged() {
        append(1, 3);
        List<Delivery> held = ledger.feed("group").open("dead").poll(3, Duration.ZERO);
        try (Jedis jedis = new Jedis(server.url());
                Consumer heir = ledger.feed("group", Duration.ZERO).open("heir")) {
            jedis.xdel(STREAM, new StreamEntryID(held.get(1).position().toString()));

            List<Delivery> taken = heir.poll(10, Duration.ZERO);

            assertThat(taken.stream().map(delivery -> ((Delivery.Arrived) delivery).event()))
                    .containsExactlyElementsOf(ledger.order().read(0, 10));
            assertThat(taken.stream().map(Delivery::attempt)).containsExactly(2L, 2L, 2L);
            assertThat(names()).isEqualTo(Map.of("dead", 1L, "heir", 2L));
            finish(heir, taken);
            assertThat(heir.poll(10, Duration.ZERO)).isEmpty();
            assertThat(names()).isEqualTo(Map.of("heir", 0L));
        }
    }

    /** Of an entry that cannot be read only the numbers of its neighbours tell whether an event is gone there. */
    @Test
    void anEntryThatIsNoEventIsNotTakenForOneThatIsGone() {
        append(1, 2);
        try (Jedis jedis = new Jedis(server.url());
                Consumer consumer = ledger.feed("group").open("one")) {
            finish(consumer, consumer.poll(2, Duration.ZERO));
            StreamEntryID foreign = jedis.xadd(STREAM, StreamEntryID.NEW_ENTRY, Map.of("foo", "bar"));
            assertThat(consumer.poll(10, Duration.ZERO)).hasOnlyElementsOfType(Delivery.Unreadable.class);
            assertThat(jedis.xdel(STREAM, foreign)).isEqualTo(1);
            append(3, 6);
            List<Delivery> given = consumer.poll(10, Duration.ZERO);
            assertThat(given.getFirst()).isInstanceOf(Delivery.Unreadable.class);
            List<RecordedEvent> events = ledger.order().read(0, 10);
            prune(List.of(events.getFirst(), events.get(3)));

            List<Delivery> left = consumer.poll(10, Duration.ZERO);
            assertThat(left.stream().map(Delivery::position).toList())
                    .containsExactly(
                            new Position(foreign.getTime(), foreign.getSequence()),
                            events.get(2).position(),
                            events.get(4).position(),
                            events.get(5).position());
            assertThat(left.getFirst()).isInstanceOf(Delivery.Unreadable.class);
            assertThat(consumer.park(left.getFirst(), new Failure("no event", Instant.EPOCH, 1)))
                    .isTrue();
        }
    }

    private void prune(List<RecordedEvent> events) {
        TrimmedFixture.trim(ledger.trimming());
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        List<SeqRun> runs = SeqRun.of(events.stream().map(RecordedEvent::seq).toList());
        Pruned pruned = ledger.pruning().begin(fence, new Pruning.Plan("s1", "ceiling", runs, true));
        assertThat(ledger.pruning().step(fence, pruned, events, Map.of(new SessionId("s"), "tally"), 2))
                .isEmpty();
        ledger.trimming().lease().release(fence);
    }

    @Test
    void whatManyHeldIsTakenOverInPieces() {
        append(1, 450);
        assertThat(ledger.feed("group").open("dead").poll(450, Duration.ZERO)).hasSize(450);
        int taken = 0;
        try (Consumer heir = ledger.feed("group", Duration.ZERO).open("heir")) {
            for (int poll = 0; poll < 5; poll++) {
                List<Delivery> some = heir.poll(450, Duration.ZERO);
                taken += some.size();
                finish(heir, some);
            }
        }
        assertThat(taken).isEqualTo(450);
        assertThat(names()).isEmpty();
    }

    @Test
    void lingeringGathersWhatComesCloseBehindAndEndsWithTheBurst() throws InterruptedException {
        FeedSettings settings = new FeedSettings(Duration.ofHours(1), Duration.ofSeconds(40));
        try (Consumer consumer = ledger.feed("group", settings).open("one")) {
            append(1, 1);
            Thread second = Thread.ofVirtual().start(() -> append(2, 2));
            // Ten seconds of silence would end the burst: the second comes far sooner, and fills the batch.
            assertThat(consumer.poll(2, Duration.ZERO)).hasSize(2);
            second.join();
        }
        FeedSettings brief = new FeedSettings(Duration.ofHours(1), Duration.ofSeconds(2));
        try (Consumer consumer = ledger.feed("other", brief).open("one")) {
            long start = System.nanoTime();
            assertThat(consumer.poll(10, Duration.ZERO)).hasSize(2);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
        }
    }
}
