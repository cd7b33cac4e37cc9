// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.util.List;
import java.util.Optional;

/**
 * What holds of each setting, and who set it; whether all of it can be used or not. Nothing of it must be hidden.
 *
 * @param rows one for each setting, in the order of the catalog
 * @param problems a sentence each, naming the setting and where it was set; those of the rows and those that no row has, such as
 *     unknown settings and ones that do not fit each other
 */
public record EffectiveSettings(List<Row> rows, List<String> problems) {
    public EffectiveSettings {
        rows = List.copyOf(rows);
        problems = List.copyOf(problems);
    }

    /** Where a value is from. */
    public enum Source {
        /** Nobody has set it. */
        DEFAULT("default"),
        /** Another setting that is a profile has. */
        PROFILE("profile"),
        FILE("file"),
        ENVIRONMENT("environment"),
        COMMAND_LINE("command line");

        private final String text;

        Source(String text) {
            this.text = text;
        }

        /** For people and for programs. */
        public String text() {
            return text;
        }
    }

    /**
     * One setting.
     *
     * @param value as written, with secrets masked; the standard where nobody has set it
     * @param source where it is from
     * @param setBy the same in full, such as {@code file contextgraph.properties} or {@code environment CG_HTTP_PORT}
     * @param problem why it cannot be used, as the end of a sentence about it
     */
    public record Row(String key, String value, Source source, String setBy, Optional<String> problem) {}
}
