// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.forgetting;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import io.contextgraph.graph.Forgetting;
import java.time.Duration;
import java.util.List;

/**
 * For how long the graph keeps the nodes of events that have gone from the ledger; summaries stay for ever.
 *
 * @param fullFor every one of them, from when the ledger took it; zero: for ever
 * @param importantFor those that are {@linkplain Forgetting#isImportant important}; zero: for ever
 */
public record ForgettingSettings(Duration fullFor, Duration importantFor) {
    /** The graph keeps everything. */
    public static final ForgettingSettings NEVER = new ForgettingSettings(Duration.ZERO, Duration.ZERO);

    public static final Setting<Duration> FULL_FOR = Setting.of(
            "graph.full-for",
            "0",
            Forms.durationOrNone("1s"),
            "How long the graph keeps the node of an event that has left the ledger, from when the ledger took it. After that only"
                    + " important ones stay: those that failed or ran out of time, or whose importance_hint is 8 or more. 0: for"
                    + " ever.");
    public static final Setting<Duration> IMPORTANT_FOR = Setting.of(
            "graph.important-for",
            "0",
            Forms.durationOrNone("1s"),
            "How long it keeps the important ones; after that only the summary of their session stays. 0: for ever.");

    public static final SettingGroup SETTINGS =
            new SettingGroup(List.of(FULL_FOR, IMPORTANT_FOR), ForgettingSettings::wrong);

    private static List<String> wrong(Settings settings) {
        Duration important = settings.get(IMPORTANT_FOR);
        Duration full = settings.get(FULL_FOR);
        if (important.isZero() || (!full.isZero() && important.compareTo(full) >= 0)) {
            return List.of();
        }
        return List.of(IMPORTANT_FOR.key() + " must not be shorter than " + FULL_FOR.key());
    }

    public static ForgettingSettings from(Settings settings) {
        return new ForgettingSettings(settings.get(FULL_FOR), settings.get(IMPORTANT_FOR));
    }

    boolean isOn() {
        return !fullFor.isZero();
    }
}
