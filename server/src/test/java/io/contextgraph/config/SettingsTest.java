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
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import io.contextgraph.ledger.redis.partition.PartitionSettings;
import io.contextgraph.retention.CeilingSettings;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;

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
            assertThat(setting.key()).matches("[a-z0-9]+(\\.[a-z0-9]+)?\\.[a-z0-9]+(-[a-z0-9]+)*");
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
        // A profile refuses what contradicts it, and in a cluster partitions have no servers of their own.
        Set<Setting<?>> contradicting =
                Set.of(CeilingSettings.PROFILE, PartitionSettings.PARTITIONS, PartitionSettings.NODES);
        List<Setting<?>> free = CATALOG.all().stream()
                .filter(setting -> !contradicting.contains(setting))
                .toList();
        String unlike =
                free.stream().map(s -> s.key() + "=" + unlikeStandard(s) + "\n").reduce("", String::concat);
        Settings standard = load(Map.of(), Map.of(), file(""));
        Settings changed = load(Map.of(), Map.of(), file(unlike));
        for (Setting<?> setting : free) {
            assertThat(changed.get(setting)).as(setting.key()).isNotEqualTo(standard.get(setting));
            assertThat(changed.isSet(setting)).isTrue();
            assertThat(standard.isSet(setting)).isFalse();
        }
    }

    @Test
    void partitionsHaveServersOfTheirOwnOrAreInOneRedis() {
        Map<String, String> three = Map.of("redis.url", "rediss://ann:secret@first:1/0", "redis.partitions", "3");
        assertThat(PartitionSettings.urls(load(three), URI.create("rediss://ann:secret@first:1/0")))
                .isEmpty();
        assertThat(PartitionSettings.urls(
                        load(with(three, "redis.partition-nodes", "second:2, third:3")),
                        URI.create("rediss://ann:secret@first:1/0")))
                .extracting(URI::toString)
                .containsExactly(
                        "rediss://ann:secret@first:1/0",
                        "rediss://ann:secret@second:2/0",
                        "rediss://ann:secret@third:3/0");
        assertThat(PartitionSettings.urls(load(Map.of("redis.partitions", "3")), URI.create("redis://here:1")))
                .isEmpty();
    }

    @Test
    void partitionsThatCannotBeAreRefused() {
        Map<String, String> three = Map.of("redis.url", "redis://first:1", "redis.partitions", "3");
        assertThatThrownBy(() -> load(with(three, "redis.partition-nodes", "second:2")))
                .hasMessageContaining(
                        "redis.partition-nodes must name 2 servers, for all of 3 partitions but the first: 1");
        assertThatThrownBy(() -> load(Map.of("redis.partitions", "2", "redis.partition-nodes", "second:2")))
                .hasMessageContaining("redis.partition-nodes is set but redis.url is not");
        assertThatThrownBy(() -> load(with(three, "redis.prefix", "{here}:")))
                .hasMessageContaining("redis.partitions is 3: redis.prefix must have no hash tag");
        Map<String, String> cluster = with(three, "redis.cluster", "true");
        assertThat(load(cluster).get(PartitionSettings.PARTITIONS)).isEqualTo(3);
        assertThatThrownBy(() -> load(with(cluster, "redis.partition-nodes", "second:2,third:3")))
                .hasMessageContaining("a cluster knows by itself where the partitions are");
        assertThatThrownBy(() -> load(with(cluster, "redis.partitions", "1")))
                .hasMessageContaining("redis.prefix must have a hash tag");
        assertThatThrownBy(() -> load(with(three, "redis.partitions", "33")))
                .hasMessageContaining("a whole number from 1 to 32");
    }

    private static Settings load(Map<String, String> flags) {
        // An address with a password must not stand on the command line.
        Map<String, String> others = new HashMap<>(flags);
        String url = others.remove("redis.url");
        return CATALOG.load(others, url == null ? Map.of() : Map.of("CG_REDIS_URL", url), Optional.empty());
    }

    private static Map<String, String> with(Map<String, String> settings, String key, String value) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(key, value);
        return all;
    }

    /** Two steps of retention must not lie so far apart that nobody has the lease in between. */
    @Test
    void aPauseForWhichALeaseIsTooShortIsRefused() {
        assertThatThrownBy(() -> CATALOG.load(Map.of("retention.pause", "11s"), Map.of(), Optional.empty()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("retention.pause must not be longer than 10s");
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
        if (setting.equals(RedisSettings.PREFIX)) {
            // A cluster needs a hash tag.
            return "{other}:";
        }
        for (String text : List.of(
                "7",
                "700",
                "7kb",
                "70mb",
                "user:password",
                "7s",
                "7m",
                "false",
                "true",
                "sorted-set",
                "fsync",
                "debug",
                "when-required",
                "json",
                "io.contextgraph.http=debug",
                "other",
                "rediss://other:1",
                "other:1",
                "bolt+s://other:1",
                "https://other:1",
                "0.7",
                "Authorization=other",
                "w.example+a66871a1+BF2o3n9Ch/zTtgth34EZTlX/6k6N/u+f3jqm1M5dbEa1 https://other:1")) {
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
        Map<String, String> environment = Map.of("CG_REDIS_APPEND_LOGIN", "writer:se:cret");
        Settings loaded = load(Map.of("redis.url", "redis://h:1"), environment, file(""));
        assertThat(RedisSettings.logins(loaded)).isEqualTo(Map.of(Role.APPEND, new Login("writer", "se:cret")));
        assertThat(RedisSettings.logins(loaded).toString() + loaded.table()).doesNotContain("se:cret");
        for (String bad : List.of("writer", "writer:", ":secret", "two words:secret")) {
            assertThatThrownBy(() ->
                            load(Map.of("redis.url", "redis://h:1"), Map.of("CG_REDIS_READ_LOGIN", bad), file("")))
                    .as(bad)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("redis.read-login must be a login such as user:password")
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> load(Map.of(), Map.of("CG_REDIS_READ_LOGIN", "a:b"), file("")))
                .hasMessageContaining("redis.read-login is set but redis.url is not");
    }

    @Test
    void aClusterNeedsAHashTagAndNoDatabase() throws IOException {
        Path none = file("");
        assertThatThrownBy(() -> load(
                        Map.of("redis.url", "redis://h:1/2", "redis.cluster", "true", "redis.prefix", "ours:"),
                        Map.of(),
                        none))
                .hasMessageContaining("redis.cluster is true but redis.url names a database")
                .hasMessageContaining("redis.cluster is true: redis.prefix must have a hash tag, such as {ledger}:");
        assertThatThrownBy(() -> load(Map.of("redis.cluster", "true", "redis.prefix", "{a}:"), Map.of(), none))
                .hasMessageContaining("redis.cluster is true but redis.url is not set");
        Map<String, String> nodes = Map.of("redis.url", "redis://h:1", "redis.cluster-nodes", "h2:2, [::1]:3");
        assertThatThrownBy(() -> load(nodes, Map.of(), none))
                .hasMessageContaining("redis.cluster-nodes is set but redis.cluster is not true");
        Map<String, String> whole = new HashMap<>(nodes);
        whole.putAll(Map.of("redis.cluster", "true", "redis.prefix", "{ours}:"));
        assertThat(ClusterSettings.from(load(whole, Map.of(), none)))
                .isEqualTo(new ClusterSettings(true, List.of(new HostAndPort("h2", 2), new HostAndPort("[::1]", 3))));
        for (String bad : List.of("h2", "h2:", "redis://h2:1", "a@h2:1", "h2:1234567")) {
            whole.put("redis.cluster-nodes", bad);
            assertThatThrownBy(() -> load(whole, Map.of(), none))
                    .as(bad)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("redis.cluster-nodes");
        }
    }

    @Test
    void aPasswordWithoutANeo4jIsAProblem() throws IOException {
        Path none = file("");
        assertThatThrownBy(() -> load(Map.of(), Map.of("CG_NEO4J_PASSWORD", "x"), none))
                .hasMessageContaining("neo4j.password is set but neo4j.uri is not");
    }

    @Test
    void secretsMayStandInFilesOfTheirOwn() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "hunter2\n");
        Path url = Files.writeString(folder.resolve("url"), "rediss://writer:hunter3@store:6379\r\n");
        Path login = Files.writeString(folder.resolve("login"), "reader: hunter4 ");
        Map<String, String> environment =
                Map.of("CG_NEO4J_PASSWORD_FILE", password.toString(), "CG_REDIS_URL_FILE", url.toString());
        Path file = file("neo4j.uri=neo4j://graph:7687\nneo4j.password=other\nredis.read-login-file=" + login + "\n");
        Settings loaded = load(Map.of(), environment, file);
        assertThat(loaded.get(Neo4jSettings.PASSWORD)).isEqualTo("hunter2");
        assertThat(loaded.get(RedisSettings.URL)).contains("rediss://writer:hunter3@store:6379");
        assertThat(RedisSettings.logins(loaded)).containsEntry(Role.READ, new Login("reader", " hunter4 "));
        assertThat(loaded.table())
                .contains(
                        List.of("neo4j.password", "***", "file " + password + " (environment CG_NEO4J_PASSWORD_FILE)"),
                        List.of(
                                "redis.url",
                                "rediss://writer:***@store:6379",
                                "file " + url + " (environment CG_REDIS_URL_FILE)"),
                        List.of(
                                "redis.read-login",
                                "***",
                                "file " + login + " (file " + file + ": redis.read-login-file)"));
        assertThat(loaded.toString()).doesNotContain("hunter");
    }

    @Test
    void aSecretFileThatCannotBeUsedIsAProblem() throws IOException {
        Path good = Files.writeString(folder.resolve("good"), "hunter2");
        unusable(folder.resolve("none").toString(), "is not there");
        unusable(folder.toString(), "cannot be read");
        unusable(Files.writeString(folder.resolve("empty"), "\n").toString(), "is empty");
        unusable(Files.writeString(folder.resolve("two"), "hunter2\nhunter3\n").toString(), "has more than one line");
        unusable(
                Files.writeString(folder.resolve("large"), "hunter2".repeat(2_000))
                        .toString(),
                "is larger than 8192 bytes");
        unusable(Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff}).toString(), "is not UTF-8");
        Path graph = file("neo4j.uri=bolt://graph:7687\n");
        Map<String, String> both = Map.of("CG_NEO4J_PASSWORD_FILE", good.toString(), "CG_NEO4J_PASSWORD", "hunter3");
        assertThatThrownBy(() -> load(Map.of(), both, graph))
                .hasMessage(
                        "environment CG_NEO4J_PASSWORD and CG_NEO4J_PASSWORD_FILE are both set: one of them must go");
        Path host = file("http.host-file=x\n");
        assertThatThrownBy(() -> load(Map.of(), Map.of("CG_HTTP_HOST_FILE", good.toString()), host))
                .hasMessageContaining("unknown setting CG_HTTP_HOST_FILE")
                .hasMessageContaining("unknown setting http.host-file");
    }

    private void unusable(String path, String why) throws IOException {
        Path graph = file("neo4j.uri=bolt://graph:7687\n");
        assertThatThrownBy(() -> load(Map.of(), Map.of("CG_NEO4J_PASSWORD_FILE", path), graph))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("environment CG_NEO4J_PASSWORD_FILE: the file " + path + " " + why)
                .hasMessageNotContaining("hunter");
    }

    @Test
    void aSecretOnTheCommandLineIsRefused() {
        Map<String, String> flags = Map.of(
                "neo4j.uri", "bolt://graph:7687",
                "neo4j.password", "hunter2",
                "redis.read-login", "reader:hunter3",
                "redis.url", "redis://:hunter4@store:6379");
        ConfigurationException refused = catchThrowableOfType(
                ConfigurationException.class, () -> CATALOG.load(flags, Map.of(), Optional.empty()));
        assertThat(refused.problems()).hasSize(3).noneMatch(problem -> problem.contains("hunter"));
        assertThat(refused.problems())
                .contains(
                        "flag --redis.url: a password must not stand on the command line, where everybody on this machine can"
                                + " read it: set CG_REDIS_URL, or name a file that has it with CG_REDIS_URL_FILE, or redis.url-file in"
                                + " the settings file");
        Map<String, String> user = Map.of("redis.url", "redis://reader@store:6379");
        assertThat(CATALOG.load(user, Map.of(), Optional.empty()).get(RedisSettings.URL))
                .contains("redis://reader@store:6379");
    }

    @Test
    void anAddressThatIsNoneHidesWhatMayBeItsPassword() throws IOException {
        Path none = file("");
        for (String bad :
                List.of("redis:/writer:hunter2@store", "writer:hunter2@store:6379", "http://w:hunter2@store")) {
            assertThatThrownBy(() -> load(Map.of(), Map.of("CG_REDIS_URL", bad), none))
                    .as(bad)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("redis.url must be an address")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void aCertificateComesWithItsKeyAndSecuresSomething() throws IOException {
        Path none = file("");
        assertThatThrownBy(() -> load(Map.of("http.tls-certificate", "a.pem"), Map.of(), none))
                .hasMessage("http.tls-key must be set where http.tls-certificate is: a certificate and its key belong"
                        + " together");
        assertThatThrownBy(() -> load(Map.of("redis.url", "redis://h:1", "redis.tls-ca", "a.pem"), Map.of(), none))
                .hasMessageContaining("redis.tls-ca is set but redis.url does not begin with rediss://");
        for (String uri : List.of("bolt://h:1", "neo4j+ssc://h:1")) {
            assertThatThrownBy(() -> load(Map.of("neo4j.uri", uri, "neo4j.tls-ca", "a.pem"), Map.of(), none))
                    .as(uri)
                    .hasMessageContaining("neo4j.tls-ca is set but neo4j.uri begins with neither");
        }
    }

    /** Who is handed a secret otherwise may not be allowed to read the file. */
    @Test
    void aFileOfASecretThatIsSetOtherwiseIsNotRead() throws IOException {
        Path absent = folder.resolve("absent");
        Settings loaded = load(
                Map.of(),
                Map.of("CG_NEO4J_PASSWORD", "x"),
                file("neo4j.uri=bolt://h:1\nneo4j.password-file=" + absent));
        assertThat(loaded.table()).contains(List.of("neo4j.password", "***", "environment CG_NEO4J_PASSWORD"));
    }

    private static Settings load(Map<String, String> flags, Map<String, String> environment, Path file) {
        return CATALOG.load(flags, environment, Optional.of(file));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "settings", ".properties"), text);
    }

    @Test
    void durationsAreToldAsTheyAreSet() {
        for (String text : List.of("0ms", "1ms", "1500ms", "90s", "61m", "2h", "36h", "7d")) {
            assertThat(Forms.text(Forms.duration("0ms").parse(text).orElseThrow()))
                    .isEqualTo(text);
        }
        assertThat(Forms.text(Forms.duration("0ms").parse("168h").orElseThrow()))
                .isEqualTo("7d");
    }
}
