// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Kills the server, Redis, or both, again and again: mostly some time after everything was back and something was
 * acknowledged, sometimes while it is still starting.
 */
final class Killer extends Act {
    private static final int MOST_PAUSE_MILLIS = 3000;
    private static final int IMPATIENT_ONE_IN = 5;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long ASK_AGAIN_MILLIS = 20;

    private final Supervised server;
    private final Supervised redis;
    private final History history;
    private final Totals totals;
    private final SplittableRandom random;
    private final BooleanSupplier ready;
    private long acknowledged;

    /** @param ready whether everything is up */
    Killer(Supervised server, Supervised redis, BooleanSupplier ready, History history, Totals totals, long seed) {
        this.ready = ready;
        this.server = server;
        this.redis = redis;
        this.history = history;
        this.totals = totals;
        this.acknowledged = totals.acknowledged();
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void run() {
        boolean first = true;
        while (!isStopped() && awaitMoment()) {
            int choice = first ? 5 : random.nextInt(10);
            first = false;
            switch (choice) {
                case 0, 1 -> killServer();
                case 2 -> {
                    killServer();
                    killRedis();
                }
                case 3, 4, 5, 6, 7, 8 -> killRedis();
                default -> {
                    // Once more while it starts or loads its data.
                    killRedis();
                    if (Pause.millis(random.nextInt(600))) {
                        killRedis();
                    }
                }
            }
        }
    }

    private boolean awaitMoment() {
        long begun = System.nanoTime();
        boolean impatient = acknowledged > 0 && random.nextInt(IMPATIENT_ONE_IN) == 0;
        while (!impatient
                && !isStopped()
                && (totals.acknowledged() == acknowledged || !ready.getAsBoolean())
                && System.nanoTime() - begun < PATIENCE_NANOS) {
            if (!Pause.millis(ASK_AGAIN_MILLIS)) {
                return false;
            }
        }
        boolean goOn = Pause.millis(random.nextInt(MOST_PAUSE_MILLIS)) && !isStopped();
        acknowledged = totals.acknowledged();
        return goOn;
    }

    private void killServer() {
        if (server.kill().isPresent()) {
            totals.serverKills.incrementAndGet();
        }
    }

    private void killRedis() {
        Optional<History.Kill> kill = redis.kill();
        kill.ifPresent(history::redisKilled);
        if (kill.isPresent()) {
            totals.redisKills.incrementAndGet();
        }
    }
}
