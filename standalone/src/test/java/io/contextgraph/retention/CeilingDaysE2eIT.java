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
 * Months pass on a real Redis and a real Neo4j, with a ceiling and an archive, and retention and restores are broken off at
 * everything that they do; at the end each event that was ever sent is where the rules say: hot, cold, held, brought back, or gone, in one
 * segment of the archive.
 *
 * <p>{@code -Dcontextgraph.ceiling.days} makes it longer; {@code -Dcontextgraph.seed} repeats its choices.
 */
final class CeilingDaysE2eIT {
    private final long seed = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));

    @TempDir
    private Path data;

    @Test
    void everyEventIsWhereTheRulesSay() {
        int days = Extent.CEILING_DAYS.value();
        Engine engine = RedisServers.here().hasSearch() ? Engine.SEARCH : Engine.SORTED_SET;
        Neo4jAddress neo4j = Neo4jServers.shared();
        clear(neo4j);
        System.out.println("ceiling: " + days + " days, engine " + engine.configName() + ", seed " + seed);
        try (CeilingDays life = new CeilingDays(days, engine, seed, neo4j, data)) {
            life.live();
            System.out.println("ceiling: " + life.summary());
            life.requireAllStruck();
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
