// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import io.contextgraph.app.Backends.RedisWishes;
import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.standalone.EmbeddedRedis;
import io.contextgraph.standalone.EmbeddedSettings;
import io.contextgraph.standalone.redis.RedisPrograms;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.ShutdownParams;
import redis.clients.jedis.util.SafeEncoder;

/** A Redis of its own in a folder of its own, as the distribution starts it, syncing as asked. */
public final class RedisServer implements AutoCloseable {
    private static final long MAX_MEMORY = 8L << 30;

    /** Search goes through a whole index at once. */
    private static final int TIDYING_MILLIS = 120_000;

    private static final long POLL_NANOS = 20_000_000;

    private final Path folder;
    private EmbeddedRedis server;
    private RedisClient client;

    private RedisServer(Path folder, EmbeddedRedis server) {
        this.folder = folder;
        this.server = server;
        this.client = RedisClient.create(server.url());
    }

    /** Tells what everybody must know, and nothing else. */
    private static final class Notices implements StartReport {
        @Override
        public void say(String line) {}

        @Override
        public void notice(String line) {
            System.err.println(line);
        }
    }

    /** Syncs its file once a second. */
    public static RedisServer start() throws IOException {
        return start("everysec");
    }

    public static RedisServer start(String appendFsync) throws IOException {
        Path folder = Files.createTempDirectory("contextgraph-bench");
        RedisServer started = new RedisServer(folder, launch(folder));
        started.client.configSet("appendfsync", appendFsync);
        return started;
    }

    private static EmbeddedRedis launch(Path folder) throws IOException {
        return EmbeddedRedis.start(
                folder.resolve("redis"),
                new RedisWishes(MAX_MEMORY, Optional.empty(), RedisPrograms.fetchesByDefault(), Durability.MEMORY),
                EmbeddedSettings.defaults(folder),
                new Notices());
    }

    /** Begins to rewrite its append-only file. */
    public void rewrite() {
        try (Jedis jedis = new Jedis(url())) {
            String ignored = jedis.bgrewriteaof();
        }
    }

