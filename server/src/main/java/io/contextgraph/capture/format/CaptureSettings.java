// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.SkipPatterns;
import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.util.List;

/** What can be set about reading foreign traces. */
public final class CaptureSettings {
    public static final Setting<List<String>> SKIP = Setting.of(
            "capture.skip",
            "",
            Forms.list(),
            "Names of spans to leave out of imports, separated by commas, * for any characters, such as GET *: only spans"
                    + " that are no work of an agent, a model or a tool; what is left out is counted.");

    public static final SettingGroup SETTINGS = SettingGroup.of(SKIP);

    private CaptureSettings() {}

    /** As it is set. */
    public static SkipPatterns skip(Settings settings) {
        return new SkipPatterns(settings.get(SKIP));
    }
}
