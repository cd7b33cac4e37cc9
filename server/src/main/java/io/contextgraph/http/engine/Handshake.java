// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ops.Deadline;
import io.contextgraph.tls.Arrivals;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection before its first request: TLS has not been agreed on yet. It may take as long as the head of a request.
 *
 * <p><b>Threads.</b> Begins and ends in the thread that serves the connection; the rest may come from another.
 */
final class Handshake implements OpenConnections.Guest {
    /** With this a client begins that speaks TLS. */
    private static final int HANDSHAKE_RECORD = 22;

    /** What a client that speaks plain HTTP has sent is taken off before it is told, or it might not see the answer. */
    private static final int MAX_PLAIN_BYTES = 64 * 1024;

    private static final ThreadLocal<@Nullable Handshake> CURRENT = new ThreadLocal<>();

    private final Socket socket;
    private final OpenConnections open;
    private final Deadline deadline = new Deadline();
    private final long sinceNanos = System.nanoTime();

    private Handshake(Socket socket, OpenConnections open) {
        this.socket = socket;
        this.open = open;
    }

    /** Where connections come in. */
    record Begins(OpenConnections open, HttpSettings.Timeouts timeouts, HttpMetrics metrics) implements Arrivals {
        @Override
        public InputStream admit(Socket socket) throws IOException {
            Handshake handshake = new Handshake(socket, open);
            handshake.deadline.arm(Pace.now() + timeouts.head().toMillis());
            open.add(handshake);
            int first = handshake.first();
            if (first == HANDSHAKE_RECORD) {
                CURRENT.set(handshake);
                return new ByteArrayInputStream(new byte[] {(byte) first});
            }
            try {
                if (first >= 0) {
                    metrics.refused(HttpMetrics.Refusal.PLAIN_TEXT);
                    handshake.answer(first);
                }
            } finally {
                handshake.leave();
                handshake.close();
            }
            throw new EOFException("no TLS");
        }
    }

    /** Tells a client that speaks plain HTTP; others would not understand. */
    private void answer(int first) throws IOException {
        if (first >= 'A' && first <= 'Z') {
            socket.getOutputStream().write(notHttps());
            socket.shutdownOutput();
            byte[] ignored = socket.getInputStream().readNBytes(MAX_PLAIN_BYTES);
        }
    }

    private int first() throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (IOException gone) {
            leave();
            throw gone;
        }
    }

    private byte[] notHttps() {
        String requestId = RequestIds.of(Optional.empty());
        byte[] body = Problem.of(
                        ProblemCode.MALFORMED_REQUEST, "This port speaks HTTPS: the address must begin with https://.")
                .body(requestId);
        String head = "HTTP/1.1 400 Bad Request\r\nContent-Type: " + Problem.CONTENT_TYPE + "\r\n" + RequestIds.HEADER
                + ": " + requestId + "\r\n" + Dispatcher.TIME_HEADER + ": "
                + Dispatcher.millis(Duration.ofNanos(System.nanoTime() - sinceNanos))
                + "\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] begin = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(begin, begin.length + body.length);
        System.arraycopy(body, 0, all, begin.length, body.length);
        return all;
    }

    /** The one that this thread has just been through; empty without TLS. */
    static Optional<Handshake> ended() {
        Handshake done = CURRENT.get();
        CURRENT.remove();
        if (done != null) {
            done.leave();
        }
        return Optional.ofNullable(done);
    }

    private void leave() {
        boolean ignored = deadline.disarm();
        open.remove(this);
    }

    /** Closes the connection, whoever reads or writes on it. */
    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed already, which is what was wanted.
        }
    }

    @Override
    public Optional<HttpMetrics.Closing> closeIfLate(long nowMillis) {
        if (deadline.expire(nowMillis)) {
            close();
            return Optional.of(HttpMetrics.Closing.SLOW);
        }
        // The engine has closed it: client and server have not agreed.
        return socket.isClosed() && deadline.disarm() ? Optional.of(HttpMetrics.Closing.HANDSHAKE) : Optional.empty();
    }

    @Override
    public Optional<OpenConnections.Wait> idle() {
        return deadline.due().stream()
                .mapToObj(due -> new OpenConnections.Wait(this, sinceNanos, () -> {
                    boolean ended = deadline.cut(due);
                    if (ended) {
                        close();
                    }
                    return ended;
                }))
                .findFirst();
    }

    @Override
    public Optional<OpenConnections.Wait> stalled() {
        return Optional.empty();
    }
}