    /** Waits until no rewrite of its append-only file is under way or to come. */
    public void awaitRewrite() {
        while (rewrites()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Whether a rewrite of its append-only file is under way or to come. */
    private boolean rewrites() {
        Map<String, String> persistence = info("persistence");
        return "1".equals(persistence.get("aof_rewrite_in_progress"))
                || "1".equals(persistence.get("aof_rewrite_scheduled"));
    }

    /** Ends it in order, without a snapshot; it has to be started again. */
    public void shutDown() {
        try (Jedis jedis = new Jedis(url())) {
            jedis.shutdown(new ShutdownParams().nosave());
        }
        ended();
    }

    /** Ends it at once; it has to be started again. */
    public void kill() {
        ProcessHandle process = ProcessHandle.of(pid()).orElseThrow();
        boolean ignored = process.destroyForcibly();
        process.onExit().join();
        ended();
    }

    public long pid() {
        return Long.parseLong(info("server").getOrDefault("process_id", "0"));
    }

    private void ended() {
        client.close();
        server.close();
    }

    /** Starts it over the same folder, at another address, and waits until it answers. */
    public void startAgain() throws IOException {
        server = launch(folder);
        client = RedisClient.create(server.url());
    }

    /** The engines that this server can serve, the best one first. */
    public static List<Engine> engines() throws IOException {
        try (RedisServer probe = start();
                RedisLedger ledger = RedisLedger.connect(RedisSettings.defaults(probe.url()))) {
            return ledger.engine() == Engine.SEARCH
                    ? List.of(Engine.SEARCH, Engine.SORTED_SET)
                    : List.of(Engine.SORTED_SET);
        }
    }

    public URI url() {
        return URI.create(server.url());
    }

    public RedisLedger ledger(Engine engine) {
        return RedisLedger.connect(RedisSettings.defaults(url()).withEngine(engine));
    }

    public RedisClient client() {
        return client;
    }

    /** Version, modules, and when it syncs its file, as it says itself. */
    public String describe() {
        return describe(List.of(appendFsync()));
    }

    /** @param appendFsyncs those that were in use, where one run had several */
    public String describe(Collection<String> appendFsyncs) {
        List<String> parts = new ArrayList<>(List.of(info("server").getOrDefault("redis_version", "unknown")));
        client.info("modules")
                .lines()
                .filter(line -> line.startsWith("module:"))
                .map(line -> property(line, "name=") + " " + property(line, "ver="))
                .sorted(String.CASE_INSENSITIVE_ORDER)
                .forEach(parts::add);
        parts.add("appendfsync " + String.join(" and ", appendFsyncs));
        return String.join(", ", parts);
    }

    /** When it syncs its file. */
    public String appendFsync() {
        return client.configGet("appendfsync").getOrDefault("appendfsync", "unknown");
    }

    /** The value of {@code name} in a line such as {@code module:name=search,ver=80002,api=1}. */
    private static String property(String line, String name) {
        for (String part : line.substring(line.indexOf(':') + 1).split(",", -1)) {
            if (part.startsWith(name)) {
                return part.substring(name.length());
            }
        }
        return "";
    }

    public Map<String, String> info(String section) {
        return client.info(section)
                .lines()
                .filter(line -> line.indexOf(':') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')), line -> line.substring(line.indexOf(':') + 1)));
    }

    /**
     * The memory in use when it does not change any more: what is unlinked is freed in the background.
     *
     * @param pause between two looks, of which several in a row must agree
     */
    public long settledMemory(Duration pause) {
        long last = -1;
        long now = usedMemory();
        for (int same = 0; same < 3; same = Math.abs(now - last) < 4096 ? same + 1 : 0) {
            LockSupport.parkNanos(pause.toNanos());
            last = now;
            now = usedMemory();
        }
        return now;
    }

    /** The same when the index holds nothing any more of what has left it: Search tidies up every half minute. */
    public long tidiedMemory(Duration pause) {
        if (client.info("modules").contains("name=search")) {
            try (Jedis jedis = new Jedis(url(), TIDYING_MILLIS)) {
                for (String index : client.ftList()) {
                    Object ignored = jedis.sendCommand(() -> SafeEncoder.encode("FT.DEBUG"), "GC_FORCEINVOKE", index);
                }
            }
        }
        return settledMemory(pause);
    }

    public long usedMemory() {
        return Long.parseLong(info("memory").getOrDefault("used_memory", "0"));
    }

    /** Processor time so far, in microseconds. */
    public Cpu cpu() {
        Map<String, String> cpu = info("cpu");
        return new Cpu(
                micros(cpu, "used_cpu_user_main_thread") + micros(cpu, "used_cpu_sys_main_thread"),
                micros(cpu, "used_cpu_user") + micros(cpu, "used_cpu_sys"));
    }

    private static long micros(Map<String, String> cpu, String name) {
        return Math.round(Double.parseDouble(cpu.getOrDefault(name, "0")) * 1e6);
    }

    /**
     * Processor time in microseconds.
     *
     * @param mainThread of the thread that runs every command
     * @param process of all threads
     */
    public record Cpu(long mainThread, long process) {
        public Cpu minus(Cpu earlier) {
            return new Cpu(mainThread - earlier.mainThread, process - earlier.process);
        }
    }

    /** Microseconds that calls of scripts have taken so far, by the clock. */
    public long scriptMicros() {
        return scripts("usec=");
    }

    /** How many calls of scripts have been answered without an error so far. */
    public long scriptCalls() {
        return scripts("calls=") - scripts("failed_calls=");
    }

    private long scripts(String name) {
        String stats = info("commandstats").getOrDefault("cmdstat_evalsha", "");
        String value = property(":" + stats, name);
        return value.isEmpty() ? 0 : Long.parseLong(value);
    }

    /** How many commands it has run so far, those that scripts call included. */
    public long commands() {
        return Long.parseLong(info("stats").getOrDefault("total_commands_processed", "0"));
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        Folders.delete(folder);
    }
}
