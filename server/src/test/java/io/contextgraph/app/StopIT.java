// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server that is asked to stop. */
class StopIT {
    private static final int PATIENCE_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private RunningRedis redis() {
        return RunningRedis.start(RedisServers.installedOrBundled(), List.of());
    }

    private ServerProcess server(RunningRedis redis, String... settings) throws IOException, InterruptedException {
        String[] all = new String[settings.length + 1];
        System.arraycopy(settings, 0, all, 0, settings.length);
        all[settings.length] = "--data.dir=" + folder.resolve("data");
        return ServerProcess.start(redis.url(), Map.of(), all);
    }

    private static String event(int number) {
        return EventJson.toJson(Events.full(number, "session")).toString();
    }

    private static int status(HttpClient client, HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private static HttpRequest.Builder post(URI address, String path, String type, HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(address.resolve(path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", type)
                .POST(body);
    }

    private static int ready(HttpClient client, URI address) throws IOException, InterruptedException {
        return status(client, HttpRequest.newBuilder(address.resolve("/v1/health/ready")));
    }

    @Test
    void itSaysSoFirstAndStillAnswers() throws Exception {
        try (RunningRedis redis = redis();
                ServerProcess server = server(redis, "--http.stop-notice=30s");
                HttpClient client = HttpClient.newHttpClient()) {
            URI address = server.address();
            assertThat(ready(client, address)).isEqualTo(200);
            server.signal("TERM");
            Awaitility.await().until(() -> ready(client, address) == 503);
            HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(event(1));
            assertThat(status(client, post(address, "/v1/events", "application/json", body)))
                    .isEqualTo(201);
            assertThat(status(client, HttpRequest.newBuilder(address.resolve("/v1/health/live"))))
                    .isEqualTo(200);
        }
    }

    @Test
    void whatIsInWorkIsFinishedAndNothingNewIsTaken() throws Exception {
        try (RunningRedis redis = redis();
                ServerProcess server = server(redis, "--http.stop-drain=60s")) {
            URI address = server.address();
            try (Socket socket = new Socket(address.getHost(), address.getPort())) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                BufferedReader answers =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                String head = "POST /v1/events/batch HTTP/1.1\nHost: 127.0.0.1\nContent-Type: application/x-ndjson\n";
                send(socket, (head + "Transfer-Encoding: chunked\n\n").replace("\n", "\r\n"));
                send(socket, chunk(event(1)));
                assertThat(answer(answers, 1)).contains("\"duplicate\":false");
                server.signal("TERM");
                Awaitility.await().until(() -> isRefused(address));
                send(socket, chunk(event(2)));
                assertThat(answer(answers, 2)).contains("\"duplicate\":false");
                send(socket, "0\r\n\r\n");
                Awaitility.await().until(() -> answers.readLine() == null);
            }
            assertThat(server.exitCode()).isEqualTo(143);
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String chunk(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        return Integer.toHexString(bytes.length) + "\r\n" + line + "\n\r\n";
    }

    /** The answer to a line of this number, among what frames it. */
    private static String answer(BufferedReader answers, int line) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String read = answers.readLine(); read != null; read = answers.readLine()) {
            all.append(read).append('\n');
            if (read.contains("\"line\":" + line + ",")) {
                return read;
            }
        }
        throw new AssertionError("no answer to line " + line + ": " + all);
    }

    /** By a client of its own, which has no connection yet. */
    private static boolean isRefused(URI address) throws InterruptedException {
        try (HttpClient other = HttpClient.newHttpClient()) {
            int ignored = ready(other, address);
            return false;
        } catch (IOException refused) {
            return true;
        }
    }
}
