// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.Backends.RedisWishes;
import io.contextgraph.ledger.Durability;
import io.contextgraph.standalone.redis.RedisPrograms;
import io.contextgraph.testing.Neo4jServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

class EmbeddedPartsIT {
    private static final RedisWishes WISHES =
            new RedisWishes(100_000_000, Optional.empty(), RedisPrograms.fetchesByDefault(), Durability.MEMORY);

    private final EmbeddedSettings settings = Neo4jServers.settings();

    @Test
    void redisKeepsItsDataOverARestart(@TempDir Path folder) throws Exception {
        for (var round = 1; round <= 2; round++) {
            try (var redis = EmbeddedRedis.start(folder, WISHES, settings, line -> System.out.println(line));
                    var client = RedisClient.create(redis.url())) {
                assertThat(client.incr("starts")).isEqualTo(round);
            }
        }
    }

    @Test
    void redisSyncsAtEachWriteWhereAppendsWaitForTheDisk(@TempDir Path folder) throws Exception {
        for (Durability durability : Durability.values()) {
            RedisWishes wishes = new RedisWishes(WISHES.maxMemoryBytes(), WISHES.engine(), WISHES.fetch(), durability);
            try (var redis = EmbeddedRedis.start(folder, wishes, settings, line -> System.out.println(line));
                    var client = RedisClient.create(redis.url())) {
                assertThat(client.configGet("appendfsync"))
                        .containsEntry("appendfsync", durability == Durability.MEMORY ? "everysec" : "always");
            }
        }
    }

    /** A kill in the middle of a write; Redis by itself would carry out the half of it two starts later. */
    @Test
    void halfATransactionIsNeverCarriedOut(@TempDir Path folder) throws Exception {
        List<String> told = new ArrayList<>();
        for (int round = 1; round <= 3; round++) {
            try (var redis = EmbeddedRedis.start(folder, WISHES, settings, told::add);
                    var client = RedisClient.create(redis.url())) {
                assertThat(client.get("whole")).isEqualTo(round == 1 ? null : Integer.toString(round - 1));
                assertThat(client.mget("half", "other half")).containsExactly(null, null);
                client.eval("redis.call('SET', 'whole', ARGV[1]) return redis.call('SET', 'also', '')", 0, "" + round);
                redis.process().destroyForcibly();
                redis.process().onExit().join();
            }
            if (round == 1) {
                Files.writeString(
                        newestFile(folder),
                        "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$1\r\n1\r\n*3\r\n$3\r\nSET\r\n$10\r\nother",
                        StandardOpenOption.APPEND);
            }
        }
        assertThat(told.stream().filter(line -> line.contains("killed while it wrote")))
                .hasSize(1);
    }

    private static Path newestFile(Path folder) throws IOException {
        try (var files = Files.list(folder.resolve("data/appendonlydir"))) {
            return files.filter(file -> file.toString().endsWith(".incr.aof"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }
}
