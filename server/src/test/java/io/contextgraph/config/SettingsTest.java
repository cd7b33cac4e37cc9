// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.contextgraph.app.ProductSettings;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private static final SettingsCatalog CATALOG = ProductSettings.CATALOG;

    @TempDir
    private Path folder;

    @Test
    void everySettingHasAUsableStandardValueAndOneNameInThreeSpellings() {
        for (Setting<?> setting : CATALOG.all()) {
            assertThat(setting.form().parse(setting.standard()))
                    .as(setting.key())
                    .isPresent();
            assertThat(setting.key()).matches("[a-z0-9]+\\.[a-z0-9]+(-[a-z0-9]+)*");
            assertThat(setting.description()).endsWith(".");
        }
        assertThat(RedisSettings.POOL_SIZE.variable()).isEqualTo("CG_REDIS_POOL_SIZE");
        assertThat(RedisSettings.POOL_SIZE.flag()).isEqualTo("--redis.pool-size");
    }

    @Test
    void flagsWinOverTheEnvironmentWhichWinsOverTheFile() throws IOException {
        Path file = file("http.port=1\nhttp.host=::1\ndata.dir=/from/file\n");
        Settings loaded =
                load(Map.of("http.port", "3"), Map.of("CG_HTTP_PORT", "2", "CG_HTTP_HOST", "localhost"), file);
        assertThat(loaded.get(HttpSettings.HOST)).isEqualTo("localhost");
        assertThat(loaded.get(HttpSettings.PORT)).isEqualTo(3);
        assertThat(loaded.table()).contains(List.of("data.dir", "/from/file", "file " + file));
    }

    @Test
    void everySettingCanBeSet() throws IOException {
        String unlike = CATALOG.all().stream()
                .map(s -> s.key() + "=" + unlikeStandard(s) + "\n")
                .reduce("", String::concat);
        Settings standard = load(Map.of(), Map.of(), file(""));
        Settings changed = load(Map.of(), Map.of(), file(unlike));
        for (Setting<?> setting : CATALOG.all()) {
            assertThat(changed.get(setting)).as(setting.key()).isNotEqualTo(standard.get(setting));
            assertThat(changed.isSet(setting)).isTrue();
            assertThat(standard.isSet(setting)).isFalse();
        }
    }

    /** What a part declares can be set: its constants are those of its group. */
    @Test
    void everySettingThatIsDeclaredIsInTheCatalog() {
        Set<Setting<?>> declared = new HashSet<>();
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.contextgraph").stream()
                        .flatMap(type -> type.getFields().stream())
                        .filter(field -> field.getRawType().isEquivalentTo(Setting.class)
                                && field.getModifiers().contains(JavaModifier.STATIC))
                        .forEach(field -> declared.add(value(field.reflect())));
        assertThat(declared).hasSizeGreaterThan(20);
        assertThat(CATALOG.all()).containsAll(declared);
    }

    private static Setting<?> value(Field field) {
        try {
            field.setAccessible(true);
            return (Setting<?>) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static String unlikeStandard(Setting<?> setting) {
        for (String text : List.of(
                "7",
                "700",
                "7kb",
                "70mb",
                "user:password",
                "7s",
                "false",
                "true",
                "sorted-set",
                "fsync",
                "debug",
                "other",
                "redis://other:1",
                "bolt://other:1",
                "https://other:1")) {
            if (!text.equals(setting.standard()) && setting.form().parse(text).isPresent()) {
                return text;
            }
        }
        throw new AssertionError("no other value for " + setting.key());
    }

    @Test
    void allProblemsAreReportedTogether() throws IOException {
        Path file = file("http.prot=1\nredis.engine=fast\n");
        Map<String, String> environment =
                Map.of("CG_HTTP_PORTS", "1", "CG_HTTP_PORT", "70000", "CG_TEST_REDIS_URL", "x");
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class,
                () -> CATALOG.load(Map.of("limits.event", "much"), environment, Optional.of(file)));
        assertThat(refused.problems())
                .containsExactly(
                        "file " + file + ": unknown setting http.prot; did you mean http.port?",
                        "environment: unknown setting CG_HTTP_PORTS; did you mean CG_HTTP_PORT?",
                        "environment CG_HTTP_PORT: http.port must be a whole number from 0 to 65535: 70000",
                        "file " + file + ": redis.engine must be one of auto, search, sorted-set: fast",
                        "flag --limits.event: limits.event must be a size such as 512kb or 4gb, from 1kb to 64mb: much");
    }

    @Test
    void anAddressThatIsNoneIsAProblem() {
        Map<String, String> flags = Map.of("redis.url", "nonsense", "neo4j.uri", "bolt:/x");
        assertThatThrownBy(() -> CATALOG.load(flags, Map.of(), Optional.empty()))
                .hasMessageContaining("redis.url must be an address such as redis://host:port: nonsense")
                .hasMessageContaining("neo4j.uri must be an address such as neo4j://host:port: bolt:/x");
    }

    @Test
    void aFileThatCannotBeReadIsAProblem() {
        Path missing = folder.resolve("missing.properties");
        assertThatThrownBy(() -> load(Map.of(), Map.of(), missing))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("cannot read the settings file " + missing);
    }

    @Test
    void secretsAreShownNowhere() {
        Map<String, String> environment = Map.of(
                "CG_NEO4J_URI", "neo4j://graph:7687",
                "CG_NEO4J_PASSWORD", "hunter2",
                "CG_REDIS_URL", "redis://writer:hunter3@store:6379");
        Settings loaded = CATALOG.load(Map.of(), environment, Optional.empty());
        assertThat(loaded.table().toString() + loaded).doesNotContain("hunter2").doesNotContain("hunter3");
        assertThat(loaded.table())
                .contains(List.of("redis.url", "redis://writer:***@store:6379", "environment CG_REDIS_URL"));
    }

    @Test
    void aLoginIsANameAndAPasswordAndIsNeverShown() throws IOException {
        Map<String, String> flags = Map.of("redis.url", "redis://h:1", "redis.append-login", "writer:se:cret");
        Settings loaded = CATALOG.load(flags, Map.of(), Optional.of(file("")));
        assertThat(RedisSettings.logins(loaded)).isEqualTo(Map.of(Role.APPEND, new Login("writer", "se:cret")));
        assertThat(RedisSettings.logins(loaded).toString() + loaded.table()).doesNotContain("se:cret");
        for (String bad : List.of("writer", "writer:", ":secret", "two words:secret")) {
            assertThatThrownBy(
                            () -> load(Map.of("redis.url", "redis://h:1", "redis.read-login", bad), Map.of(), file("")))
                    .as(bad)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("redis.read-login must be a login such as user:password")
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> load(Map.of("redis.read-login", "a:b"), Map.of(), file("")))
                .hasMessageContaining("redis.read-login is set but redis.url is not");
    }

    @Test
    void aPasswordWithoutANeo4jIsAProblem() {
        assertThatThrownBy(() -> CATALOG.load(Map.of("neo4j.password", "x"), Map.of(), Optional.empty()))
                .hasMessageContaining("neo4j.password is set but neo4j.uri is not");
    }

    private static Settings load(Map<String, String> flags, Map<String, String> environment, Path file) {
        return CATALOG.load(flags, environment, Optional.of(file));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "settings", ".properties"), text);
    }
}
