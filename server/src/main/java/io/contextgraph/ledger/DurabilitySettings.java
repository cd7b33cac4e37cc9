// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How safe an acknowledged event is.
 *
 * @param standard what an append gets that asks for no more
 * @param replicas replicas that must confirm before an event counts as replicated; 0: that level is not offered
 * @param timeout how long to wait until an event is as safe as asked
 */
public record DurabilitySettings(Durability standard, int replicas, Duration timeout) {
    public static final Setting<Durability> DEFAULT = Setting.of(
            "durability.default",
            "memory",
            Forms.oneOf(List.of(Durability.values()), Durability::wireName),
            "Durability of an append that does not ask for more.");
    public static final Setting<Integer> REPLICAS = Setting.of(
            "durability.replicas",
            "0",
            Forms.whole(0, 16),
            "Replicas that must confirm before an event is replicated; 0: that level is refused.");
    public static final Setting<Duration> TIMEOUT = Setting.of(
            "durability.timeout",
            "5s",
            Forms.duration("10ms"),
            "How long an append waits for its durability before it answers that it was not reached.");

    public static final SettingGroup SETTINGS =
            new SettingGroup(List.of(DEFAULT, REPLICAS, TIMEOUT), DurabilitySettings::problems);

    /** @throws IllegalArgumentException when there are fewer than no replicas */
    public DurabilitySettings {
        if (replicas < 0) {
            throw new IllegalArgumentException("there cannot be fewer than no replicas: " + replicas);
        }
    }

    /** As they are set. */
    public static DurabilitySettings from(Settings settings) {
        return new DurabilitySettings(settings.get(DEFAULT), settings.get(REPLICAS), settings.get(TIMEOUT));
    }

    private static List<String> problems(Settings settings) {
        return settings.get(DEFAULT) == Durability.REPLICATED && settings.get(REPLICAS) == 0
                ? List.of("durability.default is replicated, but durability.replicas is 0: set it to 1 or more")
                : List.of();
    }
}
