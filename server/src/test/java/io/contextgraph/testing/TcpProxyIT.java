// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpProxyIT {
    private final ServerSocket server = listen();
    private final TcpProxy proxy = TcpProxy.to(server.getLocalPort());

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    private static CompletableFuture<String> received(Socket socket) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                for (int b = socket.getInputStream().read();
                        b >= 0;
                        b = socket.getInputStream().read()) {
                    bytes.write(b);
                }
            } catch (IOException reset) {
                // What came before counts.
            }
            text.complete(bytes.toString(US_ASCII));
        });
        return text;
    }

    @Test
    void whatIsSentArrivesBothWays() throws Exception {
        assertThatBothWaysAreOpen();
    }

    private void assertThatBothWaysAreOpen() throws IOException {
        try (Socket client = connect();
                Socket accepted = server.accept()) {
            client.getOutputStream().write("ask".getBytes(US_ASCII));
            assertThat(accepted.getInputStream().readNBytes(3)).isEqualTo("ask".getBytes(US_ASCII));
            accepted.getOutputStream().write("answer".getBytes(US_ASCII));
            assertThat(client.getInputStream().readNBytes(6)).isEqualTo("answer".getBytes(US_ASCII));
        }
    }

    @Test
    void aRequestIsCutAtTheByte() throws Exception {
        proxy.cutRequestsAfter(4);
        try (Socket client = connect();
                Socket accepted = server.accept()) {
            client.getOutputStream().write("a request".getBytes(US_ASCII));
            assertThat(received(accepted).get()).isEqualTo("a re");
            assertThat(received(client).get()).isEmpty();
        }
    }

    @Test
    void anAnswerIsCutAtTheByteAndTheRequestIsWhole() throws Exception {
        proxy.cutAnswersAfter(0);
        try (Socket client = connect();
                Socket accepted = server.accept()) {
            client.getOutputStream().write("ask".getBytes(US_ASCII));
            assertThat(accepted.getInputStream().readNBytes(3)).isEqualTo("ask".getBytes(US_ASCII));
            accepted.getOutputStream().write("answer".getBytes(US_ASCII));
            assertThat(received(client).get()).isEmpty();
        }
        proxy.heal();
        assertThatBothWaysAreOpen();
    }

    @Test
    void newConnectionsMoveAndOpenOnesStay() throws Exception {
        try (ServerSocket other = listen();
                Socket before = connect();
                Socket acceptedBefore = server.accept()) {
            proxy.moveTo(other.getLocalPort());
            try (Socket after = connect();
                    Socket acceptedAfter = other.accept()) {
                before.getOutputStream().write('1');
                after.getOutputStream().write('2');
                assertThat(acceptedBefore.getInputStream().read()).isEqualTo('1');
                assertThat(acceptedAfter.getInputStream().read()).isEqualTo('2');
                proxy.cutAll();
                assertThat(received(before).get()).isEmpty();
                assertThat(received(after).get()).isEmpty();
            }
        }
    }

    @Test
    void whoIsRefusedLearnsItAtOnce() {
        proxy.refuse(true);
        assertThatThrownBy(() -> {
                    try (Socket client = connect()) {
                        client.getOutputStream().write('1');
                        if (client.getInputStream().read() < 0) {
                            throw new IOException("closed");
                        }
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void theAddressKeepsEverythingButThePort() {
        assertThat(proxy.inFrontOf(URI.create("redis://:secret:1@127.0.0.1:6379/2")))
                .isEqualTo(URI.create("redis://:secret:1@127.0.0.1:" + proxy.port() + "/2"));
        assertThat(proxy.inFrontOf(URI.create("redis://127.0.0.1:1")))
                .isEqualTo(URI.create("redis://127.0.0.1:" + proxy.port()));
    }
}
