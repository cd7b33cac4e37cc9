// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import io.contextgraph.config.EffectiveSettings.Source;
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
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /** Files that hold a value, not read yet. */
    private final Map<Setting<?>, Value> secretFiles = new LinkedHashMap<>();

    /** Those that could not be read, by key: without a value. */
    private final Map<String, Value> unread = new LinkedHashMap<>();

    /** What holds in place of the standard, by key. */
    private final Map<String, String> presets = new LinkedHashMap<>();

    private final List<String> problems = new ArrayList<>();

    /** What is wrong with single settings, by key, in a few words. */
    private final Map<String, String> faults = new LinkedHashMap<>();

    /** A value as written, and where. */
    private record Value(String text, Source origin, String source) {}

    private final SettingsCatalog catalog;

    SettingsLoader(SettingsCatalog catalog) {
        this.catalog = catalog;
    }

    Settings load(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        Settings settings = read(flags, environment, file);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return settings;
    }

    /** What holds, whether it can be used or not. */
    EffectiveSettings examine(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        Settings ignored = read(flags, environment, file);
        return new EffectiveSettings(rows(), problems);
    }

    private Settings read(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        file.or(() -> Optional.ofNullable(environment.get(FILE_VARIABLE)).map(Path::of))
                .or(() -> Optional.of(STANDARD_FILE).filter(Files::exists))
                .ifPresent(this::readFile);
        readEnvironment(environment);
        readFlags(flags);
        readSecretFiles();
        return build();
    }

    private void readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            problems.add("cannot read the settings file " + file + ": " + unreadable);
            return;
        }
        List<String> known = names(Setting::key, Setting::fileKey);
        for (String key : properties.stringPropertyNames().stream().sorted().toList()) {
            if (!known.contains(key)) {
                problems.add("file " + file + ": unknown setting " + key + suggestion(key, known));
            }
        }
        for (Setting<?> setting : catalog.all()) {
            String source = "file " + file;
            put(setting, properties.getProperty(setting.key()), Source.FILE, source);
            readSecret(setting, properties, setting.key(), setting.fileKey(), Source.FILE, source + ": ");
        }
    }

    /** The names of all, and of the files of those that may have one. */
    private List<String> names(Function<Setting<?>, String> name, Function<Setting<?>, String> file) {
        return catalog.all().stream()
                .flatMap(setting -> setting.hasFile()
                        ? Stream.of(name.apply(setting), file.apply(setting))
                        : Stream.of(name.apply(setting)))
                .toList();
    }

    private void put(Setting<?> setting, @Nullable String text, Source origin, String source) {
        if (text != null) {
            values.put(setting.key(), new Value(text.trim(), origin, source));
            secretFiles.remove(setting);
            faults.remove(setting.key());
        }
    }

    /** From the file that is named beside, or instead. */
    private void readSecret(
            Setting<?> setting, Map<?, ?> written, String name, String fileName, Source origin, String where) {
        if (!setting.hasFile() || !(written.get(fileName) instanceof String path)) {
            return;
        }
        if (written.containsKey(name)) {
            String fault = name + " and " + fileName + " are both set: one of them must go";
            problems.add(where + fault);
            faults.put(setting.key(), fault);
            return;
        }
        secretFiles.put(setting, new Value(path.trim(), origin, where + fileName));
    }

    /** Those that nothing later has set: who is handed a secret may not be allowed to read the file of another. */
    private void readSecretFiles() {
        secretFiles.forEach((setting, file) -> {
            try {
                values.put(
                        setting.key(),
                        new Value(
                                SecretFile.read(file.text()),
                                file.origin(),
                                "file " + file.text() + " (" + file.source() + ")"));
            } catch (SecretFile.Unusable unusable) {
                String fault = "the file " + file.text() + " " + unusable.getMessage();
                problems.add(file.source() + ": " + fault);
                faults.put(setting.key(), fault);
                unread.put(setting.key(), new Value("", file.origin(), file.source()));
            }
        });
    }

    private void readEnvironment(Map<String, String> environment) {
        List<String> known = names(Setting::variable, Setting::fileVariable);
        environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.ENVIRONMENT_PREFIX) && !name.startsWith(TEST_PREFIX))
                .filter(name -> !name.equals(FILE_VARIABLE) && !known.contains(name))
                .sorted()
                .forEach(name -> problems.add("environment: unknown setting " + name + suggestion(name, known)));
        for (Setting<?> setting : catalog.all()) {
            put(setting, environment.get(setting.variable()), Source.ENVIRONMENT, "environment " + setting.variable());
            readSecret(
                    setting,
                    environment,
                    setting.variable(),
                    setting.fileVariable(),
                    Source.ENVIRONMENT,
                    "environment ");
        }
    }

    /** A secret there can be read by everybody on the machine for as long as the program runs. */
    private void readFlags(Map<String, String> flags) {
        for (Setting<?> setting : catalog.all()) {
            String text = flags.get(setting.key());
            if (text == null) {
                continue;
            }
            if (isSecret(setting, text)) {
                String fault =
                        "a " + (setting.secret() ? "secret" : "password") + " must not stand on the command line";
                problems.add("flag " + setting.flag() + ": " + fault
                        + ", where everybody on this machine can read it: set " + setting.variable()
                        + ", or name a file that has it with " + setting.fileVariable() + ", or " + setting.fileKey()
                        + " in the settings file");
                faults.put(setting.key(), fault);
                continue;
            }
            put(setting, text, Source.COMMAND_LINE, "flag " + setting.flag());
        }
    }

    private static boolean isSecret(Setting<?> setting, String text) {
        return switch (setting.secrecy()) {
            case NOTHING -> false;
            case PASSWORD -> hasPassword(text);
            case ALL -> !text.isEmpty();
        };
    }

    private static boolean hasPassword(String address) {
        return address.contains("@")
                && address.substring(0, address.lastIndexOf('@'))
                        .replaceFirst("^[a-z+]*://", "")
                        .contains(":");
    }

    private static String suggestion(String written, List<String> known) {
        return Nearest.to(written, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
    }

    private Settings build() {
        Settings written = typed();
        // Found twice it would be told twice.
        List<String> found = List.copyOf(problems);
        presets.putAll(catalog.presets(written));
        Settings settings = presets.isEmpty() ? written : typed();
        problems.clear();
        problems.addAll(found);
        catalog.groups().forEach(group -> problems.addAll(group.rules().apply(settings)));
        return settings;
    }

    private Settings typed() {
        Map<String, Object> typed = new LinkedHashMap<>();
        for (Setting<?> setting : catalog.all()) {
            Object ignored = typed.put(setting.key(), get(setting));
        }
        return new Settings(typed, values.keySet(), table());
    }

    private String standard(Setting<?> setting) {
        return presets.getOrDefault(setting.key(), setting.standard());
    }

    /** The value, or on a problem the standard one, so that all problems are found in one go. */
    private <T> T get(Setting<T> setting) {
        Value written = values.get(setting.key());
        if (written != null) {
            Optional<T> value = setting.form().parse(written.text());
            if (value.isPresent()) {
                return value.get();
            }
            String shown = setting.secret() ? "" : ": " + masked(setting, written.text());
            String fault = "must be " + setting.form().rule();
            problems.add(written.source() + ": " + setting.key() + " " + fault + shown);
            faults.put(setting.key(), fault);
        }
        return setting.form()
                .parse(standard(setting))
                .orElseThrow(() -> new IllegalStateException("the standard value of " + setting.key() + " is invalid"));
    }

    private List<List<String>> table() {
        return rows().stream()
                .map(row -> List.of(row.key(), row.value(), row.setBy()))
                .toList();
    }

    private List<EffectiveSettings.Row> rows() {
        List<EffectiveSettings.Row> rows = new ArrayList<>();
        for (Setting<?> setting : catalog.all()) {
            Value standard = unread.getOrDefault(setting.key(), unset(setting));
            Value written = values.getOrDefault(setting.key(), standard);
            rows.add(new EffectiveSettings.Row(
                    setting.key(),
                    masked(setting, written.text()),
                    written.origin(),
                    written.source(),
                    Optional.ofNullable(faults.get(setting.key()))));
        }
        return rows;
    }

    private Value unset(Setting<?> setting) {
        Source source = presets.containsKey(setting.key()) ? Source.PROFILE : Source.DEFAULT;
        return new Value(standard(setting), source, source.text());
    }

    /** Without what must not be shown; an address that is none may have its password anywhere. */
    private static String masked(Setting<?> setting, String text) {
        if (setting.secret()) {
            return text.isEmpty() ? "" : "***";
        }
        String shown = text.replaceAll("(://[^:/@]*):.*@", "$1:***@");
        boolean doubtful = shown.equals(text) && isSecret(setting, text);
        if (doubtful) {
            return "***";
        }
        // What an address asks with may be a token.
        return text.contains("://") ? shown.replaceAll("([?&][^=&,]*)=[^&,]*", "$1=***") : shown;
    }
}
