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
                "rediss://other:1",
                "bolt+s://other:1",
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
        Settings loaded = load(Map.of(), Map.of(), file("redis.url=redis://h:1\nredis.append-login=writer:se:cret"));
        assertThat(RedisSettings.logins(loaded)).isEqualTo(Map.of(Role.APPEND, new Login("writer", "se:cret")));
        assertThat(RedisSettings.logins(loaded).toString() + loaded.table()).doesNotContain("se:cret");
        for (String bad : List.of("writer", "writer:", ":secret", "two words:secret")) {
            assertThatThrownBy(() -> load(Map.of(), Map.of(), file("redis.url=redis://h:1\nredis.read-login=" + bad)))
                    .as(bad)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("redis.read-login must be a login such as user:password")
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> load(Map.of(), Map.of(), file("redis.read-login=a:b")))
                .hasMessageContaining("redis.read-login is set but redis.url is not");
    }

    @Test
    void aPasswordWithoutANeo4jIsAProblem() {
        assertThatThrownBy(() -> CATALOG.load(Map.of(), Map.of("CG_NEO4J_PASSWORD", "x"), Optional.empty()))
                .hasMessageContaining("neo4j.password is set but neo4j.uri is not");
    }

    @Test
    void aSecretStandsOnNoCommandLine() {
        Map<String, String> secrets = Map.of(
                "neo4j.password", "hunter2",
                "redis.append-login", "writer:hunter2",
                "redis.url", "redis://writer:hunter2@store:6379");
        secrets.forEach((key, secret) -> assertThatThrownBy(
                        () -> CATALOG.load(Map.of(key, secret), Map.of(), Optional.empty()))
                .as(key)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("flag --" + key + ": a secret must not stand on a command line")
                .hasMessageNotContaining("hunter2"));
        Settings open = CATALOG.load(Map.of("redis.url", "redis://store:6379"), Map.of(), Optional.empty());
        assertThat(open.get(RedisSettings.URL)).contains("redis://store:6379");
    }

    @Test
    void aSecretMayComeFromAFileOfItsOwn() throws IOException {
        Path url = file("redis://writer:hunter2@store:6379\n");
        Path login = file("writer:hunter3\r\n");
        Map<String, String> environment = Map.of("CG_REDIS_URL_FILE", url.toString());
        Settings loaded = load(Map.of(), environment, file("redis.append-login-file=" + login));
        assertThat(loaded.get(RedisSettings.URL)).contains("redis://writer:hunter2@store:6379");
        assertThat(RedisSettings.logins(loaded)).isEqualTo(Map.of(Role.APPEND, new Login("writer", "hunter3")));
        assertThat(loaded.table().toString() + loaded).doesNotContain("hunter2").doesNotContain("hunter3");
        assertThat(loaded.table())
                .contains(List.of("redis.url", "redis://writer:***@store:6379", "file " + url))
                .contains(List.of("redis.append-login", "***", "file " + login));
    }

    @Test
    void aFileThatHoldsNoSecretIsAProblem() throws IOException {
        Path absent = folder.resolve("absent");
        Path empty = file("\n");
        Path two = file("hunter2\nhunter3\n");
        Path large = file("x".repeat(20_000));
        for (Path bad : List.of(absent, empty, two, large)) {
            assertThatThrownBy(() -> load(Map.of(), Map.of("CG_NEO4J_PASSWORD_FILE", bad.toString()), file("")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("environment CG_NEO4J_PASSWORD_FILE: ")
                    .hasMessageContaining(bad.toString())
                    .hasMessageNotContaining("hunter");
        }
        Path good = file("hunter2");
        assertThatThrownBy(() -> load(
                        Map.of(),
                        Map.of("CG_NEO4J_PASSWORD", "x", "CG_NEO4J_PASSWORD_FILE", good.toString()),
                        file("neo4j.uri=bolt://h:1\nneo4j.password=y\nneo4j.password-file=" + good)))
                .hasMessageContaining("environment: both CG_NEO4J_PASSWORD and CG_NEO4J_PASSWORD_FILE are set")
                .hasMessageContaining("both neo4j.password and neo4j.password-file are set");
        assertThatThrownBy(() -> load(Map.of(), Map.of("CG_HTTP_PORT_FILE", good.toString()), file("")))
                .hasMessageContaining("unknown setting CG_HTTP_PORT_FILE");
    }

    private static Settings load(Map<String, String> flags, Map<String, String> environment, Path file) {
        return CATALOG.load(flags, environment, Optional.of(file));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "settings", ".properties"), text);
    }
}
