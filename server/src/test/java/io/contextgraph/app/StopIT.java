// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
        return ServerProcess.start(
                redis.url(), Map.of("CG_DATA_DIR", folder.resolve("data").toString()), settings);
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

    @Test
    void aCallOfGrpcInWorkDoesNotKeepTheDoorOfHttpOpen() throws Exception {
        int port = freePort();
        try (RunningRedis redis = redis();
                ServerProcess server = server(redis, "--http.stop-drain=60s", "--otlp.grpc.port=" + port)) {
            URI address = server.address();
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .build();
            // A request that begins at once, and has no end yet.
            ClientCall<ExportTraceServiceRequest, ExportTraceServiceResponse> call = channel.newCall(
                    TraceServiceGrpc.getExportMethod().toBuilder()
                            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                            .build(),
                    CallOptions.DEFAULT);
            CompletableFuture<Status> closed = new CompletableFuture<>();
            CompletableFuture<ExportTraceServiceResponse> answered = new CompletableFuture<>();
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(ExportTraceServiceResponse message) {
                            answered.complete(message);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            closed.complete(status);
                        }
                    },
                    new Metadata());
            call.request(1);
            call.sendMessage(ExportTraceServiceRequest.getDefaultInstance());
            // What came behind it on the same connection is answered: it has arrived.
            assertThat(TraceServiceGrpc.newBlockingStub(channel).export(ExportTraceServiceRequest.getDefaultInstance()))
                    .isNotNull();
            server.signal("TERM");
            Awaitility.await().until(() -> isRefused(address));
            assertThat(closed).isNotDone();
            call.halfClose();
            assertThat(answered.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isNotNull();
            assertThat(closed.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).isOk())
                    .isTrue();
            assertThat(server.exitCode()).isEqualTo(143);
            channel.shutdownNow();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
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
