// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;

/**
 * Processes that erase a person are killed at each kind of command and step, alone and with Redis; whoever goes on ends the erasure,
 * and the report is true.
 *
 * <p>{@code -Dcontextgraph.erasure.kills} has more of them; {@code -Dcontextgraph.seed} repeats its choices.
 */
final class KilledErasureE2eIT {
    private static final int MOMENTS = 3;

    private final long seed = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));

    @TempDir
    private Path folder;

    private void kill(Path program, List<String> arguments, Engine engine, String fsync) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--appendfsync", fsync));
        Neo4jAddress address = Neo4jServers.shared();
        ErasureDesk.Where where = new ErasureDesk.Where(engine, "test-" + UUID.randomUUID() + ":", folder, address);
        boolean isLong = Extent.ERASURE_KILLS.value() > Extent.ERASURE_KILLS.shortForm();
        try (RunningRedis redis = RunningRedis.start(program, all);
                Driver neo4j = GraphDatabase.driver(
                        address.uri(),
                        address.password().isEmpty()
                                ? AuthTokens.none()
                                : AuthTokens.basic(address.user(), address.password()));
                ErasureKills kills = new ErasureKills(where, redis, neo4j, new Random(seed))) {
            ErasureKills.Whole whole = kills.whole();
            // Redis 7 differs in what it is asked only: there some of them are enough.
            if (isLong || engine == Engine.SEARCH) {
                kills.eachKind(whole, isLong ? MOMENTS : 1);
                kills.requireAll(whole);
            }
            kills.numbered(whole, Extent.ERASURE_KILLS.value());
            kills.withRedis(whole, Extent.ERASURE_KILLS.value());
            System.out.println("erasures, engine " + engine.configName() + ", seed " + seed + ": " + kills.summary());
        }
    }

    @Test
    void whoeverGoesOnEndsItOnSearch() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                KilledErasureE2eIT.class,
                "no Redis 8 with JSON and Search is installed");
        kill(
                RedisServers.installed(8).orElseThrow(),
                RedisServers.searchArguments().orElseThrow(),
                Engine.SEARCH,
                "always");
    }

    @Test
    void whoeverGoesOnEndsItOnRedis7() {
        kill(RedisServers.bundled(), List.of(), Engine.SORTED_SET, "everysec");
    }
}
