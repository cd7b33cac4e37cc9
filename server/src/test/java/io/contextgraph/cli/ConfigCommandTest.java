// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.config.Setting;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What {@code contextgraph config} prints; no store is ever opened. */
class ConfigCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> variables = new LinkedHashMap<>();

    @TempDir
    private Path folder;

    @Test
    void everySettingIsThereOnceWithWhoSetIt() throws IOException {
        Path file = file("data.dir=/from/file\nhttp.port=1\nhttp.host=::1\nretention.profile=unlimited\n");
        variables.put("CG_HTTP_PORT", "2");
        variables.put("CG_HTTP_HOST", "localhost");
        assertThat(run("--config", file.toString(), "--http.port", "3")).isEqualTo(ExitCode.OK);
        assertThat(rows())
                .containsOnlyOnceElementsOf(
                        ProductSettings.CATALOG.all().stream().map(Setting::key).toList())
                .hasSize(ProductSettings.CATALOG.all().size() + 1);
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "SETTING VALUE SET BY",
                        "http.port 3 flag --http.port",
                        "http.host localhost environment CG_HTTP_HOST",
                        "data.dir /from/file file " + file,
                        "retention.ceiling 0 profile",
                        "limits.body 8mb default");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void programsGetTheSame() throws IOException {
        Path file = file("data.dir=/from/file\nretention.profile=unlimited\n");
        variables.put("CG_HTTP_HOST", "localhost");
        assertThat(run("--json", "--config", file.toString(), "--http.port", "3"))
                .isEqualTo(ExitCode.OK);
        JsonNode answer = Json.MAPPER.readTree(out.toString());
        assertThat(answer.get("settings").size())
                .isEqualTo(ProductSettings.CATALOG.all().size());
        assertThat(answer.get("problems").isEmpty()).isTrue();
        assertThat(setting(answer, "http.port"))
                .isEqualTo("{'key':'http.port','value':'3','source':'command line','set_by':'flag --http.port'}");
        assertThat(setting(answer, "http.host"))
                .isEqualTo("{'key':'http.host','value':'localhost','source':'environment',"
                        + "'set_by':'environment CG_HTTP_HOST'}");
        assertThat(setting(answer, "data.dir"))
                .isEqualTo("{'key':'data.dir','value':'/from/file','source':'file','set_by':'file " + file + "'}");
        assertThat(setting(answer, "retention.ceiling"))
                .isEqualTo("{'key':'retention.ceiling','value':'0','source':'profile','set_by':'profile'}");
        assertThat(setting(answer, "limits.body"))
                .isEqualTo("{'key':'limits.body','value':'8mb','source':'default','set_by':'default'}");
    }

    @Test
    void secretsAreShownNowhere() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "hunter2\n");
        variables.put("CG_NEO4J_URI", "neo4j+s://graph:7687");
        variables.put("CG_NEO4J_PASSWORD_FILE", password.toString());
        variables.put("CG_REDIS_URL", "rediss://writer:hunter3@store:6379");
        variables.put("CG_REDIS_APPEND_LOGIN", "appender:hunter4");
        variables.put("CG_S3_LOGIN", "id:hunter5");
        variables.put("CG_S3_ENDPOINT", "https://user:hunter6@bucket");
        variables.put("CG_JWT_KEYS", "https://id.example/keys?tenant=1&token=hunter7");
        variables.put("CG_JWT_ISSUER", "me");
        variables.put("CG_JWT_AUDIENCE", "you");
        for (String[] arguments : List.of(new String[] {}, new String[] {"--json"})) {
            assertThat(run(arguments)).as(err.toString()).isEqualTo(ExitCode.OK);
        }
        assertThat(out.toString() + err)
                .doesNotContain("hunter")
                .contains("rediss://writer:***@store:6379")
                .contains("https://user:***@bucket")
                .contains("https://id.example/keys?tenant=***&token=***")
                .contains("file " + password + " (environment CG_NEO4J_PASSWORD_FILE)");
    }

    @Test
    void whatCannotBeUsedIsShownWithWhatIsWrongWithIt() throws IOException {
        Path file = file("http.prot=1\nredis.engine=fast\nlimits.event=16mb\nneo4j.uri=bolt://graph:1\n");
        variables.put("CG_HTTP_PORT", "70000");
        variables.put("CG_REDIS_URL", "http://writer:hunter2@store");
        variables.put("CG_NEO4J_PASSWORD_FILE", folder.resolve("none").toString());
        variables.put("CG_S3_LOGIN", "hunter3");
        String[] arguments = {"--config", file.toString(), "--redis.read-login", "reader:hunter4"};
        assertThat(run(arguments)).isEqualTo(ExitCode.USAGE);
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "SETTING VALUE SET BY PROBLEM",
                        "http.port 70000 environment CG_HTTP_PORT must be a whole number from 0 to 65535",
                        "redis.engine fast file " + file + " must be one of auto, search, sorted-set",
                        "redis.url http://writer:***@store environment CG_REDIS_URL"
                                + " must be an address such as redis://host:port",
                        "redis.read-login default a secret must not stand on the command line",
                        "neo4j.password environment CG_NEO4J_PASSWORD_FILE the file " + folder.resolve("none")
                                + " is not there",
                        "s3.login *** environment CG_S3_LOGIN must be a login such as user:password,"
                                + " without spaces in the name",
                        "limits.body 8mb default");
        assertThat(err.toString())
                .startsWith("these settings cannot be used:")
                .contains("unknown setting http.prot; did you mean http.port?")
                .contains("limits.event must not be larger than limits.body");
        assertThat(run("--json", "--config", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(out.toString() + err).doesNotContain("hunter");
    }

    @Test
    void whatIsWrongIsToldToProgramsTwice() {
        variables.put("CG_HTTP_PORT", "many");
        assertThat(run("--json", "--config", folder.resolve("none").toString())).isEqualTo(ExitCode.USAGE);
        JsonNode answer = Json.MAPPER.readTree(out.toString());
        assertThat(setting(answer, "http.port"))
                .isEqualTo(
                        "{'key':'http.port','value':'many','source':'environment','set_by':'environment CG_HTTP_PORT',"
                                + "'problem':'must be a whole number from 0 to 65535'}");
        List<String> problems = new ArrayList<>();
        answer.get("problems").forEach(problem -> problems.add(problem.stringValue()));
        assertThat(problems).hasSize(2).first().asString().startsWith("cannot read the settings file");
        JsonNode told = Json.MAPPER.readTree(err.toString());
        assertThat(told.get("code").stringValue()).isEqualTo("invalid_settings");
        assertThat(told.get("errors").size()).isEqualTo(2);
    }

    @Test
    void someOfThemMayBeAskedFor() {
        assertThat(run("s3", "http.port")).isEqualTo(ExitCode.OK);
        assertThat(rows())
                .containsExactly(
                        "SETTING",
                        "http.port",
                        "s3.endpoint",
                        "s3.region",
                        "s3.path-style",
                        "s3.checksums",
                        "s3.login",
                        "s3.timeout");
        assertThat(run("http.prot")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no such setting: http.prot");
    }

    @Test
    void noServerIsAsked() {
        variables.put("CG_SERVER", "http://127.0.0.1:1");
        assertThat(run()).isEqualTo(ExitCode.OK);
        assertThat(run("--server", "http://127.0.0.1:1")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("config asks nobody: leave --server out");
    }

    private List<String> rows() {
        return out.toString().lines().map(line -> line.split(" ", 2)[0]).toList();
    }

    private static String setting(JsonNode answer, String key) {
        for (JsonNode setting : answer.get("settings")) {
            if (setting.get("key").stringValue().equals(key)) {
                return setting.toString().replace('"', '\'');
            }
        }
        throw new AssertionError("no setting " + key);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "settings", ".properties"), text);
    }

    private int run(String... arguments) {
        List<String> words = new ArrayList<>(List.of("config"));
        words.addAll(List.of(arguments));
        return Cli.run(TestSurroundings.withoutStores(out, err, variables, folder), words.toArray(String[]::new));
    }
}
