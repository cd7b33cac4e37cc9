// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.RedisServers;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.GraphDatabase;

/**
 * Days pass on a real Redis and a real Neo4j; at the end of each, every entry of every stream, every document, every answer,
 * and at last every node, is what the rules make of what was done. A month of them on both engines.
 *
 * <p>{@code -Dcontextgraph.retention.days} makes it longer; {@code -Dcontextgraph.seed} repeats its choices.
 */
final class RetentionDaysE2eIT {
    private final long seed = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));

    @TempDir
    private Path data;

    @Test
    void whateverHappensEverythingIsAsTheRulesSay() {
        int days = Extent.RETENTION_DAYS.value();
        if (RedisServers.here().hasSearch()) {
            live(Engine.SEARCH, days);
        }
        if (!RedisServers.here().hasSearch() || days >= RetentionDays.MONTH) {
            live(Engine.SORTED_SET, days);
        }
    }

    private void live(Engine engine, int days) {
        Neo4jAddress neo4j = Neo4jServers.shared();
        clear(neo4j);
        System.out.println("retention: " + days + " days, engine " + engine.configName() + ", seed " + seed);
        try (RetentionDays life = new RetentionDays(days, engine, seed, neo4j, data)) {
            life.live();
            System.out.println("retention: " + life.summary());
        }
        clear(neo4j);
    }

    private static void clear(Neo4jAddress neo4j) {
        try (var driver = GraphDatabase.driver(
                        neo4j.uri(),
                        neo4j.password().isEmpty()
                                ? AuthTokens.none()
                                : AuthTokens.basic(neo4j.user(), neo4j.password()));
                var session = driver.session()) {
            session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
                    .consume();
        }
    }
}
