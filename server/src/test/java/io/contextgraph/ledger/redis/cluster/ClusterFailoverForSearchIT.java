// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** What becomes of the search index, which is no key, where another node has the ledger. */
class ClusterFailoverForSearchIT {
    private static final String PREFIX = "{p0}:";

    private static final EventQuery QUERY = EventQuery.builder()
            .agentId("agent-1")
            .order(EventQuery.Order.TIME_ASC)
            .limit(1000)
            .build();

    private final RedisCluster cluster = RedisCluster.start(
            Duration.ofSeconds(2), RedisServers.searchArguments().orElseThrow());

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                ClusterFailoverForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private RedisSettings settings() {
        return ClusterLedgers.settings(cluster, PREFIX, Engine.SEARCH)
                .withDurability(new DurabilitySettings(Durability.MEMORY, 1, Duration.ofSeconds(9)));
    }

    /** Until it is answered; before, it may only be said that there is no answer now. */
    private static <T> T answered(Callable<T> ask) {
        AtomicReference<T> answer = new AtomicReference<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(failed -> failed instanceof LedgerException refused
                        && (refused.reason() == Reason.UNAVAILABLE || refused.reason() == Reason.INCOMPLETE))
                .until(() -> {
                    answer.set(ask.call());
                    return true;
                });
        return answer.get();
    }

    @Test
    void aReplicaThatTakesOverHasTheIndex() {
        try (RedisLedger ledger = RedisLedger.connect(settings())) {
            assertThat(ledger.log()
                            .append(Events.appends(1, 200), Durability.REPLICATED)
                            .outcomes())
                    .allMatch(Appended.class::isInstance);
            List<RecordedEvent> recorded = ledger.order().read(0, 1000);
            assertThat(ledger.search().search(QUERY).events()).isEqualTo(recorded);
            RunningRedis master = cluster.owner(PREFIX);
            master.kill();
            assertThat(answered(() -> ledger.search().search(QUERY).events())).isEqualTo(recorded);
            assertThat(answered(() -> ledger.log()
                            .append(Events.appends(201, 210), Durability.MEMORY)
                            .outcomes()))
                    .allMatch(Appended.class::isInstance);
            assertThat(answered(() -> ledger.search().search(QUERY).events()))
                    .isEqualTo(ledger.order().read(0, 1000));
            assertThat(cluster.owner(PREFIX)).isNotSameAs(master);
        }
        cluster.awaitWhole();
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(210);
    }

    /** As an older version has made it, with less in it. */
    private void leaveAnOlderIndex(RunningRedis node) {
        Keys keys = new Keys(PREFIX);
        String older = keys.indexes() + "1";
        try (Jedis jedis = cluster.jedis(node)) {
            List<String> words = List.of(
                    older, "ON", "JSON", "PREFIX", "1", keys.documents(), "SCHEMA", "$.seq", "AS", "seq", "NUMERIC");
            Object ignored = jedis.sendCommand(SearchCommand.CREATE, words.toArray(String[]::new));
            ignored = jedis.sendCommand(SearchCommand.ALIASUPDATE, keys.index(), older);
        }
    }

    /** It is built where it is missing; what a node has left of it from before is not taken for that of today. */
    @Test
    void aLedgerThatComesBackIsNotSearchedByTheIndexOfThatTime() {
        try (RedisLedger ledger = RedisLedger.connect(settings())) {
            assertThat(ledger.log()
                            .append(Events.appends(1, 60), Durability.MEMORY)
                            .outcomes())
                    .allMatch(Appended.class::isInstance);
            RunningRedis first = cluster.owner(PREFIX);
            RunningRedis second = cluster.anotherMaster(PREFIX);
            leaveAnOlderIndex(first);
            cluster.migrate(PREFIX, second).finish();
            List<RecordedEvent> recorded = answered(() -> ledger.order().read(0, 1000));
            assertThat(answered(() -> ledger.search().search(QUERY).events())).isEqualTo(recorded);

            // From here on the index has a part of the events only, and another name.
            ColdFixture.cool(ledger.trimming(), 20);
            assertThat(ledger.search().search(QUERY).events()).isEqualTo(recorded.subList(20, 60));
            cluster.migrate(PREFIX, first).finish();
            assertThat(answered(() -> ledger.search().search(QUERY).events())).isEqualTo(recorded.subList(20, 60));
            EventQuery ofSession = EventQuery.builder()
                    .sessionId(recorded.getFirst().event().sessionId())
                    .order(EventQuery.Order.POSITION_ASC)
                    .limit(100)
                    .build();
            assertThat(answered(() -> ledger.search().search(ofSession).events()))
                    .isEqualTo(recorded.stream()
                            .filter(event -> event.event()
                                    .sessionId()
                                    .equals(recorded.getFirst().event().sessionId()))
                            .toList());
            assertThat(answered(() -> ledger.log()
                            .append(Events.appends(61, 70), Durability.MEMORY)
                            .outcomes()))
                    .allMatch(Appended.class::isInstance);
        }
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(70);
    }
}
