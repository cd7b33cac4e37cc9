// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.ledger.Durability;
import java.util.concurrent.atomic.AtomicLong;

/** What a run has done so far. Safe for threads. */
final class Totals {
    final AtomicLong serverKills = new AtomicLong();
    final AtomicLong redisKills = new AtomicLong();
    final AtomicLong memory = new AtomicLong();
    final AtomicLong fsync = new AtomicLong();
    final AtomicLong duplicates = new AtomicLong();
    final AtomicLong conflicts = new AtomicLong();
    final AtomicLong repeated = new AtomicLong();
    final AtomicLong reads = new AtomicLong();
    final AtomicLong verifiedMemory = new AtomicLong();
    final AtomicLong verifiedFsync = new AtomicLong();
    final AtomicLong forgotten = new AtomicLong();
    final AtomicLong followed = new AtomicLong();
    final AtomicLong connections = new AtomicLong();
    final AtomicLong sentAgain = new AtomicLong();

    void acknowledged(Durability level, boolean duplicate) {
        (level == Durability.MEMORY ? memory : fsync).incrementAndGet();
        if (duplicate) {
            duplicates.incrementAndGet();
        }
    }

    long acknowledged() {
        return memory.get() + fsync.get();
    }

    void conflict() {
        conflicts.incrementAndGet();
    }

    void repeated(int events) {
        repeated.addAndGet(events);
    }
}
