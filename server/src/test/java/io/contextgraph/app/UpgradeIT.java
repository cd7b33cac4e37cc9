// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A server of one version on a ledger of another. */
class UpgradeIT {
    private static final int UNAVAILABLE = 5;

    @TempDir
    private Path folder;

    private ServerProcess server(RunningRedis redis) throws Exception {
        return ServerProcess.start(redis.url(), Map.of(), "--data.dir=" + folder.resolve("data"));
    }

    @Test
    void aServerDoesNotTouchALedgerOfANewerFormat() throws Exception {
        try (RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());
                Jedis jedis = new Jedis(redis.url())) {
            try (RedisLedger ledger =
                    RedisLedger.connect(RedisSettings.defaults(redis.url()).withEngine(Engine.SORTED_SET))) {
                ledger.log().append(List.of(Append.of(Events.event(1, "session"))), Durability.MEMORY);
            }
            String format = jedis.hget("ledger", "format");
            jedis.hset("ledger", "format", Integer.toString(Integer.parseInt(format) + 1));
            Map<String, String> head = jedis.hgetAll("ledger");
            long keys = jedis.dbSize();
            try (ServerProcess refused = server(redis)) {
                assertThat(refused.exitCode()).isEqualTo(UNAVAILABLE);
                assertThat(refused.said())
                        .anyMatch(line -> line.contains("storage format " + head.get("format"))
                                && line.contains("this version reads format " + format)
                                && line.contains("a newer version has written it"))
                        .noneMatch(line -> line.contains("listening on"));
            }
            assertThat(jedis.hgetAll("ledger")).isEqualTo(head);
            assertThat(jedis.dbSize()).isEqualTo(keys);
            jedis.hset("ledger", "format", format);
            try (ServerProcess serves = server(redis)) {
                assertThat(serves.address()).hasScheme("http");
            }
        }
    }
}
