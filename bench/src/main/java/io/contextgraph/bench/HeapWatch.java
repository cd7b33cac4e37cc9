// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** The most that collections have left of this process's heap, from the creation of this on. */
final class HeapWatch implements AutoCloseable {
    private static final Set<String> POOLS = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());

    private final AtomicLong most = new AtomicLong();
    private final NotificationListener listener = (notification, ignored) -> note(notification);

    HeapWatch() {
        System.gc();
        emitters().forEach(emitter -> emitter.addNotificationListener(listener, null, null));
    }

    private static List<NotificationEmitter> emitters() {
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
        return collectors.stream().map(NotificationEmitter.class::cast).toList();
    }

    private void note(Notification notification) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            long left = GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
                    .getGcInfo()
                    .getMemoryUsageAfterGc()
                    .entrySet()
                    .stream()
                    .filter(pool -> POOLS.contains(pool.getKey()))
                    .map(Map.Entry::getValue)
                    .mapToLong(usage -> usage.getUsed())
                    .sum();
            most.accumulateAndGet(left, Math::max);
        }
    }

    /** In megabytes; collects once more, so that there is a figure. */
    double megabytes() {
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return Math.max(most.get(), used) / 1e6;
    }

    @Override
    public void close() throws ListenerNotFoundException {
        for (NotificationEmitter emitter : emitters()) {
            emitter.removeNotificationListener(listener);
        }
    }
}
