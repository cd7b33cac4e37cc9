// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.testing.Skips;
import io.contextgraph.testing.TestPorts;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A real Prometheus scrapes a real server, with the alerts and for the dashboard that the product brings. */
class PrometheusE2eIT {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder = Path.of("");

    private final HttpClient http = HttpClient.newHttpClient();
    private Distribution.Server server;
    private Process prometheus;
    private URI address;

    private static boolean isInstalled(String program) {
        try {
            Process asked = new ProcessBuilder(program, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return asked.onExit().join().exitValue() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    @BeforeEach
    void begin() throws IOException, InterruptedException {
        Skips.unless(
                isInstalled("prometheus") && isInstalled("promtool"),
                PrometheusE2eIT.class,
                "no Prometheus with promtool");
        Distribution distribution = new Distribution(folder.resolve("data"));
        Distribution.Result imported =
                distribution.run("import", REPOSITORY.resolve("sample").toString());
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        server = distribution.serve();
        Path config = folder.resolve("prometheus.yaml");
        Files.writeString(config, """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: contextgraph
                    static_configs: [{targets: ["%s"]}]
                """.formatted(
                REPOSITORY.resolve("deploy/alerts.yaml"), server.address().getAuthority()));
        int port = TestPorts.free();
        address = URI.create("http://127.0.0.1:" + port);
        prometheus = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    @AfterEach
    void end() throws InterruptedException {
        http.close();
        if (prometheus != null) {
            prometheus.destroy();
            if (!prometheus.waitFor(30, TimeUnit.SECONDS)) {
                prometheus.destroyForcibly();
            }
        }
        if (server != null) {
            server.close();
        }
    }

    private JsonNode get(URI from, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(from.resolve(path)).build();
        return Json.MAPPER.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    private int series(String expression) throws IOException, InterruptedException {
        JsonNode answer = get(address, "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        assertThat(answer.path("status").asString(""))
                .as("%s: %s", expression, answer)
                .isEqualTo("success");
        return answer.at("/data/result").size();
    }

    /** The queries of all panels, with a time where the dashboard has its own. */
    private static List<String> queries() throws IOException {
        JsonNode dashboard = Json.MAPPER.readTree(Files.readString(REPOSITORY.resolve("deploy/dashboard.json")));
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(target.get("expr").stringValue().replace("$__rate_interval", "1m"));
            }
        }
        return queries;
    }

    @Test
    void everyPanelShowsSomethingAndEveryAlertIsUnderstood() throws Exception {
        List<String> queries = queries();
        assertThat(queries).hasSizeGreaterThan(50);
        Awaitility.await("Prometheus scrapes the server")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> series("count_over_time(up{job=\"contextgraph\"}[1m]) > 3") > 0);
        List<String> empty = new ArrayList<>();
        for (String query : queries) {
            if (series(query) == 0) {
                empty.add(query);
            }
        }
        assertThat(empty).as("queries of the dashboard that show nothing").isEmpty();

        Awaitility.await("the rules are tried")
                .atMost(PATIENCE)
                .until(() -> ruleHealth("unknown").isEmpty());
        assertThat(ruleHealth("err")).isEmpty();
        assertThat(series("ALERTS{alertstate=\"firing\"}"))
                .as("alerts of a server that is well, but for memory that a server for development does not bound")
                .isLessThanOrEqualTo(1);
    }

    private List<String> ruleHealth(String health) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        for (JsonNode group : get(address, "/api/v1/rules").at("/data/groups")) {
            for (JsonNode rule : group.get("rules")) {
                if (rule.get("health").stringValue().equals(health)) {
                    names.add(rule.get("name").stringValue() + " "
                            + rule.path("lastError").asString(""));
                }
            }
        }
        return names;
    }

    @Test
    void theMetricsKeepToTheConventions() throws Exception {
        assertThat(server.metrics()).as("of a ledger that is one").doesNotContain("partition=");
        Process lint = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var in = lint.getOutputStream()) {
            in.write(server.metrics().getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(lint.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int ignored = lint.waitFor();
        // Names that others look at stay for a release.
        assertThat(said.lines().filter(line -> line.startsWith("contextgraph_")))
                .allMatch(line -> line.startsWith("contextgraph_documents_count ")
                        || line.startsWith("contextgraph_sessions_count "))
                .hasSize(2);
    }
}
