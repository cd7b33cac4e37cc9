// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.util.List;
import java.util.function.Function;

/**
 * The settings of one part, in the order in which they are documented, and the rules between them.
 *
 * @param rules what is wrong with values that are each of the right form: a sentence for each problem
 */
public record SettingGroup(List<Setting<?>> settings, Function<Settings, List<String>> rules) {
    public SettingGroup {
        settings = List.copyOf(settings);
    }

    /** Settings that fit each other whatever they are. */
    public static SettingGroup of(Setting<?>... settings) {
        return new SettingGroup(List.of(settings), values -> List.of());
    }
}
