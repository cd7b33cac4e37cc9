// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedContracts;
import io.contextgraph.ledger.personal.ErasureRecordsContract;
import io.contextgraph.ledger.prune.PruningContract;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.trim.IndexWindowContract;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** No script touches a key that it was not told: in a cluster it would be answered for keys that are elsewhere. */
class ScriptKeysIT extends TrimmedContracts {
    /** Most of those that there are. */
    private static final int SCRIPTS = 20;

    @SuppressWarnings("NullAway.Init")
    private static RunningRedis redis;

    @SuppressWarnings("NullAway.Init")
    private static ScriptWatch watch;

    @BeforeAll
    static void start() {
        redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of("--appendonly", "no"));
        watch = new ScriptWatch(redis);
    }

    @AfterAll
    static void whatScriptsTouchTheyWereTold() throws Exception {
        try {
            assertThat(watch.faults()).isEmpty();
            assertThat(watch.scripts()).hasSizeGreaterThanOrEqualTo(SCRIPTS);
        } finally {
            watch.close();
            redis.close();
        }
    }

    /** A watch that sees nothing would prove nothing. */
    @Test
    void aKeyThatAScriptWasNotToldIsSeen() throws Exception {
        try (RunningRedis another = RunningRedis.start(RedisServers.installedOrBundled(), List.of());
                ScriptWatch watching = new ScriptWatch(another);
                Jedis jedis = new Jedis(another.url())) {
            String sha =
                    jedis.scriptLoad("redis.call('SET', KEYS[1], 'a\\n\\0\"b'); return redis.call('GET', 'other')");
            assertThat(jedis.evalsha(sha, List.of("told"), List.of())).isNull();
            assertThat(watching.faults()).containsExactly(sha + " was not told other of GET");
        }
    }

    private static PartitionFixture ledger() {
        URI url = redis.url();
        return RedisFixture.connect(RedisSettings.defaults(url)
                .withEngine(Engine.SORTED_SET)
                .withPrefix("test-" + UUID.randomUUID() + ":"));
    }

    @Override
    protected PartitionFixture untrimmed() {
        return ledger();
    }

    @Nested
    class Prunes extends PruningContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Window extends IndexWindowContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }

    @Nested
    class Erased extends ErasureRecordsContract {
        @Override
        protected PartitionFixture fresh() {
            return ledger();
        }
    }
}
