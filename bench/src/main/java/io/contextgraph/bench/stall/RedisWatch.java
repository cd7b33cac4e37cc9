// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.stall;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.resps.LatencyLatestInfo;

/**
 * Asks a Redis again and again what it has done: its slow log, its latency monitor, its forks.
 *
 * <p>Redis tells times in whole seconds. What is new in an answer has happened since the answer before it, and that is known
 * to the length of one pause between two questions, or of what has held up the second.
 */
public final class RedisWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final int SLOWER_THAN_MICROS = 3_000;
    private static final int SLOWER_THAN_MILLIS = 3;
    private static final int AT_ONCE = 64;

    /** Those that only tell what the slow log tells, too, or what INFO tells. */
    private static final Set<String> TOLD_ELSEWHERE = Set.of("command", "fast-command", "fork");

    private final Jedis redis;
    private final Duration pause;
    private final Path schedule;
    private final Queue<Evidence> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> highest = new HashMap<>();
    private final Map<String, String> latest = new HashMap<>();
    private final Thread thread =
            Thread.ofPlatform().name("redis-watch").daemon().unstarted(this::run);
    private volatile boolean stopped;
    private long lastSlow = -1;
    private long forks = -1;
    private long rewrites;
    private long firstForks;
    private long delayed = -1;
    private long waited = -1;
    private boolean beside;
    private @Nullable RuntimeException failed;

    /** Longer than any pause: who waits through it sees it. */
    private static final int PATIENCE_MILLIS = 60_000;

    private RedisWatch(Jedis redis, Duration pause) {
        this.redis = redis;
        this.pause = pause;
        String pid = redis.info("server")
                .lines()
                .filter(line -> line.startsWith("process_id:"))
                .map(line -> line.substring("process_id:".length()))
                .findFirst()
                .orElse("unknown");
        this.schedule = Path.of("/proc", pid, "schedstat");
    }

    /** Begins to ask; from now on the server notes what takes more than a few milliseconds. */
    public static RedisWatch start(URI url) {
        return start(url, PAUSE);
    }

    /** @param pause between two questions, each of which Redis must answer beside its work */
    public static RedisWatch start(URI url, Duration pause) {
        Jedis redis = new Jedis(url, PATIENCE_MILLIS);
        redis.configSet("slowlog-log-slower-than", Integer.toString(SLOWER_THAN_MICROS));
        redis.configSet("slowlog-max-len", "1024");
        redis.configSet("latency-monitor-threshold", Integer.toString(SLOWER_THAN_MILLIS));
        redis.slowlogReset();
        long ignored = redis.latencyReset();
        RedisWatch watch = new RedisWatch(redis, pause);
        watch.ask(System.nanoTime());
        watch.thread.start();
        return watch;
    }

    private void run() {
        long since = System.nanoTime();
        try {
            while (!stopped) {
                LockSupport.parkNanos(pause.toNanos());
                long sent = System.nanoTime();
                ask(since);
                since = sent;
            }
        } catch (RuntimeException e) {
            failed = e;
        }
    }

    private void ask(long since) {
        Map<String, String> info = info();
        List<Object> slow = redis.slowlogGetBinary(AT_ONCE);
        Map<String, LatencyLatestInfo> events = redis.latencyLatest();
        long now = System.nanoTime();
        boolean child = forks(info, since, now);
        slow(slow, since, now, child);
        waited(since, now);
        delays(events, info, since, now);
    }

    private Map<String, String> info() {
        byte[] answer = (byte[]) redis.sendCommand(Protocol.Command.INFO, "persistence", "stats", "memory");
        Map<String, String> info = new HashMap<>();
        new String(answer, StandardCharsets.UTF_8).lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                info.put(line.substring(0, colon), line.substring(colon + 1));
            }
        });
        return info;
    }

    private static long number(Map<String, String> info, String name) {
        return Long.parseLong(info.getOrDefault(name, "0"));
    }

    /** @return whether a forked process worked in this time */
    private boolean forks(Map<String, String> info, long since, long now) {
        boolean working = number(info, "aof_rewrite_in_progress")
                        + number(info, "rdb_bgsave_in_progress")
                        + number(info, "module_fork_in_progress")
                > 0;
        long total = number(info, "total_forks");
        if (forks < 0) {
            firstForks = total;
        } else if (total > forks) {
            long micros = number(info, "latest_fork_usec");
            note("longest fork, us", micros);
            seen.add(new Evidence(Cause.FORK, since, now, micros * 1000, "fork"));
        }
        boolean child = working || beside || (total > forks && forks >= 0);
        if (child) {
            seen.add(new Evidence(Cause.REWRITE, since, now, now - since, "a forked process at work"));
        }
        forks = total;
        beside = working;
        rewrites = number(info, "aof_rewrites");
        note("memory, peak", number(info, "used_memory"));
        note("copied while forked", number(info, "current_cow_peak"));
        note("AOF, largest", number(info, "aof_current_size"));
        note("process, peak", number(info, "used_memory_rss"));
        return child;
    }

    /** Each entry has its number, its second, its microseconds, and the command. */
    private void slow(List<Object> entries, long since, long now, boolean child) {
        long newest = lastSlow;
        for (Object one : entries) {
            List<?> entry = (List<?>) one;
            long number = (Long) entry.get(0);
            newest = Math.max(newest, number);
            if (number > lastSlow) {
                long nanos = (Long) entry.get(2) * 1000;
                byte[] command = (byte[]) ((List<?>) entry.get(3)).getFirst();
                String name = new String(command, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT);
                // A script is slow by the commands in it, which are told by themselves.
                Cause cause = name.startsWith("EVAL") ? Cause.UNEXPLAINED : child ? Cause.REWRITE : Cause.GROWTH;
                seen.add(new Evidence(cause, since, now, nanos, name));
            }
        }
        lastSlow = newest;
    }

    /** How long the thread that runs commands has been ready to work and had no processor, as Linux counts it. */
    private void waited(long since, long now) {
        try {
            long total = Long.parseLong(Files.readString(schedule).split(" ", -1)[1]);
            if (waited >= 0 && total - waited > SLOWER_THAN_MILLIS * 1_000_000L) {
                seen.add(new Evidence(Cause.PROCESSOR, since, now, total - waited, "no processor"));
            }
            waited = total;
        } catch (IOException notLinux) {
            // Then it stays unexplained.
        }
    }

    private void delays(Map<String, LatencyLatestInfo> events, Map<String, String> info, long since, long now) {
        events.forEach((name, event) -> {
            String sample = event.getTimestamp() + " " + event.getLastEventLatency();
            if (!sample.equals(latest.put(name, sample)) && !TOLD_ELSEWHERE.contains(name)) {
                Cause cause = name.startsWith("aof-") ? Cause.SYNC : Cause.UNEXPLAINED;
                long millis = event.getLastEventLatency();
                seen.add(new Evidence(cause, since, now, millis * 1_000_000, name));
            }
        });
        long now2 = number(info, "aof_delayed_fsync");
        if (delayed >= 0 && now2 > delayed) {
            note("delayed syncs", highest.getOrDefault("delayed syncs", 0L) + now2 - delayed);
        }
        delayed = now2;
    }

    private void note(String name, long value) {
        highest.merge(name, value, Math::max);
    }

    /** What was seen so far; complete when this is closed. */
    public List<Evidence> seen() {
        return new ArrayList<>(seen);
    }

    /** What Redis did in all: the highest that was seen of each figure; to be asked when this is closed. */
    public Figures figures() {
        return new Figures(
                forks - firstForks,
                rewrites,
                highest.getOrDefault("longest fork, us", 0L),
                highest.getOrDefault("delayed syncs", 0L),
                highest.getOrDefault("memory, peak", 0L),
                highest.getOrDefault("process, peak", 0L),
                highest.getOrDefault("copied while forked", 0L),
                highest.getOrDefault("AOF, largest", 0L));
    }

    /**
     * What Redis did.
     *
     * @param forks of any kind
     * @param rewrites of the append-only file
     * @param longestForkMicros the longest fork
     * @param delayedSyncs writes that waited for a sync
     * @param memory most bytes in use
     * @param process most bytes of the process in RAM
     * @param copied most bytes that were copied because a forked process shared them
     * @param file most bytes of the append-only file
     */
    public record Figures(
            long forks,
            long rewrites,
            long longestForkMicros,
            long delayedSyncs,
            long memory,
            long process,
            long copied,
            long file) {}

    /** Again, it does nothing. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
        redis.close();
        if (failed != null) {
            throw new IllegalStateException("Redis could not be watched to the end", failed);
        }
    }
}
