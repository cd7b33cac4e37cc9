// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import io.contextgraph.bench.server.OwnProcess;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * How much the processors of the machine have worked so far, for anybody and for a measurement: a tail is one of this ledger only
 * where nobody else works.
 *
 * @param at when, on the clock of {@link System#nanoTime}
 * @param all seconds for anybody; none where the system does not tell
 * @param ours seconds for Redis and what it has forked, the server and this process
 */
record Processors(long at, OptionalDouble all, double ours) {
    /** Linux counts so. */
    private static final double TICKS = 100;

    /** What was forked counts from its end on. */
    static Processors now(RedisServer redis, ServerProcess server) {
        Map<String, String> cpu = redis.info("cpu");
        double forRedis = Stream.of("used_cpu_sys", "used_cpu_user", "used_cpu_sys_children", "used_cpu_user_children")
                .mapToDouble(name -> Double.parseDouble(cpu.getOrDefault(name, "0")))
                .sum();
        double ours = forRedis + (server.cpu().toNanos() + OwnProcess.cpuNanos()) / 1e9;
        return new Processors(System.nanoTime(), machine(), ours);
    }

    private static OptionalDouble machine() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            return lines.filter(line -> line.startsWith("cpu "))
                    .mapToDouble(Processors::worked)
                    .findFirst();
        } catch (IOException notLinux) {
            return OptionalDouble.empty();
        }
    }

    /** A line is: user, nice, system, idle, waiting for a disk, interrupts, soft interrupts, given to other machines. */
    static double worked(String line) {
        String[] fields = line.strip().split("\\s+", -1);
        double ticks = 0;
        for (int i = 1; i <= 8; i++) {
            ticks += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
        }
        return ticks / TICKS;
    }

    /** How many processors others had at work since then, on average. */
    OptionalDouble others(Processors before) {
        if (all.isEmpty() || before.all.isEmpty()) {
            return OptionalDouble.empty();
        }
        double worked = all.getAsDouble() - before.all.getAsDouble();
        double seconds = (at - before.at) / 1e9;
        return OptionalDouble.of(Math.max(0, worked - (ours - before.ours)) / seconds);
    }
}
