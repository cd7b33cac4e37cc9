// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The main class of the distribution that brings its own Redis and Neo4j. */
public final class Standalone {
    /** The distribution's folder, as the start script names it. */
    private static final String HOME = "contextgraph.home";

    private Standalone() {}

    /** Runs Redis and Neo4j over {@code ./data} until the process is told to end. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var home = Path.of(System.getProperty(HOME, ".")).toAbsolutePath().normalize();
        var archive = home.resolve("cache").resolve(ClassArchive.fileName());
        var settings = EmbeddedSettings.defaults(home.resolve("neo4j"));
        if (arguments.length == 1 && arguments[0].equals("--prepare")) {
            PrivateFiles.createFolder(home.resolve("cache"));
            // Once, after a build; the writing of the archive is part of the stop.
            ClassArchive.make(archive, settings.withTimeouts(Duration.ofMinutes(5)), line -> {});
            return;
        }
        hold(
                new EmbeddedBackends(settings.withNeo4jArchive(archive)),
                Path.of(arguments.length == 0 ? "data" : arguments[0]));
    }

    private static void hold(Backends.Factory factory, Path folder) throws IOException, InterruptedException {
        var maxMemory = 256L * 1024 * 1024;
        var backends =
                factory.open(new Backends.Wanted(folder, true, true, maxMemory), line -> System.out.println(line));
        Runtime.getRuntime().addShutdownHook(new Thread(backends::close));
        System.out.println("ready " + backends.owned());
        new CountDownLatch(1).await();
    }
}
