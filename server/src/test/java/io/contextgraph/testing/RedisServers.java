// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import io.contextgraph.standalone.redis.BundledRedis;
import io.contextgraph.standalone.redis.RedisPrograms;
import io.contextgraph.standalone.redis.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Redis servers for tests, printed in one line: the address in {@code CG_TEST_REDIS_URL}, where any server will do; else
 * the first of {@link RedisPrograms}, a version of 8 or later with JSON and Search before all others.
 *
 * <p><b>Guarantees.</b> The shared ones live as long as the JVM and are stopped with it. Tests that share one keep
 * apart by key prefix.
 */
public final class RedisServers {
    private static final Map<String, Optional<URI>> SHARED = new HashMap<>();

    private static @Nullable RedisServer here;
    private static @Nullable Path temporary;

    private RedisServers() {}

    /** Any Redis: what tests use that care for no version. */
    public static synchronized URI any() {
        return SHARED.computeIfAbsent(
                        "any", kind -> Optional.of(configured().orElseGet(() -> shared(here().withoutModules()))))
                .orElseThrow();
    }

    private static Optional<URI> configured() {
        Optional<URI> url =
                Optional.ofNullable(System.getenv("CG_TEST_REDIS_URL")).map(URI::create);
        url.ifPresent(found -> System.out.println("Test Redis: CG_TEST_REDIS_URL"));
        return url;
    }

    /** Redis 7.0.15 without modules: always there. */
    public static synchronized URI seven() {
        return SHARED.computeIfAbsent("seven", kind -> Optional.of(shared(bundledServer())))
                .orElseThrow();
    }

    /** A Redis of version 8 or later, started without modules. */
    public static synchronized Optional<URI> eight() {
        return SHARED.computeIfAbsent(
                "eight", kind -> program(8).map(RedisServer::withoutModules).map(RedisServers::shared));
    }

    /** A Redis of version 8 or later with JSON and Search. */
    public static synchronized Optional<URI> withSearch() {
        return SHARED.computeIfAbsent(
                "search", kind -> program(8).filter(RedisServer::hasSearch).map(RedisServers::shared));
    }

    /** Redis 7.0.15 without modules, for tests that look through all keys again and again: no others use it. */
    public static synchronized URI sevenForKeys() {
        return SHARED.computeIfAbsent("seven for keys", kind -> Optional.of(shared(bundledServer())))
                .orElseThrow();
    }

    /** A Redis of version 8 or later with JSON and Search, for tests that look through all keys again and again. */
    public static synchronized Optional<URI> withSearchForKeys() {
        return SHARED.computeIfAbsent(
                "search for keys",
                kind -> program(8).filter(RedisServer::hasSearch).map(RedisServers::shared));
    }

    /** The binary of the server here, if it is of at least a major version. */
    public static Optional<Path> installed(int major) {
        return program(major).map(RedisServer::program);
    }

    /** The binary of a server: that of the one here, if it is of version 7 or later, else the one that is always there. */
    public static Path installedOrBundled() {
        return installed(7).orElseGet(RedisServers::bundled);
    }

    /** The arguments that load JSON and Search, where the server here has them. */
    public static Optional<List<String>> searchArguments() {
        return Optional.of(here()).filter(RedisServer::hasSearch).map(RedisServers::arguments);
    }

    private static Optional<RedisServer> program(int major) {
        return Optional.of(here())
                .filter(server -> RedisServer.compareVersions(server.version(), Integer.toString(major)) >= 0);
    }

    /** The server that tests run on. */
    public static synchronized RedisServer here() {
        RedisServer known = here;
        if (known == null) {
            try {
                RedisPrograms programs = RedisPrograms.here(temporary(), RedisPrograms.fetchesByDefault());
                Optional<RedisServer> best = programs.first(
                        server -> server.hasSearch() && RedisServer.compareVersions(server.version(), "8") >= 0,
                        System.out::println);
                known = best.isPresent()
                        ? best.get()
                        : programs.first(server -> true, System.out::println).orElseThrow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            System.out.println("Redis for tests: " + known.describe());
            here = known;
        }
        return known;
    }

    private static List<String> arguments(RedisServer server) {
        return server.modules().stream()
                .flatMap(module -> Stream.of("--loadmodule", module.toString()))
                .toList();
    }

    private static URI shared(RedisServer server) {
        return RunningRedis.start(server.program(), arguments(server)).url();
    }

    /** The binary of Redis 7.0.15: always there. */
    public static Path bundled() {
        return bundledServer().program();
    }

    private static synchronized RedisServer bundledServer() {
        try {
            return BundledRedis.extract(temporary());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One folder for this JVM, gone with it. */
    private static synchronized Path temporary() throws IOException {
        Path known = temporary;
        if (known == null) {
            known = Files.createTempDirectory("contextgraph-redis");
            Path made = known;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                made.resolve("redis-server-" + BundledRedis.VERSION).toFile().delete();
                made.toFile().delete();
            }));
            temporary = known;
        }
        return known;
    }
}
