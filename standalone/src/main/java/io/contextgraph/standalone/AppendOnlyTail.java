// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.standalone.redis.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Cuts off the unfinished transaction that a Redis leaves at the end of its append-only file when it is killed while it
 * writes.
 *
 * <p>Redis does so itself with {@code aof-load-truncated yes}, but where the cut goes through a command it leaves the
 * beginning of the transaction in the file. What is written next completes it, and the start after that one carries
 * out half an append. Its own checking tool cuts before the transaction.
 *
 * <p><b>Source.</b> {@code redis-check-aof}, which every {@code redis-server} is when it is called by that name.
 */
public final class AppendOnlyTail {
    private static final String MANIFEST = "appendonlydir/appendonly.aof.manifest";
    private static final String CHECKER = "redis-check-aof";
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    /** What Redis logs when the end of a file is missing, and nothing else is wrong. */
    private static final String TORN = "Unexpected end of file reading the append only file";

    private AppendOnlyTail() {}

    /** Whether the log of a Redis with {@code aof-load-truncated no} says that it did not start for this reason. */
    static boolean isTorn(String log) {
        return log.contains(TORN);
    }

    /**
     * Cuts, where there is something to cut. Redis must not run.
     *
     * @param data its folder
     * @return what the tool says that it cut; empty where the files are whole or there are none
     * @throws IOException when the files cannot be mended so; they are as they were then
     */
    public static Optional<String> cut(RedisServer server, Path data) throws IOException {
        Path manifest = data.resolve(MANIFEST);
        if (!Files.exists(manifest)) {
            return Optional.empty();
        }
        Path folder = Files.createTempDirectory("contextgraph-redis");
        Path checker = folder.resolve(CHECKER);
        try {
            Files.createSymbolicLink(checker, server.program().toAbsolutePath());
            String said = run(checker, manifest);
            return said.lines()
                    .filter(line -> line.startsWith("This will shrink the AOF"))
                    .findFirst();
        } finally {
            Files.deleteIfExists(checker);
            Files.deleteIfExists(folder);
        }
    }

    private static String run(Path checker, Path manifest) throws IOException {
        Path output = checker.resolveSibling("output");
        try {
            Process process = new ProcessBuilder(checker.toString(), "--fix", manifest.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try (var answer = process.getOutputStream()) {
                answer.write("y\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException ended) {
                // It had nothing to ask.
            }
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(CHECKER + " did not end within " + PATIENCE.toMinutes() + " minutes");
            }
            String said = Files.readString(output, StandardCharsets.ISO_8859_1);
            if (process.exitValue() != 0) {
                throw new IOException(CHECKER + " cannot mend " + manifest + ":\n  " + said.strip());
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + CHECKER + " was running", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
