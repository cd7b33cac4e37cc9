// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.standalone.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the private processes are started.
 *
 * @param javaHome the JDK that runs Neo4j
 * @param neo4jLib the folder with Neo4j's jars
 * @param redisServer the only Redis server to use; otherwise the first of this machine's, see RedisPrograms
 * @param neo4jArchive the class archive that shortens the start of Neo4j; unused where it does not exist
 * @param neo4jOptions of the JVM that runs Neo4j: heap, collector, compilers
 * @param neo4jPageCache page cache of Neo4j
 * @param startTimeout longest start of a part, apart from the loading of its data
 * @param stopTimeout longest orderly stop before a part is ended by force
 */
public record EmbeddedSettings(
        Path javaHome,
        Path neo4jLib,
        Optional<RedisServer> redisServer,
        Optional<Path> neo4jArchive,
        List<String> neo4jOptions,
        String neo4jPageCache,
        Duration startTimeout,
        Duration stopTimeout) {
    /** A start in about half the time that the default compilers and collector take. */
    private static final List<String> QUICK_START = List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    public EmbeddedSettings {
        neo4jOptions = List.copyOf(neo4jOptions);
    }

    /** The settings for Neo4j's jars in this folder, on the JDK that runs this process. */
    public static EmbeddedSettings defaults(Path neo4jLib) {
        return new EmbeddedSettings(
                Path.of(System.getProperty("java.home")),
                neo4jLib,
                Optional.empty(),
                Optional.empty(),
                QUICK_START,
                "128m",
                Duration.ofMinutes(2),
                Duration.ofSeconds(30));
    }

    /** The settings for a distribution: Neo4j's jars in its folder, and their class archive where it has been made. */
    public static EmbeddedSettings ofDistribution(Path home) {
        return defaults(home.resolve("neo4j"))
                .withNeo4jArchive(home.resolve("cache").resolve(ClassArchive.fileName()));
    }

    EmbeddedSettings withRedisServer(RedisServer server) {
        return new EmbeddedSettings(
                javaHome,
                neo4jLib,
                Optional.of(server),
                neo4jArchive,
                neo4jOptions,
                neo4jPageCache,
                startTimeout,
                stopTimeout);
    }

    private EmbeddedSettings withNeo4jArchive(Path archive) {
        return new EmbeddedSettings(
                javaHome,
                neo4jLib,
                redisServer,
                Optional.of(archive),
                neo4jOptions,
                neo4jPageCache,
                startTimeout,
                stopTimeout);
    }

    /** With a Neo4j for long and heavy use, which starts more slowly. */
    public EmbeddedSettings withNeo4j(List<String> options, String pageCache) {
        return new EmbeddedSettings(
                javaHome, neo4jLib, redisServer, neo4jArchive, options, pageCache, startTimeout, stopTimeout);
    }

    EmbeddedSettings withTimeouts(Duration timeout) {
        return new EmbeddedSettings(
                javaHome, neo4jLib, redisServer, neo4jArchive, neo4jOptions, neo4jPageCache, timeout, timeout);
    }
}
