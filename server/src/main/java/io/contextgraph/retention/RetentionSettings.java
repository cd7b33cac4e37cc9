// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.trim.Trimming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How retention works.
 *
 * @param hotWindow how long an entry stays in the streams
 * @param minHotWindow how short that becomes while memory is scarce; at most {@code hotWindow}
 * @param requiredGroups who must have finished an entry before it goes
 * @param coldIndex whether an event without an entry stays in the index
 * @param interval how often it is looked for what may go
 * @param step most entries that are taken at once
 * @param pause rest between two steps
 */
public record RetentionSettings(
        Duration hotWindow,
        Duration minHotWindow,
        Set<String> requiredGroups,
        boolean coldIndex,
        Duration interval,
        int step,
        Duration pause) {
    public static final Setting<Boolean> ENABLED = Setting.of(
            "retention.enabled",
            "true",
            Forms.flag(),
            "Whether this server takes entries out of the streams; of several on one ledger one does it at a time.");
    public static final Setting<Duration> HOT_WINDOW = Setting.of(
            "retention.hot-window",
            "7d",
            Forms.duration("1s"),
            "How long an entry stays in the streams, from when the ledger took the event; the event itself stays.");
    public static final Setting<Duration> MIN_HOT_WINDOW = Setting.of(
            "retention.min-hot-window",
            "1h",
            Forms.duration("1s"),
            "How short the hot window becomes, in steps, while Redis uses much of its maxmemory.");
    public static final Setting<List<String>> REQUIRED_GROUPS = Setting.of(
            "retention.required-groups",
            "projection",
            Forms.list(Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}"), "projection"),
            "Consumer groups that must have finished an entry before it goes; one that does not exist stops trimming.");
    public static final Setting<Boolean> COLD_INDEX = Setting.of(
            "retention.cold-index",
            "true",
            Forms.flag(),
            "Whether an event stays in the index when its entry has left the streams; else it is found by id, session and"
                    + " commit order only, and other queries say what they leave out.");
    public static final Setting<Duration> INTERVAL = Setting.of(
            "retention.interval", "1m", Forms.duration("1s"), "How often it is looked for entries that may go.");
    public static final Setting<Integer> STEP = Setting.of(
            "retention.step", "200", Forms.whole(1, Trimming.MAX_STEP), "Most entries that are taken out at once.");
    public static final Setting<Duration> PAUSE = Setting.of(
            "retention.pause",
            "10ms",
            Forms.duration("0ms"),
            "Rest between two steps, at most 10s: with retention.step, how fast entries go.");

    public static final SettingGroup SETTINGS = new SettingGroup(
            List.of(ENABLED, HOT_WINDOW, MIN_HOT_WINDOW, REQUIRED_GROUPS, COLD_INDEX, INTERVAL, STEP, PAUSE),
            RetentionSettings::wrong);

    /** A lease is renewed between two steps. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private static List<String> wrong(Settings settings) {
        List<String> wrong = new ArrayList<>();
        if (settings.get(MIN_HOT_WINDOW).compareTo(settings.get(HOT_WINDOW)) > 0) {
            wrong.add(MIN_HOT_WINDOW.key() + " must not be longer than " + HOT_WINDOW.key());
        }
        if (settings.get(PAUSE).compareTo(LONGEST_PAUSE) > 0) {
            wrong.add(PAUSE.key() + " must not be longer than " + Forms.text(LONGEST_PAUSE));
        }
        return wrong;
    }

    public static final RetentionSettings DEFAULT = new RetentionSettings(
            Duration.ofDays(7),
            Duration.ofHours(1),
            Set.of("projection"),
            true,
            Duration.ofMinutes(1),
            Trimming.MAX_STEP,
            Duration.ofMillis(10));

    /** As they are set. */
    public static RetentionSettings from(Settings settings) {
        return new RetentionSettings(
                settings.get(HOT_WINDOW),
                settings.get(MIN_HOT_WINDOW),
                new TreeSet<>(settings.get(REQUIRED_GROUPS)),
                settings.get(COLD_INDEX),
                settings.get(INTERVAL),
                settings.get(STEP),
                settings.get(PAUSE));
    }

    public RetentionSettings {
        requiredGroups = Set.copyOf(requiredGroups);
    }
}
