// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.search.SearchIndex;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

class IndexWindowForSearchIT extends RedisIndexWindowContract {
    IndexWindowForSearchIT() {
        super(Engine.SEARCH);
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                IndexWindowForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    URI url() {
        return RedisServers.withSearch().orElseThrow();
    }

    @Test
    void anIndexThatIsBuiltAnewHasTheSame() {
        append(Events.mixed(50));
        ColdFixture.cool(ledger.trimming(), 20);
        List<String> names = ((List<?>) jedis.sendCommand(SearchCommand._LIST))
                .stream().map(name -> Keys.text((byte[]) name)).toList();
        assertThat(names).contains(SearchIndex.windowName(keys)).doesNotContain(SearchIndex.name(keys));
        Object ignored = jedis.sendCommand(SearchCommand.DROPINDEX, SearchIndex.windowName(keys));
        LedgerFixture other = another();
        assertThat(other.tiers().sizes().index().count()).hasValue(30);
        assertThat(other.search()
                        .search(EventQuery.builder().build())
                        .leftOut()
                        .orElseThrow()
                        .seq())
                .isEqualTo(20);
        assertThat(ledger.search().search(EventQuery.builder().build()).events())
                .hasSize(30);
    }
}
