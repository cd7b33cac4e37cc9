// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.bench.kill.KillPlan.AppendFsync;
import io.contextgraph.bench.kill.KillPlan.Trouble;
import io.contextgraph.bench.server.PowerCut;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kills the server and Redis while clients write, read and follow, and proves that what was promised was kept.
 *
 * <p><b>Shape.</b> Rounds, each with a ledger of its own: so that there is no end to how long it may run, and each
 * kind of Redis gets its turn.
 */
public final class KillTest {
    private static final long TICK_MILLIS = 10_000;
    private static final Duration LONG_ENOUGH_FOR_ALL = Duration.ofMinutes(1);

    private final KillPlan plan;
    private final PrintStream out;
    private final Inspection inspection;
    private final Totals totals = new Totals();
    private final Findings findings = new Findings();

    /** A further look at the ledger of a round when it is quiet. */
    @FunctionalInterface
    public interface Inspection {
        /** Every fault in a sentence. */
        List<String> faults(RedisSettings ledger);
    }

    /** @param out told what is done, a line every ten seconds, and the result */
    public KillTest(KillPlan plan, PrintStream out) {
        this(plan, out, ledger -> List.of());
    }

    /**
     * A test that also asks somebody else what is wrong.
     *
     * @param out told what is done, a line every ten seconds, and the result
     */
    public KillTest(KillPlan plan, PrintStream out, Inspection inspection) {
        this.plan = plan;
        this.out = out;
        this.inspection = inspection;
    }

    /** Whether this machine can make kills of Redis as bad as power cuts. */
    public static boolean canCutPower() {
        return PowerCut.isPossible();
    }

    /** Whether there is a Redis that can confirm {@code fsync} and run this engine. */
    public static boolean canRun(Engine engine) throws IOException {
        return RedisUnderTest.program(engine).isPresent();
    }

    /** @return whether every promise was kept */
    public boolean run() throws IOException, InterruptedException {
        out.println("kill test: seed " + plan.seed() + ", " + plan.time().toSeconds() + " s, " + plan.writers()
                + " writers, " + plan.followers() + " followers"
                + (plan.powerCuts() ? ", kills of Redis lose what is not synced" : "")
                + (plan.graph() ? ", with the graph" : "")
                + (plan.sabotage() ? ", with sabotage" : "")
                + (plan.trouble().inTurns() ? ", servers in turns" : ""));
        long begun = System.nanoTime();
        Thread ticker = Thread.ofVirtual().start(() -> tick(begun));
        try {
            Duration left = plan.time();
            for (int number = 0; !left.isZero() && findings.isEmpty(); number++) {
                Duration time = left.compareTo(plan.round()) < 0 ? left : plan.round();
                round(number, time);
                left = left.minus(time);
            }
        } finally {
            ticker.interrupt();
            ticker.join();
        }
        requireSabotage();
        report();
        return findings.isEmpty();
    }

    private void round(int number, Duration time) throws IOException, InterruptedException {
        Engine engine = plan.engines().get(number % plan.engines().size());
        AppendFsync appendFsync = plan.appendFsyncs()
                .get(number / plan.engines().size() % plan.appendFsyncs().size());
        out.println("round " + (number + 1) + ": " + engine.configName() + " on "
                + RedisUnderTest.program(engine)
                        .map(server -> server.describe())
                        .orElse("no Redis") + ", appendfsync "
                + appendFsync.name().toLowerCase(Locale.ROOT));
        Path folder = Files.createTempDirectory("contextgraph-kill");
        new Round(plan, engine, appendFsync, plan.seed() * 1000 + number, folder, totals, findings, inspection)
                .run(time);
        if (findings.isEmpty()) {
            delete(folder);
        } else {
            out.println("logs and data of this round: " + folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void tick(long begun) {
        while (Pause.millis(TICK_MILLIS)) {
            out.printf(
                    Locale.ROOT,
                    "%,5d s: acknowledged %,d as memory, %,d as fsync; sent again %,d; killed server %d, Redis %d;"
                            + " restarted %d%n",
                    (System.nanoTime() - begun) / 1_000_000_000,
                    totals.memory.get(),
                    totals.fsync.get(),
                    totals.repeated.get(),
                    totals.serverKills.get(),
                    totals.redisKills.get(),
                    totals.restarts.get());
        }
    }

    /** In this time there is none that is not done. */
    private void requireSabotage() {
        totals.sabotaged().forEach((kind, count) -> {
            if (count == 0 && totals.chance(kind).compareTo(LONG_ENOUGH_FOR_ALL) > 0) {
                findings.add(Kind.STUCK, "the saboteur came to none of: " + kind.words());
            }
        });
    }

    private void report() {
        findings.lines().forEach(out::println);
        out.printf(
                Locale.ROOT,
                "killed: server %d times, Redis %d times%n",
                totals.serverKills.get(),
                totals.redisKills.get());
        out.printf(
                Locale.ROOT,
                "acknowledged as fsync: %,d, all of them verified: %s%n",
                totals.fsync.get(),
                totals.fsync.get() == totals.verifiedFsync.get() ? "yes" : "NO, " + totals.verifiedFsync.get());
        out.printf(
                Locale.ROOT,
                "acknowledged as memory: %,d, verified: %,d, taken by a kill of Redis as it may: %,d%n",
                totals.memory.get(),
                totals.verifiedMemory.get(),
                totals.forgotten.get());
        out.printf(
                Locale.ROOT,
                "repeated without an answer: %,d; answered as duplicates: %,d; conflicts refused: %,d; all sent again: %,d%n",
                totals.repeated.get(),
                totals.duplicates.get(),
                totals.conflicts.get(),
                totals.sentAgain.get());
        out.printf(
                Locale.ROOT,
                "followers: %,d messages over %,d connections, told %,d times that the ledger had lost what they had seen;"
                        + " queries in between: %,d, told so %,d times%n",
                totals.followed.get(),
                totals.connections.get(),
                totals.epochsEnded.get(),
                totals.reads.get(),
                totals.queriesEnded.get());
        if (plan.sabotage()) {
            out.printf(
                    Locale.ROOT,
                    "sabotage: %s; events refused for a foreign entry, and sent again: %,d%n",
                    totals.sabotaged().entrySet().stream()
                            .map(done -> done.getKey().words() + " " + done.getValue())
                            .collect(Collectors.joining(", ")),
                    totals.obstructed.get());
        }
        if (plan.trouble().inTurns()) {
            out.printf(
                    Locale.ROOT,
                    "servers %s in turns: %d times; requests to a ready server: %,d, cut off %,d; to one that had long said that it is"
                            + " not: cut off %,d; answered with 503: %,d; nobody was ready: %,d times; exports taken: %,d%n",
                    plan.trouble() == Trouble.RESTARTS ? "restarted" : "killed",
                    totals.restarts.get(),
                    totals.requests.get(),
                    totals.cut.get(),
                    totals.late.get(),
                    totals.postponed.get(),
                    totals.nobodyReady.get(),
                    totals.exports.get());
        }
        out.println(Arrays.stream(Kind.values())
                .map(kind -> kind.words() + " = " + findings.count(kind))
                .collect(Collectors.joining(", ")));
        out.println((findings.isEmpty() ? "OK: every promise was kept" : "FAILED: promises were broken") + " (seed "
                + plan.seed() + ")");
    }
}
