// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

class RolesForSearchIT extends RolesContract {
    RolesForSearchIT() {
        super(Engine.SEARCH);
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.installed(8).isPresent()
                        && RedisServers.searchArguments().isPresent(),
                RolesForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    RoleServer start() {
        return RoleServer.start(
                RedisServers.installed(8).orElseThrow(),
                RedisServers.searchArguments().orElseThrow(),
                Engine.SEARCH);
    }

    @Test
    void anIndexThatNobodyMayDropStaysBehindAndHindersNobody() {
        String prefix = "roles-" + UUID.randomUUID() + ":";
        RedisSettings settings = server().users(prefix);
        String old = new Keys(prefix).index() + ":v0";
        try (Jedis admin = server().admin()) {
            Object ignored = admin.sendCommand(
                    SearchCommand.CREATE, old, "ON", "JSON", "PREFIX", "1", prefix, "SCHEMA", "$.a", "AS", "a", "TAG");
        }
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            assertThat(ledger.log()
                            .append(List.of(Append.of(Events.event(1, "s"))), Durability.MEMORY)
                            .outcomes())
                    .hasSize(1);
        }
        assertThat(server().denied()).containsExactly("role-operator command FT.DROPINDEX");
        try (RedisLedger all = RedisLedger.connect(server().unlimited(prefix));
                Jedis admin = server().admin()) {
            assertThat(all.log().head().seq()).isEqualTo(1);
            List<?> indexes = (List<?>) admin.sendCommand(SearchCommand._LIST);
            assertThat(indexes.stream().map(name -> Keys.text((byte[]) name))).doesNotContain(old);
        }
    }

    @Override
    List<String> unknownHere() {
        return List.of();
    }
}
