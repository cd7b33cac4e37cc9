// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Session;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.summary.ResultSummary;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ClientKillParams;
import tools.jackson.databind.JsonNode;

/** The Redis and the Neo4j of a running server, for somebody who goes round it. */
final class HuntStores implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Jedis jedis;
    private final Driver graph;

    HuntStores(Path data) {
        JsonNode endpoints = json(data.resolve("endpoints.json"));
        this.jedis = new Jedis(URI.create(endpoints.get("redisUrl").stringValue()), TIMEOUT_MILLIS);
        JsonNode neo4j = endpoints.get("neo4j");
        this.graph = GraphDatabase.driver(
                neo4j.get("uri").stringValue(),
                AuthTokens.basic(
                        neo4j.get("user").stringValue(), neo4j.get("password").stringValue()));
        // What Redis packs into its files could not be searched.
        assertThat(jedis.configSet("rdbcompression", "no")).isEqualTo("OK");
    }

    private static JsonNode json(Path file) {
        try {
            return Json.MAPPER.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on Neo4j refuses the second node with the same tool and importance. */
    void refuseTwins() {
        graph.executableQuery("CREATE CONSTRAINT hunt FOR (e:Event) REQUIRE (e.tool_name, e.importance_hint) IS UNIQUE")
                .execute();
    }

    /** From now on Neo4j takes what it has refused. */
    void takeTwins() {
        graph.executableQuery("DROP CONSTRAINT hunt").execute();
    }

    /** Takes an event out of the graph. */
    void loseFromGraph(String eventId) {
        graph.executableQuery("MATCH (e:Event {event_id: $id}) DETACH DELETE e")
                .withParameters(Map.of("id", eventId))
                .execute();
    }

    /** Does something while nobody else can write to a session in the graph. */
    void holdInGraph(String sessionId, Runnable work) {
        try (Session session = graph.session();
                Transaction held = session.beginTransaction()) {
            ResultSummary ignored = held.run(
                            "MATCH (s:Session {session_id: $id}) SET s.session_id = $id", Map.of("id", sessionId))
                    .consume();
            work.run();
            held.rollback();
        }
    }

    /** Has Redis write a snapshot, once the process that gave a backup its own, which ends after it was taken, is gone. */
    void save() {
        Awaitility.await()
                .atMost(Duration.ofMillis(TIMEOUT_MILLIS))
                .ignoreException(JedisDataException.class)
                .until(() -> jedis.save().equals("OK"));
    }

    /** Every property of the graph, as text: files of Neo4j have short ones packed. */
    String graph() {
        StringBuilder all = new StringBuilder();
        for (String query : List.of(
                "MATCH (n) RETURN labels(n) AS kind, properties(n) AS properties",
                "MATCH ()-[r]->() RETURN type(r) AS kind, properties(r) AS properties")) {
            graph.executableQuery(query)
                    .execute()
                    .records()
                    .forEach(one -> all.append(one).append('\n'));
        }
        return all.toString();
    }

    /** Does something while Redis lets nobody else in. */
    void refuseServer(Runnable work) {
        String password = jedis.configGet("requirepass").get("requirepass");
        assertThat(jedis.configSet("requirepass", "another " + password)).isEqualTo("OK");
        try {
            assertThat(jedis.clientKill(ClientKillParams.clientKillParams().type(ClientType.NORMAL)))
                    .isPositive();
            work.run();
        } finally {
            assertThat(jedis.configSet("requirepass", password)).isEqualTo("OK");
        }
    }

    @Override
    public void close() {
        try (jedis;
                graph) {
            // Neither is needed any more.
        }
    }
}
