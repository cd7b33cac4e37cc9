// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One Redis server of a test's own: free loopback port, temporary folder, random password, append-only file on;
 * stopped by its process, at the latest with the JVM.
 */
public final class RunningRedis implements AutoCloseable {
    private static final int MOST_PORTS = 5;

    private final Path binary;
    private final List<String> arguments;
    private final Path folder;
    private final int port;
    private final String password;
    private Process process;

    private RunningRedis(Path binary, List<String> arguments, String password) throws IOException {
        this.binary = binary;
        this.arguments = arguments;
        this.folder = Files.createTempDirectory("contextgraph-redis");
        this.password = password;
        this.port = TestPorts.free();
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** Starts a server and waits until it answers. */
    public static RunningRedis start(Path binary, List<String> arguments) {
        return start(binary, arguments, UUID.randomUUID().toString());
    }

    /** The same with a password that others have, too. A port that was free a moment ago may be taken since, also by another one of it. */
    public static RunningRedis start(Path binary, List<String> arguments, String password) {
        for (int left = MOST_PORTS; ; left--) {
            try {
                return new RunningRedis(binary, arguments, password);
            } catch (IOException e) {
                if (left == 0 || !String.valueOf(e.getMessage()).contains("Address already in use")) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Starts a replica of this server, with the same password, and waits until it answers; it may not have all data yet. */
    public RunningRedis replica() {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--replicaof", "127.0.0.1 " + port));
        return start(binary, all, password);
    }

    /** Where it is, password included. */
    public URI url() {
        return URI.create("redis://:" + password + "@127.0.0.1:" + port);
    }

    /** Where it is, without a password. */
    public URI address() {
        return URI.create("redis://127.0.0.1:" + port);
    }

    /** Its data. */
    public Path folder() {
        return folder;
    }

    public int port() {
        return port;
    }

    public String password() {
        return password;
    }

    /** Kills the process at once, without a chance to write anything. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Sends the process a signal, such as {@code STOP}. */
    public void signal(String name) {
        Processes.signal(process.toHandle(), name);
    }

    /** Lets it write files of any size, where whatever started it has set a limit: there is room on its disk again. */
    public void liftFileLimit() {
        Processes.liftFileLimit(process.toHandle());
    }

    /** Stops the process in order. */
    public void stop() {
        process.destroy();
        awaitEnd();
    }

    /** Starts the process again on the same folder and port. */
    public void restart() {
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                binary.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--requirepass",
                password,
                "--masterauth",
                password,
                "--save",
                "",
                "--appendonly",
                "yes"));
        command.addAll(arguments);
        Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader log = started.inputReader();
        List<String> said = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.add(line);
            if (line.contains("Ready to accept connections")) {
                Thread ignored = Thread.ofPlatform().daemon().start(() -> drain(log));
                return started;
            }
        }
        throw new IOException("Redis did not start: " + String.join("\n", said));
    }

    /** A process whose output nobody reads would stand still one day; a virtual thread that waits there keeps its carrier. */
    private static void drain(BufferedReader log) {
        try (log) {
            log.transferTo(Writer.nullWriter());
        } catch (IOException ended) {
            // The process is gone.
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException alreadyGone) {
            // A second close finds nothing to do.
        }
    }
}
