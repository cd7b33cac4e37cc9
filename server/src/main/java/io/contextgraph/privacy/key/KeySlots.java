// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is known of pseudonyms, those used last: at most so many. One that goes is not dropped: somebody may be using it. */
final class KeySlots {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Pseudonym, Slot> slots;

    KeySlots(int most) {
        this.slots = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Entry<Pseudonym, Slot> eldest) {
                return size() > most;
            }
        };
    }

    /** What is known of one pseudonym; whoever changes it holds its lock. */
    static final class Slot {
        final ReentrantLock loading = new ReentrantLock();
        volatile @Nullable Known known;
        volatile boolean dropped;
    }

    /**
     * What was read of one.
     *
     * @param key empty until it is needed
     * @param revision of the ledger of erasures, read before them
     * @param at when the key was read, in nanoseconds
     */
    record Known(Erasures erasures, @Nullable DataKey key, String revision, long at) {}

    Slot get(Pseudonym pseudonym) {
        lock.lock();
        try {
            return slots.computeIfAbsent(pseudonym, unknown -> new Slot());
        } finally {
            lock.unlock();
        }
    }

    /** Takes one out, and the key out of the hands of whoever has it. */
    void drop(Pseudonym pseudonym) {
        Slot gone;
        lock.lock();
        try {
            gone = slots.remove(pseudonym);
        } finally {
            lock.unlock();
        }
        if (gone != null) {
            dropKey(gone);
        }
    }

    private static void dropKey(Slot slot) {
        slot.dropped = true;
        Known known = slot.known;
        if (known != null && known.key() != null) {
            known.key().drop();
        }
    }

    /** Forgets those that were read before a time, in nanoseconds; whoever uses a key of them goes on doing so. */
    void forgetBefore(long at) {
        lock.lock();
        try {
            boolean ignored = slots.values().removeIf(slot -> {
                Known known = slot.known;
                return known != null && known.at() - at < 0;
            });
        } finally {
            lock.unlock();
        }
    }

    /** How many there are. */
    int size() {
        lock.lock();
        try {
            return slots.size();
        } finally {
            lock.unlock();
        }
    }

    void dropAll() {
        lock.lock();
        try {
            slots.values().forEach(KeySlots::dropKey);
            slots.clear();
        } finally {
            lock.unlock();
        }
    }
}
