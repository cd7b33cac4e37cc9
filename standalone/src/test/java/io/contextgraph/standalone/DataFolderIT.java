// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.app.Backends;
import io.contextgraph.app.Backends.RedisWishes;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.standalone.redis.BundledRedis;
import io.contextgraph.standalone.redis.RedisPrograms;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.RedisServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.GraphDatabase;
import redis.clients.jedis.RedisClient;

/** One folder, several processes, and violent ends. */
class DataFolderIT {
    private static final RedisWishes WISHES =
            new RedisWishes(100_000_000, Optional.empty(), RedisPrograms.fetchesByDefault(), Durability.MEMORY);

    private final EmbeddedSettings settings = Neo4jServers.settings();
    private final EmbeddedBackends factory = new EmbeddedBackends(settings);

    /** The small parent that is killed: opens both parts, says so, and waits for its end. */
    static final class Parent {
        public static void main(String[] arguments) throws Exception {
            var backends = new EmbeddedBackends(Neo4jServers.settings())
                    .open(new Backends.Wanted(Path.of(arguments[0]), true, true, WISHES), line -> {});
            System.out.println("ready " + backends.owned());
            System.in.transferTo(System.err);
        }
    }

    @Test
    void survivesAKilledParentAndServesASecondProcessMeanwhile(@TempDir Path folder) throws Exception {
        var parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        folder.toString())
                .redirectError(folder.resolve("parent.log").toFile())
                .start();
        try (var output = parent.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lastLine(output)).isEqualTo("ready true");
            try (var attached = factory.open(new Backends.Wanted(folder, true, true, WISHES), line -> {})) {
                assertThat(attached.owned()).isFalse();
                write(attached);
            }
            var children = List.of(mark(folder, "redis"), mark(folder, "neo4j"));
            parent.destroyForcibly();
            assertThat(parent.waitFor(10, TimeUnit.SECONDS)).isTrue();
            // Nothing but the pipe that broke tells the children to end.
            for (var child : children) {
                var left = child.find();
                if (left.isPresent()) {
                    left.get().onExit().get(60, TimeUnit.SECONDS);
                }
                assertThat(child.find()).isEmpty();
            }
        } finally {
            parent.destroyForcibly();
        }
        try (var again = factory.open(new Backends.Wanted(folder, true, true, WISHES), line -> {})) {
            assertThat(again.owned()).isTrue();
            assertThat(read(again)).isEqualTo("redis=kept neo4j=kept");
        }
    }

    private static String lastLine(BufferedReader output) throws IOException {
        var line = output.readLine();
        while (line != null && !line.startsWith("ready")) {
            line = output.readLine();
        }
        return String.valueOf(line);
    }

    private static ProcessMark mark(Path folder, String part) throws IOException {
        return ProcessMark.read(folder.resolve(part).resolve("process.json")).orElseThrow();
    }

    private static void write(Backends backends) {
        try (var redis = RedisClient.create(backends.redisUrl().orElseThrow())) {
            redis.set("word", "kept");
        }
        var neo4j = backends.neo4j().orElseThrow();
        try (var driver = GraphDatabase.driver(neo4j.uri(), AuthTokens.basic(neo4j.user(), neo4j.password()))) {
            driver.executableQuery("CREATE (:Word {text: 'kept'})").execute();
        }
    }

    private static String read(Backends backends) {
        var neo4j = backends.neo4j().orElseThrow();
        try (var redis = RedisClient.create(backends.redisUrl().orElseThrow());
                var driver = GraphDatabase.driver(neo4j.uri(), AuthTokens.basic(neo4j.user(), neo4j.password()))) {
            var text = driver.executableQuery("MATCH (w:Word) RETURN w.text")
                    .execute()
                    .records();
            return "redis=" + redis.get("word") + " neo4j="
                    + text.getFirst().get(0).asString();
        }
    }

    @Test
    void endsARedisThatAnEarlierRunLeftBehindAndKeepsItsData(@TempDir Path folder) throws Exception {
        // The first one is never closed: what is left of a parent that was killed together with the lifeline.
        var left = EmbeddedRedis.start(folder, WISHES, settings, line -> {});
        try (var client = RedisClient.create(left.url())) {
            client.set("word", "kept");
        }
        var process = ProcessMark.read(folder.resolve("process.json")).orElseThrow();
        try (var redis = EmbeddedRedis.start(folder, WISHES, settings, line -> {});
                var client = RedisClient.create(redis.url())) {
            assertThat(process.find()).isEmpty();
            assertThat(client.get("word")).isEqualTo("kept");
        }
        left.close();
    }

    @Test
    void anUnreadableProcessFileProvesNothing(@TempDir Path folder) throws Exception {
        for (var garbage :
                List.of("", "4711", "{\"pid\":", "null", "{\"pid\":1,\"startedAtMillis\":0,\"argument\":\"\"}")) {
            Files.writeString(folder.resolve("process.json"), garbage);
            try (var redis = EmbeddedRedis.start(folder, WISHES, settings, line -> {});
                    var client = RedisClient.create(redis.url())) {
                assertThat(client.ping()).isEqualTo("PONG");
            }
        }
    }

    @Test
    void theBundledServerRunsAndItsDataStayReadable(@TempDir Path folder) throws Exception {
        var bundled = settings.withRedisServer(BundledRedis.extract(folder.resolve("bin")));
        try (var redis = EmbeddedRedis.start(folder, WISHES, bundled, line -> {});
                var client = RedisClient.create(redis.url())) {
            assertThat(redis.server().version()).isEqualTo("7.0.15");
            client.set("word", "kept");
        }
        // A newer server takes over, without the modules that the data were written without, and that is told.
        List<String> told = new ArrayList<>();
        try (var redis = EmbeddedRedis.start(folder, WISHES, settings, told::add);
                var client = RedisClient.create(redis.url())) {
            assertThat(redis.server().modules()).isEmpty();
            assertThat(client.get("word")).isEqualTo("kept");
        }
        assertThat(told.stream().anyMatch(line -> line.contains("stays on engine sorted-set; contextgraph export")))
                .isEqualTo(RedisServers.here().hasSearch());
    }

    @Test
    void theEngineThatIsAskedForDecidesOnTheModules(@TempDir Path folder) throws Exception {
        var bundled = settings.withRedisServer(BundledRedis.extract(folder.resolve("bin")));
        assertThatThrownBy(() -> EmbeddedRedis.start(folder, wishes(Engine.SEARCH), bundled, line -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("redis.engine=search needs a Redis with JSON and Search")
                .hasMessageContaining("Redis 7.0.15 (bundled, for development)");
        try (var redis = EmbeddedRedis.start(folder, wishes(Engine.SORTED_SET), settings, line -> {})) {
            assertThat(redis.server().modules()).isEmpty();
        }
    }

    private static RedisWishes wishes(Engine engine) {
        return new RedisWishes(WISHES.maxMemoryBytes(), Optional.of(engine), WISHES.fetch(), WISHES.durability());
    }

    @Test
    void anOlderServerIsRefusedWithAWayOut(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("origin.json"), "{\"version\":\"99.1.0\",\"jsonAndSearch\":true}");
        assertThatThrownBy(() -> EmbeddedRedis.start(folder, WISHES, settings, line -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("written by Redis 99.1.0 with JSON and Search")
                .hasMessageContaining("CG_REDIS_URL");
    }

    @Test
    void aSecondOpenAttachesAndAThirdIsRefusedWhatIsNotThere(@TempDir Path folder) throws Exception {
        try (var owner = factory.open(new Backends.Wanted(folder, true, false, WISHES), line -> {});
                var second = factory.open(new Backends.Wanted(folder, true, false, WISHES), line -> {})) {
            assertThat(List.of(owner.owned(), second.owned())).isEqualTo(List.of(true, false));
            assertThat(second.redisUrl()).isEqualTo(owner.redisUrl());
            assertThat(second.neo4j()).isEqualTo(Optional.empty());
            assertThatThrownBy(() -> factory.open(new Backends.Wanted(folder, true, true, WISHES), line -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not run Neo4j there");
        }
        assertThat(folder.resolve("endpoints.json")).doesNotExist();
    }

    @Test
    void onlyTheOwnerReadsPasswords(@TempDir Path folder) throws Exception {
        try (var owner = factory.open(new Backends.Wanted(folder, true, false, WISHES), line -> {})) {
            assertThat(owner.owned()).isTrue();
            for (var file : List.of("lock", "endpoints.json", "redis/redis.conf", "redis/process.json")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))))
                        .as(file)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void aFileInPlaceOfTheFolderIsNamed(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("data"), "");
        assertThatThrownBy(() -> factory.open(new Backends.Wanted(file, true, false, WISHES), line -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a file, not a folder");
    }

    @Test
    void aFailedStartShowsTheLogAndFreesTheFolder(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("redis/data/appendonlydir"));
        Files.writeString(
                folder.resolve("redis/data/appendonlydir/appendonly.aof.manifest"),
                "file no-such.base.rdb seq 1 type b\n");
        var wanted = new Backends.Wanted(folder, true, false, WISHES);
        assertThatThrownBy(() -> factory.open(wanted, line -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has ended with exit code")
                .hasMessageContaining("no-such.base.rdb");
        assertThat(DataFolder.claim(folder)).isPresent().get().satisfies(DataFolder::close);
    }
}
