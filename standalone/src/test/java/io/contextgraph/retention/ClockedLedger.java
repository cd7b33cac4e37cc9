// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.ForwardingLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.append.ClockedLog;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.prune.ClockedPruning;
import io.contextgraph.ledger.redis.trim.ClockedTrimming;
import io.contextgraph.ledger.trim.Trimming;
import java.time.Duration;

/** A ledger in Redis as one process has it, at the time of the {@link SimulatedClock}. */
final class ClockedLedger implements ForwardingLedger, AutoCloseable {
    /** Nobody waits here for as long as others may hold what they were given. */
    private static final Duration CLAIM_AFTER = Duration.ofHours(1);

    private final RedisLedger real;
    private final Redis redis;
    private final ClockedLog log;
    private final Trimming trimming;
    private final Pruning pruning;

    ClockedLedger(RedisSettings settings) {
        real = RedisLedger.connect(settings);
        redis = new Redis(settings);
        log = new ClockedLog(redis, settings, real.engine(), real.search(), SimulatedClock.LUA);
        trimming = ClockedTrimming.of(redis, new Keys(settings.prefix()), real.engine(), SimulatedClock.LUA);
        pruning = ClockedPruning.of(redis, new Keys(settings.prefix()), real.engine(), SimulatedClock.LUA);
    }

    @Override
    public Partition ledger() {
        return real;
    }

    @Override
    public EventLog log() {
        return log.log();
    }

    @Override
    public Trimming trimming() {
        return trimming;
    }

    @Override
    public Pruning pruning() {
        return pruning;
    }

    @Override
    public EventFeed feed(String group) {
        return real.feed(group, CLAIM_AFTER);
    }

    @Override
    public void close() {
        log.close();
        redis.close();
        real.close();
    }
}
