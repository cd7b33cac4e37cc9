// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the private processes are started.
 *
 * @param javaHome the JDK that runs Neo4j
 * @param neo4jLib the folder with Neo4j's jars
 * @param redisServer the only Redis server to use; otherwise the best one that is installed, else the bundled one
 * @param neo4jArchive the class archive that shortens the start of Neo4j; unused where it does not exist
 * @param neo4jHeap largest heap of Neo4j, as for {@code -Xmx}
 * @param neo4jPageCache page cache of Neo4j
 * @param startTimeout longest start of a part, apart from the loading of its data
 * @param stopTimeout longest orderly stop before a part is ended by force
 */
public record EmbeddedSettings(
        Path javaHome,
        Path neo4jLib,
        Optional<RedisServer> redisServer,
        Optional<Path> neo4jArchive,
        String neo4jHeap,
        String neo4jPageCache,
        Duration startTimeout,
        Duration stopTimeout) {

    /** The settings for Neo4j's jars in this folder, on the JDK that runs this process. */
    public static EmbeddedSettings defaults(Path neo4jLib) {
        return new EmbeddedSettings(
                Path.of(System.getProperty("java.home")),
                neo4jLib,
                Optional.empty(),
                Optional.empty(),
                "512m",
                "128m",
                Duration.ofMinutes(2),
                Duration.ofSeconds(30));
    }

    EmbeddedSettings withRedisServer(RedisServer server) {
        return new EmbeddedSettings(
                javaHome,
                neo4jLib,
                Optional.of(server),
                neo4jArchive,
                neo4jHeap,
                neo4jPageCache,
                startTimeout,
                stopTimeout);
    }

    EmbeddedSettings withNeo4jArchive(Path archive) {
        return new EmbeddedSettings(
                javaHome,
                neo4jLib,
                redisServer,
                Optional.of(archive),
                neo4jHeap,
                neo4jPageCache,
                startTimeout,
                stopTimeout);
    }

    EmbeddedSettings withTimeouts(Duration timeout) {
        return new EmbeddedSettings(
                javaHome, neo4jLib, redisServer, neo4jArchive, neo4jHeap, neo4jPageCache, timeout, timeout);
    }
}
