// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import io.contextgraph.standalone.redis.RedisServer.Source;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The Redis server programs of this machine, in the order in which the distribution, tests and benchmarks take them: one
 * that is installed and brings JSON and Search; one that was fetched earlier; one that is fetched now; an installed one
 * without the modules; the old build that the distribution carries.
 *
 * <p><b>Threads.</b> For one thread. A fetch that failed is not tried again by the same object.
 */
public final class RedisPrograms {
    /** The setting that switches fetching off, as an environment variable. */
    public static final String FETCH_VARIABLE = "CG_REDIS_FETCH";

    /** What somebody has installed with both modules is what this machine is meant to run. */
    private static final Comparator<RedisServer> ORDER = Comparator.comparing(
                    (RedisServer server) -> !(server.hasSearch() && server.source() == Source.INSTALLED))
            .thenComparing(RedisServer.BEST_FIRST);

    private static final Duration FETCH_PATIENCE = Duration.ofMinutes(5);

    private final List<RedisServer> installed;
    private final Optional<RedisFetch> fetch;
    private final boolean mayFetch;
    private final Path bundledFolder;
    private boolean failed;

    RedisPrograms(List<RedisServer> installed, Optional<RedisFetch> fetch, boolean mayFetch, Path bundledFolder) {
        this.installed = List.copyOf(installed);
        this.fetch = fetch;
        this.mayFetch = mayFetch;
        this.bundledFolder = bundledFolder;
    }

    /**
     * Those of this machine.
     *
     * @param bundledFolder where the bundled one is unpacked, when it comes to that
     * @param mayFetch whether one may be fetched
     */
    public static RedisPrograms here(Path bundledFolder, boolean mayFetch) {
        Map<String, String> variables = System.getenv();
        var fetch = RedisPackages.of(Platform.current())
                .map(packages -> new RedisFetch(
                        packages,
                        cache(variables, System.getProperty("user.home"))
                                .map(cache -> cache.resolve("contextgraph").resolve("redis"))
                                .orElse(bundledFolder.resolveSibling("fetched")),
                        variables.getOrDefault("PATH", ""),
                        FETCH_PATIENCE));
        return new RedisPrograms(RedisServer.installed(), fetch, mayFetch, bundledFolder);
    }

    /** Whether the environment lets tests and benchmarks fetch: it does, unless it says no. */
    public static boolean fetchesByDefault() {
        return !"false".equals(System.getenv(FETCH_VARIABLE));
    }

    /**
     * The user's cache folder, by the XDG base directory specification: relative paths are to be ignored. Empty for a user
     * without a home, such as those of containers that nobody has given a name.
     */
    static Optional<Path> cache(Map<String, String> variables, String userHome) {
        return Optional.ofNullable(variables.get("XDG_CACHE_HOME"))
                .flatMap(SearchPath::path)
                .filter(Path::isAbsolute)
                .or(() -> SearchPath.path(userHome).filter(Path::isAbsolute).map(home -> home.resolve(".cache")));
    }

    /**
     * The first that is accepted; fetched where that is allowed and would be accepted and nothing better is here.
     *
     * @param progress told before a fetch begins, and why it came to nothing
     * @throws IOException when the bundled one is the choice and cannot be unpacked
     */
    public Optional<RedisServer> first(Predicate<RedisServer> accepted, FetchProgress progress) throws IOException {
        var here = all().stream().filter(accepted).min(ORDER);
        if (here.isPresent() && here.get().hasSearch()) {
            return here;
        }
        var brought = offer().filter(accepted)
                .filter(offer -> offer.hasSearch() || here.isEmpty())
                .flatMap(offer -> fetch(progress));
        if (mayFetch && fetch.isEmpty()) {
            progress.notice("no Redis with JSON and Search is made for " + Platform.current()
                    + ", that could be fetched: going on with what this machine has");
        }
        if (brought.isPresent() || here.isPresent()) {
            return brought.or(() -> here);
        }
        return accepted.test(BundledRedis.in(bundledFolder))
                ? Optional.of(BundledRedis.extract(bundledFolder))
                : Optional.empty();
    }

    private Optional<RedisServer> fetched() {
        return fetch.flatMap(RedisFetch::found);
    }

    /** What could be fetched; empty where that is not allowed, is here, has failed, or is not made for this machine. */
    private Optional<RedisServer> offer() {
        return mayFetch && !failed && fetched().isEmpty() ? fetch.map(RedisFetch::offer) : Optional.empty();
    }

    private Optional<RedisServer> fetch(FetchProgress progress) {
        var source = fetch.orElseThrow();
        var unfit = source.unfit();
        if (unfit.isPresent()) {
            failed = true;
            progress.notice(source.describe() + " is not fetched again: " + unfit.get()
                    + "; going on without it, on what this machine has");
            return Optional.empty();
        }
        progress.notice(source.announcement());
        try {
            return Optional.of(source.fetch(progress));
        } catch (IOException e) {
            failed = true;
            progress.notice(source.describe() + " was not fetched: " + reason(e)
                    + "; going on without it, on what this machine has");
            return Optional.empty();
        }
    }

    /** Of a file, Java's message may be the name alone. */
    private static String reason(IOException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileAlreadyExistsException inTheWay -> inTheWay.getFile() + " is in the way";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private List<RedisServer> all() {
        List<RedisServer> all = new ArrayList<>(installed);
        all.addAll(fetched().stream().toList());
        return all;
    }
}
