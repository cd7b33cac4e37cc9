// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import io.contextgraph.event.EventLimits;
import java.time.Duration;

/** What an event from outside may be. */
public final class IntakeSettings {
    public static final Setting<Long> EVENT = Setting.of(
            "limits.event", "256kb", Forms.bytes("1kb", "64mb"), "Largest event, as JSON without white space.");
    public static final Setting<Integer> PAYLOAD_DEPTH =
            Setting.of("limits.payload-depth", "32", Forms.whole(1, 400), "Deepest nesting of a payload.");
    public static final Setting<Duration> CLOCK_LEAD = Setting.of(
            "limits.clock-lead",
            "5m",
            Forms.duration("0ms"),
            "How far ahead of the server's clock an event may have occurred.");

    public static final SettingGroup SETTINGS = SettingGroup.of(EVENT, PAYLOAD_DEPTH, CLOCK_LEAD);

    private IntakeSettings() {}

    /** As they are set. */
    public static EventLimits limits(Settings settings) {
        return new EventLimits(
                Math.toIntExact(settings.get(EVENT)), settings.get(PAYLOAD_DEPTH), settings.get(CLOCK_LEAD));
    }
}
