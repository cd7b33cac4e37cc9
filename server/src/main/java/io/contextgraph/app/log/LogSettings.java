// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app.log;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What is logged, and how.
 *
 * @param level of everything of ours
 * @param levels of single packages or classes, by name
 * @param json whether each line is an object
 */
public record LogSettings(String level, Map<String, String> levels, boolean json) {
    private static final String LEVELS_RULE = "error|warn|info|debug";
    private static final String JSON = "json";

    public static final Setting<String> LEVEL = Setting.of(
            "log.level",
            "info",
            Forms.oneOf("error", "warn", "info", "debug"),
            "What a server logs, to standard error; other commands log warnings and errors.");
    public static final Setting<List<String>> LEVELS = Setting.of(
            "log.levels",
            "",
            Forms.list(
                    Pattern.compile("(?!(?i:root)=)[A-Za-z_][\\w.]*=(" + LEVELS_RULE + ")"),
                    "io.contextgraph.http=debug"),
            "Levels of single packages or classes of a server, where they differ from log.level.");
    public static final Setting<String> FORMAT = Setting.of(
            "log.format",
            "text",
            Forms.oneOf("text", JSON),
            "json logs each line as an object with time, level, logger, message, and where there are, request_id and exception; a"
                    + " server then tells all that it says on standard error so.");

    public static final SettingGroup SETTINGS = SettingGroup.of(LEVEL, LEVELS, FORMAT);

    public LogSettings {
        levels = Map.copyOf(levels);
    }

    /** As they are set. */
    public static LogSettings from(Settings settings) {
        Map<String, String> levels = new LinkedHashMap<>();
        for (String one : settings.get(LEVELS)) {
            int equals = one.indexOf('=');
            levels.put(one.substring(0, equals), one.substring(equals + 1));
        }
        return new LogSettings(settings.get(LEVEL), levels, isJson(settings.get(FORMAT)));
    }

    /** Whether a value of {@code log.format} is that of lines that are objects. */
    public static boolean isJson(String format) {
        return format.equals(JSON);
    }
}
