// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A Redis server program that can be started.
 *
 * @param program the executable
 * @param version as the program tells it, as 8.6.3
 * @param modules the JSON and Search module files that belong to it; empty when it has none
 * @param source where it comes from
 */
public record RedisServer(Path program, String version, List<Path> modules, Source source) {
    /** Where a server program comes from. */
    public enum Source {
        /** Found on this machine; whoever installed it keeps it up to date. */
        INSTALLED,
        /** Fetched from packages, for development. */
        FETCHED,
        /** The old build that the distribution carries, for development. */
        BUNDLED
    }

    private static final Pattern VERSION = Pattern.compile("\\bv=(\\d+(?:\\.\\d+)*)");
    static final List<String> JSON_AND_SEARCH = List.of("rejson.so", "redisearch.so");
    private static final List<String> USUAL_FOLDERS =
            List.of("/opt/redis-stack/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin", "/snap/bin");
    private static final int OLDEST_MAJOR = 7;

    /** Those with JSON and Search first, then the newest. */
    static final Comparator<RedisServer> BEST_FIRST = Comparator.comparing((RedisServer server) -> !server.hasSearch())
            .thenComparing(Comparator.comparing(RedisServer::version, RedisServer::compareVersions)
                    .reversed());

    public RedisServer {
        modules = List.copyOf(modules);
    }

    /** Every usable server on this machine: those with JSON and Search first, then the newest. */
    public static List<RedisServer> installed() {
        var path = System.getenv("PATH");
        var folders = new LinkedHashSet<>(SearchPath.folders(path == null ? "" : path));
        USUAL_FOLDERS.forEach(folder -> folders.add(Path.of(folder)));
        var found = new ArrayList<RedisServer>();
        for (var folder : folders) {
            probe(folder.resolve("redis-server")).ifPresent(found::add);
        }
        found.sort(BEST_FIRST);
        return found;
    }

    /** The server at this path, if it is one and new enough. */
    public static Optional<RedisServer> probe(Path program) {
        return probe(program, Source.INSTALLED);
    }

    static Optional<RedisServer> probe(Path program, Source source) {
        if (!Files.isExecutable(program)) {
            return Optional.empty();
        }
        return versionOf(program)
                .filter(version -> compareVersions(version, Integer.toString(OLDEST_MAJOR)) >= 0)
                .map(version -> new RedisServer(program, version, modulesOf(program), source));
    }

    private static Optional<String> versionOf(Path program) {
        try {
            var process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            try (var output = process.inputReader()) {
                var line = output.readLine();
                var matcher = VERSION.matcher(line == null ? "" : line);
                return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** A module fits the server that it was installed with, so only the folders of the same installation count. */
    private static List<Path> modulesOf(Path program) {
        var absolute = program.toAbsolutePath().normalize();
        for (var lib : List.of("../lib/redis/modules", "../lib")) {
            var folder = absolute.resolveSibling(lib).normalize();
            var modules = JSON_AND_SEARCH.stream()
                    .map(folder::resolve)
                    .filter(Files::isReadable)
                    .toList();
            if (modules.size() == JSON_AND_SEARCH.size()) {
                return modules;
            }
        }
        return List.of();
    }

    /** Compares numerically, part by part; a missing part counts as 0. */
    public static int compareVersions(String left, String right) {
        var leftParts = left.split("\\.", -1);
        var rightParts = right.split("\\.", -1);
        for (var i = 0; i < Math.max(leftParts.length, rightParts.length); i++) {
            var order = Integer.compare(part(leftParts, i), part(rightParts, i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int part(String[] parts, int index) {
        return index < parts.length ? Integer.parseInt(parts[index]) : 0;
    }

    /** The same server, started without modules. */
    public RedisServer withoutModules() {
        return new RedisServer(program, version, List.of(), source);
    }

    /** Whether the engine {@code search} can run on it. */
    public boolean hasSearch() {
        return !modules.isEmpty();
    }

    /** For people, as {@code Redis 8.6.3 with JSON and Search (/usr/local/bin/redis-server)}. */
    public String describe() {
        return "Redis " + version + (hasSearch() ? " with JSON and Search" : "")
                + switch (source) {
                    case INSTALLED -> " (" + program + ")";
                    case FETCHED -> " (fetched, for development)";
                    case BUNDLED -> " (bundled, for development)";
                };
    }
}
