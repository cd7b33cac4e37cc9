// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.socket;

import io.contextgraph.ops.Deadline;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.apache.commons.io.IOUtils;

/**
 * A socket whose reads wait without a timer: {@link AnswerWatch} closes it when one has taken too long.
 *
 * <p><b>Errors.</b> {@link SocketTimeoutException} from a read that has taken longer than {@link #setSoTimeout} allows, as other
 * sockets have it; but this one is closed then.
 */
final class WatchedSocket extends Socket {
    private final Socket socket;
    private final Deadline reading = new Deadline();
    private final InputStream in;
    private volatile int patienceMillis;

    /** @param socket is connected, and belongs to this one from now on */
    WatchedSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.patienceMillis = socket.getSoTimeout();
        socket.setSoTimeout(0);
        this.in = new Watched(socket.getInputStream());
    }

    private final class Watched extends FilterInputStream {
        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int patience = patienceMillis;
            if (patience > 0) {
                reading.arm(AnswerWatch.now() + patience);
            }
            int read;
            try {
                read = super.read(bytes, from, length);
            } catch (IOException closed) {
                if (!reading.disarm()) {
                    throw late(patience, closed);
                }
                throw closed;
            }
            if (!reading.disarm()) {
                throw late(patience, new SocketException("closed"));
            }
            return read;
        }
    }

    private static SocketTimeoutException late(int patience, IOException cause) {
        SocketTimeoutException late = new SocketTimeoutException("no answer within " + patience + " ms");
        Throwable ignored = late.initCause(cause);
        return late;
    }

    /** Ends the read that is under way, if it should be over by now. */
    void cutIfLate(long nowMillis) {
        if (reading.expire(nowMillis)) {
            // With TLS closing says goodbye, which may wait for somebody who is writing.
            Thread ignored = Thread.ofVirtual().name("redis-late").start(() -> IOUtils.closeQuietly(this));
        }
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket.getOutputStream();
    }

    /** How long a read may take, in milliseconds; 0 for as long as it likes. */
    @Override
    public void setSoTimeout(int millis) {
        patienceMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return patienceMillis;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return socket.getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return socket.getLocalSocketAddress();
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public void close() throws IOException {
        AnswerWatch.remove(this);
        socket.close();
    }
}
