// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.standalone.EmbeddedNeo4j;
import io.contextgraph.standalone.EmbeddedSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One real Neo4j for all tests of this JVM: {@code CG_TEST_NEO4J_URI} (with {@code CG_TEST_NEO4J_USER} and
 * {@code CG_TEST_NEO4J_PASSWORD}), else one that is started in a temporary folder and ends with the JVM.
 */
public final class Neo4jServers {
    private static @Nullable Neo4jAddress shared;

    private Neo4jServers() {}

    /** The server; tests share its data and clear them by themselves. */
    public static synchronized Neo4jAddress shared() {
        if (shared == null) {
            var uri = System.getenv("CG_TEST_NEO4J_URI");
            shared = uri == null ? started() : configured(uri);
        }
        return shared;
    }

    /** How the distribution that was built starts its own. */
    public static EmbeddedSettings settings() {
        return EmbeddedSettings.ofDistribution(Path.of("target", "contextgraph").toAbsolutePath());
    }

    private static Neo4jAddress configured(String uri) {
        System.out.println("Neo4j for tests: " + uri + " (CG_TEST_NEO4J_URI)");
        return new Neo4jAddress(
                uri, environment("CG_TEST_NEO4J_USER", "neo4j"), environment("CG_TEST_NEO4J_PASSWORD", ""));
    }

    private static String environment(String name, String otherwise) {
        var value = System.getenv(name);
        return value == null ? otherwise : value;
    }

    private static Neo4jAddress started() {
        try {
            var folder = Files.createTempDirectory("contextgraph-test-neo4j");
            var running = EmbeddedNeo4j.start(folder, settings(), line -> {});
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                running.close();
                delete(folder);
            }));
            System.out.println("Neo4j for tests: " + running.address().uri() + " (embedded, " + folder + ")");
            return running.address();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("not deleted: " + folder + ": " + e.getMessage());
        }
    }
}
