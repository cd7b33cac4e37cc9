// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventType;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

class InterruptionsForSearchIT extends InterruptionsContract {
    InterruptionsForSearchIT() {
        super(RunningRedis.start(RedisServers.installed(8).orElseThrow(), arguments()), Engine.SEARCH);
    }

    private static List<String> arguments() {
        List<String> all = new ArrayList<>(List.of("--appendfsync", "always"));
        all.addAll(RedisServers.searchArguments().orElseThrow());
        return all;
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.installed(8).isPresent()
                        && RedisServers.searchArguments().isPresent(),
                InterruptionsForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"return", "fail"})
    void aQueryThatRunsOutOfTimeIsAnErrorAndNeverAPart(String whatRedisDoes) {
        // All at one time: to find the last of them, Redis must look at every one.
        for (int first = 1; first <= 8000; first += 500) {
            List<AppendOutcome> ignored = append(LongStream.range(first, first + 500)
                    .mapToObj(n -> Event.builder(
                                    Events.id(n), new EventType("tool.execute"), Events.BASE, new SessionId("s"))
                            .agentId("agent-1")
                            .traceId("trace-1")
                            .payloadRef("none")
                            .build())
                    .toList());
        }
        EventQuery query = EventQuery.builder()
                .sessionId(new SessionId("s"))
                .order(EventQuery.Order.TIME_DESC)
                .limit(900)
                .build();
        List<RecordedEvent> complete = ledger().search().search(query).events();
        assertThat(complete).hasSize(900);
        try (Jedis jedis = new Jedis(server().url());
                RedisLedger hasty = RedisLedger.connect(hasty())) {
            onTimeout(jedis, whatRedisDoes);
            int refused = 0;
            for (int i = 0; i < 50; i++) {
                try {
                    assertThat(hasty.search().search(query).events()).isEqualTo(complete);
                } catch (LedgerException e) {
                    assertThat(e.reason()).isEqualTo(Reason.INCOMPLETE);
                    refused++;
                }
            }
            assertThat(refused).isPositive();
        }
    }

    /** Search 8 has its settings among those of Redis, Search 2 has them to itself. */
    private static void onTimeout(Jedis jedis, String whatRedisDoes) {
        if (jedis.configGet("search-on-timeout").isEmpty()) {
            Object ignored = jedis.sendCommand(() -> Keys.bytes("FT.CONFIG"), "SET", "ON_TIMEOUT", whatRedisDoes);
        } else {
            String ignored = jedis.configSet("search-on-timeout", whatRedisDoes);
        }
    }

    /** One millisecond for a query. */
    private RedisSettings hasty() {
        RedisSettings.Timeouts standard = RedisSettings.Timeouts.DEFAULTS;
        return direct().withTimeouts(
                        new RedisSettings.Timeouts(standard.connect(), standard.command(), Duration.ofMillis(1)));
    }
}
