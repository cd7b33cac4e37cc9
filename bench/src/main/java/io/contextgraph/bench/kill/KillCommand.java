// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.KillPlan.AppendFsync;
import io.contextgraph.bench.kill.KillPlan.Trouble;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run kill}. */
@Command(
        name = "kill",
        description = {
            "Kills the server and Redis again and again while clients write, read and follow, and verifies every promise.",
            "Ends with 1 when one was broken."
        },
        mixinStandardHelpOptions = true)
public final class KillCommand implements Callable<Integer> {
    @Option(names = "--minutes", paramLabel = "N", description = "How long (default: ${DEFAULT-VALUE}).")
    private double minutes = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Decides all random choices (default: a new one).")
    private @Nullable Long seed;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "sorted-set or search; without it rounds take turns with those that the machine can run.")
    private @Nullable String engine;

    @Option(
            names = "--appendfsync",
            paramLabel = "WHEN",
            description = "everysec or always; without it rounds take turns.")
    private @Nullable String appendFsync;

    @Option(
            names = "--round",
            paramLabel = "SECONDS",
            description = "How long one ledger lives before it is verified (default: ${DEFAULT-VALUE}).")
    private int round = 30;

    @Option(names = "--writers", paramLabel = "N", description = "Writers at once (default: ${DEFAULT-VALUE}).")
    private int writers = 6;

    @Option(names = "--followers", paramLabel = "N", description = "Followers at once (default: ${DEFAULT-VALUE}).")
    private int followers = 3;

    @Option(
            names = "--power-cuts",
            description = "A kill of Redis also loses what is not synced to the disk (Linux, needs cc).")
    private boolean powerCuts;

    @Option(
            names = "--graph",
            description =
                    "Keeps a Neo4j running and compares it with the ledger after each round (appendfsync always).")
    private boolean graph;

    @Option(
            names = "--sabotage",
            description =
                    "Also flushes scripts, cuts connections, adds foreign entries and takes them out again, drops the"
                            + " index and the projection's group, while Redis runs.")
    private boolean sabotage;

    @Option(
            names = "--redis-option",
            paramLabel = "ARGUMENT",
            description = "A further argument for Redis, to see the test fail: --redis-option=--appendonly"
                    + " --redis-option=no")
    private List<String> redisOptions = new ArrayList<>();

    @Option(
            names = "--rolling",
            description =
                    "Instead of kills: two servers behind a load balancer are asked to stop in turns, with exporters of"
                            + " OTLP and questions of all kinds besides, and with --graph; no request may be cut off.")
    private boolean rolling;

    @Option(names = "--home", paramLabel = "FOLDER", description = "The distribution (default: ${DEFAULT-VALUE}).")
    private Path home = Path.of("standalone", "target", "contextgraph");

    @Override
    public Integer call() throws Exception {
        KillPlan plan = new KillPlan(
                home.toAbsolutePath(),
                engines(),
                appendFsyncs(),
                rolling ? Trouble.RESTARTS : Trouble.KILLS,
                Duration.ofMillis((long) (minutes * 60_000)),
                Duration.ofSeconds(round),
                seed == null ? ThreadLocalRandom.current().nextInt(1_000_000) : seed,
                writers,
                followers,
                powerCuts,
                graph || rolling,
                sabotage,
                redisOptions);
        return new KillTest(plan, System.out).run() ? 0 : 1;
    }

    private List<Engine> engines() throws IOException {
        if (engine != null) {
            return List.of(Engine.parse(engine)
                    .orElseThrow(() -> new IllegalArgumentException("--engine must be sorted-set or search")));
        }
        List<Engine> all = new ArrayList<>();
        for (Engine each : Engine.values()) {
            if (KillTest.canRun(each)) {
                all.add(each);
            }
        }
        return all;
    }

    /** What a graph has taken in before Redis lost it, it keeps: only a Redis that loses nothing can be compared. */
    private List<AppendFsync> appendFsyncs() {
        if (graph || rolling) {
            return List.of(AppendFsync.ALWAYS);
        }
        if (appendFsync == null) {
            return List.of(AppendFsync.values());
        }
        return List.of(AppendFsync.valueOf(appendFsync.toUpperCase(java.util.Locale.ROOT)));
    }
}
