// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import io.contextgraph.ops.Metrics;
import java.time.Duration;
import java.time.InstantSource;

/** What can be watched of checkpoints. */
public final class CheckpointMetrics {
    private CheckpointMetrics() {}

    /** How old what this server knows of the ledger is. */
    public static void standing(Metrics metrics, CheckpointKeeper keeper, InstantSource clock) {
        metrics.gauge(
                "contextgraph.checkpoint.age.seconds",
                "How long ago this server found the ledger whole, and wrote down how far it reaches",
                () -> Duration.between(keeper.wholeAt(), clock.instant()).toSeconds());
    }
}
