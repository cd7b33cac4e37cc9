// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class HardeningTest {
    private static final HttpSettings.Timeouts SHORT = new HttpSettings.Timeouts(
            Duration.ofMillis(400),
            Duration.ofMillis(400),
            Duration.ofMillis(600),
            Duration.ofMillis(400),
            Duration.ofMillis(200),
            Duration.ofSeconds(5));

    private static void carriesIds(HttpResponse<?> response) {
        assertThat(response.headers().firstValue("X-Request-ID").orElse("")).isNotEmpty();
        assertThat(response.headers().firstValue("X-Request-Time-Ms").orElse(""))
                .matches("\\d+\\.\\d{3}");
        assertThat(Double.parseDouble(
                        response.headers().firstValue("X-Request-Time-Ms").orElse("0")))
                .isPositive();
        assertThat(response.headers().firstValue("Server")).isEmpty();
    }

    private static String code(HttpResponse<String> response) {
        return TestServer.json(response).get("code").stringValue();
    }

    @Test
    void everyAnswerCarriesAnIdAndATime() {
        try (TestServer server = TestServer.start()) {
            List.of("/", "/v1/health", "/v1/nothing", "/v1/events/x", "/v1/events?x=1", "/metrics", "/v1/events?%ff=1")
                    .forEach(path -> carriesIds(server.get(path)));
            HttpResponse<String> echoed = server.send(
                    HttpRequest.newBuilder(server.uri("/v1/nothing")).header("X-Request-ID", "my request #1"));
            assertThat(echoed.headers().firstValue("X-Request-ID")).contains("my request #1");
            assertThat(TestServer.json(echoed).get("request_id").stringValue()).isEqualTo("my request #1");
            HttpResponse<String> tooLong =
                    server.send(HttpRequest.newBuilder(server.uri("/")).header("X-Request-ID", "x".repeat(129)));
            assertThat(UUID.fromString(
                            tooLong.headers().firstValue("X-Request-ID").orElse("")))
                    .isNotNull();
        }
    }

    @Test
    void unknownAddressesAndMethodsAreProblems() {
        try (TestServer server = TestServer.start()) {
            for (String path : List.of("/nope", "/v1", "/v1/events/", "//", "/v1/events/a/b/c", "/V1/events")) {
                HttpResponse<String> response = server.get(path);
                assertThat(response.statusCode()).as(path).isEqualTo(404);
                assertThat(code(response)).isEqualTo("no_such_route");
            }
            HttpResponse<String> delete =
                    server.send(HttpRequest.newBuilder(server.uri("/v1/events")).DELETE());
            assertThat(delete.statusCode()).isEqualTo(405);
            assertThat(delete.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS, POST");
            assertThat(code(delete)).isEqualTo("method_not_allowed");
            carriesIds(delete);
            HttpResponse<String> get = server.get("/v1/events/batch");
            assertThat(get.statusCode()).isEqualTo(405);
            assertThat(get.headers().firstValue("Allow")).contains("OPTIONS, POST");
        }
    }

    @Test
    void headAndOptionsAreSensible() {
        try (TestServer server = TestServer.start()) {
            HttpResponse<String> head = server.send(HttpRequest.newBuilder(server.uri("/v1/health"))
                    .method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValueAsLong("Content-Length"))
                    .hasValue(server.get("/v1/health").body().length());
            HttpResponse<String> options = server.send(HttpRequest.newBuilder(server.uri("/v1/events"))
                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
            assertThat(options.statusCode()).isEqualTo(204);
            assertThat(options.headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS, POST");
            carriesIds(options);
            HttpResponse<String> stream = server.send(HttpRequest.newBuilder(server.uri("/v1/events/stream"))
                    .method("HEAD", HttpRequest.BodyPublishers.noBody()));
            assertThat(stream.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aWrongContentTypeIs415() {
        try (TestServer server = TestServer.start()) {
            for (String type : List.of("text/plain", "application/x-ndjson", "application/jsonp")) {
                HttpResponse<String> response = server.send(HttpRequest.newBuilder(server.uri("/v1/events"))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(
                                TestServer.event().toString())));
                assertThat(response.statusCode()).isEqualTo(415);
                assertThat(code(response)).isEqualTo("unsupported_media_type");
                carriesIds(response);
            }
            HttpResponse<String> charset = server.send(HttpRequest.newBuilder(server.uri("/v1/events"))
                    .header("Content-Type", "Application/JSON; charset=utf-8")
                    .POST(HttpRequest.BodyPublishers.ofString(TestServer.event().toString())));
            assertThat(charset.statusCode()).isEqualTo(201);
            HttpResponse<String> other = server.post("/v1/events", "x", "Content-Encoding", "br");
            assertThat(other.statusCode()).isEqualTo(415);
            assertThat(code(other)).isEqualTo("unsupported_content_encoding");
            carriesIds(other);
            HttpResponse<String> damaged = server.post("/v1/events", "x", "Content-Encoding", "gzip");
            assertThat(damaged.statusCode()).isEqualTo(400);
            assertThat(code(damaged)).isEqualTo("malformed_content_encoding");
            carriesIds(damaged);
        }
    }

    @Test
    void aBodyOver8MiBIs413AnnouncedOrChunked() {
        try (TestServer server = TestServer.start()) {
            byte[] huge = new byte[8 * 1024 * 1024 + 1];
            HttpResponse<String> announced = server.send(HttpRequest.newBuilder(server.uri("/v1/events"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(huge)));
            assertThat(announced.statusCode()).isEqualTo(413);
            assertThat(code(announced)).isEqualTo("body_too_large");
            carriesIds(announced);
            HttpResponse<String> chunked = server.send(HttpRequest.newBuilder(server.uri("/v1/events"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(huge))));
            assertThat(chunked.statusCode()).isEqualTo(413);
            carriesIds(chunked);
            assertThat(server.get("/v1/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void anAnnouncedGiantIsAnsweredBeforeItIsSent() throws Exception {
        try (TestServer server = TestServer.start()) {
            String head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
            String answer = server.raw(head + "Content-Length: 99999999999\r\n\r\n{");
            assertThat(answer).startsWith("HTTP/1.1 413 ").contains("body_too_large");
            String chunk =
                    server.raw(head + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n" + "x".repeat(9 * 1024 * 1024));
            assertThat(chunk).startsWith("HTTP/1.1 413 ").contains("X-Request-ID");
        }
    }

    @Test
    void whoeverIsStillSendingWhatIsRefusedMayEnd() throws Exception {
        byte[] piece = ("100000\r\n" + "x".repeat(1 << 20) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        try (TestServer server = TestServer.start();
                Socket socket = server.connect()) {
            socket.setSoTimeout(15_000);
            OutputStream out = socket.getOutputStream();
            String head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
            out.write((head + "Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            for (int i = 0; i < 9; i++) {
                out.write(piece);
            }
            String begin = new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
            assertThat(begin).isEqualTo("HTTP/1.1 413");
            for (int i = 0; i < 9; i++) {
                out.write(piece);
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            String rest = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(rest).contains("body_too_large");
        }
    }

    @Test
    void malformedHttpIsAProblemToo() throws Exception {
        // What the engine lets through is answered by a route, on a connection that is closed once it is idle.
        try (TestServer server = TestServer.start(With.timeouts(SHORT))) {
            String host = "Host: localhost\r\n";
            List<String> requests = List.of(
                    "GARBAGE\r\n\r\n",
                    "GET /a b HTTP/1.1\r\n" + host + "\r\n",
                    "GET /v1/events?q={\"a\"} HTTP/1.1\r\n" + host + "\r\n",
                    "GET /<script> HTTP/1.1\r\n" + host + "\r\n",
                    "GET / HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.1\r\n" + host + "secret header without colon\r\n\r\n",
                    "GET / HTTP/1.1\r\n" + host + "X: " + "y".repeat(40_000) + "\r\n\r\n",
                    "GET /" + "y".repeat(40_000) + " HTTP/1.1\r\n" + host + "\r\n",
                    "GET / HTTP/1.0\r\n\r\n",
                    "POST /v1/events HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n",
                    "POST /v1/events HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (String request : requests) {
                String answer = server.raw(request);
                assertThat(answer).as(request).matches("(?s)HTTP/1\\.1 (4\\d\\d|505) .*");
                assertThat(answer.toLowerCase(Locale.ROOT))
                        .as(request)
                        .contains("x-request-id: ")
                        .contains("x-request-time-ms: ")
                        .contains("application/problem+json")
                        .contains("\"request_id\"")
                        .doesNotContain("secret")
                        .doesNotContain("script")
                        .doesNotContain("exception");
            }
            assertThat(server.metrics.scrape())
                    .containsPattern("contextgraph_http_refusals_total\\{reason=\"malformed\"} 1\\d\\.0");
        }
    }

    /** A page of somebody else, whose name leads to loopback for a moment, must not read what is here. */
    @Test
    void aServerOnLoopbackAnswersToItsOwnNamesOnly() throws Exception {
        try (TestServer server = TestServer.start()) {
            int port = server.server.port();
            for (String host :
                    List.of("127.0.0.1", "127.0.0.1:" + port, "localhost:1", "LOCALHOST", "[::1]", "[::1]:" + port)) {
                assertThat(server.raw("GET /v1/sessions HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n"))
                        .as(host)
                        .startsWith("HTTP/1.1 200 ");
            }
            for (String host : List.of(
                    "evil.example",
                    "evil.example:" + port,
                    "127.0.0.1.evil.example",
                    "localhost.evil.example:" + port,
                    "10.0.0.1",
                    "[::2]")) {
                for (String request :
                        List.of("GET /v1/sessions", "GET /metrics", "OPTIONS /v1/events", "POST /v1/events")) {
                    assertThat(server.raw(request + " HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n"))
                            .as(request + " " + host)
                            .startsWith("HTTP/1.1 421 ")
                            .contains("misdirected_request")
                            .doesNotContain("evil");
                }
            }
        }
    }

    private static byte[] deflated(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /** The parser finds out when it is asked for the number. */
    @Test
    void aNumberBeyondAllBoundsIsMalformed() {
        try (TestServer server = TestServer.start()) {
            for (String number : List.of("1e99999999999", "-1E+99999999999", "1.5e-99999999999")) {
                HttpResponse<String> answer = server.post("/v1/events", "{\"payload\":{\"n\":" + number + "}}");
                assertThat(answer.statusCode()).as(number).isEqualTo(400);
                assertThat(code(answer)).isEqualTo("malformed_json");
            }
            assertThat(server.metrics.scrape()).contains("contextgraph_http_unexpected_errors_total 0.0");
        }
    }

    @Test
    void aMalformedChunkIsAProblemToo() throws Exception {
        try (TestServer server = TestServer.start(With.timeouts(SHORT))) {
            String head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
            for (String chunk :
                    List.of("zz\r\n{}\r\n0\r\n\r\n", "-1\r\n\r\n", "\r\n\r\n", "2\r\n{}\r\n0\r\nx\r\n\r\n")) {
                String answer = server.raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk);
                assertThat(answer).as(chunk).startsWith("HTTP/1.1 400 ").contains("malformed_request");
            }
            // Behind the end of what is packed the chunks are read to theirs.
            String packed = new String(deflated("{}"), StandardCharsets.ISO_8859_1);
            String answer = server.raw(head + "Content-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(packed.length()) + "\r\n" + packed + "\r\nzz\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("malformed_request");
            assertThat(server.metrics.scrape()).contains("contextgraph_http_unexpected_errors_total 0.0");
        }
    }

    @Test
    void aSlowClientHoldsNothingForEver() throws Exception {
        try (TestServer server = TestServer.start(With.timeouts(SHORT))) {
            // Each of these ends because the server closes: an idle one, half a head, a head byte by byte, half a body.
            assertThat(server.raw("")).isEmpty();
            assertThat(server.raw("GET / HTTP/1.1\r\nHost:")).isEmpty();
            assertThat(trickle(server, "GET / HTTP/1.1\r\nX: ")).isTrue();
            String body = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 1000\r\n\r\n{";
            assertThat(server.raw(body)).isEmpty();
            assertThat(trickle(server, body)).isTrue();
            assertThat(server.metrics.scrape()).contains("contextgraph_http_unexpected_errors_total 0.0");
            assertThat(server.get("/v1/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfABodyIsNoDefect() throws Exception {
        try (TestServer server = TestServer.start()) {
            for (String length : List.of("Content-Length: 1000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{")) {
                try (Socket socket = server.connect()) {
                    socket.setSoTimeout(15_000);
                    String head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
                    socket.getOutputStream().write((head + length).getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    assertThat(socket.getInputStream().readAllBytes())
                            .as(length)
                            .isEmpty();
                }
            }
            assertThat(server.metrics.scrape()).contains("contextgraph_http_unexpected_errors_total 0.0");
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfLinesIsNoDefect() throws Exception {
        try (TestServer server = TestServer.start()) {
            try (Socket socket = server.connect()) {
                socket.setSoTimeout(15_000);
                String begun = "POST /v1/events/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson"
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n100\r\n{\"event_id\":";
                socket.getOutputStream().write(begun.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .as("begun, and not ended")
                        .startsWith("HTTP/1.1 200 ")
                        .contains("\"line\":1")
                        .doesNotContain("\r\n0\r\n");
            }
            assertThat(server.metrics.scrape()).contains("contextgraph_http_unexpected_errors_total 0.0");
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfAHeadIsNoDefect() throws Exception {
        try (TestServer server = TestServer.start()) {
            for (String begun : List.of("GET /v1/ev", "GET /v1/events HTTP/1.1\r\nHost: loc")) {
                try (Socket socket = server.connect()) {
                    socket.setSoTimeout(15_000);
                    socket.getOutputStream().write(begun.getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    assertThat(socket.getInputStream().readAllBytes()).as(begun).isEmpty();
                }
            }
            assertThat(server.metrics.scrape()).contains("contextgraph_http_unexpected_errors_total 0.0");
        }
    }

    /** As seen from here, a client whose network has gone without a word, once what the system buffers for it is full. */
    @Test
    void aStreamToAClientThatTakesNothingEnds() throws Exception {
        try (TestServer server = TestServer.start(With.timeouts(SHORT));
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(2048);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.server.port()));
            String request = "GET /v1/events/stream?from=" + Position.START + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            while (!server.metrics.scrape().contains("contextgraph_http_streams_open 1.0")) {
                Thread.onSpinWait();
            }
            // As many events as the buffers of both ends hold, and more: until nothing can be written any more.
            while (!server.metrics
                    .scrape()
                    .contains("contextgraph_http_connections_closed_total{reason=\"slow\"} 1.0")) {
                ObjectNode batch = Json.MAPPER.createObjectNode();
                ArrayNode events = batch.putArray("events");
                for (int i = 0; i < 500; i++) {
                    events.add(TestServer.event(Map.of("agent_id", "a".repeat(255), "trace_id", "t".repeat(255))));
                }
                assertThat(server.post("/v1/events/batch", batch.toString()).statusCode())
                        .isEqualTo(201);
            }
            while (!server.metrics.scrape().contains("contextgraph_http_streams_open 0.0")) {
                Thread.onSpinWait();
            }
            assertThat(server.metrics.scrape()).contains("contextgraph_http_unexpected_errors_total 0.0");
        }
    }

    /** Sends a byte every 50 ms; whether the server has closed before 15 s were over. */
    private static boolean trickle(TestServer server, String begin) throws Exception {
        try (Socket socket = server.connect()) {
            socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
            socket.setSoTimeout(50);
            for (int i = 0; i < 300; i++) {
                try {
                    socket.getOutputStream().write('x');
                    if (socket.getInputStream().read() < 0) {
                        return true;
                    }
                } catch (SocketTimeoutException open) {
                    // Still open: the next byte.
                } catch (SocketException closed) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void beyondTheBoundRequestsAreRefusedAndHealthIsNot() throws Exception {
        FailingEventLog[] log = new FailingEventLog[1];
        try (TestServer server = TestServer.start(
                        With.limits(new HttpSettings.Limits(1 << 20, 10, 2, 100, 1)),
                        plain -> log[0] = new FailingEventLog(plain),
                        graph -> graph);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch gate = log[0].hang();
            String address = "/v1/events/" + UUID.randomUUID();
            List<Future<HttpResponse<String>>> held = new ArrayList<>();
            held.add(clients.submit(() -> server.get(address)));
            held.add(clients.submit(() -> server.get(address)));
            awaitInWork(server, 2);
            HttpResponse<String> refused = server.get(address);
            assertThat(code(refused)).isEqualTo("server_overloaded");
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            carriesIds(refused);
            assertThat(server.get("/v1/health/live").statusCode()).isEqualTo(200);
            gate.countDown();
            for (Future<HttpResponse<String>> one : held) {
                assertThat(one.get().statusCode()).isEqualTo(404);
            }
            assertThat(server.get(address).statusCode()).isEqualTo(404);
        }
    }

    private static final HttpSettings.Limits FEW_CONNECTIONS = new HttpSettings.Limits(1 << 20, 10, 2, 16, 1);

    private static void ask(Socket socket) throws Exception {
        socket.getOutputStream()
                .write("GET /v1/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whether the connection answers a request; otherwise the server has closed it. */
    private static boolean answers(Socket socket) throws Exception {
        socket.setSoTimeout(15_000);
        try {
            ask(socket);
            byte[] answer = new byte[16 * 1024];
            int length = socket.getInputStream().read(answer);
            return length > 0 && new String(answer, 0, length, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 200 ");
        } catch (SocketException closed) {
            return false;
        }
    }

    @Test
    void ofTooManyConnectionsTheLongestIdleAreClosed() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (TestServer server = TestServer.start(With.limits(FEW_CONNECTIONS))) {
            for (int i = 0; i < 16; i++) {
                sockets.add(server.connect());
                assertThat(answers(sockets.get(i))).isTrue();
            }
            // The first is not the longest idle any more.
            assertThat(answers(sockets.getFirst())).isTrue();
            for (int i = 16; i < 24; i++) {
                sockets.add(server.connect());
                assertThat(answers(sockets.get(i))).isTrue();
            }
            while (!server.metrics.scrape().matches("(?s).*_connections_open 1[0-6]\\.0\n.*")) {
                Thread.onSpinWait();
            }
            assertThat(answers(sockets.getFirst())).isTrue();
            for (int i = 1; i <= 8; i++) {
                assertThat(answers(sockets.get(i))).as("connection %s", i).isFalse();
            }
            for (int i = 10; i < 24; i++) {
                assertThat(answers(sockets.get(i))).as("connection %s", i).isTrue();
            }
            assertThat(server.metrics.scrape())
                    .containsPattern("contextgraph_http_connections_closed_total\\{reason=\"crowded\"} [89]\\.0")
                    .contains("contextgraph_http_connections_closed_total{reason=\"idle\"} 0.0");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** A busy server reads late what a new client has sent: until then those who were answered are not of more use. */
    @Test
    void whoHasJustComeIsHeardBeforeOthersComeAgain() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (TestServer server = TestServer.start(With.limits(FEW_CONNECTIONS));
                Socket justCome = server.connect()) {
            for (int i = 0; i < 24; i++) {
                sockets.add(server.connect());
                assertThat(answers(sockets.get(i))).as("connection %s", i).isTrue();
            }
            while (!server.metrics.scrape().matches("(?s).*_connections_open 1[0-6]\\.0\n.*")) {
                Thread.onSpinWait();
            }
            assertThat(answers(justCome)).isTrue();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Nothing, half a head, an answered request, many at once, and bodies that do not come. */
    private static Stream<String> holdings() {
        String live = "GET /v1/health/live HTTP/1.1\r\nHost: localhost\r\n";
        String post = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        String body = "Content-Length: 9\r\n\r\n{";
        return Stream.of("", live, live + "\r\n", (live + "\r\n").repeat(50), live + body, post + body);
    }

    @ParameterizedTest
    @MethodSource("holdings")
    void whoeverHoldsConnectionsKeepsNobodyOut(String sent) throws Exception {
        FailingEventLog[] log = new FailingEventLog[1];
        List<Socket> sockets = new ArrayList<>();
        try (TestServer server = TestServer.start(
                        With.limits(FEW_CONNECTIONS), plain -> log[0] = new FailingEventLog(plain), graph -> graph);
                BufferedReader stream = new BufferedReader(new InputStreamReader(
                        server.open(HttpRequest.newBuilder(server.uri("/v1/events/stream?from=" + Position.START)))
                                .body(),
                        StandardCharsets.UTF_8));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch gate = log[0].hang();
            Future<HttpResponse<String>> held = clients.submit(() -> server.get("/v1/events/" + UUID.randomUUID()));
            try {
                awaitInWork(server, 2);
                for (int i = 0; i < 300; i++) {
                    sockets.add(holding(server, sent));
                }
                for (String path : List.of("/v1/health/live", "/v1/health/ready", "/v1/health", "/metrics")) {
                    assertThat(server.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                            .as(path)
                            .startsWith("HTTP/1.1 200 ");
                }
            } finally {
                gate.countDown();
            }
            // What was in work goes on: a request that waits for the store, and a stream.
            assertThat(held.get().statusCode()).isEqualTo(404);
            assertThat(server.post("/v1/events", TestServer.event().toString()).statusCode())
                    .isEqualTo(201);
            assertThat(stream.lines().filter(line -> line.startsWith("data: ")).findFirst())
                    .isPresent();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static Socket holding(TestServer server, String sent) throws Exception {
        Socket socket = server.connect();
        try {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
        } catch (SocketException closed) {
            // Others came in between, and this one was the longest idle.
        }
        return socket;
    }

    private static void awaitInWork(TestServer server, int requests) {
        while (!server.metrics.scrape().contains("contextgraph_http_requests_in_work " + requests + ".0")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void failuresOfTheStoreAreClassifiedAndTellNothing() {
        FailingEventLog[] log = new FailingEventLog[1];
        try (TestServer server =
                TestServer.start(s -> s, plain -> log[0] = new FailingEventLog(plain), graph -> graph)) {
            for (Reason reason : Reason.values()) {
                log[0].failWith(new LedgerException(reason, "redis://:password@host"));
                HttpResponse<String> response =
                        server.post("/v1/events", TestServer.event().toString());
                int expected = reason.retryable() ? 503 : reason == Reason.DURABILITY_UNSUPPORTED ? 422 : 500;
                assertThat(response.statusCode()).as(reason.name()).isEqualTo(expected);
                assertThat(code(response)).isEqualTo(reason.code());
                assertThat(response.headers().firstValue("Retry-After").isPresent())
                        .isEqualTo(expected == 503);
                assertThat(response.body()).doesNotContain("password");
                carriesIds(response);
            }
            log[0].failWith(new IllegalStateException("secret"));
            HttpResponse<String> defect =
                    server.post("/v1/events", TestServer.event().toString());
            assertThat(defect.statusCode()).isEqualTo(500);
            assertThat(code(defect)).isEqualTo("internal_error");
            assertThat(defect.body()).doesNotContain("secret").doesNotContain("Exception");
            assertThat(server.metrics.scrape()).contains("contextgraph_http_unexpected_errors_total 3.0");
        }
    }

    @Test
    void aConnectionThatTheClientWantsClosedIsClosed() throws Exception {
        try (TestServer server = TestServer.start()) {
            String answer = server.raw("GET /v1/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 200 ").contains("\r\nConnection: close\r\n");
        }
    }

    @Test
    void aPortInUseIsAnError() {
        try (TestServer server = TestServer.start()) {
            int taken = server.server.port();
            assertThatThrownBy(() -> TestServer.start(s -> new HttpSettings(
                            s.host(),
                            taken,
                            s.version(),
                            s.durability(),
                            s.events(),
                            s.limits(),
                            s.timeouts(),
                            s.tls())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + taken + ": is the port in use?");
        }
    }

    @Test
    void closingLetsRequestsInWorkFinish() throws Exception {
        FailingEventLog[] log = new FailingEventLog[1];
        TestServer server = TestServer.start(s -> s, plain -> log[0] = new FailingEventLog(plain), graph -> graph);
        CountDownLatch gate = log[0].hang();
        String event = TestServer.event().toString();
        CompletableFuture<HttpResponse<String>> inWork =
                CompletableFuture.supplyAsync(() -> server.post("/v1/events", event));
        awaitInWork(server, 1);
        Thread closing = Thread.ofVirtual().start(server.server::close);
        gate.countDown();
        assertThat(inWork.get().statusCode()).isEqualTo(201);
        closing.join();
        server.close();
        assertThat(server.ledger.head().seq()).isEqualTo(1);
    }

    @Test
    void manyClientsAtOnceGetEveryEventIn() throws Exception {
        try (TestServer server = TestServer.start();
                ExecutorService clients =
                        // No more than the requests that may be in work at once.
                        Executors.newFixedThreadPool(200, Thread.ofVirtual().factory())) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                answers.add(clients.submit(() ->
                        server.post("/v1/events", TestServer.event().toString()).statusCode()));
            }
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(201);
            }
            JsonNode last = Json.MAPPER.readTree(
                    server.get("/v1/events?by=position&order=desc&limit=1").body());
            assertThat(last.get("events").get(0).get("session_seq").longValue()).isEqualTo(500);
        }
    }
}
