// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.app.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The main class of the distribution that brings its own Redis and Neo4j. */
public final class Standalone {
    /** The distribution's folder, as the start script names it. */
    private static final String HOME = "contextgraph.home";

    private Standalone() {}

    /** Runs one command to its end; {@code --prepare} is for the build, which makes a quick start possible with it. */
    public static void main(String[] arguments) throws IOException {
        var home = Path.of(System.getProperty(HOME, ".")).toAbsolutePath().normalize();
        var settings = EmbeddedSettings.ofDistribution(home);
        if (arguments.length == 1 && arguments[0].equals("--prepare")) {
            var archive = settings.neo4jArchive().orElseThrow();
            if (!ClassArchive.isCurrent(archive, settings)) {
                PrivateFiles.createFolder(home.resolve("cache"));
                // Once, after a build; the writing of the archive is part of the stop.
                ClassArchive.make(archive, settings.withTimeouts(Duration.ofMinutes(5)), line -> {});
            }
            return;
        }
        System.exit(Main.run(new EmbeddedBackends(settings), arguments));
    }
}
