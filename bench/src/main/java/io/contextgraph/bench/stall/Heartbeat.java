// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.stall;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import javax.management.ListenerNotFoundException;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Notes when this process was not let to work, and when its JVM collected garbage. */
public final class Heartbeat implements AutoCloseable {
    private static final long BEAT_NANOS = 1_000_000;
    private static final long LATE_NANOS = 5_000_000;

    private final Queue<Evidence> seen = new ConcurrentLinkedQueue<>();
    private final Map<NotificationEmitter, NotificationListener> listening = new LinkedHashMap<>();
    private final Thread beat = Thread.ofPlatform().name("beat").daemon().unstarted(this::run);
    private volatile boolean stopped;

    private Heartbeat() {}

    /** Begins to beat. */
    public static Heartbeat start() {
        Heartbeat heartbeat = new Heartbeat();
        long zero = System.nanoTime()
                - Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime())
                        .toNanos();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            // What collects beside the program does not stop it.
            if (collector instanceof NotificationEmitter emitter
                    && !collector.getName().contains("Concurrent")) {
                NotificationListener listener = (notification, handback) -> {
                    if (notification.getUserData() instanceof CompositeData data) {
                        heartbeat.collected(GarbageCollectionNotificationInfo.from(data), zero);
                    }
                };
                emitter.addNotificationListener(listener, null, null);
                heartbeat.listening.put(emitter, listener);
            }
        }
        heartbeat.beat.start();
        return heartbeat;
    }

    private void collected(GarbageCollectionNotificationInfo info, long zero) {
        GcInfo gc = info.getGcInfo();
        long from = zero + Duration.ofMillis(gc.getStartTime()).toNanos();
        // Its clock ticks once a millisecond.
        long nanos = Duration.ofMillis(Math.max(1, gc.getDuration())).toNanos();
        seen.add(new Evidence(Cause.COLLECTION, from - BEAT_NANOS, from + nanos + BEAT_NANOS, nanos, "collection"));
    }

    private void run() {
        long last = System.nanoTime();
        while (!stopped) {
            LockSupport.parkNanos(BEAT_NANOS);
            long now = System.nanoTime();
            if (now - last > LATE_NANOS) {
                seen.add(new Evidence(Cause.GENERATOR, last, now, now - last, "generator stood"));
            }
            last = now;
        }
    }

    /** What was seen so far. */
    public List<Evidence> seen() {
        return new ArrayList<>(seen);
    }

    @Override
    public void close() {
        stopped = true;
        listening.forEach((emitter, listener) -> {
            try {
                emitter.removeNotificationListener(listener);
            } catch (ListenerNotFoundException gone) {
                // It does not listen any more, which was wanted.
            }
        });
    }
}
