// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import com.sun.management.UnixOperatingSystemMXBean;
import io.contextgraph.ops.Metrics;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
    /** A connection, as far as it matters how long it may stay. */
    interface Guest {
        /** Closes the connection when its time is over; why it did. */
        Optional<HttpMetrics.Closing> closeIfLate(long nowMillis);

        /** Waiting for what nobody has promised to send. */
        Optional<Wait> idle();

        /** Waiting for the client to take what was written. */
        Optional<Wait> stalled();
    }

    /**
     * A read or a write that is under way.
     *
     * @param sinceNanos since when the connection has been of no use
     * @param ending closes the connection, unless it has gone on meanwhile; whether it did
     */
    record Wait(Guest guest, long sinceNanos, BooleanSupplier ending) {
        boolean end() {
            return ending.getAsBoolean();
        }
    }

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What an idle connection holds: the buffer that is read into, its thread, TLS. */
    private static final int HEAP_BYTES = 32 * 1024;

    private final int bound;
    private final HttpMetrics counts;
    private final Set<Guest> open = ConcurrentHashMap.newKeySet();
    private final Thread watcher = Thread.ofVirtual().name("http-connections").unstarted(this::watch);
    private volatile boolean closed;

    /** Closes nothing before it is started. */
    OpenConnections(int wanted, Metrics metrics, HttpMetrics counts) {
        this.bound = Math.min(wanted, affordable());
        this.counts = counts;
        metrics.gauge("contextgraph.http.connections.open", "Connections that are open", open::size);
    }

    /**
     * Half of the files that this process may have open, since the engine stops listening for good when it cannot accept; and as many as
     * a quarter of the heap holds.
     */
    private static int affordable() {
        int held = Math.clamp(Runtime.getRuntime().maxMemory() / 4 / HEAP_BYTES, 1, Integer.MAX_VALUE / 2);
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : -1;
        return files < 0 ? held : Math.clamp(files / 2, 1, held);
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

    void add(Guest guest) {
        open.add(guest);
        if (open.size() > bound) {
            LockSupport.unpark(watcher);
        }
    }

    void remove(Guest guest) {
        open.remove(guest);
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            long now = Pace.now();
            open.forEach(guest -> guest.closeIfLate(now).ifPresent(why -> closed(guest, why)));
            makeRoom(Guest::idle);
            long longAgo = System.nanoTime() - STALLED_NANOS;
            makeRoom(guest -> guest.stalled().filter(wait -> wait.sinceNanos() - longAgo < 0));
        }
    }

    private void closed(Guest guest, HttpMetrics.Closing why) {
        open.remove(guest);
        counts.connectionClosed(why);
    }

    /** Closes those that {@code choice} finds useless, if there are too many. */
    private void makeRoom(Function<Guest, Optional<Wait>> choice) {
        if (open.size() <= bound) {
            return;
        }
        List<Wait> useless = open.stream()
                .map(choice)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingLong(Wait::sinceNanos))
                .toList();
        int left = open.size() - (bound - bound / 16);
        for (Wait wait : useless) {
            if (left > 0 && wait.end()) {
                closed(wait.guest(), HttpMetrics.Closing.CROWDED);
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
