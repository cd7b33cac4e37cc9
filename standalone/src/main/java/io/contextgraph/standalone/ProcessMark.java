// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * What proves that a process is the one that was started here: its id, its start and an argument that only it has.
 *
 * <p>A process id alone proves nothing, because the system gives it out again.
 *
 * @param pid process id
 * @param startedAtMillis start, in epoch milliseconds
 * @param argument an argument of its command line; empty when the start alone must do
 */
record ProcessMark(long pid, long startedAtMillis, String argument) {
    /** The system derives a start from its boot time, which a correction of the clock moves. */
    private static final long START_TOLERANCE_MILLIS = 2_000;

    private static final Duration FORCED_END = Duration.ofSeconds(10);

    static ProcessMark of(ProcessHandle process, String argument) {
        return new ProcessMark(process.pid(), startOf(process), argument);
    }

    static ProcessMark ofThisProcess() {
        return of(ProcessHandle.current(), "");
    }

    private static long startOf(ProcessHandle process) {
        return process.info()
                .startInstant()
                .map(java.time.Instant::toEpochMilli)
                .orElse(0L);
    }

    /** The process, if it runs and is provably the one. */
    Optional<ProcessHandle> find() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                // A start that is not known is written as 0, and proves nothing.
                .filter(process ->
                        startedAtMillis > 0 && Math.abs(startOf(process) - startedAtMillis) <= START_TOLERANCE_MILLIS)
                .filter(this::hasArgument);
    }

    private boolean hasArgument(ProcessHandle process) {
        if (argument.isEmpty()) {
            return true;
        }
        var info = process.info();
        return info.arguments().map(Arrays::stream).orElseGet(Stream::empty).anyMatch(argument::equals)
                || info.commandLine().filter(line -> line.contains(argument)).isPresent();
    }

    void save(Path file) throws IOException {
        PrivateFiles.write(file, Json.MAPPER.writeValueAsString(this));
    }

    /** Reads a mark; a file that is missing or is no mark proves nothing and answers empty. */
    static Optional<ProcessMark> read(Path file) throws IOException {
        try {
            return Optional.ofNullable(Json.MAPPER.readValue(Files.readString(file), ProcessMark.class));
        } catch (NoSuchFileException | JacksonException | java.nio.charset.MalformedInputException e) {
            return Optional.empty();
        }
    }

    /**
     * Ends the process that an earlier run left behind, if there is one: asks first, so that it can save its data, then forces.
     *
     * @return whether there was one
     * @throws IOException if it cannot be ended
     */
    static boolean reclaim(Path file, Duration patience) throws IOException {
        var left = read(file).flatMap(ProcessMark::find);
        if (left.isPresent()) {
            end(left.get(), patience);
        }
        Files.deleteIfExists(file);
        return left.isPresent();
    }

    /** Asks the process to end, waits, then forces it. */
    static void end(ProcessHandle process, Duration patience) throws IOException {
        process.destroy();
        if (!endsWithin(process, patience)) {
            process.destroyForcibly();
            if (!endsWithin(process, FORCED_END)) {
                throw new IOException("process " + process.pid() + " does not end: end it by hand and start again");
            }
        }
    }

    private static boolean endsWithin(ProcessHandle process, Duration patience) throws IOException {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for process " + process.pid(), e);
        } catch (ExecutionException e) {
            throw new IOException("cannot wait for process " + process.pid(), e);
        }
    }
}
