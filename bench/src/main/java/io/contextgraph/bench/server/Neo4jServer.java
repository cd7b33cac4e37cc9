// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.standalone.EmbeddedNeo4j;
import io.contextgraph.standalone.EmbeddedSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;

/**
 * A Neo4j of its own in a folder of its own, with memory for the graph and the compilers of a server, except where
 * everything is to be quick.
 */
public final class Neo4jServer implements AutoCloseable {
    private static final String HEAP = "2g";
    private static final String PAGE_CACHE = "2g";

    /** From the checkout, and from the folder of this module. */
    private static final List<Path> DISTRIBUTIONS =
            List.of(Path.of("standalone/target/contextgraph"), Path.of("../standalone/target/contextgraph"));

    private final Path folder;
    private final EmbeddedSettings settings;
    private EmbeddedNeo4j.Running server;

    private Neo4jServer(Path folder, EmbeddedSettings settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.server = EmbeddedNeo4j.start(folder, settings, line -> {});
    }

    public static Neo4jServer start() throws IOException {
        Path home = DISTRIBUTIONS.stream()
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new IOException("Neo4j has not been built: there is none of " + DISTRIBUTIONS));
        EmbeddedSettings own =
                EmbeddedSettings.ofDistribution(home.toAbsolutePath().normalize());
        return new Neo4jServer(
                Files.createTempDirectory("contextgraph-bench-neo4j"),
                Jvms.QUICK ? own : own.withNeo4j(List.of("-Xms" + HEAP, "-Xmx" + HEAP), PAGE_CACHE));
    }

    /** For the notes under a table. */
    public static String describe() {
        return Jvms.QUICK
                ? "Neo4j as the distribution starts it."
                : "Neo4j with a heap of " + HEAP + ", a page cache of " + PAGE_CACHE
                        + " and the JVM's own collector and compilers.";
    }

    public Neo4jAddress address() {
        return server.address();
    }

    /** Processor time so far. */
    public Duration cpu() {
        return server.server().process().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Bytes that the graph takes on disk, its log of transactions apart; stops it for that, and starts it again elsewhere. */
    public long storeBytes() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().contains("/databases/neo4j/"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } finally {
            server = EmbeddedNeo4j.start(folder, settings, line -> {});
        }
    }

    /** The product's side of it. */
    public Neo4jGraph graph() {
        Neo4jAddress address = address();
        return new Neo4jGraph(Neo4jSettings.of(address.uri(), address.user(), address.password(), "neo4j"));
    }

    /** A driver without the product. */
    public Driver driver() {
        Neo4jAddress address = address();
        return GraphDatabase.driver(
                address.uri(),
                address.password().isEmpty()
                        ? AuthTokens.none()
                        : AuthTokens.basic(address.user(), address.password()));
    }

    @Override
    public void close() throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
