// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import io.contextgraph.event.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;

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

    private static final int MOST_SECRET_BYTES = 16 * 1024;

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
        flags.forEach(this::readFlag);
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
        Map<String, Setting<?>> known = named(Setting::key, Setting::fileKey);
        Set<Setting<?>> seen = new HashSet<>();
        for (String key : properties.stringPropertyNames().stream().sorted().toList()) {
            String text = properties.getProperty(key).trim();
            String source = "file " + file;
            Setting<?> setting = known.get(key);
            if (setting == null) {
                problems.add(source + ": unknown setting " + key + suggestion(key, known.keySet()));
            } else if (!seen.add(setting)) {
                problems.add(source + ": both " + setting.key() + " and " + setting.fileKey() + " are set");
            } else if (key.equals(setting.key())) {
                values.put(key, new Value(text, source));
            } else {
                readSecret(setting, text, source + ", " + key);
            }
        }
    }

    /** All settings by their names, those that may be secret also by that of the file that holds them. */
    private Map<String, Setting<?>> named(Function<Setting<?>, String> name, Function<Setting<?>, String> nameOfFile) {
        Map<String, Setting<?>> named = new LinkedHashMap<>();
        for (Setting<?> setting : catalog.all()) {
            named.put(name.apply(setting), setting);
            if (setting.mayBeSecret()) {
                named.put(nameOfFile.apply(setting), setting);
            }
        }
        return named;
    }

    /** A secret from a file of its own, as orchestrators hand them out; an end of line behind it does not belong to it. */
    private void readSecret(Setting<?> setting, String named, String source) {
        Optional<Path> path = Forms.path().parse(named);
        if (path.isEmpty()) {
            problems.add(source + " must be a path");
            return;
        }
        try (InputStream in = Files.newInputStream(path.get())) {
            byte[] bytes = in.readNBytes(MOST_SECRET_BYTES + 1);
            String text = new String(bytes, StandardCharsets.UTF_8).strip();
            if (bytes.length > MOST_SECRET_BYTES
                    || text.isEmpty()
                    || text.lines().count() > 1) {
                problems.add(source + ": " + path.get() + " must hold one line of at most " + MOST_SECRET_BYTES
                        + " bytes, the value of " + setting.key());
            } else {
                values.put(setting.key(), new Value(text, "file " + path.get()));
            }
        } catch (IOException unreadable) {
            problems.add(source + ": cannot read " + path.get() + ": " + unreadable);
        }
    }

    private void readFlag(String key, String text) {
        Optional<Setting<?>> secret = catalog.all().stream()
                .filter(setting -> setting.key().equals(key))
                .<Setting<?>>map(setting -> setting)
                .filter(setting -> setting.shown() == Setting.Shown.NEVER
                        || (setting.mayBeSecret() && !masked(text).equals(text)))
                .findFirst();
        if (secret.isEmpty()) {
            values.put(key, new Value(text, "flag --" + key));
            return;
        }
        problems.add("flag --" + key
                + ": a secret must not stand on a command line, where everybody on the machine can read it: use the settings"
                + " file, " + secret.get().variable() + ", or " + secret.get().fileVariable()
                + " with the name of a file");
    }

    private void readEnvironment(Map<String, String> environment) {
        Map<String, Setting<?>> known = named(Setting::variable, Setting::fileVariable);
        environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.ENVIRONMENT_PREFIX) && !name.startsWith(TEST_PREFIX))
                .filter(name -> !name.equals(FILE_VARIABLE) && !known.containsKey(name))
                .sorted()
                .forEach(name ->
                        problems.add("environment: unknown setting " + name + suggestion(name, known.keySet())));
        for (Setting<?> setting : catalog.all()) {
            String text = environment.get(setting.variable());
            String file = setting.mayBeSecret() ? environment.get(setting.fileVariable()) : null;
            if (text != null && file != null) {
                problems.add("environment: both " + setting.variable() + " and " + setting.fileVariable() + " are set");
            } else if (text != null) {
                values.put(setting.key(), new Value(text.trim(), "environment " + setting.variable()));
            } else if (file != null) {
                readSecret(setting, file, "environment " + setting.fileVariable());
            }
        }
    }

    private static String suggestion(String written, Collection<String> known) {
        return Nearest.to(written, List.copyOf(known))
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
            String shown = setting.shown() == Setting.Shown.NEVER ? "" : ": " + masked(written.text());
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
            String shown = setting.shown() == Setting.Shown.NEVER && !text.isEmpty() ? "***" : masked(text);
            rows.add(List.of(setting.key(), shown, written == null ? "default" : written.source()));
        }
        return rows;
    }

    /** A URL without the password that it may carry. */
    private static String masked(String text) {
        return text.replaceAll("(://[^:/@]*):.*@", "$1:***@");
    }
}
