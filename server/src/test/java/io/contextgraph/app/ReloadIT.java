// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.tls.Identity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server that gets a real SIGHUP. */
class ReloadIT {
    @TempDir
    private Path folder;

    @Test
    void limitsAndLevelsChangeTheRestIsNamedAndWhatIsInvalidChangesNothing() throws Exception {
        Path settings = folder.resolve("server.properties");
        String data = "data.dir=" + folder.resolve("data") + "\n";
        Files.writeString(settings, data + "limits.batch=2\nlog.level=info\n");
        try (RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());
                ServerProcess server =
                        ServerProcess.start(redis.url(), Map.of("CG_LOG_LEVELS", ""), "--config=" + settings);
                HttpClient client = HttpClient.newHttpClient()) {
            URI address = server.address();
            assertThat(batch(client, address, 2, 0)).isEqualTo(201);
            assertThat(batch(client, address, 3, 2)).isEqualTo(422);

            Files.writeString(settings, data + "limits.batch=3\nlog.level=debug\nprojection.batch-size=7\n");
            server.signal("HUP");
            server.await(line -> line.contains("reload: taken over: limits.batch, log.level"));
            server.await(
                    line -> line.endsWith("reload: changed, but only a restart makes it count: projection.batch-size"));
            assertThat(batch(client, address, 3, 2)).isEqualTo(201);
            server.await(line -> line.contains("DEBUG") && line.contains("projection: trying again"));

            Files.writeString(settings, data + "limits.batch=0\nlimits.boddy=1kb\n");
            server.signal("HUP");
            String refused = server.await(
                    line -> line.contains("these settings cannot be used, and everything stays as it was"));
            assertThat(refused)
                    .contains("limits.batch must be a whole number from 1 to 1000: 0")
                    .contains("unknown setting limits.boddy");
            assertThat(batch(client, address, 3, 5)).isEqualTo(201);
            assertThat(batch(client, address, 4, 8)).isEqualTo(422);

            Files.writeString(settings, data + "limits.batch=2\nlimits.body=256kb\n");
            server.signal("HUP");
            server.await(line -> line.contains("reload: taken over: limits.body, limits.batch, log.level"));
            assertThat(batch(client, address, 3, 8)).isEqualTo(422);
            assertThat(body(client, address, 300 << 10)).isEqualTo(413);
            assertThat(body(client, address, 200 << 10)).isEqualTo(201);

            server.signal("HUP");
            server.await(line -> line.contains("reload: nothing has changed"));
            assertThat(server.stop()).isEqualTo(143);
        }
    }

    /** However often it is asked, whoever asks meanwhile is answered by the limits of before or after. */
    @Test
    void requestsGoOnWhileSettingsChange() throws Exception {
        Path settings = folder.resolve("server.properties");
        String data = "data.dir=" + folder.resolve("data") + "\nlimits.batch=";
        Files.writeString(settings, data + "2");
        try (RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());
                ServerProcess server = ServerProcess.start(redis.url(), Map.of(), "--config=" + settings);
                HttpClient client = HttpClient.newHttpClient()) {
            URI address = server.address();
            Set<Integer> answers = new TreeSet<>();
            for (int turn = 0; turn < 40; turn++) {
                Path next = Files.writeString(folder.resolve("next"), data + (2 + turn % 2));
                Files.move(next, settings, StandardCopyOption.REPLACE_EXISTING);
                server.signal("HUP");
                answers.add(batch(client, address, 3, 0));
            }
            assertThat(answers).isSubsetOf(201, 422);
            Awaitility.await().until(() -> batch(client, address, 3, 0) == 201);
            Files.writeString(settings, data + "2");
            server.signal("HUP");
            Awaitility.await().until(() -> batch(client, address, 3, 0) == 422);
            assertThat(server.said()).noneMatch(line -> line.contains("ERROR") || line.contains("cannot be used"));
        }
    }

    @Test
    void aRenewedCertificateIsShown() throws Exception {
        Certificates certificates = Certificates.in(Files.createDirectory(folder.resolve("made")));
        Identity.Files first = certificates.endingIn(20);
        Path certificate = Files.copy(first.certificate(), folder.resolve("server.crt"));
        Path key = Files.copy(first.key(), folder.resolve("server.key"));
        try (RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());
                ServerProcess server = ServerProcess.start(
                        redis.url(),
                        Map.of(),
                        "--data.dir=" + folder.resolve("data"),
                        "--http.tls-certificate=" + certificate,
                        "--http.tls-key=" + key)) {
            URI address = server.address();
            String before = shown(certificates, address);
            Identity.Files next = certificates.endingIn(40);
            Files.copy(next.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(next.key(), key, StandardCopyOption.REPLACE_EXISTING);
            server.signal("HUP");
            server.await(line -> line.contains("TLS: new contents of"));
            assertThat(shown(certificates, address)).isNotEqualTo(before);
        }
    }

    /** The number of the certificate that a new connection is shown. */
    private static String shown(Certificates certificates, URI address) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(certificates.trusting()).build()) {
            HttpResponse<String> live = client.send(
                    HttpRequest.newBuilder(address.resolve("/v1/health/live")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(live.statusCode()).isEqualTo(200);
            return live.sslSession().orElseThrow().getPeerCertificates()[0].toString();
        }
    }

    private static int batch(HttpClient client, URI address, int events, int first)
            throws IOException, InterruptedException {
        String body = IntStream.range(first, first + events)
                .mapToObj(number -> event(number, ""))
                .collect(Collectors.joining(",", "{\"events\":[", "]}"));
        return post(client, address.resolve("/v1/events/batch"), body);
    }

    private static int body(HttpClient client, URI address, int bytes) throws IOException, InterruptedException {
        return post(client, address.resolve("/v1/events"), event(100, "x".repeat(bytes)));
    }

    private static String event(int number, String text) {
        return ("{\"event_id\":\"00000000-0000-4000-8000-%012d\",\"event_type\":\"tool.execute\",\"session_id\":\"s\","
                        + "\"occurred_at\":\"2026-03-01T12:00:00Z\",\"agent_id\":\"a\",\"trace_id\":\"t\","
                        + "\"payload\":{\"text\":\"%s\"}}")
                .formatted(number, text);
    }

    private static int post(HttpClient client, URI address, String body) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(address)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
