// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;

/** How a step through the search index is measured: by what costs as much as the step, wherever that is safe. */
class SearchStepsForSearchIT {
    private static final int COUNT = 400;
    private static final String SLOWER_THAN = "slowlog-log-slower-than";

    @SuppressWarnings("NullAway.Init")
    private RedisFixture ledger;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    @SuppressWarnings("NullAway.Init")
    private String slowerThan;

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                SearchStepsForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @BeforeEach
    void fill() {
        ledger = RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        jedis = new Jedis(RedisServers.withSearch().orElseThrow());
        slowerThan = jedis.configGet(SLOWER_THAN).getOrDefault(SLOWER_THAN, "10000");
        assertThat(ledger.log()
                        .append(Events.mixed(COUNT).stream().map(Append::of).toList(), Durability.MEMORY)
                        .outcomes())
                .hasSize(COUNT);
    }

    @AfterEach
    void close() {
        String ignored = jedis.configSet(SLOWER_THAN, slowerThan);
        jedis.close();
        ledger.close();
    }

    /** The dialects of the searches that a page by time takes. */
    private List<String> dialects() {
        String ignored = jedis.configSet(SLOWER_THAN, "0");
        ignored = jedis.slowlogReset();
        assertThat(ledger.search()
                        .search(EventQuery.builder().limit(10).build())
                        .events())
                .hasSize(10);
        List<String> dialects = new ArrayList<>();
        // Not by the client's own reading, which wants an address also of what a script has called.
        List<?> entries = (List<?>) jedis.sendCommand(Protocol.Command.SLOWLOG, "GET", "1000");
        entries.forEach(entry -> {
            List<String> words = ((List<?>) ((List<?>) entry).get(3))
                    .stream().map(word -> Keys.text((byte[]) word)).toList();
            int dialect = words.indexOf("DIALECT");
            if (words.getFirst().equals("FT.SEARCH") && dialect > 0) {
                dialects.add(words.get(dialect + 1));
            }
        });
        return dialects;
    }

    @Test
    void itIsEstimatedUntilADocumentIsWrittenAnew() {
        assertThat(dialects()).isNotEmpty().containsOnly("4");
        Keys keys = new Keys(ledger.settings().prefix());
        String document =
                keys.document(ledger.log().read(0, 1).getFirst().event().id());
        Object written = jedis.sendCommand(JsonCommand.SET, document, "$.importance_hint", "3");
        assertThat(written).isNotNull();
        assertThat(dialects()).isNotEmpty().containsOnly("2");
    }
}
