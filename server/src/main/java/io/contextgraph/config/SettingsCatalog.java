// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Everything that can be set in a program: what its parts declare. */
public final class SettingsCatalog {
    private final List<SettingGroup> groups;
    private final List<Setting<?>> all;
    private final Function<Settings, Map<String, String>> presets;

    /**
     * One in which settings set others.
     *
     * @param groups one for each part
     * @param presets what holds in place of the standard, by key, where nobody has set it
     */
    public SettingsCatalog(List<SettingGroup> groups, Function<Settings, Map<String, String>> presets) {
        this.groups = List.copyOf(groups);
        this.presets = presets;
        Map<String, List<Setting<?>>> sections = new LinkedHashMap<>();
        for (SettingGroup group : groups) {
            for (Setting<?> setting : group.settings()) {
                sections.computeIfAbsent(setting.section(), section -> new ArrayList<>())
                        .add(setting);
            }
        }
        this.all = sections.values().stream().<Setting<?>>flatMap(List::stream).toList();
    }

    /** All of them, those of a section together. */
    public List<Setting<?>> all() {
        return all;
    }

    List<SettingGroup> groups() {
        return groups;
    }

    Map<String, String> presets(Settings settings) {
        return presets.apply(settings);
    }

    /**
     * Loads.
     *
     * @param flags by key
     * @param environment all variables of the process
     * @param file the file that a flag names; without one {@value SettingsLoader#FILE_VARIABLE} counts, then {@link
     *     SettingsLoader#STANDARD_FILE}
     * @throws ConfigurationException with every problem
     */
    public Settings load(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        return new SettingsLoader(this).load(flags, environment, file);
    }

    /**
     * What holds, whether it can be used or not; from where {@link #load} takes it, which fails with the same problems where there
     * are any.
     */
    public EffectiveSettings examine(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        return new SettingsLoader(this).examine(flags, environment, file);
    }
}
