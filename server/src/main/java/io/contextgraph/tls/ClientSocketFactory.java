// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Secures the connections of a client: TLS 1.3 or 1.2, host name verified, the handshake done and bounded.
 *
 * <p><b>Errors.</b> {@link TlsFailure}, which says why.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class ClientSocketFactory extends LayeredSocketFactory {
    /** How old what was read of the files may be. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final ClientTls tls;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Followed<SSLContext> context;
    private long lookedNanos;

    ClientSocketFactory(ClientTls tls, Duration patience) {
        this.tls = tls;
        this.patience = patience;
    }

    private SSLSocketFactory plain() throws IOException {
        lock.lock();
        try {
            long now = System.nanoTime();
            Followed<SSLContext> known = context;
            if (known == null) {
                known = tls.context();
                context = known;
                lookedNanos = now;
            } else if (now - lookedNanos > FRESH.toNanos()) {
                boolean ignored = known.look();
                lookedNanos = now;
            }
            return known.get().getSocketFactory();
        } catch (TlsFileException unusable) {
            throw new TlsFailure(String.valueOf(unusable.getMessage()), unusable);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Socket createSocket(Socket connected, String host, int port, boolean autoClose) throws IOException {
        SSLSocket socket = (SSLSocket) plain().createSocket(connected, host, port, autoClose);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        restrict(socket);
        int usual = socket.getSoTimeout();
        try {
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            socket.startHandshake();
            socket.setSoTimeout(usual);
            return socket;
        } catch (IOException failed) {
            throw TlsCauses.failure(failed);
        }
    }
}
