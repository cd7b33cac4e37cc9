// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.CommandBreaker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/** One process that runs retention on its schedule, until it dies. */
final class RetainingServer implements AutoCloseable {
    private final String owner;
    private final CommandBreaker breaker;
    private final ClockedLedger ledger;
    private final Retention retention;
    private final RetentionSchedule schedule;
    private final RetentionCheck check;

    /** Events stay for ever. */
    RetainingServer(String owner, int redis, RedisSettings settings, RetentionSettings how, InstantSource clock) {
        this(owner, redis, settings, how, clock, ledger -> Ceilings.none(ledger, clock));
    }

    /** @param ceiling of a ledger */
    RetainingServer(
            String owner,
            int redis,
            RedisSettings settings,
            RetentionSettings how,
            InstantSource clock,
            Function<Partition, CeilingUpkeep> ceiling) {
        this.owner = owner;
        breaker = CommandBreaker.to(redis, RetentionCommands::name);
        ledger = new ClockedLedger(settings.withUrl(breaker.inFrontOf(settings.url())));
        retention = new Retention(ledger, how, ceiling.apply(ledger), clock, owner);
        schedule = new RetentionSchedule(retention);
        check = new RetentionCheck(retention, Optional.of(schedule), clock);
    }

    String owner() {
        return owner;
    }

    CommandBreaker breaker() {
        return breaker;
    }

    Retention retention() {
        return retention;
    }

    RetentionSchedule schedule() {
        return schedule;
    }

    RetentionCheck check() {
        return check;
    }

    /** @return after how long it wants to run again */
    Duration step() {
        return schedule.step();
    }

    /** It dies: whatever it holds stays as it is. */
    @Override
    public void close() {
        breaker.close();
        schedule.close();
        ledger.close();
    }
}
