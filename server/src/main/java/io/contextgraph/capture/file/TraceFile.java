// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Malformed;
import io.contextgraph.capture.record.Refusal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A file to import.
 *
 * @param path where it is
 * @param name how it is called in reports
 * @param bytes its size on disk
 * @param named whether it was asked for by its own name, not found in a folder
 */
public record TraceFile(Path path, String name, long bytes, boolean named) {
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
     * Finds the files under {@code roots}: a file as it is, a folder with all that is below it. In folders, hidden
     * files and symbolic links are skipped, so that nothing outside is read and nothing is read twice.
     */
    public static Listing under(List<Path> roots) {
        List<TraceFile> files = new ArrayList<>();
        List<Refusal> skipped = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                int before = files.size();
                folder(root, files, skipped, refused);
                if (files.size() == before) {
                    refused.add(Refusal.ofFile(root.toString(), "there is nothing to read in this folder"));
                }
            } else {
                file(root, true, files, refused);
            }
        }
        return new Listing(files, skipped, refused);
    }

    private static void folder(Path folder, List<TraceFile> files, List<Refusal> skipped, List<Refusal> refused) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (IOException failed) {
            refused.add(Refusal.ofFile(folder.toString(), Malformed.reason(failed)));
            return;
        }
        entries.sort(Comparator.comparing(path -> String.valueOf(path.getFileName())));
        for (Path entry : entries) {
            if (String.valueOf(entry.getFileName()).startsWith(".")) {
                skipped.add(Refusal.ofFile(entry.toString(), "hidden"));
            } else if (Files.isSymbolicLink(entry)) {
                skipped.add(Refusal.ofFile(entry.toString(), "a symbolic link"));
            } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                folder(entry, files, skipped, refused);
            } else if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                file(entry, false, files, refused);
            } else {
                skipped.add(Refusal.ofFile(entry.toString(), "not a regular file"));
            }
        }
    }

    private static void file(Path file, boolean named, List<TraceFile> files, List<Refusal> refused) {
        try {
            files.add(new TraceFile(file, file.toString(), Files.size(file), named));
        } catch (IOException failed) {
            refused.add(Refusal.ofFile(file.toString(), Malformed.reason(failed)));
        }
    }
}
