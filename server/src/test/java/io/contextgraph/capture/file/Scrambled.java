// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.text.TraceContent;
import io.contextgraph.capture.text.TraceSource;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The same traces in other files: records with ids of their own in another order and spread over several files, files
 * under other names and twice, runs that are cut at their end beside the whole ones.
 */
final class Scrambled {
    private final Random random;
    private final Path folder;
    private final List<Path> files = new ArrayList<>();
    private final List<Path> cut = new ArrayList<>();

    Scrambled(Random random, Path folder) {
        this.random = random;
        this.folder = folder;
    }

    /** Files that hold together what {@code traces} hold, some of it more than once, in random order. */
    List<Path> files() {
        Collections.shuffle(files, random);
        return List.copyOf(files);
    }

    /** Files with runs of {@code traces} that are cut at their end. */
    List<Path> cut() {
        return List.copyOf(cut);
    }

    Scrambled add(Path trace) throws IOException {
        String text;
        try (InputStream in = TraceContent.open(TraceSource.of(trace))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            document(Json.MAPPER.readTree(text));
        } catch (JacksonException severalLines) {
            if (text.startsWith("{\"role\"") || text.startsWith("{\"type\":\"message\"")) {
                // Messages have no ids of their own: their order is what they are.
                write(files, text);
                return this;
            }
            if (text.contains("\"parentUuid\"")) {
                session(text);
                return this;
            }
            parts(text.lines().filter(line -> !line.isBlank()).toList())
                    .forEach(lines -> write(files, String.join("\n", lines) + "\n"));
        }
        return this;
    }

    private void document(JsonNode json) {
        if (Stream.of("resourceSpans", "batches", "resourceLogs").anyMatch(json::has)) {
            write(files, request(json, true));
            write(files, request(json, false));
        } else if (json.path("simulations").isArray()) {
            for (List<JsonNode> rows :
                    parts(List.copyOf(json.path("simulations").values()))) {
                ObjectNode file = ((ObjectNode) json).deepCopy();
                file.set("simulations", array(rows));
                write(files, file);
            }
            json.path("simulations").forEach(row -> cut(row, "messages"));
        } else if (json.isArray() && json.path(0).has("traj")) {
            parts(List.copyOf(json.values())).forEach(rows -> write(files, array(rows)));
            json.forEach(row -> cut(row, "traj"));
        } else {
            write(files, json);
            cut(json, json.has("trajectory") ? "trajectory" : "messages");
        }
    }

    /** A session grows at its end. */
    private void session(String text) {
        write(files, text);
        List<String> rows = text.lines().toList();
        write(cut, String.join("\n", rows.subList(0, 1 + random.nextInt(rows.size()))) + "\n");
    }

    private final Random half = new Random(0);

    /** A request with one half of its records, which half is the same for both calls with the same document. */
    private JsonNode request(JsonNode json, boolean first) {
        half.setSeed(json.hashCode());
        JsonNode copy = json.deepCopy();
        for (String field : List.of("resourceSpans", "batches", "resourceLogs")) {
            for (JsonNode resource : copy.path(field)) {
                for (String scopes : List.of("scopeSpans", "instrumentationLibrarySpans", "scopeLogs")) {
                    resource.path(scopes).forEach(scope -> halve((ObjectNode) scope, first));
                }
            }
        }
        return copy;
    }

    private void halve(ObjectNode scope, boolean first) {
        String field = scope.has("spans") ? "spans" : "logRecords";
        List<JsonNode> kept = new ArrayList<>();
        scope.path(field).forEach(record -> {
            if (half.nextBoolean() == first) {
                kept.add(record);
            }
        });
        Collections.shuffle(kept, random);
        scope.set(field, array(kept));
    }

    /** The run without its last records, but with the first answer of a model, which its name is made of. */
    private void cut(JsonNode run, String field) {
        JsonNode records = run.path(field);
        int first = 0;
        while (first < records.size()
                && !records.get(first).path("role").asString("assistant").equals("assistant")) {
            first++;
        }
        if (first + 1 < records.size()) {
            List<JsonNode> kept =
                    List.copyOf(records.values()).subList(0, first + 1 + random.nextInt(records.size() - first - 1));
            ObjectNode shorter = ((ObjectNode) run).deepCopy();
            shorter.set(field, array(kept));
            // How it ended is not known before it has.
            shorter.remove("info");
            write(cut, field.equals("traj") ? array(List.of(shorter)) : shorter);
        }
    }

    private <T> List<List<T>> parts(List<T> all) {
        List<T> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        int at = random.nextInt(shuffled.size() + 1);
        List<List<T>> parts = new ArrayList<>();
        for (List<T> part : List.of(shuffled.subList(0, at), shuffled.subList(at, shuffled.size()))) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static ArrayNode array(List<JsonNode> elements) {
        return Json.MAPPER.createArrayNode().addAll(elements);
    }

    private void write(List<Path> into, JsonNode json) {
        write(into, Json.MAPPER.writeValueAsString(json));
    }

    private void write(List<Path> into, String text) {
        for (int copies = random.nextInt(4) == 0 ? 2 : 1; copies > 0; copies--) {
            try {
                Path below = Files.createDirectories(folder.resolve("run-" + random.nextInt(3)));
                Path file = below.resolve("f" + random.nextInt(1_000_000) + "-" + files.size() + cut.size() + ".json");
                into.add(Files.writeString(file, text));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
