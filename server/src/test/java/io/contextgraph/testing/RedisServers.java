// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Redis servers for tests, the first that applies, printed in one line: the address in {@code CG_TEST_REDIS_URL}; an
 * installed {@code redis-server}; the binary of version 7.0.15 that comes with the test dependencies.
 *
 * <p><b>Guarantees.</b> The shared ones live as long as the JVM and are stopped with it. Tests that share one keep
 * apart by key prefix.
 */
public final class RedisServers {
    private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.");
    private static final List<String> PLACES =
            List.of("/usr/local/bin", "/usr/bin", "/opt/redis-stack/bin", "/opt/homebrew/bin");
    private static final List<Path> MODULE_PLACES = List.of(
            Path.of("/opt/redis-stack/lib"),
            Path.of("/usr/local/lib/redis/modules"),
            Path.of("/usr/lib/redis/modules"));

    private static final Map<String, Optional<URI>> SHARED = new HashMap<>();

    private RedisServers() {}

    /** Any Redis: what tests use that care for no version. */
    public static synchronized URI any() {
        return SHARED.computeIfAbsent(
                        "any",
                        kind -> Optional.of(configured()
                                .orElseGet(() -> shared(installed(0).orElseGet(RedisServers::bundled), List.of()))))
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
        return SHARED.computeIfAbsent("seven", kind -> Optional.of(shared(bundled(), List.of())))
                .orElseThrow();
    }

    /** An installed Redis of version 8 or later, started without modules. */
    public static synchronized Optional<URI> eight() {
        return SHARED.computeIfAbsent("eight", kind -> installed(8).map(binary -> shared(binary, List.of())));
    }

    /** A Redis with JSON and Search: an installed one of version 8 or later whose modules are found. */
    public static synchronized Optional<URI> withSearch() {
        return SHARED.computeIfAbsent(
                "search",
                kind -> searchArguments().flatMap(modules -> installed(8).map(binary -> shared(binary, modules))));
    }

    /** The binary of an installed server of at least a major version. */
    public static Optional<Path> installed(int major) {
        Stream<String> path =
                Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"));
        return Stream.concat(path, PLACES.stream())
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .filter(binary -> majorOf(binary) >= major)
                .findFirst();
    }

    /** The arguments that load JSON and Search, where their modules are found. */
    public static Optional<List<String>> searchArguments() {
        return MODULE_PLACES.stream()
                .filter(place -> Files.exists(place.resolve("rejson.so")))
                .filter(place -> Files.exists(place.resolve("redisearch.so")))
                .findFirst()
                .map(place -> List.of(
                        "--loadmodule",
                        place.resolve("rejson.so").toString(),
                        "--loadmodule",
                        place.resolve("redisearch.so").toString()));
    }

    private static URI shared(Path binary, List<String> arguments) {
        RunningRedis server = RunningRedis.start(binary, arguments);
        System.out.println("Test Redis: " + binary + (arguments.isEmpty() ? "" : " with JSON and Search"));
        return server.url();
    }

    private static int majorOf(Path binary) {
        try {
            Process process = new ProcessBuilder(binary.toString(), "--version").start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = VERSION.matcher(said);
            return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** The binary that comes with the test dependencies, unpacked. */
    public static Path bundled() {
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
        boolean arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).contains("aarch64");
        String name = "redis-server-7.0.15-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm64" : "amd64");
        try (InputStream in = RedisServers.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no bundled Redis for this system: " + name);
            }
            Path binary = Files.createTempDirectory("contextgraph-redis").resolve("redis-server");
            Files.copy(in, binary);
            List<Path> made = new ArrayList<>(List.of(binary, binary.getParent()));
            made.forEach(file -> file.toFile().deleteOnExit());
            if (!binary.toFile().setExecutable(true)) {
                throw new IllegalStateException("cannot make executable: " + binary);
            }
            return binary;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
