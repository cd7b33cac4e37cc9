// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The live stream of the distribution that was built, from its start. */
final class ServedStream {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
    private static final Path HOME = Path.of("target", "contextgraph").toAbsolutePath();

    private ServedStream() {}

    /**
     * Starts a server over the stores, follows its stream from position 0 on, and ends it.
     *
     * @return so many events, without their payloads
     */
    static List<RecordedEvent> read(URI redis, String prefix, Neo4jAddress neo4j, Path data, int count) {
        ProcessBuilder builder = command(redis, prefix, neo4j, data, "serve");
        try {
            Process server = builder.start();
            try {
                return events(listening(server.errorReader(UTF_8)), count);
            } finally {
                server.destroy();
                Process ignored = server.onExit().join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command of the distribution over the stores. */
    static ProcessBuilder command(URI redis, String prefix, Neo4jAddress neo4j, Path data, String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(HOME.resolve("contextgraph").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("CG_DATA_DIR", data.toString());
        builder.environment().put("CG_HTTP_PORT", "0");
        builder.environment().put("CG_REDIS_URL", redis.toString());
        builder.environment().put("CG_REDIS_PREFIX", prefix);
        builder.environment().put("CG_NEO4J_URI", neo4j.uri());
        builder.environment().put("CG_NEO4J_USER", neo4j.user());
        builder.environment().put("CG_NEO4J_PASSWORD", neo4j.password());
        builder.environment().put("CG_PROJECTION_ENABLED", "false");
        builder.environment().put("CONTEXTGRAPH_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m");
        return builder;
    }

    /** Waits until a server listens: where it does. */
    static URI listening(BufferedReader said) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            all.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread ignored = Thread.ofPlatform().daemon().start(() -> drain(said));
                return URI.create(listening.group(1));
            }
        }
        throw new IllegalStateException("the server ended: " + all);
    }

    /** What is said from now on must not fill the pipe. */
    private static void drain(BufferedReader said) {
        try (said) {
            long ignored = said.transferTo(Writer.nullWriter());
        } catch (IOException ended) {
            // With the server.
        }
    }

    private static List<RecordedEvent> events(URI server, int count) throws IOException {
        List<RecordedEvent> events = new ArrayList<>();
        URI stream = server.resolve("/v1/events/stream?from=0-0");
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(stream.toURL().openStream(), UTF_8))) {
            while (events.size() < count) {
                String line = lines.readLine();
                if (line.startsWith("data: ")) {
                    events.add(EventJson.recorded(Json.MAPPER.readTree(line.substring("data: ".length()))));
                }
            }
        }
        return events;
    }
}
