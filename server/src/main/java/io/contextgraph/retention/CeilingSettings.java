// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.Segment;
import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.time.Duration;
import java.time.Instant;

/**
 * When events leave the ledger for the archive.
 *
 * @param ceiling how long an event stays, from when the ledger took it; zero: for ever
 * @param span events leave together whose times of recording are in the same span, counted from 1970: a day by default
 * @param segmentEvents most events of a segment of the archive
 */
public record CeilingSettings(Duration ceiling, Duration span, int segmentEvents) {
    public static final Setting<Duration> CEILING = Setting.of(
            "retention.ceiling",
            "0s",
            Forms.duration("0s"),
            "How long an event stays in the ledger, from when it took it, before it leaves for the archive; 0s: for ever.");
    public static final Setting<Duration> SPAN = Setting.of(
            "retention.segment-span",
            "1d",
            Forms.duration("1s"),
            "Events leave together that were recorded in the same span of time, counted from 1970 in UTC, when all of it is"
                    + " older than retention.ceiling.");
    public static final Setting<Integer> SEGMENT_EVENTS = Setting.of(
            "retention.segment-events",
            "20000",
            Forms.whole(1, Segment.MAX_EVENTS),
            "Most events of a segment of the archive.");

    public static final SettingGroup SETTINGS = SettingGroup.of(CEILING, SPAN, SEGMENT_EVENTS);

    public static CeilingSettings from(Settings settings) {
        return new CeilingSettings(settings.get(CEILING), settings.get(SPAN), settings.get(SEGMENT_EVENTS));
    }

    /** What was recorded before this may leave now. */
    public Instant before(Instant now) {
        long millis = span.toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(now.minus(ceiling).toEpochMilli(), millis) * millis);
    }

    /** Why events leave, for people. */
    public String rule() {
        return "ceiling " + Forms.text(ceiling);
    }
}
