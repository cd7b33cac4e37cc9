// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a deployment has set, read once and never changed. */
public final class Settings {
    private final Map<String, Object> values;
    private final Set<String> written;
    private final List<List<String>> table;

    /**
     * @param values by key, each of the type of its setting
     * @param written the keys of those that somebody has set
     * @param table as {@link #table} shows it
     */
    Settings(Map<String, Object> values, Set<String> written, List<List<String>> table) {
        this.values = Map.copyOf(values);
        this.written = Set.copyOf(written);
        this.table = List.copyOf(table);
    }

    /**
     * The value of a setting.
     *
     * @throws IllegalArgumentException when the program has no such setting
     */
    @SuppressWarnings("unchecked") // The loader has put in what the form of the same setting has read.
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting.key());
        if (value == null) {
            throw new IllegalArgumentException("no such setting: " + setting.key());
        }
        return (T) value;
    }

    /** Whether somebody has set it. */
    public boolean isSet(Setting<?> setting) {
        return written.contains(setting.key());
    }

    /** A row for each setting: key, value with secrets masked, where it was set. */
    public List<List<String>> table() {
        return table;
    }

    /** Only what may be shown. */
    @Override
    public String toString() {
        return table.toString();
    }
}
