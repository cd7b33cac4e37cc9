// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import io.contextgraph.ledger.redis.client.SearchModule;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
            assertThat(all.order().head().seq()).isEqualTo(1);
            List<?> indexes = (List<?>) admin.sendCommand(SearchCommand._LIST);
            assertThat(indexes.stream().map(name -> Keys.text((byte[]) name))).doesNotContain(old);
        }
    }

    /** Made without a server at hand: for whichever generation of Search it will be. */
    @Test
    void usersThatFitEitherGenerationFitThisOne() {
        String prefix = "roles-" + UUID.randomUUID() + ":";
        List<String> lines = new AclFile(prefix, Engine.SEARCH, EnumSet.allOf(SearchGeneration.class), false)
                .lines(server().logins());
        try (RedisLedger ledger = RedisLedger.connect(server().users(prefix, lines))) {
            assertThat(ledger.log()
                            .append(List.of(Append.of(Events.event(1, "s"))), Durability.MEMORY)
                            .outcomes())
                    .hasSize(1);
            assertThat(ledger.search()
                            .search(EventQuery.builder()
                                    .agentId(Events.event(1, "s").agentId())
                                    .build())
                            .events())
                    .hasSize(1);
            assertThat(ledger.access().accounts())
                    .hasSize(Role.values().length)
                    .allMatch(account ->
                            account.missing().isEmpty() && account.excess().isEmpty());
        }
        server().assertNothingWasDenied();
    }

    @Test
    void aServerIsAskedWhatItsUsersMustFit() {
        String prefix = "roles-" + UUID.randomUUID() + ":";
        AclFile file = AclFile.fitting(server().users(prefix), List.of(prefix), List.of());
        assertThat(file.lines(server().logins())).isEqualTo(server().lines(prefix));
        assertThat(file.engine()).isEqualTo(Engine.SEARCH);
        server().assertNothingWasDenied();
    }

    @Test
    void whatSearchIsThereIsKnown() {
        try (RedisLedger ledger = RedisLedger.connect(server().users("roles-" + UUID.randomUUID() + ":"))) {
            SearchModule module = ledger.check().search().orElseThrow();
            assertThat(Set.of(module.generation())).isEqualTo(server().rules("").generations());
            assertThat(module.version())
                    .matches("(2|8)(\\.\\d+){2}")
                    .startsWith(module.generation().configName());
        }
    }

    /** Whoever loads a file of the other generation is told before anything is written. */
    @Test
    void usersOfTheOtherGenerationAreTurnedAway() {
        String prefix = "roles-" + UUID.randomUUID() + ":";
        Set<SearchGeneration> other =
                EnumSet.complementOf(EnumSet.copyOf(server().rules(prefix).generations()));
        RedisSettings settings =
                server().users(prefix, new AclFile(prefix, Engine.SEARCH, other, false).lines(server().logins()));
        assertThatThrownBy(() -> RedisLedger.connect(settings))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(
                        // Search 8 itself looks at the documents, of which ACL DRYRUN knows nothing.
                        other.contains(SearchGeneration.EIGHT)
                                ? "role-operator may not do what the role operator must: ft.create ft.aliasupdate ft.info;"
                                        + " load what contextgraph redis-acl prints"
                                : "NOPERM");
    }

    @Test
    void nobodySearchesTheIndexOfAnotherLedger() {
        String other = "roles-" + UUID.randomUUID() + ":";
        try (RedisLedger theirs = RedisLedger.connect(server().users(other))) {
            assertThat(theirs.engine()).isEqualTo(Engine.SEARCH);
        }
        try (RedisLedger ours = RedisLedger.connect(server().users("roles-" + UUID.randomUUID() + ":"))) {
            assertThat(ours.engine()).isEqualTo(Engine.SEARCH);
            for (Role role : Role.values()) {
                try (Jedis jedis = server().as(role)) {
                    for (SearchCommand command : List.of(SearchCommand.SEARCH, SearchCommand.AGGREGATE)) {
                        assertThatThrownBy(() -> jedis.sendCommand(command, new Keys(other).index(), "*"))
                                .as("%s by %s", command, role)
                                .hasMessageContaining("NOPERM");
                    }
                }
            }
        }
    }

    @Override
    List<String> unknownHere() {
        return List.of();
    }
}
