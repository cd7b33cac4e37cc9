// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.testing.Processes;
import io.contextgraph.testing.SmallJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** {@code contextgraph serve}, or another command that stays, as a process of its own, on a Redis that is there; what it says is kept. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("(?:listening on|metrics are at) (https?://[^\\s\"]+)");
    private static final String GRPC_PORT = "--otlp.grpc.port=";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Process process;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private ServerProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    /** Starts it; Neo4j is away, ports are free ones, and where nothing else is said it does not speak gRPC. */
    static ServerProcess start(URI redis, Map<String, String> environment, String... more) throws IOException {
        return startCommand("serve", redis, environment, more);
    }

    /** The same with another command. */
    static ServerProcess startCommand(String command, URI redis, Map<String, String> environment, String... more)
            throws IOException {
        return startCommand("128m", command, redis, environment, more);
    }

    /** The same with another heap. */
    static ServerProcess startCommand(
            String heap, String command, URI redis, Map<String, String> environment, String... more)
            throws IOException {
        List<String> words = new ArrayList<>(
                List.of(command, "--http.port=0", "--neo4j.uri=bolt://127.0.0.1:1", "--redis.engine=sorted-set"));
        words.addAll(List.of(more));
        if (words.stream().noneMatch(word -> word.startsWith(GRPC_PORT))) {
            words.add(GRPC_PORT + "0");
        }
        ProcessBuilder builder = SmallJvm.withHeap(heap, Main.class, words.toArray(String[]::new));
        if (ignoresHangUp()) {
            List<String> listening = new ArrayList<>(List.of("env", "--default-signal=HUP"));
            listening.addAll(builder.command());
            builder.command(listening);
        }
        builder.environment().put("CG_REDIS_URL", redis.toString());
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start());
    }

    /** Whoever is started by a process that ignores the signal, such as nohup, ignores it, too. */
    private static boolean ignoresHangUp() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.isReadable(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) != 0);
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
            }
        } catch (IOException ended) {
            // The process has ended, and its output with it.
        }
    }

    /** What it has said so far. */
    List<String> said() {
        return List.copyOf(said);
    }

    /** Waits until it has said such a line; answers with the first. */
    String await(Predicate<String> line) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .conditionEvaluationListener(condition -> {
                    if (!process.isAlive() && !reader.isAlive() && said.stream().noneMatch(line)) {
                        throw new AssertionError("it has ended: " + String.join("\n", said));
                    }
                })
                .until(() -> said.stream().filter(line).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    /** Where it listens. */
    URI address() {
        Matcher matcher =
                LISTENING.matcher(await(line -> LISTENING.matcher(line).find()));
        if (!matcher.find()) {
            throw new AssertionError("it listens nowhere");
        }
        return URI.create(matcher.group(1));
    }

    /** Sends it a signal, such as {@code HUP}. */
    void signal(String name) {
        Processes.signal(process.toHandle(), name);
    }

    /** Waits for its end, and answers with its exit code. */
    int exitCode() throws InterruptedException {
        int code = process.onExit().join().exitValue();
        reader.join();
        return code;
    }

    /** Asks it to end, as an operator would. */
    int stop() throws InterruptedException {
        // The process itself would stop listening to what it says.
        boolean asked = process.toHandle().destroy();
        if (!asked) {
            throw new AssertionError("it cannot be asked to end");
        }
        return exitCode();
    }

    @Override
    public void close() {
        Process ignored = process.destroyForcibly().onExit().join();
    }
}
