// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.cli.workspace.Workspace.Serving;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Json;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.standalone.EmbeddedBackends;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Neo4jServers;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server on real stores takes backups when they are due, keeps as many as it is to, and tells when that does not go well. */
@Timeout(240)
class ScheduledBackupE2eIT {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String AGE = "contextgraph_backup_age_seconds ";

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.now().minus(Duration.ofDays(10)));
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private Settings settings() {
        return ProductSettings.CATALOG.load(
                Map.of(
                        BackendSettings.DATA_DIR.key(),
                        folder.resolve("data").toString(),
                        BackupSettings.LOCATION.key(),
                        folder.resolve("backups").toString(),
                        BackupSettings.INTERVAL.key(),
                        "1d",
                        BackupSettings.KEEP.key(),
                        "2",
                        HttpSettings.PORT.key(),
                        "0"),
                Map.of(),
                Optional.empty());
    }

    private String ask(Serving server, String method, String path) {
        HttpRequest request = HttpRequest.newBuilder(server.address().resolve(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(20))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(path, failed);
        }
    }

    private List<JsonNode> backups(Serving server) {
        return Json.MAPPER
                .readTree(ask(server, "GET", "/v1/admin/backups"))
                .required("backups")
                .valueStream()
                .toList();
    }

    private List<String> ids(Serving server) {
        return backups(server).stream()
                .map(backup -> backup.required("id").stringValue())
                .toList();
    }

    private double age(Serving server) {
        return ask(server, "GET", "/metrics")
                .lines()
                .filter(line -> line.startsWith(AGE))
                .mapToDouble(line -> Double.parseDouble(line.substring(AGE.length())))
                .findFirst()
                .orElseThrow();
    }

    /** The names of what is wrong, and the words. */
    private String health(Serving server) {
        return ask(server, "GET", "/v1/health") + ask(server, "GET", "/v1/admin/health/detailed");
    }

    private JsonNode ended(Serving server, JsonNode begun) {
        String address = "/v1/admin/operations/" + begun.required("id").stringValue();
        return await().atMost(PATIENCE)
                .until(
                        () -> Json.MAPPER.readTree(ask(server, "GET", address)),
                        operation -> !operation.required("state").stringValue().equals("running"));
    }

    @Test
    void aServerTakesThemWhenTheyAreDueAndTellsWhenItCannot() throws IOException {
        EmbeddedBackends backends = new EmbeddedBackends(Neo4jServers.settings());
        try (LocalWorkspace stores = LocalWorkspace.open(settings(), Needs.SERVER, backends, clock, said -> {})) {
            List<Append> events = LongStream.rangeClosed(1, 50)
                    .mapToObj(n -> Append.of(Events.full(n, "session")))
                    .toList();
            assertThat(stores.ledger().log().append(events, Durability.MEMORY).outcomes())
                    .hasSize(50);
            String first;
            try (Serving server = stores.serve()) {
                await().atMost(PATIENCE).until(() -> backups(server).size() == 1);
                JsonNode backup = backups(server).getFirst();
                first = backup.required("id").stringValue();
                assertThat(backup.at("/verification/verified").booleanValue())
                        .as(backup.toString())
                        .isTrue();
                // The events, and the record of who asks for it.
                assertThat(backup.required("seq").longValue()).isEqualTo(51);
                // The backup stands in the list before the operation that took it has ended, and names it.
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(ask(server, "GET", "/v1/admin/operations"))
                                .contains("\"kind\":\"backup\"", first));
                await().atMost(PATIENCE).until(() -> age(server) == 0);
                assertThat(health(server)).doesNotContain("backup_failing", "backup_late");

                JsonNode begun = Json.MAPPER.readTree(ask(server, "POST", "/v1/admin/backups/" + first + "/verify"));
                assertThat(ended(server, begun)
                                .at("/result/verification/verified")
                                .booleanValue())
                        .isTrue();
            }
            // Each server that starts looks at once.
            now.updateAndGet(then -> then.plus(DAY));
            String second;
            try (Serving server = stores.serve()) {
                await().atMost(PATIENCE).until(() -> backups(server).size() == 2);
                second = ids(server).getFirst();
            }
            now.updateAndGet(then -> then.plus(DAY));
            String third;
            try (Serving server = stores.serve()) {
                await().atMost(PATIENCE).until(() -> !ids(server).contains(first));
                assertThat(ids(server)).hasSize(2).contains(second);
                third = ids(server).getFirst();
                await().atMost(PATIENCE).until(() -> age(server) == 0);

                now.updateAndGet(then -> then.plus(DAY.multipliedBy(2)).plusSeconds(1));
                await().atMost(PATIENCE).until(() -> age(server) == 2 * DAY.toSeconds() + 1);
                assertThat(health(server)).contains("backup_late", "should be one each 1d");
                // Whoever asks may have one all the same.
                JsonNode begun = Json.MAPPER.readTree(ask(server, "POST", "/v1/admin/backups"));
                assertThat(ended(server, begun).required("state").stringValue()).isEqualTo("succeeded");
                assertThat(ids(server)).hasSize(2).contains(third);
            }
            Path moved = Files.move(folder.resolve("backups"), folder.resolve("elsewhere"));
            Path ignored = Files.writeString(folder.resolve("backups"), "no folder");
            now.updateAndGet(then -> then.plus(DAY));
            try (Serving server = stores.serve()) {
                await().atMost(PATIENCE).until(() -> health(server).contains("backup_failing"));
                assertThat(ask(server, "GET", "/v1/health")).contains("\"degraded\"");
                assertThat(ask(server, "GET", "/v1/admin/backups")).contains("backups_unavailable");
                assertThat(moved).isDirectory();
            }
            List<String> actors = stores.parts().getFirst().remembering().order().read(50, 100).stream()
                    .filter(event -> event.event().type().equals(AuditTrail.REQUEST))
                    .map(event -> event.event().agentId())
                    .toList();
            assertThat(actors).filteredOn("server:schedule"::equals).hasSize(3);
            assertThat(actors).filteredOn("somebody"::equals).hasSize(2);
        }
    }
}
