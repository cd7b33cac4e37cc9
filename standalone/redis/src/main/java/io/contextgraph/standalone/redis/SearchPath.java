// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Paths out of environment variables, which may hold anything. */
final class SearchPath {
    private SearchPath() {}

    /** The folders of a search path, in its order. */
    static List<Path> folders(String searchPath) {
        return Arrays.stream(searchPath.split(File.pathSeparator, -1))
                .flatMap(folder -> path(folder).stream())
                .toList();
    }

    /** Empty for no text, and for a name that Java cannot speak of in the locale of this process. */
    static Optional<Path> path(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException unspeakable) {
            return Optional.empty();
        }
    }
}
