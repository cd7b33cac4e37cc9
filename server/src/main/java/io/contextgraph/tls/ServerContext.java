// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** A context that secures each connection by the context of its time. */
final class ServerContext extends SSLContext {
    ServerContext(Supplier<SSLContext> current, Arrivals arrivals) {
        super(
                new Spi(current, arrivals),
                current.get().getProvider(),
                current.get().getProtocol());
    }

    private static final class Spi extends SSLContextSpi {
        private final Supplier<SSLContext> current;
        private final SSLSocketFactory sockets;

        Spi(Supplier<SSLContext> current, Arrivals arrivals) {
            this.current = current;
            this.sockets = new Sockets(current, arrivals);
        }

        @Override
        protected void engineInit(KeyManager[] own, TrustManager[] trusted, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("this context has been made already");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return sockets;
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return current.get().getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return current.get().createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return current.get().createSSLEngine(host, port);
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return current.get().getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return current.get().getClientSessionContext();
        }
    }

    private static final class Sockets extends LayeredSocketFactory {
        private final Supplier<SSLContext> current;
        private final Arrivals arrivals;

        Sockets(Supplier<SSLContext> current, Arrivals arrivals) {
            this.current = current;
            this.arrivals = arrivals;
        }

        private SSLSocketFactory plain() {
            return current.get().getSocketFactory();
        }

        /** The socket goes with what is made of it, whatever is asked for. */
        @Override
        public Socket createSocket(Socket connected, InputStream ignored, boolean autoClose) throws IOException {
            InputStream read = arrivals.admit(connected);
            SSLSocket socket = (SSLSocket) plain().createSocket(connected, read, true);
            restrict(socket);
            return socket;
        }
    }
}
