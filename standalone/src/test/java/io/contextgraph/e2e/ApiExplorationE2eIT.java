// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.testing.Extent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The server that was built, asked what nobody thought of, by what its contract says alone; see docs/tests.md. */
class ApiExplorationE2eIT {
    private static final int SECONDS = Extent.API_SECONDS.value();
    private static final long SEED = Long.getLong("contextgraph.seed", 1);
    private static final String SCHEMATHESIS = "schemathesis==4.32.5";
    private static final String REDOCLY = "@redocly/cli@2.77.0";

    private static final Path FOLDER = Path.of("target", "api").toAbsolutePath();
    private static final Path PYTHON = FOLDER.resolve("python");
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private static final List<String> ROLES = List.of("ingest", "read", "admin", "privacy");

    /** Without keys, then, with keys: without one, with one of each role, and with one of all roles. */
    private static final int CALLERS = ROLES.size() + 3;

    /** Only a server makes them, or they are not supported yet. */
    private static final Set<String> LEFT_OUT = Set.of("cursor", "min_position", "query", "to");

    /** Times of the past. */
    private static final String PAST = "^20[01][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
            + "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?Z$";

    @TempDir
    private Path dataDir = Path.of("");

    @Test
    void noRequestIsAnsweredOtherwiseThanTheContractSays() throws Exception {
        if (SECONDS == 0) {
            return;
        }
        Files.createDirectories(FOLDER);
        String schemathesis = schemathesis();
        System.out.println("API exploration: seed " + SEED + ", " + SECONDS + " s");
        Distribution distribution = new Distribution(dataDir);
        try (Distribution.Server server = distribution.serve()) {
            await(server.address(), "/v1/health/ready?of=projection", 200);
            ObjectNode contract = explored(server.address());
            Map<String, String> failed = new LinkedHashMap<>();
            Explorer explorer = new Explorer(schemathesis, server.address(), failed);
            explorer.explore("anybody", withoutKeys(contract), List.of(), "use_after_free,ignored_auth");
            Map<String, String> keys = new LinkedHashMap<>();
            for (String role : ROLES) {
                keys.put(role, key(distribution, role, "--role", role));
            }
            List<String> all =
                    ROLES.stream().flatMap(role -> Stream.of("--role", role)).toList();
            keys.put("everything", key(distribution, "everything", all.toArray(String[]::new)));
            // A server knows of its first key within seconds.
            await(server.address(), "/v1/access", 401);
            // Who has no key has nothing to show.
            explorer.explore("nobody", contract, List.of(), "use_after_free");
            for (Map.Entry<String, String> key : keys.entrySet()) {
                explorer.explore(
                        key.getKey(),
                        contract,
                        List.of("--header", "Authorization:Bearer " + key.getValue()),
                        "use_after_free");
            }
            assertThat(failed).isEmpty();
        }
    }

    /**
     * Asks as one caller after the other.
     *
     * @param failed what was found, by caller
     */
    private record Explorer(String schemathesis, URI address, Map<String, String> failed) {
        /** @param without checks; an operation that was deleted has been ended, and can still be looked at */
        void explore(String caller, ObjectNode contract, List<String> arguments, String without)
                throws IOException, InterruptedException {
            Path file = FOLDER.resolve(caller + ".json");
            Files.writeString(file, contract.toString());
            List<String> command = new ArrayList<>(List.of(
                    schemathesis,
                    "run",
                    file.toString(),
                    "--url=" + address,
                    "--checks=all",
                    "--exclude-checks=" + without,
                    "--seed=" + SEED,
                    "--max-time=" + Math.max(1, SECONDS / CALLERS),
                    "--request-timeout=30",
                    "--generation-database=none",
                    "--continue-on-failure",
                    "--no-color"));
            command.addAll(arguments);
            Path log = FOLDER.resolve(caller + ".log");
            if (run(command, log) != 0) {
                failed.put(caller, Files.readString(log));
            }
        }
    }

    /** Makes one that may ask for as much as it likes. */
    private static String key(Distribution distribution, String name, String... roles) throws IOException {
        List<String> command = new ArrayList<>(List.of("keys", "create", name, "--json"));
        command.addAll(List.of("--requests-per-second", "0", "--bytes-per-second", "0"));
        command.addAll(List.of(roles));
        Distribution.Result result = distribution.run(command.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.err()).isZero();
        return Json.MAPPER.readTree(result.out()).get("key").stringValue();
    }

