// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import java.time.Duration;

/**
 * Where a Neo4j is and how patient to be with it.
 *
 * @param uri such as {@code neo4j://host:7687} or {@code bolt://host:7687}
 * @param user who logs in; empty where the server asks nobody
 * @param password theirs
 * @param database which database of the server holds the graph
 * @param connectTimeout most time to open a connection, and to wait for one of the pool
 * @param writeTimeout most time for one transaction that writes
 * @param lateness how much longer than its own limit a transaction may take before its connection is given up: a network
 *     or a Neo4j that has fallen silent says nothing about limits
 * @param maxConnections most connections at once
 */
public record Neo4jSettings(
        String uri,
        String user,
        String password,
        String database,
        Duration connectTimeout,
        Duration writeTimeout,
        Duration lateness,
        int maxConnections) {
    /** The timeouts and the pool that suit most. */
    public static Neo4jSettings of(String uri, String user, String password, String database) {
        return new Neo4jSettings(
                uri,
                user,
                password,
                database,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                50);
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "Neo4jSettings[" + uri + ", user=" + user + ", database=" + database + "]";
    }
}
