// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ManagedRedisForSearchIT extends ManagedRedisContract {
    ManagedRedisForSearchIT() {
        super(Engine.SEARCH);
    }

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.installed(8).isPresent()
                        && RedisServers.searchArguments().isPresent(),
                ManagedRedisForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @Override
    RunningRedis start(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(RedisServers.searchArguments().orElseThrow());
        return RunningRedis.start(RedisServers.installed(8).orElseThrow(), all);
    }

    /** Without {@code CONFIG} the module itself does not start. */
    @Override
    List<String> withheld() {
        return List.of("INFO", "ACL", "COMMAND", "CLIENT", "WAITAOF");
    }

    @Override
    String unseenThere() {
        return "redis.files durability redis.replicas redis.maxmemory redis.access";
    }

    @Test
    void aUserWithoutAnyOfTheseRightsWorks() {
        assertUserWorks(
                "-config -acl -info -command -client -waitaof",
                false,
                "redis.appendonly redis.appendfsync redis.settings redis.files durability redis.replicas redis.maxmemory"
                        + " redis.maxmemory-policy redis.access");
    }
}
