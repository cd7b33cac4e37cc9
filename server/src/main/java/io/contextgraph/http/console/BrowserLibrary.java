// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * A library that the console runs on in a browser, as its WebJar has it. Only the files that are named here are handed out.
 *
 * @param artifact its name on Maven Central
 * @param folder where in it the files are
 * @param files that the console uses
 *
 * <p><b>Source.</b> WebJars: files under {@code META-INF/resources/webjars/<name>/<version>}; the version is that of the jar
 * on the class path, so that it is written once, in the build.
 */
record BrowserLibrary(String artifact, String folder, Set<String> files) {
    private static final List<BrowserLibrary> ALL = List.of(
            new BrowserLibrary(
                    "lit-html",
                    "",
                    Set.of("lit-html.js", "directive.js", "directive-helpers.js", "directives/repeat.js")),
            new BrowserLibrary("markdown-it", "dist/", Set.of("markdown-it.min.js")),
            new BrowserLibrary("uplot", "dist/", Set.of("uPlot.esm.js", "uPlot.min.css")));

    BrowserLibrary {
        files = Set.copyOf(files);
    }

    /** The resource that {@code name}, such as {@code lit-html/lit-html.js}, stands for; empty for any other. */
    static Optional<String> resource(String name) {
        return ALL.stream()
                .flatMap(library -> library.resourceOf(name).stream())
                .findFirst();
    }

    private Optional<String> resourceOf(String name) {
        if (!name.startsWith(artifact + "/") || !files.contains(name.substring(artifact.length() + 1))) {
            return Optional.empty();
        }
        String file = name.substring(artifact.length() + 1);
        return Optional.of("/META-INF/resources/webjars/" + artifact + "/" + version() + "/" + folder + file);
    }

    private String version() {
        String resource = "/META-INF/maven/org.webjars.npm/" + artifact + "/pom.properties";
        Properties properties = new Properties();
        try (InputStream in = BrowserLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + resource);
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
