// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.text.TraceSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file to import.
 *
 * @param content what it holds
 * @param name how it is called in reports
 * @param bytes its size on disk
 * @param named whether it was asked for by its own name, not found in a folder
 */
public record TraceFile(TraceSource content, String name, long bytes, boolean named) {
    /**
     * What was found under the paths that were asked for.
     *
     * @param files in the order of the request, within a folder by name
     * @param skipped what was passed over on purpose, and why
     * @param refused what could not be looked at
     */
    public record Listing(List<TraceFile> files, List<Refusal> skipped, List<Refusal> refused) {
        public Listing {
            files = List.copyOf(files);
            skipped = List.copyOf(skipped);
            refused = List.copyOf(refused);
        }
    }

    /**
     * Finds the files under {@code roots}: a file as it is, a folder with all that is below it; symbolic links are
     * followed. In folders, hidden files and symbolic links are skipped, so that nothing outside is read and nothing is
     * read twice. What cannot be looked at is refused, and the rest is found.
     */
    public static Listing under(List<Path> roots) {
        FileSearch search = new FileSearch(Files::newDirectoryStream);
        roots.forEach(search::root);
        return search.found();
    }

    /** The same, with {@code input} where {@link StandardInput#PATH} is asked for. */
    public static Listing under(List<Path> roots, StandardInput input) {
        FileSearch search = new FileSearch(Files::newDirectoryStream);
        for (Path root : roots) {
            if (StandardInput.isMeant(root)) {
                search.input(input);
            } else {
                search.root(root);
            }
        }
        return search.found();
    }
}
