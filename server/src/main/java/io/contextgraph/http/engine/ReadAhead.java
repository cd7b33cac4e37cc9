// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.helidon.webserver.CloseConnectionException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads lines, and makes of each what it is read for, while those before them are being worked on: when that is slow,
 * many wait.
 *
 * <p><b>Units and bounds.</b> Stops reading while {@value #MAX_BYTES} bytes, or the given number of lines, wait.
 *
 * <p><b>Threads.</b> A thread of its own reads, and ends with the body or the connection; one other takes.
 */
public final class ReadAhead<T> implements AutoCloseable {
    private static final int MAX_BYTES = 256 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);

    /** Something made of a line of so many bytes. */
    private record Made<T>(T made, int bytes) {}

    private final BodyLines lines;
    private final Function<BodyLines.Line, T> make;
    private final int maxLines;
    private final Thread reader = Thread.ofVirtual().name("ndjson-reader").unstarted(this::read);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Made<T>> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean ended;
    private boolean unwanted;
    private @Nullable Exception failure;

    ReadAhead(BodyLines lines, Function<BodyLines.Line, T> make, int maxLines) {
        this.lines = lines;
        this.make = make;
        this.maxLines = maxLines;
    }

    void start() {
        reader.start();
    }

    private void read() {
        try {
            while (!lines.ended()) {
                List<Made<T>> arrived = lines.next().stream()
                        .map(line -> new Made<>(make.apply(line), line.size()))
                        .toList();
                if (!arrived.isEmpty()) {
                    put(arrived);
                }
            }
            end(null);
        } catch (IOException | RuntimeException broken) {
            end(broken);
        } catch (Error defect) {
            // Else whoever waits for the next line would wait for ever.
            end(new IllegalStateException("a line could not be read", defect));
            throw defect;
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            end(closing);
        } finally {
            closeLines();
        }
    }

    private void closeLines() {
        try {
            lines.close();
        } catch (IOException | RuntimeException gone) {
            LOG.trace("a body ended without its end", gone);
        }
    }

    private void put(List<Made<T>> arrived) throws InterruptedException {
        lock.lock();
        try {
            while (!unwanted && (waiting.size() >= maxLines || waitingBytes >= MAX_BYTES)) {
                changed.await();
            }
            if (!unwanted) {
                waiting.addAll(arrived);
                waitingBytes += arrived.stream().mapToInt(Made::bytes).sum();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end(@Nullable Exception with) {
        lock.lock();
        try {
            ended = true;
            failure = with;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What has arrived, at least one line; waits for it.
     *
     * @param max most lines
     * @return empty at the end, and where nobody wants more
     * @throws IOException or ProblemException when reading has failed; all that arrived before has been taken then
     */
    public List<T> next(int max) throws IOException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !ended && !unwanted) {
                changed.await();
            }
            List<T> taken = new ArrayList<>();
            while (!waiting.isEmpty() && taken.size() < max) {
                Made<T> next = waiting.removeFirst();
                waitingBytes -= next.bytes();
                taken.add(next.made());
            }
            if (taken.isEmpty()) {
                throwFailure();
            }
            changed.signalAll();
            return taken;
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new IOException("the server is closing", closing);
        } finally {
            lock.unlock();
        }
    }

    private void throwFailure() throws IOException, InterruptedException {
        switch (failure) {
            case null -> {
                // The end of the stream.
            }
            case CloseConnectionException gone -> throw new IOException("the stream broke off", gone);
            case RuntimeException broken -> throw broken;
            case InterruptedException closing -> throw closing;
            case Exception broken -> throw new IOException("the stream broke off", broken);
        }
    }

    /** The line at which reading has ended. */
    public long number() {
        lock.lock();
        try {
            return lines.number();
        } finally {
            lock.unlock();
        }
    }

    /** What the thread that reads is doing. */
    Thread.State state() {
        return reader.getState();
    }

    /** Nobody wants the rest: whoever waits for it gets nothing more, and it is read as it comes and thrown away, until the body or the connection ends. */
    @Override
    public void close() {
        lock.lock();
        try {
            unwanted = true;
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end of the body. */
    void awaitEnd(Duration atMost) throws InterruptedException {
        boolean unused = reader.join(atMost);
    }
}
