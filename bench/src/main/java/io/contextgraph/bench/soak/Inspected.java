// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A look into a process from outside: at what the system knows of it in {@code /proc}, where there is one, and at what
 * its JVM tells the {@code jcmd} of the same JDK.
 */
final class Inspected {
    /** As in {@code Total  123  4567}. */
    private static final Pattern CLASS =
            Pattern.compile("\\s*\\d+:\\s+(?<instances>\\d+)\\s+(?<bytes>\\d+)\\s+(?<name>\\S+).*");

    private final long pid;
    private final Path proc;

    Inspected(long pid) {
        this.pid = pid;
        this.proc = Path.of("/proc", Long.toString(pid));
    }

    /** What is on the heap, by class, after a collection; empty where there is no {@code jcmd}. */
    Map<String, Objects> heap() throws IOException {
        Map<String, Objects> heap = new TreeMap<>();
        jcmd("GC.class_histogram").lines().map(CLASS::matcher).forEach(line -> {
            if (line.matches()) {
                Objects these =
                        new Objects(Long.parseLong(line.group("instances")), Long.parseLong(line.group("bytes")));
                heap.merge(line.group("name"), these, Objects::and);
            }
        });
        return heap;
    }

    /** How many there are of a class, and what they take. */
    record Objects(long count, long bytes) {
        static final Objects NONE = new Objects(0, 0);

        Objects and(Objects more) {
            return new Objects(count + more.count, bytes + more.bytes);
        }
    }

    private String jcmd(String... arguments) throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            return "";
        }
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of(jcmd.toString(), Long.toString(pid)), Stream.of(arguments))
                                .toList())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** In bytes. */
    OptionalLong resident() throws IOException {
        return status("VmRSS:", text -> Long.parseLong(text.split(" ", 2)[0]) * 1024);
    }

    /** Of the system: those of Java and those of the JVM itself. */
    OptionalLong threads() throws IOException {
        return status("Threads:", Long::parseLong);
    }

    private OptionalLong status(String name, ToLongFunction<String> value) throws IOException {
        Path file = proc.resolve("status");
        if (!Files.exists(file)) {
            return OptionalLong.empty();
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(
                        line -> value.applyAsLong(line.substring(name.length()).strip()))
                .findFirst();
    }

    /** What each open descriptor leads to; empty where the system does not tell. */
    Optional<List<String>> descriptors() throws IOException {
        Path folder = proc.resolve("fd");
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> links = Files.list(folder)) {
            return Optional.of(links.flatMap(link -> target(link).stream()).toList());
        }
    }

    private static Optional<String> target(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (NoSuchFileException closed) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many of these descriptors are connections to a port. */
    OptionalLong connectionsTo(int port, List<String> descriptors) throws IOException {
        Set<String> sockets = new HashSet<>(descriptors);
        String remote = ":%04X".formatted(port);
        long count = 0;
        for (String table : List.of("tcp", "tcp6")) {
            Path file = proc.resolve("net").resolve(table);
            if (!Files.exists(file)) {
                continue;
            }
            count += Files.readAllLines(file).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(columns -> columns.length > 9
                            && columns[2].endsWith(remote)
                            && sockets.contains("socket:[" + columns[9] + "]"))
                    .count();
        }
        return OptionalLong.of(count);
    }
}
