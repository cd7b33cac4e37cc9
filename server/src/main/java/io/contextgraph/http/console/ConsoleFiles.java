// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of the console, out of the jar; each is read when it is asked for first.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class ConsoleFiles {
    /** No name of ours leads out of the folder, or to a class. */
    private static final Pattern OWN = Pattern.compile("[a-z][a-z0-9-]*\\.([a-z]+)");

    private static final Pattern ENDING = Pattern.compile(".*\\.([a-z]+)");

    private static final Map<String, String> MEDIA_TYPES = Map.of(
            "html", "text/html",
            "js", "text/javascript",
            "css", "text/css",
            "svg", "image/svg+xml");

    // Names that lead nowhere are not kept: there is no end of them.
    private final Map<String, ConsoleFile> read = new ConcurrentHashMap<>();

    /** The file that is handed out under this name; empty where there is none. */
    Optional<ConsoleFile> find(String name) {
        ConsoleFile known = read.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Matcher ending = ENDING.matcher(name);
        if (!ending.matches() || !MEDIA_TYPES.containsKey(ending.group(1))) {
            return Optional.empty();
        }
        Optional<String> resource = OWN.matcher(name).matches() ? Optional.of(name) : BrowserLibrary.resource(name);
        Optional<ConsoleFile> file = resource.flatMap(ConsoleFiles::content)
                .map(content -> ConsoleFile.of(MEDIA_TYPES.getOrDefault(ending.group(1), ""), content));
        file.ifPresent(found -> read.put(name, found));
        return file;
    }

    private static Optional<byte[]> content(String resource) {
        try (InputStream in = ConsoleFiles.class.getResourceAsStream(resource)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
