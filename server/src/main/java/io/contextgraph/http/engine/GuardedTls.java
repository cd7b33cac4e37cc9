// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.tls.TlsContexts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS for connections of the server. The engine begins it before anything of ours sees the connection, and waits for ever:
 * here it is bounded, and who does not speak TLS is told so.
 */
final class GuardedTls {
    private static final int HANDSHAKE_RECORD = 0x16;

    private final SSLContext plain;
    private final Duration patience;
    private final OpenConnections connections;
    private final HttpMetrics metrics;

    /** @param patience for a client to say hello, and again for the rest of the handshake */
    GuardedTls(SSLContext plain, Duration patience, OpenConnections connections, HttpMetrics metrics) {
        this.plain = plain;
        this.patience = patience;
        this.connections = connections;
        this.metrics = metrics;
    }

    SSLContext context() {
        return new Context(new Spi());
    }

    private final class Context extends SSLContext {
        Context(SSLContextSpi spi) {
            super(spi, plain.getProvider(), plain.getProtocol());
        }
    }

    /** The same, but for how a connection begins. */
    private final class Spi extends SSLContextSpi {
        @Override
        protected void engineInit(
                KeyManager @Nullable [] keys, TrustManager @Nullable [] trusted, @Nullable SecureRandom random)
                throws KeyManagementException {
            plain.init(keys, trusted, random);
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return new Factory(plain.getSocketFactory());
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return plain.getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return plain.createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return plain.createSSLEngine(host, port);
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return plain.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return plain.getClientSessionContext();
        }
    }

    private final class Factory extends SSLSocketFactory {
        private final SSLSocketFactory sockets;

        Factory(SSLSocketFactory sockets) {
            this.sockets = sockets;
        }

        /** Called for each connection, by the thread that serves it; the handshake follows at once. */
        @Override
        public Socket createSocket(Socket socket, @Nullable InputStream consumed, boolean autoClose)
                throws IOException {
            connections.begins(socket, patience);
            int first = socket.getInputStream().read();
            if (first >= 0 && first != HANDSHAKE_RECORD) {
                metrics.refused(HttpMetrics.Refusal.NO_TLS);
                tellPlain(socket);
                throw new SSLHandshakeException("a client does not speak TLS");
            }
            if (first < 0) {
                throw new SSLException("a client has left");
            }
            InputStream begun = new ByteArrayInputStream(new byte[] {(byte) first});
            SSLSocket secured = (SSLSocket) sockets.createSocket(socket, begun, autoClose);
            secured.setEnabledProtocols(TlsContexts.PROTOCOLS.toArray(String[]::new));
            return secured;
        }

        private static void tellPlain(Socket socket) throws IOException {
            String requestId = RequestIds.of(java.util.Optional.empty());
            Problem problem = Problem.of(ProblemCode.TLS_NEEDED, "This port speaks TLS: use https://.");
            byte[] body = problem.body(requestId);
            String head = "HTTP/1.1 " + problem.status() + " Bad Request\r\nContent-Type: " + Problem.CONTENT_TYPE
                    + "\r\nContent-Length: " + body.length + "\r\n" + RequestIds.HEADER + ": " + requestId + "\r\n"
                    + Dispatcher.TIME_HEADER + ": 0.001\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            socket.shutdownOutput();
            // What is still coming must not take the answer away from the client.
            byte[] waste = new byte[8 * 1024];
            int n = 0;
            for (int left = 64 * 1024; left > 0 && n >= 0; left -= n) {
                n = socket.getInputStream().read(waste);
            }
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return sockets.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return sockets.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
            return sockets.createSocket(socket, host, port, autoClose);
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return sockets.createSocket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return sockets.createSocket(host, port, local, localPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return sockets.createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return sockets.createSocket(host, port, local, localPort);
        }
    }
}
