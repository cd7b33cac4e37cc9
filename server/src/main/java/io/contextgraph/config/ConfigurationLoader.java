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
public final class ConfigurationLoader {
    /** Read when it is there and no other file is named. */
    public static final Path STANDARD_FILE = Path.of("contextgraph.properties");

    /** Names the file; not a setting itself, as it cannot stand in the file. */
    public static final String FILE_VARIABLE = Setting.ENVIRONMENT_PREFIX + "CONFIG";

    /** Variables of tests, which are no settings. */
    private static final String TEST_PREFIX = Setting.ENVIRONMENT_PREFIX + "TEST_";

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /** A value as written, and where. */
    private record Value(String text, String source) {}

    /**
     * What was loaded.
     *
     * @param configuration the values
     * @param table a row for each setting: key, value with secrets masked, where it was set
     */
    public record Loaded(Configuration configuration, List<List<String>> table) {}

    private ConfigurationLoader() {}

    /**
     * Loads.
     *
     * @param flags by key
     * @param environment all variables of the process
     * @param file the file that a flag names; without one {@value #FILE_VARIABLE} counts, then {@link #STANDARD_FILE}
     * @throws ConfigurationException with every problem
     */
    public static Loaded load(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        ConfigurationLoader loader = new ConfigurationLoader();
        file.or(() -> Optional.ofNullable(environment.get(FILE_VARIABLE)).map(Path::of))
                .or(() -> Optional.of(STANDARD_FILE).filter(Files::exists))
                .ifPresent(loader::readFile);
        loader.readEnvironment(environment);
        flags.forEach((key, text) -> loader.values.put(key, new Value(text, "flag --" + key)));
        Loaded loaded = loader.build();
        if (!loader.problems.isEmpty()) {
            throw new ConfigurationException(loader.problems);
        }
        return loaded;
    }

    private void readFile(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            problems.add("cannot read the settings file " + file + ": " + unreadable);
            return;
        }
        List<String> known = Settings.ALL.stream().map(Setting::key).toList();
        for (String key : properties.stringPropertyNames().stream().sorted().toList()) {
            if (known.contains(key)) {
                values.put(key, new Value(properties.getProperty(key).trim(), "file " + file));
            } else {
                problems.add("file " + file + ": unknown setting " + key + suggestion(key, known));
            }
        }
    }

    private void readEnvironment(Map<String, String> environment) {
        List<String> known = Settings.ALL.stream().map(Setting::variable).toList();
        environment.keySet().stream()
                .filter(name -> name.startsWith(Setting.ENVIRONMENT_PREFIX) && !name.startsWith(TEST_PREFIX))
                .filter(name -> !name.equals(FILE_VARIABLE) && !known.contains(name))
                .sorted()
                .forEach(name -> problems.add("environment: unknown setting " + name + suggestion(name, known)));
        for (Setting<?> setting : Settings.ALL) {
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

    private Loaded build() {
        Configuration configuration = new Configuration(
                new Configuration.Http(get(Settings.HTTP_HOST), get(Settings.HTTP_PORT)),
                get(Settings.DATA_DIR),
                new Configuration.Redis(
                        present(get(Settings.REDIS_URL)),
                        logins(),
                        get(Settings.REDIS_PREFIX),
                        get(Settings.REDIS_ENGINE),
                        get(Settings.REDIS_MAXMEMORY),
                        get(Settings.REDIS_FETCH),
                        get(Settings.REDIS_POOL_SIZE)),
                new Configuration.Neo4j(
                        present(get(Settings.NEO4J_URI)),
                        get(Settings.NEO4J_USER),
                        get(Settings.NEO4J_PASSWORD),
                        get(Settings.NEO4J_DATABASE)),
                new Configuration.Durability(
                        get(Settings.DURABILITY_DEFAULT),
                        get(Settings.DURABILITY_REPLICAS),
                        get(Settings.DURABILITY_TIMEOUT)),
                new Configuration.Limits(
                        Math.toIntExact(get(Settings.LIMITS_BODY)),
                        Math.toIntExact(get(Settings.LIMITS_EVENT)),
                        get(Settings.LIMITS_PAYLOAD_DEPTH),
                        get(Settings.LIMITS_CLOCK_LEAD),
                        get(Settings.LIMITS_BATCH),
                        get(Settings.LIMITS_CONNECTIONS)),
                new Configuration.Projection(
                        get(Settings.PROJECTION_ENABLED),
                        get(Settings.PROJECTION_BATCH_SIZE),
                        get(Settings.PROJECTION_LINGER),
                        get(Settings.PROJECTION_CLAIM_AFTER)),
                get(Settings.LOG_LEVEL));
        if (configuration.limits().eventBytes() > configuration.limits().bodyBytes()) {
            problems.add("limits.event must not be larger than limits.body");
        }
        Configuration.Durability durability = configuration.durability();
        if (durability.standard().equals("replicated") && durability.replicas() == 0) {
            problems.add("durability.default is replicated, but durability.replicas is 0: set it to 1 or more");
        }
        if (configuration.neo4j().uri().isEmpty() && values.containsKey(Settings.NEO4J_PASSWORD.key())) {
            problems.add("neo4j.password is set but neo4j.uri is not: an embedded Neo4j makes its own password");
        }
        if (configuration.redis().url().isEmpty()) {
            configuration.redis().logins().keySet().stream()
                    .sorted()
                    .forEach(role -> problems.add("redis." + role
                            + "-login is set but redis.url is not: an embedded Redis makes its own password"));
        }
        return new Loaded(configuration, table());
    }

    private Map<String, Configuration.Login> logins() {
        Map<String, Configuration.Login> logins = new LinkedHashMap<>();
        Settings.REDIS_LOGINS.forEach((role, setting) -> get(setting).ifPresent(login -> logins.put(role, login)));
        return logins;
    }

    private static Optional<String> present(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(text);
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
        for (Setting<?> setting : Settings.ALL) {
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
