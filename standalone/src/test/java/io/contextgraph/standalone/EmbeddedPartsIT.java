// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Neo4jServers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.GraphDatabase;
import redis.clients.jedis.RedisClient;

class EmbeddedPartsIT {
    private final EmbeddedSettings settings = EmbeddedSettings.defaults(Neo4jServers.lib());

    @Test
    void redisKeepsItsDataOverARestart(@TempDir Path folder) throws Exception {
        for (var round = 1; round <= 2; round++) {
            try (var redis = EmbeddedRedis.start(folder, 100_000_000, settings, line -> System.out.println(line));
                    var client = RedisClient.create(redis.url())) {
                assertThat(client.incr("starts")).isEqualTo(round);
            }
        }
    }

    @Test
    void neo4jKeepsItsDataOverARestart(@TempDir Path folder) throws Exception {
        for (var round = 1; round <= 2; round++) {
            try (var running = EmbeddedNeo4j.start(folder, settings, line -> System.out.println(line));
                    var driver = GraphDatabase.driver(
                            running.address().uri(),
                            AuthTokens.basic(
                                    running.address().user(), running.address().password()))) {
                var starts = driver.executableQuery(
                                "MERGE (n:Counter) SET n.starts = coalesce(n.starts, 0) + 1 RETURN n.starts")
                        .execute()
                        .records()
                        .getFirst()
                        .get(0)
                        .asInt();
                assertThat(starts).isEqualTo(round);
            }
        }
    }
}
