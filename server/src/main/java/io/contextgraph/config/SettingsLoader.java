// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import io.contextgraph.event.Nearest;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Reads settings from a file, the environment and flags, in that order: the last one that sets a key wins.
 *
 * <p><b>Errors.</b> All problems are reported together: values of the wrong form, keys that do not exist (with the
 * nearest that does), rules between settings.
 */
final class SettingsLoader {
    /** Read when it is there and no other file is named. */
    static final Path STANDARD_FILE = Path.of("contextgraph.properties");

    /** Names the file; not a setting itself, as it cannot stand in the file. */
    static final String FILE_VARIABLE = Setting.ENVIRONMENT_PREFIX + "CONFIG";

    /** Variables of tests, which are no settings. */
    private static final String TEST_PREFIX = Setting.ENVIRONMENT_PREFIX + "TEST_";

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /** A value as written, and where. */
    private record Value(String text, String source) {}

    private final SettingsCatalog catalog;

    SettingsLoader(SettingsCatalog catalog) {
        this.catalog = catalog;
    }

    Settings load(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        file.or(() -> Optional.ofNullable(environment.get(FILE_VARIABLE)).map(Path::of))
                .or(() -> Optional.of(STANDARD_FILE).filter(Files::exists))
                .ifPresent(this::readFile);
        readEnvironment(environment);
        flags.forEach((key, text) -> values.put(key, new Value(text, "flag --" + key)));
        Settings settings = build();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return settings;
    }

    private void readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            problems.add("cannot read the settings file " + file + ": " + unreadable);
            return;
        }
        List<String> known = catalog.all().stream().map(Setting::key).toList();
        for (String key : properties.stringPropertyNames().stream().sorted().toList()) {
            if (known.contains(key)) {
                values.put(key, new Value(properties.getProperty(key).trim(), "file " + file));
            } else {
                problems.add("file " + file + ": unknown setting " + key + suggestion(key, known));
            }
        }
    }

    private void readEnvironment(Map<String, String> environment) {
        List<String> known = catalog.all().stream().map(Setting::variable).toList();
        environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.ENVIRONMENT_PREFIX) && !name.startsWith(TEST_PREFIX))
                .filter(name -> !name.equals(FILE_VARIABLE) && !known.contains(name))
                .sorted()
                .forEach(name -> problems.add("environment: unknown setting " + name + suggestion(name, known)));
        for (Setting<?> setting : catalog.all()) {
            String text = environment.get(setting.variable());
            if (text != null) {
                values.put(setting.key(), new Value(text.trim(), "environment " + setting.variable()));
            }
        }
    }

    private static String suggestion(String written, List<String> known) {
        return Nearest.to(written, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
    }

    private Settings build() {
        Map<String, Object> typed = new LinkedHashMap<>();
        for (Setting<?> setting : catalog.all()) {
            Object ignored = typed.put(setting.key(), get(setting));
        }
        Settings settings = new Settings(typed, values.keySet(), table());
        catalog.groups().forEach(group -> problems.addAll(group.rules().apply(settings)));
        return settings;
    }

    /** The value, or on a problem the standard one, so that all problems are found in one go. */
    private <T> T get(Setting<T> setting) {
        Value written = values.get(setting.key());
        if (written != null) {
            Optional<T> value = setting.form().parse(written.text());
            if (value.isPresent()) {
                return value.get();
            }
            String shown = setting.secret() ? "" : ": " + masked(written.text());
            problems.add(written.source() + ": " + setting.key() + " must be "
                    + setting.form().rule() + shown);
        }
        return setting.form()
                .parse(setting.standard())
                .orElseThrow(() -> new IllegalStateException("the standard value of " + setting.key() + " is invalid"));
    }

    private List<List<String>> table() {
        List<List<String>> rows = new ArrayList<>();
        for (Setting<?> setting : catalog.all()) {
            Value written = values.get(setting.key());
            String text = written == null ? setting.standard() : written.text();
            String shown = setting.secret() && !text.isEmpty() ? "***" : masked(text);
            rows.add(List.of(setting.key(), shown, written == null ? "default" : written.source()));
        }
        return rows;
    }

    /** A URL without the password that it may carry. */
    private static String masked(String text) {
        return text.replaceAll("(://[^:/@]*):.*@", "$1:***@");
    }
}
