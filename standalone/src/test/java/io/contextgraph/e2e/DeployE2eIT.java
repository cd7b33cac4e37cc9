// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.event.Json;
import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.TestPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Does what the page "Deploy" says of machines of one's own, in a folder: two servers behind TLS and keys and a worker, started
 * from the page's own commands and settings; one of them again in an empty root, as a user without rights.
 */
class DeployE2eIT {
    private static final Pattern COMMANDS = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SETTINGS = Pattern.compile("```properties\\n(.*?)```", Pattern.DOTALL);
    private static final String SERVE = "/opt/contextgraph/contextgraph serve";
    private static final String NOBODY = "10001:10001";
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private static final String EVENT = """
            {"event_id": "0198c0de-0000-7000-8000-00000000000d", "event_type": "tool.execute", "session_id": "deployed",
             "occurred_at": "2026-03-01T12:00:00Z", "agent_id": "tester", "trace_id": "t", "tool_name": "probe",
             "payload": {"text": "behind TLS"}}""";

    @TempDir
    private Path root = Path.of("");

    private final Map<String, String> instead = new LinkedHashMap<>();
    private final List<Process> running = new ArrayList<>();

    @Test
    void thePageLeadsToTwoServersAndAWorker() throws Exception {
        if (Extent.DEPLOYMENTS.value() == 0) {
            System.out.println("The page Deploy is followed in mvn verify -Plong only");
            return;
        }
        Neo4jAddress neo4j = Neo4jServers.shared();
        URI bolt = URI.create(neo4j.uri());
        int port = TestPorts.free();
        instead.put("/opt/contextgraph", root.resolve("opt").toString());
        instead.put("/etc/contextgraph", root.resolve("etc").toString());
        instead.put("/var/lib/contextgraph", root.resolve("var").toString());
        instead.put("redis.example.com", "127.0.0.1");
        instead.put("neo4j.example.com:7687", bolt.getHost() + ":" + bolt.getPort());
        instead.put("contextgraph.example.com", "localhost");
        instead.put("http.host=0.0.0.0", "http.host=127.0.0.1");
        instead.put("8443", Integer.toString(port));
        String page = Files.readString(REPOSITORY.resolve("docs/deploy.md"));
        List<String> blocks =
                COMMANDS.matcher(page).results().map(m -> m.group(1)).toList();
        Files.createDirectories(root.resolve("etc"));
        assertThat(blocks).hasSize(4);

        String ignored = shell(blocks.get(0));
        Path secrets = root.resolve("etc/secrets");
        Files.writeString(secrets.resolve("neo4j-password"), neo4j.password() + "\n");
        String password = Files.readString(secrets.resolve("redis-password")).strip();
        try (RunningRedis redis = RunningRedis.start(
                RedisServers.here().program(), List.of("--requirepass", password, "--appendonly", "yes"))) {
            Path address = secrets.resolve("redis-url");
            Files.writeString(
                    address,
                    Files.readString(address).replace(":6379", ":" + redis.url().getPort()));
            Files.writeString(root.resolve("etc/contextgraph.properties"), settings(page));
            String key = shell(blocks.get(1)).strip();
            assertThat(key).matches("cgk_[0-9A-Za-z]{49}");

            int second = TestPorts.free();
            assertThat(blocks.get(2).strip()).isEqualTo(SERVE);
            serve(Map.of());
            serve(Map.of("CG_HTTP_PORT", Integer.toString(second)));
            String metrics = Integer.toString(TestPorts.free());
            run(SERVE.replace("serve", "project"), Map.of("CG_METRICS_PORT", metrics));
            try (HttpClient client = HttpClient.newBuilder()
                    .sslContext(Certificates.trusting(secrets.resolve("ca.crt")))
                    .build()) {
                Client first = new Client(client, port, key);
                Client other = new Client(client, second, key);
                for (Client server : List.of(first, other)) {
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(60))
                            .ignoreExceptions()
                            .until(() -> server.get("/v1/health/ready").statusCode() == 200);
                }
                assertThat(new Client(client, port, "").get("/v1/events").statusCode())
                        .isEqualTo(401);
                assertThat(first.post("/v1/events", EVENT).statusCode()).isEqualTo(201);
                assertThat(other.post("/v1/events", EVENT).headers().firstValue("Idempotent-Replayed"))
                        .contains("true");
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> nodes(other) == 1);
            }
            assertThat(shell(blocks.get(3))).contains("healthy", "http.tls", "access.keys");
            assertThat(probe(port).exitValue()).isZero();
            assertThat(probe(TestPorts.free()).exitValue()).isNotZero();
            assertThat(shell("CG_METRICS_PORT=" + metrics + " /opt/contextgraph/contextgraph health project"))
                    .startsWith("200 ");
            try (HttpClient monitor = HttpClient.newHttpClient()) {
                URI told = URI.create("http://127.0.0.1:" + metrics + "/metrics");
                assertThat(monitor.send(HttpRequest.newBuilder(told).build(), HttpResponse.BodyHandlers.ofString())
                                .body())
                        .contains("contextgraph_projection_projected_events_total");
            }
            inAnEmptyRoot(port);
        } finally {
            for (Process process : running) {
                process.destroy();
                process.onExit().join();
            }
        }
    }

    private static int nodes(Client server) throws IOException, InterruptedException {
        JsonNode context =
                Json.MAPPER.readTree(server.get("/v1/context/deployed").body());
        return context.path("nodes").size();
    }

    private record Client(HttpClient http, int port, String key) {
        HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return send(request(path));
        }

        HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
            return send(request(path)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)));
        }

        private HttpRequest.Builder request(String path) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                    .timeout(Duration.ofSeconds(20));
            return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
        }

        private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private String settings(String page) {
        Matcher matcher = SETTINGS.matcher(page);
        assertThat(matcher.find()).isTrue();
        return replaced(matcher.group(1));
    }

    private String replaced(String text) {
        String result = text;
        for (Map.Entry<String, String> one : instead.entrySet()) {
            result = result.replace(one.getKey(), one.getValue());
        }
        return result;
    }

    /** What the commands print, errors aside. */
    private String shell(String commands) throws IOException, InterruptedException {
        Process process = start(List.of("sh", "-euc", replaced(commands)), Map.of());
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(commands + out).isZero();
        return out;
    }

    private Process start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(REPOSITORY.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .put("CG_CONFIG", root.resolve("etc/contextgraph.properties").toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void serve(Map<String, String> environment) throws IOException {
        run(SERVE, environment);
    }

    private void run(String command, Map<String, String> environment) throws IOException {
        running.add(start(List.of("sh", "-c", "exec " + replaced(command)), environment));
    }

    /** As the image and an orchestrator ask. */
    private Process probe(int port) throws IOException {
        Path home = root.resolve("opt");
        Process asked = start(
                List.of(
                        home.resolve("jre/bin/java").toString(),
                        "-cp",
                        home + "/lib/*",
                        "io.contextgraph.app.HealthProbe"),
                Map.of("CG_HTTP_PORT", Integer.toString(port)));
        asked.onExit().join();
        return asked;
    }

    /** Nothing but what was assembled and the C library; a user without rights, who may write into two folders. */
    private void inAnEmptyRoot(int taken) throws IOException, InterruptedException {
        if (!System.getProperty("user.name").equals("root")) {
            System.out.println("Only root can begin in another root: this step is left out");
            return;
        }
        Path empty = Files.createDirectories(root.resolve("empty"));
        int port = TestPorts.free();
        String script =
                """
                set -eu
                cd %1$s
                mkdir -p opt data tmp etc dev proc
                cp -R %2$s opt/contextgraph
                cp -R %3$s etc/contextgraph
                cp %3$s/contextgraph.properties etc/settings
                find opt/contextgraph/jre -type f \\( -name '*.so' -o -path '*/bin/java' \\) -exec ldd {} + 2>/dev/null |
                    sed -n 's#.* => \\(/[^ ]*\\) (.*#\\1#p; s#^[[:space:]]*\\(/[^ ]*\\) (0x.*#\\1#p' |
                    grep -v "^$PWD" | sort -u |
                    while read -r library; do mkdir -p ".$(dirname "$library")"; cp "$library" ".$library"; done
                sed -i "s#%3$s#/etc/contextgraph#; s#%4$s#/data#; s#=%5$d\\$#=%6$d#" etc/settings
                chmod -R go+rX opt etc
                chmod go= etc/contextgraph/secrets/proof.key
                chown 10001:10001 data tmp etc/contextgraph/secrets/proof.key
                """.formatted(empty, root.resolve("opt"), root.resolve("etc"), root.resolve("var"), taken, port);
        assertThat(start(List.of("sh", "-c", script), Map.of()).waitFor()).isZero();
        String enter = """
                cd %1$s
                mount --bind . . && cd %1$s && mount -t proc proc proc
                mount --bind data data && mount --bind tmp tmp
                mount -o remount,bind,ro .
                exec chroot --userspec=%2$s . "$@"
                """.formatted(empty, NOBODY);
        List<String> java = List.of(
                "unshare",
                "--mount",
                "sh",
                "-euc",
                enter,
                "sh",
                "/opt/contextgraph/jre/bin/java",
                "-cp",
                "/opt/contextgraph/lib/*");
        Map<String, String> settings = Map.of("CG_CONFIG", "/etc/settings");
        List<String> serve = new ArrayList<>(java);
        serve.addAll(List.of("io.contextgraph.app.Main", "serve"));
        running.add(start(serve, settings));
        List<String> probe = new ArrayList<>(java);
        probe.add("io.contextgraph.app.HealthProbe");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> start(probe, settings).waitFor() == 0);
        String written = shell("find " + empty + " -user 10001 -type d");
        assertThat(written.lines())
                .allMatch(line -> line.startsWith(empty + "/data") || line.startsWith(empty + "/tmp"));
    }
}
