// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers is no Vault, or one that is ill: every call ends, and says why. */
class VaultClientTest {
    private static final Duration SHORT = Duration.ofMillis(150);
    private static final Duration LONG = Duration.ofSeconds(20);

    /** Accepts, says something, and leaves the line open. */
    private static final class Stub implements AutoCloseable {
        private final ServerSocket server;
        private final List<Socket> open = new CopyOnWriteArrayList<>();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        Stub(String says) throws IOException {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            threads.execute(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket socket = server.accept();
                        boolean ignored = open.add(socket);
                        socket.getOutputStream().write(says.getBytes(US_ASCII));
                        socket.getOutputStream().flush();
                    } catch (IOException closed) {
                        // The test is over.
                    }
                }
            });
        }

        VaultClient client(Duration timeout) {
            return VaultBed.client(URI.create("http://127.0.0.1:" + server.getLocalPort()), "token", timeout);
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
            threads.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Len",
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":",
                "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 503 Sealed\r\nContent-Length: 29\r\n\r\n{\"errors\":[\"Vault is sealed\"]}",
                "HTTP/1.1 429 Slowly\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"
            })
    void whatDoesNotAnswerWellIsUnavailable(String says) throws IOException {
        try (Stub stub = new Stub(says)) {
            assertThatExceptionOfType(KeyServiceException.class)
                    .isThrownBy(() -> stub.client(SHORT).repeatably("GET", "secret/data/x", null))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                    .withMessageContaining("secret/data/x");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>",
                "HTTP/1.1 301 There\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 403 No\r\nContent-Length: 34\r\n\r\n{\"errors\":[\"permission denied\"]}\r\n",
                "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n"
            })
    void whatIsNoVaultOrForbidsIsRefusedAtOnce(String says) throws IOException {
        try (Stub stub = new Stub(says)) {
            assertThatExceptionOfType(KeyServiceException.class)
                    .isThrownBy(() -> stub.client(LONG).repeatably("GET", "secret/data/x", null))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
        }
    }
}