    private static void await(URI address, String path, int status) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (ask(address, path).statusCode() != status) {
            assertThat(System.nanoTime()).as(path + " is not " + status).isLessThan(deadline);
        }
    }

    private static HttpResponse<String> ask(URI address, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(address.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void theContractIsWithoutLint() throws Exception {
        if (SECONDS == 0) {
            return;
        }
        Files.createDirectories(FOLDER);
        Path log = FOLDER.resolve("lint.log");
        List<String> command = List.of(
                "npx",
                "--yes",
                REDOCLY,
                "lint",
                "--config",
                REPOSITORY.resolve("redocly.yaml").toString(),
                REPOSITORY.resolve("docs").resolve("openapi.json").toString());
        assertThat(run(command, log)).as(Files.readString(log)).isZero();
        assertThat(Files.readString(log)).doesNotContainPattern("\\d+ warning");
    }

    /** In a Python of its own. */
    private static String schemathesis() throws IOException, InterruptedException {
        Path program = PYTHON.resolve("bin").resolve("schemathesis");
        if (!Files.isExecutable(program)) {
            Path log = FOLDER.resolve("install.log");
            assertThat(run(List.of("python3", "-m", "venv", PYTHON.toString()), log))
                    .as("python3 -m venv, see %s", log)
                    .isZero();
            String pip = PYTHON.resolve("bin").resolve("pip").toString();
            assertThat(run(List.of(pip, "install", "--quiet", SCHEMATHESIS), log))
                    .as("pip install %s, see %s", SCHEMATHESIS, log)
                    .isZero();
        }
        return program.toString();
    }

    private static int run(List<String> command, Path log) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(SECONDS + 600L, TimeUnit.SECONDS)) {
                throw new AssertionError("still running: " + String.join(" ", command));
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The contract, but for what it cannot say and what nobody can make up. */
    private static ObjectNode explored(URI address) throws IOException, InterruptedException {
        ObjectNode contract =
                (ObjectNode) Json.MAPPER.readTree(ask(address, "/openapi.json").body());
        remove(contract, "/paths", "/");
        remove(contract, "/paths", "/v1/events/stream");
        remove(contract, "/paths/~1v1~1events~1batch/post/requestBody/content", "application/x-ndjson");
        String event = "/components/schemas/Event/properties";
        remove(contract, event, "data_subject_id");
        remove(contract, event, "ended_at");
        object(contract, event).putObject("occurred_at").put("type", "string").put("pattern", PAST);
        object(contract, event).set("schema_version", numbers(1, 2, 7));
        object(contract, "/components/schemas/Batch/properties/events")
                .putObject("items")
                .putArray("anyOf")
                .add(Json.MAPPER.createObjectNode().put("$ref", "#/components/schemas/Event"))
                .addObject();
        remove(contract, "/components/schemas/RedriveRequest/oneOf/1/properties", "cursor");
        object(contract, event).set("importance_hint", numbers(1, 5, 10));
        for (JsonNode operation : operations(contract)) {
            if (operation.get("parameters") instanceof ArrayNode parameters) {
                adapt(parameters);
            }
        }
        return contract;
    }

    /** Whole numbers that nobody writes with a point. */
    private static ObjectNode numbers(int... all) {
        ObjectNode schema = Json.MAPPER.createObjectNode();
        ArrayNode choices = schema.putArray("enum");
        IntStream.of(all).forEach(choices::add);
        choices.addNull();
        return schema;
    }

    private static List<JsonNode> operations(JsonNode contract) {
        return contract.get("paths")
                .valueStream()
                .flatMap(JsonNode::valueStream)
                .toList();
    }

    private static ObjectNode withoutKeys(ObjectNode contract) {
        ObjectNode open = contract.deepCopy();
        operations(open).forEach(operation -> ((ObjectNode) operation).putArray("security"));
        return open;
    }

    private static void adapt(ArrayNode parameters) {
        parameters.removeIf(parameter -> LEFT_OUT.contains(parameter.get("name").stringValue()));
        for (JsonNode parameter : parameters) {
            if (parameter.get("name").stringValue().equals("Durability")) {
                ((ArrayNode) parameter.at("/schema/enum"))
                        .removeIf(level -> level.stringValue().equals("replicated"));
            }
        }
    }

    private static ObjectNode object(JsonNode contract, String pointer) {
        return (ObjectNode) contract.at(pointer);
    }

    private static void remove(JsonNode contract, String pointer, String name) {
        assertThat(object(contract, pointer).remove(name))
                .as(pointer + "/" + name)
                .isNotNull();
    }
}
