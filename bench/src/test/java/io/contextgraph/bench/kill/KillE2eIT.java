// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.bench.kill.KillPlan.AppendFsync;
import io.contextgraph.bench.kill.KillPlan.Trouble;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.Skips;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A little of what {@code bench/run kill} does for as long as one likes, with the distribution that was built. Much of it is
 * waiting, so that others may work meanwhile in the short form; of its own methods one runs at a time.
 */
class KillE2eIT {
    private static final Path HOME = Path.of("..", "standalone", "target", "contextgraph")
            .toAbsolutePath()
            .normalize();

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    /** What is done beside kills. */
    private enum Beside {
        NOTHING,
        POWER_CUTS,
        SABOTAGE
    }

    private boolean run(Engine engine, AppendFsync appendFsync, Beside beside, int seconds, String... redisOptions)
            throws IOException, InterruptedException {
        return run(engine, appendFsync, Trouble.KILLS, beside, seconds, redisOptions);
    }

    private boolean run(
            Engine engine, AppendFsync appendFsync, Trouble trouble, Beside beside, int seconds, String... redisOptions)
            throws IOException, InterruptedException {
        Skips.unless(
                KillTest.canRun(engine), KillE2eIT.class, "no Redis 7.2 or newer for engine " + engine.configName());
        KillPlan plan = new KillPlan(
                HOME,
                List.of(engine),
                List.of(appendFsync),
                trouble,
                Duration.ofSeconds(seconds),
                trouble == Trouble.KILLS ? Duration.ofMinutes(5) : Duration.ofSeconds(90),
                System.currentTimeMillis() % 1_000_000,
                trouble == Trouble.KILLS ? 6 : 2,
                3,
                beside == Beside.POWER_CUTS,
                trouble != Trouble.KILLS,
                beside == Beside.SABOTAGE,
                List.of(redisOptions));
        PrintStream both = new PrintStream(new Both(said, System.out), true, StandardCharsets.UTF_8);
        return new KillTest(plan, both, LedgerAudit::faults).run();
    }

    /** What goes to the console is kept as well. */
    private static final class Both extends OutputStream {
        private final OutputStream kept;
        private final OutputStream shown;

        Both(OutputStream kept, OutputStream shown) {
            this.kept = kept;
            this.shown = shown;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            kept.write(bytes, from, length);
            shown.write(bytes, from, length);
        }
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aServerAndARedisWithSearchAreKilledAndDamagedAndNothingIsLost() throws Exception {
        assertThat(run(Engine.SEARCH, AppendFsync.ALWAYS, Beside.SABOTAGE, Extent.KILL_SECONDS.value()))
                .isTrue();
        assertThat(said.toString(StandardCharsets.UTF_8)).containsPattern("sabotage: scripts flushed \\d+, ");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aServerAndARedisWithSearchAreKilledAndNothingIsLost() throws Exception {
        int seconds = Extent.KILL_ONLY_SECONDS.value();
        Skips.unless(seconds > 0, KillE2eIT.class, "the short form has a saboteur beside the kills");
        assertThat(run(Engine.SEARCH, AppendFsync.EVERYSEC, Beside.NOTHING, seconds))
                .isTrue();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void evenWhenKillsTakeWhatIsNotSynced() throws Exception {
        Skips.unless(KillTest.canCutPower(), KillE2eIT.class, "no Linux with a C compiler (cc)");
        assertThat(run(Engine.SORTED_SET, AppendFsync.EVERYSEC, Beside.POWER_CUTS, Extent.KILL_SECONDS.value()))
                .isTrue();
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void twoServersAreRestartedInTurnsAndNobodyNotices() throws Exception {
        int seconds = Extent.ROLLING_SECONDS.value();
        assertThat(run(Engine.SEARCH, AppendFsync.ALWAYS, Trouble.RESTARTS, Beside.NOTHING, seconds))
                .isTrue();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .containsPattern("servers restarted in turns: ([2-9]|[1-9][0-9]+) times")
                .containsPattern("requests to a ready server: [1-9][0-9,]*, cut off 0;");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void serversThatAreKilledInTurnsAreFoundOutAndStillNothingIsLost() throws Exception {
        assertThat(run(Engine.SEARCH, AppendFsync.ALWAYS, Trouble.CRASHES, Beside.NOTHING, 12))
                .isFalse();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("WRONG cut: ")
                .containsPattern("lost = 0, duplicated = 0, .*, half written = 0, gap = 0, .*, follower = 0, ")
                .contains("FAILED: promises were broken");
    }

    @Test
    @Execution(ExecutionMode.SAME_THREAD)
    void aRedisThatWritesNothingToDiskIsFoundOut() throws Exception {
        boolean kept = run(Engine.SORTED_SET, AppendFsync.ALWAYS, Beside.NOTHING, 8, "--appendonly", "no");
        if (said.toString(StandardCharsets.UTF_8).contains("Redis 0 times")) {
            // A machine with other work may not come to a kill so soon.
            kept = run(Engine.SORTED_SET, AppendFsync.ALWAYS, Beside.NOTHING, 40, "--appendonly", "no");
        }
        assertThat(kept).isFalse();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("WRONG lost: ")
                .contains("durability_unsupported")
                .contains("FAILED: promises were broken");
    }
}
