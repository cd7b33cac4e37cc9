// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Pages that are made from the code. A test holds each page against what the code says now; {@code mvn test
 * -Dcontextgraph.update-docs=true} writes them anew.
 */
public final class GeneratedDocs {
    private GeneratedDocs() {}

    /** The root of the repository, from whichever module the test runs in. */
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs")) || !Files.exists(folder.resolve("CHANGELOG.md"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("not inside the repository");
            }
        }
        return folder;
    }

    /** Holds a page against what the code says. */
    public static void assertUpToDate(String page, String content) {
        Path file = root().resolve(page);
        try {
            if (Boolean.getBoolean("contextgraph.update-docs")) {
                Files.writeString(file, content);
            }
            assertThat(file)
                    .as("%s is made from the code: run the tests with -Dcontextgraph.update-docs=true", page)
                    .content()
                    .isEqualTo(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
