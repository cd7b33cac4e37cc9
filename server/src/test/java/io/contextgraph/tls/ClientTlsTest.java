// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.TlsProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client says of servers that it does not trust, or that do not trust it. */
class ClientTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Certificates certificates;
    private final ServerSocket greeting = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final Thread greeter = Thread.ofVirtual().start(this::greet);

    ClientTlsTest(@TempDir Path folder) throws IOException {
        certificates = Certificates.in(folder);
    }

    /** A server that says one word to each. */
    private void greet() {
        while (!greeting.isClosed()) {
            try (Socket client = greeting.accept()) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closing) {
                // The test is over.
            }
        }
    }

    @AfterEach
    void ends() throws Exception {
        greeting.close();
        greeter.join();
    }

    private ClientTls trusting() {
        return new ClientTls(Optional.of(certificates.authority()), Optional.empty());
    }

    private String hello(ClientTls tls, String host, int port) throws IOException {
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
                Socket secured = tls.factory(PATIENCE).createSocket(plain, host, port, true)) {
            return new String(secured.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private String refused(ClientTls tls, Identity.Files shown) {
        try (TlsProxy proxy = TlsProxy.to(greeting.getLocalPort(), shown)) {
            TlsFailure failure = catchThrowableOfType(TlsFailure.class, () -> hello(tls, "localhost", proxy.port()));
            return String.valueOf(failure.getMessage());
        }
    }

    @Test
    void aServerIsTrustedByNameAndByAddress() throws IOException {
        try (TlsProxy proxy = TlsProxy.to(greeting.getLocalPort(), certificates.loopback())) {
            assertThat(hello(trusting(), "localhost", proxy.port())).isEqualTo("hello");
            assertThat(hello(trusting(), "127.0.0.1", proxy.port())).isEqualTo("hello");
        }
    }

    @Test
    void theCauseIsNamed(@TempDir Path other) {
        assertThat(refused(ClientTls.STANDARD, certificates.loopback()))
                .contains("an authority that is not known here");
        assertThat(refused(trusting(), Certificates.in(other).loopback()))
                .contains("an authority that is not known here");
        assertThat(refused(trusting(), certificates.elsewhere()))
                .contains("is for another host name")
                .contains("localhost");
        assertThat(refused(trusting(), certificates.expired())).contains("has expired");
        assertThat(refused(trusting(), certificates.notYet())).contains("not valid yet");
    }

    @Test
    void aPortThatDoesNotSpeakTlsIsTold() {
        assertThatThrownBy(() -> hello(trusting(), "localhost", greeting.getLocalPort()))
                .isInstanceOf(TlsFailure.class)
                .hasMessageContaining("does not speak TLS");
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                Socket plain = new Socket(InetAddress.getLoopbackAddress(), silent.getLocalPort())) {
            assertThatThrownBy(() -> trusting()
                            .factory(Duration.ofMillis(50))
                            .createSocket(plain, "localhost", silent.getLocalPort(), true))
                    .isInstanceOf(TlsFailure.class)
                    .hasMessageContaining("the server does not answer the handshake");
        }
    }

    @Test
    void aServerMayAskForACertificate(@TempDir Path other) throws IOException {
        Identity.Files own = certificates.loopback();
        try (TlsProxy asking =
                TlsProxy.asking(greeting.getLocalPort(), certificates.loopback(), certificates.authority())) {
            ClientTls known = new ClientTls(Optional.of(certificates.authority()), Optional.of(own));
            assertThat(hello(known, "localhost", asking.port())).isEqualTo("hello");
            assertThat(cause(trusting(), asking)).contains("the server wants a client certificate");
            ClientTls unknown = new ClientTls(
                    Optional.of(certificates.authority()),
                    Optional.of(Certificates.in(other).loopback()));
            assertThat(cause(unknown, asking)).contains("client certificate");
        }
    }

    /** With TLS 1.3 the server says so when the client has begun to talk already. */
    private String cause(ClientTls tls, TlsProxy proxy) {
        IOException refused = catchThrowableOfType(IOException.class, () -> hello(tls, "localhost", proxy.port()));
        return TlsCauses.of(refused).orElseThrow();
    }

    @Test
    void filesThatCannotBeUsedAreToldTogether() {
        ClientTls wrong = new ClientTls(
                Optional.of(Path.of("nowhere.pem")),
                Optional.of(new Identity.Files(Path.of("no.crt"), Path.of("no.key"))));
        assertThat(wrong.problems()).containsExactly("there is no file nowhere.pem", "there is no file no.crt");
        assertThat(trusting().problems()).isEmpty();
        assertThatThrownBy(() -> hello(wrong, "localhost", greeting.getLocalPort()))
                .hasMessageContaining("there is no file nowhere.pem");
    }
}
