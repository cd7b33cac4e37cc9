// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.testing.Certificates;
import io.contextgraph.tls.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final HttpSettings.Timeouts SHORT = new HttpSettings.Timeouts(
            Duration.ofSeconds(30),
            Duration.ofMillis(300),
            Duration.ofSeconds(30),
            Duration.ofMillis(300),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5));

    private final Certificates certificates;
    private final Identity.Files files;

    TlsTest(@TempDir Path folder) {
        certificates = Certificates.in(folder);
        files = certificates.loopback();
    }

    private TestServer start() {
        return TestServer.start(With.tls(files));
    }

    private HttpClient client() {
        return HttpClient.newBuilder().sslContext(certificates.trusting()).build();
    }

    private static HttpRequest request(TestServer server, String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.server.port() + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private SSLSocket connect(TestServer server) throws IOException {
        SSLSocket socket =
                (SSLSocket) certificates.trusting().getSocketFactory().createSocket("127.0.0.1", server.server.port());
        socket.setSoTimeout(15_000);
        return socket;
    }

    private static double metric(TestServer server, String series) {
        return server.metrics
                .scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void requestsAreAnsweredAndTheBrowserIsToldToStay() throws Exception {
        try (TestServer server = start();
                HttpClient client = client()) {
            HttpResponse<String> health =
                    client.send(request(server, "/v1/health"), HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.headers().firstValue("Strict-Transport-Security")).isPresent();
            assertThat(health.sslSession().map(SSLSession::getProtocol)).contains("TLSv1.3");
            String event = TestServer.event().toString();
            HttpRequest append = HttpRequest.newBuilder(
                            request(server, "/v1/events").uri())
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(event))
                    .build();
            assertThat(client.send(append, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(201);
            assertThat(metric(server, "contextgraph_http_certificate_end_seconds"))
                    .isEqualTo(
                            (double) server.certificate.orElseThrow().notAfter().getEpochSecond());
        }
    }

    @Test
    void theAnswerEndsInOrder() throws Exception {
        try (TestServer server = start();
                SSLSocket socket = connect(server)) {
            socket.getOutputStream()
                    .write(bytes("GET /v1/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void onlyTls12And13AreSpoken() throws Exception {
        try (TestServer server = start();
                SSLSocket twelve = connect(server)) {
            twelve.setEnabledProtocols(new String[] {"TLSv1.2"});
            twelve.startHandshake();
            assertThat(twelve.getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(server.certificate.orElseThrow().identity().subject()).isEqualTo("CN=localhost");
        }
    }

    @Test
    void aNewCertificateIsShownWithoutEndingConnections() throws Exception {
        try (TestServer server = start();
                SSLSocket before = connect(server)) {
            before.startHandshake();
            Identity.Files next = certificates.endingIn(60);
            Files.copy(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
            assertThat(server.certificate.orElseThrow().look()).isTrue();
            try (SSLSocket after = connect(server)) {
                assertThat(after.getSession().getPeerCertificates()[0])
                        .isNotEqualTo(before.getSession().getPeerCertificates()[0]);
            }
            before.getOutputStream()
                    .write(bytes("GET /v1/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            assertThat(new String(before.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void plainHttpIsToldWhatIsMissing() throws IOException {
        try (TestServer server = start()) {
            String answer = server.raw("GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(answer)
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("\r\nX-Request-ID: ", "\r\nX-Request-Time-Ms: ")
                    .contains("This port speaks HTTPS: the address must begin with https://.");
            try (Socket neitherTlsNorHttp = server.connect()) {
                neitherTlsNorHttp.getOutputStream().write(new byte[] {1, 2, 3});
                assertThat(ended(neitherTlsNorHttp.getInputStream())).isTrue();
            }
            assertThat(metric(server, "contextgraph_http_refusals_total{reason=\"plain_text\"}"))
                    .isEqualTo(2);
        }
    }

    @Test
    void aHandshakeThatDoesNotGoOnIsEnded() throws Exception {
        try (TestServer server =
                TestServer.start(s -> With.tls(files).apply(With.timeouts(SHORT).apply(s)))) {
            for (byte[] begin :
                    List.of(new byte[0], new byte[] {22}, new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3})) {
                try (Socket socket = server.connect()) {
                    socket.setSoTimeout(15_000);
                    socket.getOutputStream().write(begin);
                    assertThat(ended(socket.getInputStream())).isTrue();
                }
            }
            assertThat(metric(server, "contextgraph_http_connections_closed_total{reason=\"slow\"}"))
                    .isEqualTo(3);
            // One that is over in time lets the client wait as long as any other.
            try (SSLSocket socket = connect(server)) {
                socket.startHandshake();
                assertThat(metric(server, "contextgraph_http_connections_open")).isEqualTo(1);
            }
        }
    }

    private static boolean ended(InputStream in) throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void clientsThatDoNotAgreeAreCountedAndForgotten() throws Exception {
        try (TestServer server = start();
                SSLSocket stranger = (SSLSocket)
                        SSLContext.getDefault().getSocketFactory().createSocket("127.0.0.1", server.server.port())) {
            assertThatThrownBy(stranger::startHandshake).isInstanceOf(SSLHandshakeException.class);
            awaitMetric(server, "contextgraph_http_connections_closed_total{reason=\"handshake\"}", 1);
            awaitMetric(server, "contextgraph_http_connections_open", 0);
        }
    }

    private static void awaitMetric(TestServer server, String series, double value) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (metric(server, series) != value && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(metric(server, series)).isEqualTo(value);
    }

    /** Its write holds what a regular end of TLS needs: who watches must not wait for it. */
    @Test
    void aClientThatTakesNothingIsCutOffAndNobodyWaits() throws Exception {
        HttpSettings.Limits few = new HttpSettings.Limits(8 * 1024 * 1024, 1000, 8, 600, 4);
        try (TestServer server = TestServer.start(s -> With.tls(files)
                .apply(With.limits(few).apply(With.timeouts(SHORT).apply(s))))) {
            List<Socket> stalled = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SSLSocket socket = connect(server);
                stalled.add(socket);
                byte[] request = bytes("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2_000));
                Thread.ofVirtual().start(() -> sendAll(socket, request));
            }
            awaitAtLeast(server, "contextgraph_http_connections_closed_total{reason=\"slow\"}", 4);
            awaitMetric(server, "contextgraph_http_connections_open", 0);
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    private static void awaitAtLeast(TestServer server, String series, double value) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (metric(server, series) < value && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(metric(server, series)).isGreaterThanOrEqualTo(value);
    }

    private static void sendAll(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException cutOff) {
            // As it is to be.
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
