// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.ArchiveSettings;
import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What retention is for: settings that belong together, under one name. */
public enum RetentionProfile {
    /** The settings as they stand. */
    DEFAULT,
    /** Nothing goes. */
    UNLIMITED,
    /** Logs of a high-risk system are kept for at least six months: Regulation (EU) 2024/1689, articles 19 and 26. */
    EU_AI_ACT;

    private static final Duration SIX_MONTHS = Duration.ofDays(184);

    /** As it is written. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** By key, what holds where nobody has set it. */
    public static Map<String, String> presets(Settings settings) {
        return switch (settings.get(CeilingSettings.PROFILE)) {
            case DEFAULT -> Map.of();
            case UNLIMITED -> Map.of(CeilingSettings.CEILING.key(), "0");
            case EU_AI_ACT ->
                Map.of(
                        CeilingSettings.FLOOR.key(),
                        Forms.text(SIX_MONTHS),
                        DurabilitySettings.DEFAULT.key(),
                        Durability.FSYNC.wireName());
        };
    }

    /** What somebody has set against it: a sentence for each. */
    List<String> contradictions(Settings settings) {
        List<String> wrong = new ArrayList<>();
        switch (this) {
            case DEFAULT -> {}
            case UNLIMITED ->
                require(settings.get(CeilingSettings.CEILING).isZero(), CeilingSettings.CEILING, "0", wrong);
            case EU_AI_ACT -> {
                Duration floor = settings.get(CeilingSettings.FLOOR);
                require(
                        floor.compareTo(SIX_MONTHS) >= 0,
                        CeilingSettings.FLOOR,
                        Forms.text(SIX_MONTHS) + " or more",
                        wrong);
                require(settings.get(ArchiveSettings.REQUIRED), ArchiveSettings.REQUIRED, "true", wrong);
                require(
                        settings.get(DurabilitySettings.DEFAULT).covers(Durability.FSYNC),
                        DurabilitySettings.DEFAULT,
                        "fsync or replicated",
                        wrong);
            }
        }
        return wrong;
    }

    private void require(boolean holds, Setting<?> setting, String value, List<String> wrong) {
        if (!holds) {
            wrong.add(CeilingSettings.PROFILE.key() + " " + wireName() + " wants " + setting.key() + " to be " + value
                    + ": take what is set out, or choose another profile");
        }
    }
}
