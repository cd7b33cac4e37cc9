// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.testing.Neo4jServers;
import java.time.Duration;
import java.util.Optional;
import org.neo4j.driver.AuthToken;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;

/** The tests' Neo4j, emptied, with a driver past the product for looking and for doing harm. */
final class CleanNeo4j {
    private static final Neo4jAddress ADDRESS = Neo4jServers.shared();
    private static final AuthToken LOGIN =
            ADDRESS.password().isEmpty() ? AuthTokens.none() : AuthTokens.basic(ADDRESS.user(), ADDRESS.password());

    /** For queries of the tests themselves. */
    static final Driver DRIVER = GraphDatabase.driver(ADDRESS.uri(), LOGIN);

    private static final Neo4jGraph GRAPH = new Neo4jGraph(settings(Duration.ofSeconds(30)));

    private CleanNeo4j() {}

    static Neo4jSettings settings(Duration writeTimeout) {
        return new Neo4jSettings(
                ADDRESS.uri(),
                ADDRESS.password().isEmpty() ? "" : ADDRESS.user(),
                ADDRESS.password(),
                "neo4j",
                Duration.ofSeconds(5),
                writeTimeout,
                Duration.ofSeconds(10),
                20,
                Optional.empty());
    }

    /** The graph with nothing in it. */
    static Neo4jGraph graph() {
        run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS");
        return GRAPH;
    }

    static void run(String cypher) {
        try (var session = DRIVER.session()) {
            session.run(cypher).consume();
        }
    }
}
