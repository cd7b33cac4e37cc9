// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of a deployment speak of settings, secrets and classes that there are. */
class DeployFilesTest {
    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern VARIABLE = Pattern.compile("\\bCG_[A-Z0-9_]+");
    private static final Pattern PROPERTY = Pattern.compile("(?m)^([a-z0-9.-]+)=");
    private static final Pattern PROPERTIES = Pattern.compile("```properties\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("\\bio\\.contextgraph\\.[a-z.]+\\.[A-Z]\\w+");

    /** Names the settings file, and is no setting. */
    private static final String CONFIG = "CG_CONFIG";

    @Test
    void everyVariableIsASetting() throws IOException {
        Set<String> known = names(Setting::variable, Setting::fileVariable);
        known.add(CONFIG);
        for (String file : List.of(
                "compose.yaml",
                "deploy/Containerfile",
                "deploy/compose.yaml",
                "deploy/contextgraph.service",
                "deploy/contextgraph-server",
                "docs/deploy.md")) {
            assertThat(known).as(file).containsAll(all(VARIABLE, 0, read(file)));
        }
    }

    @Test
    void everyLineOfTheSettingsFileIsASetting() throws IOException {
        Set<String> shown = all(PROPERTIES, 1, read("docs/deploy.md"));
        assertThat(shown).isNotEmpty();
        shown.forEach(block -> assertThat(names(Setting::key, Setting::fileKey)).containsAll(all(PROPERTY, 1, block)));
    }

    @Test
    void theUnitLoadsTheCredentialsThatItNames() throws IOException {
        String unit = read("deploy/contextgraph.service");
        Set<String> loaded = all(Pattern.compile("(?m)^LoadCredential=([^:]+):"), 1, unit);
        assertThat(loaded).isNotEmpty().isEqualTo(all(Pattern.compile("=%d/(\\S+)"), 1, unit));
        assertMade(all(Pattern.compile("(?m)^LoadCredential=[^:]+:/etc/contextgraph/secrets/(\\S+)"), 1, unit));
    }

    @Test
    void composeDeclaresTheSecretsThatItUses() throws IOException {
        String compose = read("deploy/compose.yaml");
        Set<String> declared = all(Pattern.compile("(?m)^ {2}\\S+: \\{file: secrets/([^}]+)}"), 1, compose);
        assertThat(declared).isNotEmpty().isEqualTo(all(Pattern.compile("/run/secrets/([a-z0-9.-]+)"), 1, compose));
        assertMade(declared);
    }

    @Test
    void everyClassIsThere() throws IOException {
        Set<String> started = all(CLASS, 0, read("deploy/contextgraph-server"));
        assertThat(started).isNotEmpty();
        for (String name : started) {
            assertThat(Path.of("src/main/java", name.replace('.', '/') + ".java"))
                    .exists();
        }
    }

    private static void assertMade(Set<String> secrets) throws IOException {
        Set<String> made = all(Pattern.compile("(?:>|-out |-keyout )([a-z0-9.-]+)"), 1, read("deploy/make-secrets"));
        assertThat(made).containsAll(secrets);
    }

    private static Set<String> names(Function<Setting<?>, String> name, Function<Setting<?>, String> nameOfFile) {
        return ProductSettings.CATALOG.all().stream()
                .flatMap(setting -> setting.hasFile()
                        ? Stream.of(name.apply(setting), nameOfFile.apply(setting))
                        : Stream.of(name.apply(setting)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> all(Pattern pattern, int group, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(String file) throws IOException {
        return Files.readString(REPOSITORY.resolve(file));
    }
}
