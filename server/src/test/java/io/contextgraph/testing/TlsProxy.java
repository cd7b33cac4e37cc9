// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import io.contextgraph.tls.TlsServers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A loopback port with TLS in front of a server that has none. */
public final class TlsProxy implements AutoCloseable {
    private final SSLServerSocket listening;
    private final int target;

    private TlsProxy(SSLServerSocket listening, int target) {
        this.listening = listening;
        this.target = target;
        Thread ignored = Thread.ofVirtual().name("tls-proxy").start(this::accept);
    }

    /**
     * In front of the server on a loopback port.
     *
     * @param clients PEM file of the authorities of which clients must show a certificate; empty: they need none
     */
    public static TlsProxy to(int port, Certificates.Pair shown, Optional<Path> clients) {
        try {
            SSLServerSocket socket = (SSLServerSocket) TlsServers.context(shown.certificate(), shown.key(), clients)
                    .getServerSocketFactory()
                    .createServerSocket(0, 64, InetAddress.getLoopbackAddress());
            socket.setNeedClientAuth(clients.isPresent());
            return new TlsProxy(socket, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                SSLSocket client = (SSLSocket) listening.accept();
                Thread ignored = Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SSLSocket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            client.startHandshake();
            Thread back = Thread.ofVirtual().start(() -> copy(server, client));
            copy(client, server);
            back.join();
        } catch (IOException refused) {
            // The client has been told, by TLS.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[16 * 1024];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                out.write(bytes, 0, n);
                out.flush();
            }
        } catch (IOException over) {
            // One side has closed: so does the other.
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
