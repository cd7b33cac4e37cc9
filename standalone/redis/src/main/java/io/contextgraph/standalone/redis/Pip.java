// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Python's package installer, as this machine has it; with the configuration of its user, so that a mirror is used
 * where one is set up.
 */
final class Pip {
    private static final List<List<String>> NAMES =
            List.of(List.of("python3", "-m", "pip"), List.of("python", "-m", "pip"), List.of("pip3"), List.of("pip"));

    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 200;

    private final List<String> command;

    private Pip(List<String> command) {
        this.command = command;
    }

    /** The first that answers, in the folders of a search path. */
    static Optional<Pip> find(String searchPath) {
        return NAMES.stream()
                .flatMap(name -> program(name.getFirst(), searchPath).stream().map(program -> {
                    List<String> command = new ArrayList<>(name);
                    command.set(0, program.toString());
                    return new Pip(command);
                }))
                .filter(Pip::answers)
                .findFirst();
    }

    private static Optional<Path> program(String name, String searchPath) {
        return SearchPath.folders(searchPath).stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private boolean answers() {
        List<String> words = new ArrayList<>(command);
        words.add("--version");
        try {
            var process = new ProcessBuilder(words)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(ANSWER.toMillis(), TimeUnit.MILLISECONDS)) {
                end(process);
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Downloads packages without installing anything.
     *
     * @param target where their files go; all that pip needs meanwhile lies there too
     * @param patience when it is given up
     * @param bytes told now and then how much has come
     * @throws IOException with pip's own reason, in one line
     */
    void download(RedisPackages packages, Path target, Duration patience, LongConsumer bytes) throws IOException {
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of("download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-cache-dir"));
        words.addAll(List.of("--disable-pip-version-check", "--no-input", "--timeout", "15", "--retries", "1"));
        // The tags are named, so that every Python takes packages that were made for one.
        words.addAll(List.of("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"));
        packages.tags().forEach(tag -> words.addAll(List.of("--platform", tag)));
        words.addAll(List.of("--dest", target.toString()));
        packages.wheels().forEach(wheel -> words.add(wheel.requirement()));
        var log = target.resolve("pip.log");
        var builder = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("TMPDIR", target.toString());
        var process = builder.start();
        var orphan = new Thread(() -> end(process));
        Runtime.getRuntime().addShutdownHook(orphan);
        try {
            var deadline = System.nanoTime() + patience.toNanos();
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("pip did not end within " + patience.toSeconds() + " s");
                }
                bytes.accept(size(target));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while pip was downloading", e);
        } finally {
            end(process);
            forget(orphan);
        }
        if (process.exitValue() != 0) {
            throw new IOException(reason(log));
        }
    }

    private static void forget(Thread hook) {
        try {
            boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            // It is running.
        }
    }

    /** Ends it with all that it has started, and returns when they are gone: what they were writing may be deleted then. */
    private static void end(Process process) {
        var all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        var gone = all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(gone)
                .completeOnTimeout(null, ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Files come and go while they are counted: what cannot be seen counts nothing. */
    private static long size(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0;
        }
    }

    /** Without a network pip ends with not having found the package, which would mislead. */
    private static String reason(Path log) throws IOException {
        var said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        var last = said.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("ERROR"))
                .reduce((first, second) -> second)
                .orElse("nothing, see pip's own configuration");
        return (said.contains("connection broken by") ? "pip does not reach its package index: " : "pip says: ") + last;
    }
}
