// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.ops.Deadline;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ServerConnectionException;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection from waiting for ever: each read and each write of the socket has a moment by which it must be
 * over, which depends on what the connection is doing. The engine itself has no read timeout.
 *
 * <p><b>Threads.</b> Reading and writing belong to one thread each; the rest may come from another.
 */
public final class Pace implements OpenConnections.Guest {
    /** A client must take at least this much a second of what it asked for. */
    private static final int MIN_BYTES_PER_SECOND = 16 * 1024;

    /**
     * How much longer than others one that has just come may be of no use: its request may be here, and a busy server has
     * not read it yet, while those who send many at once are answered meanwhile.
     */
    private static final long HEAD_START_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum Phase {
        IDLE,
        HEAD,
        BODY,
        STREAM,
        /** What is left of a body that nobody wants. */
        REST
    }

    private final HelidonSocket socket;
    private final Runnable closing;
    private final HttpSettings.Timeouts timeouts;
    private final IntSupplier maxBufferedBytes;
    private final Deadline reading = new Deadline();
    private final Deadline writing = new Deadline();
    private final DataReader reader;
    private volatile Phase phase = Phase.IDLE;
    private volatile long phaseEnds;

    /** When something last began: the connection, a request's head, a write. Before the client can know of it. */
    private volatile long sinceNanos = System.nanoTime() + HEAD_START_NANOS;

    private volatile @Nullable Long startedNanos;

    /** @param closing closes the connection at once, whoever reads or writes on it */
    @SuppressWarnings("this-escape")
    Pace(HelidonSocket socket, Runnable closing, HttpSettings.Timeouts timeouts, IntSupplier maxBufferedBytes) {
        this.socket = socket;
        this.closing = closing;
        this.timeouts = timeouts;
        this.maxBufferedBytes = maxBufferedBytes;
        this.reader = DataReader.create(this::read);
    }

    DataReader reader() {
        return reader;
    }

    /** When the first byte of the request in work arrived, as {@link System#nanoTime}. */
    long startedNanos() {
        Long started = startedNanos;
        return started == null ? System.nanoTime() : started;
    }

    /** The request's headers are complete. */
    void bodyBegins() {
        enter(Phase.BODY, timeouts.body());
    }

    /** The answer has begun: what is read next is the next request, or the rest of a body that nobody wants. */
    void answered() {
        startedNanos = null;
        if (phase != Phase.STREAM) {
            phase = Phase.IDLE;
        }
    }

    /** The body may take for ever as long as it brings something now and then. */
    public void streamBegins() {
        phase = Phase.STREAM;
    }

    public void streamEnds() {
        phase = Phase.IDLE;
    }

    /** What is left of the body may take this long in all, a read under way included. */
    void linger(Duration most) {
        enter(Phase.REST, most);
        reading.shorten(phaseEnds);
    }

    /**
     * Between two requests, where the next one is here already: whoever sends many at once takes turns with the others, and
     * is idle meanwhile, like those that have sent nothing. A virtual thread must make way itself, and one that only
     * yields would still be taken before a connection that has just come.
     */
    void letOthersGo() {
        if (reader.available() > 0) {
            reading.arm(now() + timeouts.idle().toMillis());
            LockSupport.parkNanos(1);
            if (!reading.disarm()) {
                throw late();
            }
        }
    }

    private void enter(Phase next, Duration most) {
        sinceNanos = System.nanoTime();
        phaseEnds = now() + most.toMillis();
        phase = next;
    }

    /** Waiting for a request, for the rest of its head, or for the rest of a body that nobody wants. */
    @Override
    public Optional<OpenConnections.Wait> idle() {
        OptionalLong due = reading.due();
        // In this order: a read that is over cannot be cut any more, whatever phase came after it.
        boolean idle = switch (phase) {
            case IDLE, HEAD, REST -> due.isPresent();
            case BODY, STREAM -> false;
        };
        return idle ? Optional.of(wait(reading, due.getAsLong())) : Optional.empty();
    }

    /** Waiting for the client to take what was written. */
    @Override
    public Optional<OpenConnections.Wait> stalled() {
        OptionalLong due = writing.due();
        return due.isPresent() ? Optional.of(wait(writing, due.getAsLong())) : Optional.empty();
    }

    private OpenConnections.Wait wait(Deadline deadline, long due) {
        return new OpenConnections.Wait(this, sinceNanos, () -> {
            boolean ended = deadline.cut(due);
            if (ended) {
                close();
            }
            return ended;
        });
    }

    private byte @Nullable [] read() {
        // A chunk is read as a whole by the engine: this bounds what a client can make it collect.
        if (reader.available() > maxBufferedBytes.getAsInt()) {
            throw RequestException.builder()
                    .type(DirectHandler.EventType.PAYLOAD_TOO_LARGE)
                    .status(Status.REQUEST_ENTITY_TOO_LARGE_413)
                    .setKeepAlive(false)
                    .message("chunk too large")
                    .build();
        }
        long now = now();
        reading.arm(
                switch (phase) {
                    case IDLE -> now + timeouts.idle().toMillis();
                    case HEAD -> phaseEnds;
                    case BODY, REST ->
                        Math.min(phaseEnds, now + timeouts.silence().toMillis());
                    case STREAM -> now + timeouts.silence().toMillis();
                });
        byte[] bytes;
        try {
            bytes = socket.get();
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("The connection is gone", e);
        }
        if (!reading.disarm()) {
            throw late();
        }
        if (bytes == null && phase == Phase.HEAD) {
            // The engine would take half a head for a defect of its own, and answer and log it as one.
            throw new ServerConnectionException("The client has left", new EOFException("in the middle of a head"));
        }
        if (phase == Phase.IDLE) {
            startedNanos = System.nanoTime();
            enter(Phase.HEAD, timeouts.head());
        }
        return bytes;
    }

    /** Runs one write of {@code size} bytes. */
    void write(int size, Runnable write) {
        sinceNanos = System.nanoTime();
        writing.arm(now() + timeouts.silence().toMillis() + size * 1000L / MIN_BYTES_PER_SECOND);
        try {
            write.run();
        } catch (UncheckedIOException e) {
            throw gone(e);
        }
        if (!writing.disarm()) {
            throw late();
        }
    }

    /** Closes the connection when its time is over; why it did. */
    @Override
    public Optional<HttpMetrics.Closing> closeIfLate(long nowMillis) {
        boolean idle = phase == Phase.IDLE;
        boolean reads = reading.expire(nowMillis);
        boolean writes = writing.expire(nowMillis);
        if (!reads && !writes) {
            return Optional.empty();
        }
        close();
        return Optional.of(reads && idle ? HttpMetrics.Closing.IDLE : HttpMetrics.Closing.SLOW);
    }

    private void close() {
        try {
            closing.run();
        } catch (UncheckedIOException e) {
            // Closed already, which is what was wanted.
        }
    }

    /** With TLS a client that has left is an error of its own, which the engine would take for a defect. */
    private static UncheckedIOException gone(UncheckedIOException error) {
        if (!(error.getCause() instanceof SSLException)) {
            return error;
        }
        SocketException gone = new SocketException("The connection is gone");
        Throwable ignored = gone.initCause(error);
        return new UncheckedIOException(gone);
    }

    private static ServerConnectionException late() {
        return new ServerConnectionException("The client was too slow", new SocketTimeoutException("late"));
    }

    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
