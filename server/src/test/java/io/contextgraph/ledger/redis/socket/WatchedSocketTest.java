// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WatchedSocketTest {
    private ServerSocket server;
    private Socket watched;
    private Socket other;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        watched = new WatchedSockets(() -> connected(200)).createSocket();
        other = server.accept();
    }

    private Socket connected(int patience) {
        try {
            Socket socket = new Socket(server.getInetAddress(), server.getLocalPort());
            socket.setSoTimeout(patience);
            return socket;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        watched.close();
        other.close();
        server.close();
    }

    @Test
    void readsWhatIsSent() throws IOException {
        other.getOutputStream().write(new byte[] {1, (byte) 200, 3});

        assertThat(watched.getInputStream().read()).isEqualTo(1);
        assertThat(watched.getInputStream().readNBytes(2)).containsExactly(200, 3);
        assertThat(watched.getSoTimeout()).isEqualTo(200);
        assertThat(watched.isConnected()).isTrue();
    }

    @Test
    void theEndOfTheOtherSideIsTheEnd() throws IOException {
        other.close();

        assertThat(watched.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aReadThatTakesTooLongIsCutOff() {
        assertThatThrownBy(() -> watched.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("no answer within 200 ms");
        assertThat(watched.isClosed()).isTrue();
    }

    @Test
    void theTimeCanBeChanged() throws IOException {
        watched.setSoTimeout(60);

        assertThatThrownBy(() -> watched.getInputStream().read(new byte[8]))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessage("no answer within 60 ms");
    }

    @Test
    void whoeverClosesItEndsTheRead() throws Exception {
        watched.setSoTimeout(0);
        Thread closer = Thread.ofVirtual().unstarted(() -> {
            try {
                watched.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        closer.start();

        assertThatThrownBy(() -> {
                    int ignored = watched.getInputStream().read();
                })
                .isInstanceOf(SocketException.class);
        closer.join();
    }
}
