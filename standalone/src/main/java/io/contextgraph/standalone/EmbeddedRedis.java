// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.app.Backends.RedisWishes;
import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.standalone.redis.FetchProgress;
import io.contextgraph.standalone.redis.RedisPrograms;
import io.contextgraph.standalone.redis.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * A Redis server as a private child process over a folder.
 *
 * <p><b>Guarantees.</b> Answers commands when {@link #start} returns. Appends every write to its file, once a second to
 * the disk, and refuses writes rather than evict. Ends when this process ends, in whatever way, and saves its data.
 * Listens on a loopback port only, with a random password that stands on no command line.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final int LOG_LINES = 15;
    private static final int PORT_ATTEMPTS = 3;
    private static final int POLL_MILLIS = 20;
    private static final int CLIENT_TIMEOUT_MILLIS = 5_000;
    private static final Duration RECLAIM_PATIENCE = Duration.ofSeconds(60);
    /** Reading the data of a large folder takes its time, and every second of it is progress. */
    private static final Duration LOAD_TIMEOUT = Duration.ofMinutes(30);

    /**
     * Runs the server and ends it, politely, as soon as standard input ends: the lifeline to the parent. The server gets
     * a session of its own where that can be had, so that a signal to the whole group (Ctrl-C, timeout) stops the parent first; the lifeline itself heeds no signal, because
     * without it the server would stay behind.
     */
    private static final String LIFELINE = """
            trap '' INT HUP TERM
            exec 3<&0
            if command -v setsid >/dev/null 2>&1; then setsid "$@" </dev/null 3<&- &
            else "$@" </dev/null 3<&- &
            fi
            server=$!
            ( while read -r line; do :; done <&3; kill -TERM "$server" ) 2>/dev/null &
            exec 3<&-
            wait "$server"
            """;

    private final Path folder;
    private final EmbeddedSettings settings;
    private final RedisServer server;
    private final Process lifeline;
    private @Nullable ProcessHandle process;
    private final int port;
    private final String password;

    private EmbeddedRedis(
            Path folder, EmbeddedSettings settings, RedisServer server, Process lifeline, int port, String password) {
        this.folder = folder;
        this.settings = settings;
        this.server = server;
        this.lifeline = lifeline;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts Redis over the folder, or ends with an error that shows the end of its log.
     *
     * @param folder holds data, configuration and log; made where it is missing
     * @param wishes how it is to be
     * @param report told what takes time
     */
    public static EmbeddedRedis start(Path folder, RedisWishes wishes, EmbeddedSettings settings, StartReport report)
            throws IOException {
        var home = folder.toAbsolutePath().normalize();
        PrivateFiles.createFolder(home.resolve("data"));
        if (ProcessMark.reclaim(home.resolve("process.json"), RECLAIM_PATIENCE)) {
            report.say("Redis of an earlier run was still there: stopped");
        }
        var server = choose(home, wishes, settings, report);
        var begun = System.nanoTime();
        var redis = startOnFreePort(home, server, wishes, settings, report);
        try {
            RedisOrigin.save(home.resolve("origin.json"), server);
        } catch (IOException e) {
            redis.close();
            throw e;
        }
        report.say("%s ready in %.1f s, port %d"
                .formatted(server.describe(), (System.nanoTime() - begun) / 1e9, redis.port));
        return redis;
    }

    /** What the data were written with decides; without data, what the settings ask for. */
    private static RedisServer choose(Path home, RedisWishes wishes, EmbeddedSettings settings, StartReport report)
            throws IOException {
        var origin = RedisOrigin.read(home.resolve("origin.json"));
        Predicate<RedisServer> readable =
                server -> origin.map(written -> written.isReadBy(server)).orElse(true);
        var wished = wishes.engine();
        var search = wished.equals(Optional.of(Engine.SEARCH));
        var withModules =
                search || origin.map(RedisOrigin::jsonAndSearch).orElse(!wished.equals(Optional.of(Engine.SORTED_SET)));
        var server = find(home, settings, readable, wishes.fetch() && withModules, report)
                .orElseThrow(() -> new IOException(unreadable(home, origin.orElseThrow())));
        if (search && !server.hasSearch()) {
            throw new IOException("redis.engine=search needs a Redis with JSON and Search, and the best here is "
                    + server.describe() + ": install Redis 8, set redis.url (CG_REDIS_URL), let one be fetched"
                    + " (redis.fetch), or leave redis.engine at auto");
        }
        if (!withModules && server.hasSearch() && wished.isEmpty()) {
            report.notice("the ledger in " + home + " was begun without JSON and Search and stays on engine sorted-set;"
                    + " contextgraph export and import take it to a new data.dir on engine search");
        }
        return withModules ? server : server.withoutModules();
    }

    private static Optional<RedisServer> find(
            Path home, EmbeddedSettings settings, Predicate<RedisServer> readable, boolean fetch, StartReport report)
            throws IOException {
        return settings.redisServer().isPresent()
                ? settings.redisServer().filter(readable)
                : RedisPrograms.here(home.resolve("bin"), fetch).first(readable, progress(report));
    }

    private static FetchProgress progress(StartReport report) {
        return new FetchProgress() {
            @Override
            public void notice(String line) {
                report.notice(line);
            }

            @Override
            public void bytes(long done, long total) {
                report.fetched(done, total);
            }
        };
    }

    private static String unreadable(Path home, RedisOrigin origin) {
        var installed =
                RedisServer.installed().stream().map(RedisServer::describe).toList();
        return "the data in " + home + " were written by " + origin.describe()
                + ", and nothing here can read them; installed: "
                + (installed.isEmpty() ? "none" : String.join(", ", installed))
                + ". Install Redis " + origin.version() + " or newer"
                + (origin.jsonAndSearch() ? " with both modules" : "")
                + ", set redis.url (CG_REDIS_URL), or choose another data.dir (CG_DATA_DIR)";
    }

    private static EmbeddedRedis startOnFreePort(
            Path home, RedisServer server, RedisWishes wishes, EmbeddedSettings settings, StartReport report)
            throws IOException {
        var mended = false;
        for (var attempt = 1; ; attempt++) {
            var port = freePort();
            var password = PrivateFiles.newPassword();
            PrivateFiles.write(home.resolve("redis.conf"), configuration(home, server, port, password, wishes));
            PrivateFiles.rotate(home.resolve("redis.log"));
            var redis = new EmbeddedRedis(home, settings, server, launch(home, server), port, password);
            try {
                redis.awaitAnswer(report);
                return redis;
            } catch (IOException | RuntimeException e) {
                var log = PrivateFiles.tail(home.resolve("redis.log"), LOG_LINES);
                redis.close();
                if (AppendOnlyTail.isTorn(log) && !mended) {
                    mended = true;
                    AppendOnlyTail.cut(server, home.resolve("data"))
                            .ifPresent(cut -> report.say("Redis had been killed while it wrote: " + cut));
                } else if (!log.contains("Address already in use") || attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Process launch(Path home, RedisServer server) throws IOException {
        var log = ProcessBuilder.Redirect.appendTo(home.resolve("redis.log").toFile());
        return new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        LIFELINE,
                        "redis-lifeline",
                        server.program().toString(),
                        home.resolve("redis.conf").toString())
                .directory(home.toFile())
                .redirectOutput(log)
                .redirectError(log)
                .start();
    }

    private static String configuration(Path home, RedisServer server, int port, String password, RedisWishes wishes) {
        var text = new StringBuilder("# Written at each start; changes are lost.\n");
        server.modules()
                .forEach(module ->
                        text.append("loadmodule ").append(quoted(module)).append('\n'));
        return text.append("""
                        bind 127.0.0.1
                        protected-mode yes
                        port %d
                        requirepass %s
                        dir %s
                        daemonize no
                        # Keeps the path of this file on the command line: by it the next start knows its own process.
                        set-proc-title no
                        appendonly yes
                        appendfsync %s
                        aof-use-rdb-preamble yes
                        # Redis would leave half a transaction in the file; see AppendOnlyTail.
                        aof-load-truncated no
                        no-appendfsync-on-rewrite no
                        # Who takes a snapshot has it at once; there are no replicas that it could wait for.
                        repl-diskless-sync-delay 0
                        # Each rewrite costs a fork, which stands still the longer the more there is, and copies: not while it is small.
                        auto-aof-rewrite-percentage 100
                        auto-aof-rewrite-min-size 1gb
                        # To go back to. The append-only file is what counts: appends go on without a snapshot, and doctor
                        # tells; a stop writes no other file first.
                        save 3600 1
                        stop-writes-on-bgsave-error no
                        shutdown-on-sigterm nosave
                        maxmemory %d
                        maxmemory-policy noeviction
                        """.formatted(
                                port,
                                password,
                                quoted(home.resolve("data")),
                                wishes.durability() == Durability.MEMORY ? "everysec" : "always",
                                wishes.maxMemoryBytes()))
                .toString();
    }

    private static String quoted(Path path) {
        return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void awaitAnswer(StartReport report) throws IOException {
        var deadline = System.nanoTime() + settings.startTimeout().toNanos();
        var loading = false;
        while (System.nanoTime() < deadline) {
            try {
                if (lifeline.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw failure(server.describe() + " has ended with exit code " + lifeline.exitValue());
                }
                markProcess();
                return;
            } catch (JedisConnectionException e) {
                // Not yet.
            } catch (JedisDataException e) {
                if (!String.valueOf(e.getMessage()).startsWith("LOADING")) {
                    throw failure(server.describe() + " answers " + e.getMessage());
                }
                if (!loading) {
                    loading = true;
                    deadline = System.nanoTime() + LOAD_TIMEOUT.toNanos();
                    report.say("Redis is loading its data");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while Redis was starting", e);
            }
        }
        throw failure(server.describe() + " was not ready in time");
    }

    /** Asks the server for its process id: the child that we know is the shell in front of it. */
    private void markProcess() throws IOException {
        var config = DefaultJedisClientConfig.builder()
                .serverDefaultProtocol()
                .password(password)
                .timeoutMillis(CLIENT_TIMEOUT_MILLIS)
                .build();
        try (var jedis = new Jedis(new HostAndPort("127.0.0.1", port), config)) {
            jedis.ping();
            var pid = jedis.info("server")
                    .lines()
                    .filter(line -> line.startsWith("process_id:"))
                    .mapToLong(line -> Long.parseLong(line.substring("process_id:".length())))
                    .findFirst()
                    .orElseThrow(() -> new IOException("Redis does not tell its process id"));
            var found = ProcessHandle.of(pid).orElseThrow(() -> new IOException("Redis process " + pid + " is gone"));
            process = found;
            ProcessMark.of(found, folder.resolve("redis.conf").toString()).save(folder.resolve("process.json"));
        }
    }

    private IOException failure(String what) {
        var log = folder.resolve("redis.log");
        return new IOException(what + "; the end of " + log + ":\n  " + PrivateFiles.tail(log, LOG_LINES));
    }

    /** Where it is, with its password. */
    public String url() {
        return "redis://:" + password + "@127.0.0.1:" + port;
    }

    /** The server's process. */
    ProcessHandle process() {
        return Objects.requireNonNull(process, "Redis has not been started");
    }

    /** The server program that runs. */
    public RedisServer server() {
        return server;
    }

    /** Asks Redis to save and stop, waits, then ends it by force. */
    @Override
    public void close() {
        try {
            lifeline.getOutputStream().close();
        } catch (IOException e) {
            // It has gone already.
        }
        Children.awaitEnd(lifeline, settings.stopTimeout());
        try {
            Files.deleteIfExists(folder.resolve("process.json"));
        } catch (IOException e) {
            // The next start finds no such process and goes on.
        }
    }
}
