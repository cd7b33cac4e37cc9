// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.testing.SmallJvm;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Set;

/** A process that runs retention once, in small steps with rests, and says what came of it. */
final class RetainingProcess {
    static final String OWNER = "paused";

    private static final String ADDRESS = "RETAINING_REDIS_URL";

    private RetainingProcess() {}

    /**
     * Starts one.
     *
     * @param ticking whether its own clock goes on with that of Redis
     */
    static Process start(URI redis, boolean ticking) throws IOException {
        ProcessBuilder builder = SmallJvm.of(RetainingProcess.class, Boolean.toString(ticking));
        builder.environment().put(ADDRESS, redis.toString());
        return builder.start();
    }

    static RedisSettings settings(URI redis) {
        return RedisSettings.defaults(redis).withEngine(Engine.SORTED_SET).withPrefix("stopped:");
    }

    /** Entries stay for a day; one goes at a time. */
    static RetentionSettings retention(Duration pause) {
        return new RetentionSettings(
                Duration.ofDays(1), Duration.ofHours(1), Set.of("projection"), true, Duration.ofMinutes(1), 1, pause);
    }

    public static void main(String[] args) {
        URI redis = URI.create(System.getenv().getOrDefault(ADDRESS, ""));
        SimulatedClock clock = new SimulatedClock(redis);
        InstantSource own = Boolean.parseBoolean(args[0]) ? clock : Clock.fixed(clock.instant(), ZoneOffset.UTC);
        try (ClockedLedger ledger = new ClockedLedger(settings(redis))) {
            System.out.println("done: "
                    + new Retention(ledger, retention(Duration.ofMillis(20)), Ceilings.none(ledger, own), own, OWNER)
                            .runIfFree(Rest::sleeping));
        } catch (WorkFailedException lost) {
            System.out.println("lost: " + lost.getMessage());
        }
    }
}
