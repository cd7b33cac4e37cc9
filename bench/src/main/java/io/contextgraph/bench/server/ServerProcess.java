// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.standalone.Standalone;
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
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server as a process of its own, with the heap that the distribution gives it. */
public final class ServerProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (https?://\\S+)");

    private final Process process;
    private final URI address;
    private final Path folder;

    private ServerProcess(Process process, URI address, Path folder) {
        this.process = process;
        this.address = address;
        this.folder = folder;
    }

    /**
     * What it has to do with the graph.
     *
     * @param neo4j where the graph is
     * @param feeds whether this server feeds it
     */
    public record Graph(Neo4jAddress neo4j, boolean feeds) {
        /** Nobody listens there. */
        private static final Graph NONE = new Graph(new Neo4jAddress("bolt://127.0.0.1:1", "neo4j", "none"), false);
    }

    /**
     * A server that leaves the graph to others, so that what is measured is the ledger alone.
     *
     * @param javaOptions for its JVM, such as those of a profiler
     */
    public static ServerProcess start(URI redis, Engine engine, List<String> javaOptions) throws IOException {
        return start(redis, engine, Graph.NONE, javaOptions);
    }

    public static ServerProcess start(URI redis, Engine engine, Graph graph, List<String> javaOptions)
            throws IOException {
        return start(redis, engine, graph, javaOptions, line -> {});
    }

    /**
     * The same with further settings.
     *
     * @param settings as flags with their values
     */
    public static ServerProcess startWith(URI redis, Engine engine, List<String> settings) throws IOException {
        return start(redis, engine, Graph.NONE, List.of(), settings, line -> {});
    }

    /** @param log told each line that the server says once it listens */
    public static ServerProcess start(
            URI redis, Engine engine, Graph graph, List<String> javaOptions, Consumer<String> log) throws IOException {
        return start(redis, engine, graph, javaOptions, List.of(), log);
    }

    private static ServerProcess start(
            URI redis,
            Engine engine,
            Graph graph,
            List<String> javaOptions,
            List<String> settings,
            Consumer<String> log)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx768m", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(Jvms.options());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Standalone.class.getName(), "serve"));
        command.addAll(List.of("--http.port", "0", "--otlp.grpc.port", "0"));
        command.addAll(List.of("--redis.engine", engine.configName()));
        command.addAll(List.of("--projection.enabled", Boolean.toString(graph.feeds())));
        command.addAll(settings);
        Path folder = Files.createTempDirectory("contextgraph-bench");
        // Beside tests it logs to standard output, and stands still when nobody reads that.
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "CG_DATA_DIR", folder.toString(),
                        "CG_REDIS_URL", redis.toString(),
                        "CG_NEO4J_URI", graph.neo4j().uri(),
                        "CG_NEO4J_USER", graph.neo4j().user(),
                        "CG_NEO4J_PASSWORD", graph.neo4j().password()));
        Process process = builder.start();
        StringBuilder said = new StringBuilder();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread ignored = Thread.ofPlatform().daemon().start(() -> drain(out, log));
                return new ServerProcess(process, URI.create(listening.group(1)), folder);
            }
        }
        throw new IOException("the server has ended: " + said);
    }

    /** What is said must not fill the pipe. */
    private static void drain(BufferedReader reader, Consumer<String> log) {
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                log.accept(line);
            }
        } catch (IOException ended) {
            // The process has ended, and its output with it.
        }
    }

    public URI address() {
        return address;
    }

    public long pid() {
        return process.pid();
    }

    /** Processor time so far. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
        Folders.delete(folder);
    }
}
