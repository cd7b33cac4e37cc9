// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.personal.PersistedFiles.Outcome;
import io.contextgraph.ledger.personal.PersistedFiles.Rewritten;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** What was deleted is in no file of any server once they are written anew. */
class RedisPersistedFilesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String MARKED = "marked-value-of-a-person";

    private static boolean holds(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(MARKED)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void sayAndDelete(RunningRedis redis, boolean save) {
        try (Jedis jedis = new Jedis(redis.url())) {
            assertThat(jedis.set("a", MARKED)).isEqualTo("OK");
            assertThat(jedis.set("b", "stays")).isEqualTo("OK");
            if (save) {
                assertThat(jedis.save()).isEqualTo("OK");
            }
            assertThat(jedis.del("a")).isEqualTo(1);
        }
    }

    @Test
    void filesAreWrittenAnew() throws IOException {
        try (RunningRedis redis = RunningRedis.start(RedisServers.bundled(), List.of("--appendfsync", "always"))) {
            sayAndDelete(redis, true);
            Files.write(redis.folder().resolve("before.rdb"), List.of("an older one"));
            assertThat(holds(redis.folder())).isTrue();
            RedisPersistedFiles files = new RedisPersistedFiles(RedisSettings.defaults(redis.url()));
            String server = "127.0.0.1:" + redis.port();
            String folder = redis.folder().toRealPath().toString();
            List<Rewritten> appendOnly = files.appendOnly(PATIENCE);
            assertThat(appendOnly)
                    .containsExactly(new Rewritten(server, Outcome.WRITTEN, folder + "/appendonlydir", List.of()));
            assertThat(files.snapshots(PATIENCE))
                    .containsExactly(new Rewritten(
                            server, Outcome.WRITTEN, folder + "/dump.rdb", List.of(folder + "/before.rdb")));
            assertThat(holds(redis.folder())).isFalse();
        }
    }

    @Test
    void filesOfReplicasAreWrittenAnewAndThoseOutOfReachAreTold() throws IOException {
        try (RunningRedis redis =
                        RunningRedis.start(RedisServers.bundled(), List.of("--repl-diskless-sync-delay", "0"));
                RunningRedis replica = redis.replica()) {
            sayAndDelete(redis, false);
            RedisPersistedFiles files = new RedisPersistedFiles(RedisSettings.defaults(redis.url()));
            List<Rewritten> all = files.appendOnly(PATIENCE);
            while (all.size() < 2) {
                // It has not said yet that it follows.
                all = files.appendOnly(PATIENCE);
            }
            assertThat(all).extracting(Rewritten::outcome).containsExactly(Outcome.WRITTEN, Outcome.WRITTEN);
            assertThat(files.snapshots(PATIENCE))
                    .extracting(Rewritten::server)
                    .containsExactly("127.0.0.1:" + redis.port(), "127.0.0.1:" + replica.port());
            assertThat(holds(replica.folder())).isFalse();
            try (Jedis jedis = new Jedis(replica.url())) {
                assertThat(jedis.configSet("requirepass", "another")).isEqualTo("OK");
            }
            assertThat(files.appendOnly(PATIENCE))
                    .filteredOn(file -> file.server().endsWith(":" + replica.port()))
                    .singleElement()
                    .satisfies(file -> {
                        assertThat(file.outcome()).isEqualTo(Outcome.LEFT);
                        assertThat(file.told()).contains("this replica cannot be reached");
                    });
        }
    }

    @Test
    void aServerWithoutAnAppendOnlyFileIsTold() {
        try (RunningRedis redis = RunningRedis.start(RedisServers.bundled(), List.of("--appendonly", "no"))) {
            RedisPersistedFiles files = new RedisPersistedFiles(RedisSettings.defaults(redis.url()));
            assertThat(files.appendOnly(PATIENCE))
                    .extracting(Rewritten::outcome)
                    .containsExactly(Outcome.NONE);
        }
    }

    /** What somebody else has begun is not taken for the answer. */
    @Test
    void whoeverWritesAlreadyIsWaitedFor() {
        try (RunningRedis redis = RunningRedis.start(RedisServers.bundled(), List.of());
                Jedis jedis = new Jedis(redis.url())) {
            long before = rewrites(jedis);
            assertThat(jedis.bgrewriteaof()).isNotEmpty();
            RedisPersistedFiles files = new RedisPersistedFiles(RedisSettings.defaults(redis.url()));
            assertThat(files.appendOnly(PATIENCE))
                    .extracting(Rewritten::outcome)
                    .containsExactly(Outcome.WRITTEN);
            assertThat(rewrites(jedis)).isEqualTo(before + 2);
        }
    }

    private static long rewrites(Jedis jedis) {
        return jedis.info("persistence")
                .lines()
                .filter(line -> line.startsWith("aof_rewrites:"))
                .mapToLong(line -> Long.parseLong(line.substring("aof_rewrites:".length())))
                .sum();
    }
}
