// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.testing.Certificates;
import io.contextgraph.tls.ServerCertificate;
import io.contextgraph.tls.TlsContexts;
import io.contextgraph.tls.TlsTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server with TLS, with the JDK's client. */
class TlsTest {
    @TempDir
    private Path folder;

    private Certificates authority;

    @SuppressWarnings("NullAway.Init")
    TlsTest() {}

    @BeforeEach
    void make() {
        authority = new Certificates(folder, "ours");
    }

    private TestServer start(Certificates.Pair files, HttpSettings.Timeouts timeouts, int connections) {
        ServerCertificate certificate = new ServerCertificate(files.certificate(), files.key(), Clock.systemUTC());
        return TestServer.secured(
                certificate,
                settings -> With.timeouts(timeouts)
                        .apply(With.limits(new HttpSettings.Limits(1 << 20, 10, 5, connections, 5))
                                .apply(settings)));
    }

    private TestServer start() {
        return start(authority.of("localhost"), HttpSettings.Timeouts.DEFAULTS, 100);
    }

    private static HttpResponse<String> get(TestServer server, SSLContext trusting, String host, String path)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
            return client.send(
                    HttpRequest.newBuilder(server.secureUri(host, path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Optional<String> why(TestServer server, SSLContext trusting, String host) {
        try {
            HttpResponse<String> ignored = get(server, trusting, host, "/v1/health");
            return Optional.empty();
        } catch (IOException refused) {
            return TlsTrouble.why(refused);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private SSLContext trusting() {
        return TlsContexts.client(Optional.of(authority.authority()), Optional.empty());
    }

    @Test
    void isSpokenWithWhomTheClientTrusts() throws Exception {
        try (TestServer server = start()) {
            HttpResponse<String> answer = get(server, trusting(), "localhost", "/v1/health");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Strict-Transport-Security")).contains("max-age=31536000");
            assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        try (TestServer server = start()) {
            assertThat(why(server, trusting(), "127.0.0.1"))
                    .hasValueSatisfying(why -> assertThat(why).startsWith("its certificate is for another host"));
            SSLContext others =
                    TlsContexts.client(Optional.of(new Certificates(folder, "others").authority()), Optional.empty());
            assertThat(why(server, others, "localhost"))
                    .contains("its certificate is signed by an authority that is not trusted here");
        }
    }

    /** One may speak no older TLS, and no cipher that is broken. */
    @Test
    void oldProtocolsAreRefused() throws Exception {
        try (TestServer server = start();
                SSLSocket socket = (SSLSocket) trusting()
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), server.server.port())) {
            assertThat(socket.getSupportedProtocols()).contains("TLSv1.1");
            socket.setEnabledProtocols(new String[] {"TLSv1.1"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void whoSpeaksPlainHttpIsToldSo() throws Exception {
        try (TestServer server = start();
                Socket socket = server.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("application/problem+json", "\"code\":\"tls_needed\"", "use https://", "X-Request-ID: ");
            assertThat(server.metrics.scrape()).contains("contextgraph_http_refusals_total{reason=\"no_tls\"} 1.0");
        }
    }

    /** Whoever begins no handshake, or does not end it, is let go in the time that a request's head may take. */
    @Test
    void aHandshakeThatDoesNotEndIsEnded() throws Exception {
        HttpSettings.Timeouts quick = With.head(Duration.ofMillis(300));
        try (TestServer server = start(authority.of("localhost"), quick, 100);
                Socket silent = server.connect();
                Socket halfway = server.connect()) {
            halfway.getOutputStream().write(new byte[] {0x16, 3, 1, 2});
            for (Socket socket : List.of(silent, halfway)) {
                socket.setSoTimeout(10_000);
                assertThat(ended(socket)).isTrue();
            }
            assertThat(get(server, trusting(), "localhost", "/v1/health").statusCode())
                    .isEqualTo(200);
        }
    }

    private static boolean ended(Socket socket) throws IOException {
        try {
            byte[] ignored = socket.getInputStream().readAllBytes();
            return true;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    /** Those that are stuck in a handshake make way for others. */
    @Test
    void handshakesDoNotTakeAllTheRoom() throws Exception {
        List<Socket> stuck = new ArrayList<>();
        try (TestServer server = start(authority.of("localhost"), HttpSettings.Timeouts.DEFAULTS, 12)) {
            for (int i = 0; i < 40; i++) {
                stuck.add(server.connect());
            }
            Awaitility.await()
                    .ignoreExceptions()
                    .until(() ->
                            get(server, trusting(), "localhost", "/v1/health").statusCode() == 200);
        } finally {
            for (Socket socket : stuck) {
                socket.close();
            }
        }
    }

    @Test
    void bodiesAndStreamsTravelWhole() throws Exception {
        String event = TestServer.event(java.util.Map.of("payload", java.util.Map.of("text", "x".repeat(200_000))))
                .toString();
        try (TestServer server = start();
                HttpClient client =
                        HttpClient.newBuilder().sslContext(trusting()).build()) {
            HttpResponse<String> taken = client.send(
                    HttpRequest.newBuilder(server.secureUri("localhost", "/v1/events"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(event))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(taken.statusCode()).isEqualTo(201);
            HttpResponse<InputStream> stream = client.send(
                    HttpRequest.newBuilder(server.secureUri("localhost", "/v1/events/stream?from=0-0"))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = stream.body()) {
                assertThat(new String(in.readNBytes(20), StandardCharsets.UTF_8))
                        .startsWith("retry: 2000");
            }
        }
    }
}
