// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Connections;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.search.SearchIndex;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.IndexWindow;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.net.URI;
import java.time.Duration;
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
        PartitionFixture other = another();
        assertThat(other.tiers().sizes().index().count()).hasValue(30);
        assertThat(other.search()
                        .search(EventQuery.builder().build())
                        .scope()
                        .leftOut()
                        .orElseThrow()
                        .seq())
                .isEqualTo(20);
        assertThat(ledger.search().search(EventQuery.builder().build()).events())
                .hasSize(30);
    }

    private List<String> names() {
        return ((List<?>) jedis.sendCommand(SearchCommand._LIST))
                .stream()
                        .map(name -> Keys.text((byte[]) name))
                        .filter(name -> name.startsWith(keys.indexes()))
                        .toList();
    }

    @Test
    void whatBrokeOffOnTheWayIsGoneOnWith() {
        append(Events.mixed(50));
        TrimmedFixture.trim(ledger.trimming());
        IndexWindow index = ledger.trimming().index();
        index.prepare();
        // As after a break before the alias was changed, and before the other index went.
        String whole = SearchIndex.name(keys);
        Object ignored = jedis.sendCommand(
                SearchCommand.CREATE,
                whole,
                "ON",
                "JSON",
                "PREFIX",
                "1",
                keys.documents(),
                "SCHEMA",
                "$.seq",
                "AS",
                "seq",
                "NUMERIC");
        ignored = jedis.sendCommand(SearchCommand.ALIASUPDATE, keys.index(), whole);
        index.prepare();
        assertThat(names()).containsExactly(SearchIndex.windowName(keys));
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        assertThat(index.narrow(fence, 20).events()).isEqualTo(20);
        assertThat(ledger.tiers().sizes().index().count()).hasValue(30);
    }

    /** Others start while it is built, which takes as long as there is much. */
    @Test
    void whoStartsMeanwhileLeavesItAlone() {
        append(Events.mixed(50));
        try (Connections connections = new Connections(((RedisFixture) ledger).settings())) {
            new SearchIndex(connections.of(Role.OPERATOR), keys).buildWindow(50);
        }
        another().close();
        assertThat(names()).containsExactlyInAnyOrder(SearchIndex.name(keys), SearchIndex.windowName(keys));
    }
}
