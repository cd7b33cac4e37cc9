// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import com.sun.management.UnixOperatingSystemMXBean;
import io.contextgraph.ops.Metrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The connections that are open. Closes those whose time is over, and of too many those that have been of no use for the
 * longest time, so that there is always room for a new one.
 *
 * <p><b>Units and bounds.</b> Beyond the bound the longest idle are closed, those in the middle of a request's head or of a
 * body that nobody wants among them, until a sixteenth of the room is free. Only where these are not enough, those follow
 * whose client has taken nothing of an answer for a second. All others are in work, which has bounds of its own.
 *
 * <p><b>Threads.</b> Safe for threads; one of its own closes.
 */
final class OpenConnections implements AutoCloseable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int bound;
    private final HttpMetrics counts;
    private final Set<Pace> open = ConcurrentHashMap.newKeySet();
    private final Map<Socket, Beginning> beginning = new ConcurrentHashMap<>();
    private final Thread watcher = Thread.ofVirtual().name("http-connections").unstarted(this::watch);
    private volatile boolean closed;

    /** Closes nothing before it is started. */
    OpenConnections(int wanted, Metrics metrics, HttpMetrics counts) {
        this.bound = Math.min(wanted, affordable());
        this.counts = counts;
        metrics.gauge("contextgraph.http.connections.open", "Connections that are open", open::size);
    }

    /** Half of the files that this process may have open: the engine stops listening for good when it cannot accept. */
    private static int affordable() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : -1;
        return files < 0 ? Integer.MAX_VALUE / 2 : Math.clamp(files / 2, 1, Integer.MAX_VALUE / 2);
    }

    /** Beyond how many some are closed: what was wanted, or less where the system does not allow as many. */
    int bound() {
        return bound;
    }

    /** How many there are while some are being closed; further ones wait to be accepted. */
    int most() {
        return bound + Math.max(8, bound / 8);
    }

    void start() {
        watcher.start();
    }

    /** A connection whose handshake begins: it is closed where that has not ended in time, or others need the room. */
    void begins(Socket socket, Duration patience) {
        beginning.put(socket, new Beginning(Thread.currentThread(), System.nanoTime(), patience.toNanos()));
        if (open.size() + beginning.size() > bound) {
            LockSupport.unpark(watcher);
        }
    }

    /** A handshake under way, and who waits for it. */
    private record Beginning(Thread thread, long sinceNanos, long patienceNanos) {
        boolean isLate(long now) {
            return now - sinceNanos > patienceNanos;
        }
    }

    void add(Pace pace) {
        Thread here = Thread.currentThread();
        beginning.values().removeIf(one -> one.thread().equals(here));
        open.add(pace);
        if (open.size() > bound) {
            LockSupport.unpark(watcher);
        }
    }

    void remove(Pace pace) {
        open.remove(pace);
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            long now = Pace.now();
            open.forEach(pace -> pace.closeIfLate(now).ifPresent(why -> counts.connectionClosed(why)));
            endHandshakes();
            makeRoom(Pace::idle);
            long longAgo = System.nanoTime() - STALLED_NANOS;
            makeRoom(pace -> pace.stalled().filter(wait -> wait.sinceNanos() - longAgo < 0));
        }
    }

    private void endHandshakes() {
        long now = System.nanoTime();
        beginning.keySet().removeIf(Socket::isClosed);
        beginning.forEach((socket, one) -> {
            if (one.isLate(now)) {
                end(socket, HttpMetrics.Closing.SLOW);
            }
        });
        int tooMany = open.size() + beginning.size() - bound;
        if (tooMany > 0) {
            beginning.entrySet().stream()
                    .sorted(Comparator.comparingLong(entry -> entry.getValue().sinceNanos()))
                    .limit(tooMany)
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(socket -> end(socket, HttpMetrics.Closing.CROWDED));
        }
    }

    private void end(Socket socket, HttpMetrics.Closing why) {
        if (beginning.remove(socket) != null) {
            counts.connectionClosed(why);
            try {
                socket.close();
            } catch (IOException closed) {
                // Which is what was wanted.
            }
        }
    }

    /** Closes those that {@code choice} finds useless, if there are too many. */
    private void makeRoom(Function<Pace, Optional<Pace.Wait>> choice) {
        if (open.size() <= bound) {
            return;
        }
        List<Pace.Wait> useless = open.stream()
                .map(choice)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingLong(Pace.Wait::sinceNanos))
                .toList();
        int left = open.size() - (bound - bound / 16);
        for (Pace.Wait wait : useless) {
            if (left > 0 && wait.end()) {
                open.remove(wait.pace());
                counts.connectionClosed(HttpMetrics.Closing.CROWDED);
                left--;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watcher);
    }
}
