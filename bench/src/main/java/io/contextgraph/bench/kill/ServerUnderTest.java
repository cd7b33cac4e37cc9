// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.bench.server.Ports;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How the server is started: the distribution's own script, with Redis as an external one. Without a Neo4j it runs as
 * it does while that is away: events are taken and read, the graph waits.
 *
 * @param home folder of the distribution
 * @param folder its log
 * @param grpcPort 0: it does not speak gRPC
 * @param environment its settings
 */
record ServerUnderTest(Path home, Path folder, int port, int grpcPort, Map<String, String> environment)
        implements Supervised.Launcher {

    /** @param grpc whether it also speaks gRPC */
    static ServerUnderTest in(
            Path folder,
            Path home,
            RedisUnderTest redis,
            Optional<Neo4jAddress> neo4j,
            boolean grpc,
            Map<String, String> settings)
            throws IOException {
        Files.createDirectories(folder);
        int port = Ports.free();
        // Nobody listens on port 1.
        Neo4jAddress graph = neo4j.orElse(new Neo4jAddress("bolt://127.0.0.1:1", "neo4j", "none"));
        int grpcPort = grpc ? Ports.free() : 0;
        Map<String, String> environment = new HashMap<>(Map.of(
                "CG_HTTP_PORT",
                Integer.toString(port),
                "CG_OTLP_GRPC_PORT",
                Integer.toString(grpcPort),
                "CG_DATA_DIR",
                folder.resolve("data").toString(),
                "CG_REDIS_URL",
                redis.url().toString(),
                "CG_NEO4J_URI",
                graph.uri(),
                "CG_NEO4J_USER",
                graph.user(),
                "CG_PROJECTION_ENABLED",
                Boolean.toString(neo4j.isPresent()),
                "CG_NEO4J_PASSWORD",
                graph.password()));
        environment.putAll(settings);
        return new ServerUnderTest(home, folder, port, grpcPort, Map.copyOf(environment));
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public Process launch() throws IOException {
        return command("serve")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("server.log").toFile()))
                .start();
    }

    private ProcessBuilder command(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(home.resolve("contextgraph").toString());
        builder.command().addAll(List.of(arguments));
        builder.directory(folder.toFile());
        builder.environment().putAll(environment);
        return quickStart(builder);
    }

    private static ProcessBuilder quickStart(ProcessBuilder builder) {
        // It lives for seconds: to compile its code well would take longer.
        builder.environment().putIfAbsent("CONTEXTGRAPH_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        return builder;
    }

    /** The end of its log. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(folder.resolve("server.log"));
            return lines.isEmpty() ? "it says nothing" : "it says: " + lines.getLast();
        } catch (IOException none) {
            return "it has no log";
        }
    }

    /** What {@code contextgraph verify} says. */
    JsonNode verify() throws IOException {
        return asked("verify");
    }

    /** What {@code contextgraph audit} says. */
    JsonNode audit() throws IOException {
        return asked("audit");
    }

    private JsonNode asked(String what) throws IOException {
        Process process = command(what, "--json")
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(what + ".log").toFile()))
                .start();
        return Json.MAPPER.readTree(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
}
