// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What is known of a JDK without starting it. */
final class Jdk {
    /** The oldest feature release that runs us and Neo4j. */
    static final int OLDEST = 21;

    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");

    private Jdk() {}

    /** The feature release, as 25, of the JDK in this folder. */
    static int feature(Path home) throws IOException {
        if (home.equals(Path.of(System.getProperty("java.home")))) {
            return Runtime.version().feature();
        }
        var release = home.resolve("release");
        if (!Files.isReadable(release)) {
            throw new IOException(home + " is no JDK: it has no file named release");
        }
        var matcher = VERSION.matcher(Files.readString(release));
        if (!matcher.find()) {
            throw new IOException(release + " names no JAVA_VERSION");
        }
        return Integer.parseInt(matcher.group(1));
    }
}
