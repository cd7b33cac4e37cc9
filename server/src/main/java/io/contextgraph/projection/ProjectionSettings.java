// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.time.Duration;

/**
 * How a worker works.
 *
 * @param batchSize most events in one transaction, at least 1
 * @param pollTimeout how long to wait for new events; bounds how long a worker takes to stop
 * @param maxAttempts how often an entry is tried on its own before it is parked, at least 1
 * @param retryAfter how long to leave it alone between two tries; doubles with each
 */
public record ProjectionSettings(int batchSize, Duration pollTimeout, int maxAttempts, Duration retryAfter) {
    public static final Setting<Boolean> ENABLED = Setting.of(
            "projection.enabled",
            "true",
            Forms.flag(),
            "Whether this server feeds the graph; false leaves it to others on the same ledger.");
    public static final Setting<Integer> BATCH_SIZE = Setting.of(
            "projection.batch-size", "500", Forms.whole(1, 1000), "Most events in one transaction of the graph.");
    public static final Setting<Duration> LINGER = Setting.of(
            "projection.linger",
            "0ms",
            Forms.duration("0ms"),
            "How long to wait for more events before a transaction, as long as they keep coming; fewer transactions, later reads.");
    public static final Setting<Duration> CLAIM_AFTER = Setting.of(
            "projection.claim-after",
            "30s",
            Forms.duration("1s"),
            "How long a server may hold events before another takes them over; above the longest transaction of the graph.");

    public static final SettingGroup SETTINGS = SettingGroup.of(ENABLED, BATCH_SIZE, LINGER, CLAIM_AFTER);

    public static final ProjectionSettings DEFAULT =
            new ProjectionSettings(500, Duration.ofMillis(500), 5, Duration.ofSeconds(1));

    /** As they are set. */
    public static ProjectionSettings from(Settings settings) {
        return new ProjectionSettings(
                settings.get(BATCH_SIZE), DEFAULT.pollTimeout(), DEFAULT.maxAttempts(), DEFAULT.retryAfter());
    }

    /** @throws IllegalArgumentException when a bound is out of range */
    public ProjectionSettings {
        if (batchSize < 1 || maxAttempts < 1) {
            throw new IllegalArgumentException(
                    "batchSize and maxAttempts must be at least 1: " + batchSize + ", " + maxAttempts);
        }
    }
}
