// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Begins TLS on connections that are open, in bounded time: a server that speaks something else may never answer. */
public final class ClientSockets extends SSLSocketFactory {
    /** What is said of a server that does not answer in time. */
    static final String SILENT = "no answer when TLS began";

    private final SSLSocketFactory sockets;
    private final int patienceMillis;

    /** @param patience for each answer until TLS has begun */
    public ClientSockets(SSLContext context, Duration patience) {
        this.sockets = context.getSocketFactory();
        this.patienceMillis = Math.toIntExact(patience.toMillis());
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        int usual = socket.getSoTimeout();
        socket.setSoTimeout(patienceMillis);
        SSLSocket secured = (SSLSocket) sockets.createSocket(socket, host, port, autoClose);
        secured.setSSLParameters(TlsContexts.clientParameters());
        try {
            secured.startHandshake();
        } catch (SocketTimeoutException silent) {
            throw new SSLException(SILENT, silent);
        }
        socket.setSoTimeout(usual);
        return secured;
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
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(new Socket(host, port), host, port, true);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket(new Socket(host, port, local, localPort), host, port, true);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(new Socket(host, port), host.getHostName(), port, true);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket(new Socket(host, port, local, localPort), host.getHostName(), port, true);
    }
}
