// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManagedRedisIT extends ManagedRedisContract {
    ManagedRedisIT() {
        super(Engine.SORTED_SET);
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(RedisServers.installed(8).isPresent(), ManagedRedisIT.class, "no Redis 8 is installed");
    }

    @Override
    RunningRedis start(List<String> arguments) {
        return RunningRedis.start(RedisServers.installed(8).orElseThrow(), arguments);
    }

    @Override
    List<String> withheld() {
        return List.of("CONFIG", "INFO", "ACL", "COMMAND", "CLIENT", "WAITAOF");
    }

    @Override
    String unseenThere() {
        return "redis.appendonly redis.appendfsync redis.settings redis.files durability redis.replicas redis.maxmemory"
                + " redis.maxmemory-policy redis.access";
    }

    @ParameterizedTest
    @CsvSource({
        "-config, true, redis.appendfsync redis.settings",
        "-acl, true, redis.access",
        "-command, true, ''",
        "-client, true, ''",
        "-waitaof, false, durability",
        "-info, false, redis.files durability redis.replicas redis.maxmemory",
        "-config -info, false, redis.appendfsync redis.settings redis.files durability redis.replicas redis.maxmemory"
                + " redis.maxmemory-policy",
        "-@admin -@dangerous, false, redis.appendfsync redis.settings redis.files durability redis.replicas redis.maxmemory"
                + " redis.maxmemory-policy redis.access",
        "-config -acl -info -command -client -waitaof, false, redis.appendonly redis.appendfsync redis.settings redis.files"
                + " durability redis.replicas redis.maxmemory redis.maxmemory-policy redis.access"
    })
    void aUserWithoutSomeRightsWorks(String withheld, boolean confirmed, String unseen) {
        assertUserWorks(withheld, confirmed, unseen);
    }
}
