// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.workspace.Surroundings.RedisUsers.Acl;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.redis.access.AclFile;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import io.contextgraph.testing.RedisServers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whom {@code redis-acl} asks, and what it makes of the answer. */
class RedisUsersIT {
    private static final RedisUsers USERS = new RedisUsers();
    private static final Set<SearchGeneration> BOTH = Set.of(SearchGeneration.values());

    private static Settings redis(Optional<String> url) {
        Map<String, String> environment =
                url.map(there -> Map.of("CG_REDIS_URL", there)).orElse(Map.of());
        return ProductSettings.CATALOG.load(Map.of("redis.prefix", "cg:"), environment, Optional.empty());
    }

    private static List<String> lines(Engine engine, Set<SearchGeneration> generations, boolean before72) {
        return new AclFile("cg:", engine, generations, before72).lines(Map.of());
    }

    @Test
    void theServerOfTheSettingsIsAsked() {
        Acl acl = USERS.acl(redis(Optional.of(RedisServers.seven().toString())), Map.of(), Optional.empty(), false);
        assertThat(acl.lines()).isEqualTo(lines(Engine.SORTED_SET, Set.of(), true));
        assertThat(acl.fits()).matches("these users fit Redis at \\S+:\\d+: engine sorted-set");
    }

    @Test
    void whereNobodyAnswersTheyFitEitherGeneration() {
        Acl acl = USERS.acl(redis(Optional.of("redis://:secret@127.0.0.1:1")), Map.of(), Optional.empty(), false);
        assertThat(acl.lines()).isEqualTo(lines(Engine.SEARCH, BOTH, false));
        assertThat(acl.fits())
                .startsWith("Redis at redis://127.0.0.1:1 could not be asked (")
                .endsWith("): these users fit engine search of Search 2 and Search 8")
                .doesNotContain("secret");
    }

    @Test
    void whoSaysWhatTheyMustFitIsBelieved() {
        Optional<String> nobody = Optional.of("redis://127.0.0.1:1");
        Acl two = USERS.acl(redis(nobody), Map.of(), Optional.of("2"), false);
        assertThat(two.lines()).isEqualTo(lines(Engine.SEARCH, Set.of(SearchGeneration.TWO), false));
        assertThat(two.fits()).isEqualTo("these users fit engine search of Search 2");
        assertThat(USERS.acl(redis(nobody), Map.of(), Optional.of("both"), true).lines())
                .isEqualTo(lines(Engine.SEARCH, BOTH, true));
        assertThat(USERS.acl(redis(Optional.empty()), Map.of(), Optional.empty(), false)
                        .lines())
                .isEqualTo(lines(Engine.SEARCH, BOTH, false));
    }
}
