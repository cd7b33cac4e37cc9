// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.RedisServers;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;

/** Whoever mends holds the ledger as long as it asks anything, and writes nothing once it has lost it. */
class MendHoldIT {
    private final RedisSettings settings =
            RedisSettings.defaults(RedisServers.seven()).withPrefix("hold-" + UUID.randomUUID() + ":");
    private final Keys keys = new Keys(settings.prefix());
    private final String key = keys.types();
    private final AtomicLong nanos = new AtomicLong();
    private final Redis redis = new Redis(settings);
    private final RawLedger raw = new RawLedger(redis, keys, Engine.SORTED_SET, true, nanos::get);

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    @BeforeEach
    void open() {
        jedis = new Jedis(settings.url());
    }

    @AfterEach
    void close() {
        jedis.keys(keys.prefix() + "*").forEach(jedis::del);
        jedis.close();
        redis.close();
    }

    private void holdsFor(long millis) {
        jedis.hset(keys.ledger(), MendHold.MENDING, Long.toString(System.currentTimeMillis() + millis));
    }

    private long heldFor() {
        return Long.parseLong(jedis.hget(keys.ledger(), MendHold.MENDING)) - System.currentTimeMillis();
    }

    private static void assertLost(ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        lost -> assertThat(lost.reason()).isEqualTo(LedgerException.Reason.UNAVAILABLE))
                .hasMessageContaining("mend it again");
    }

    @Test
    void whateverItAsksKeepsIt() {
        raw.hold();
        assertThat(heldFor()).isBetween(50_000L, 60_000L);
        Consumer<String> ignored = name -> {};
        for (Runnable asked : new Runnable[] {
            () -> raw.scan(keys.prefix(), names -> names.forEach(ignored)),
            () -> raw.hash(keys.ledger()),
            () -> raw.id(1),
            () -> raw.lastId(keys.global()),
            () -> raw.entries(keys.global(), "0-0", "+"),
            () -> raw.exists(key),
            () -> raw.write(Command.SADD, key, "a")
        }) {
            holdsFor(20_000);
            asked.run();
            assertThat(heldFor()).isLessThan(30_000);
            long later = nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
            asked.run();
            assertThat(heldFor()).as("at " + later).isGreaterThan(50_000);
        }
        raw.release();
        assertThat(jedis.hgetAll(keys.ledger())).isEmpty();
    }

    @Test
    void whatHasLostItNeitherWritesNorGoesOn() {
        raw.hold();
        holdsFor(-1);
        assertLost(() -> raw.write(Command.SADD, key, "a"));
        long later = nanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
        assertLost(() -> raw.exists(key));
        assertLost(raw::requireHeld);
        assertThat(jedis.exists(key)).as("at " + later).isFalse();
        assertThat(jedis.del(keys.ledger())).isEqualTo(1);
        assertLost(() -> raw.write(Command.SADD, key, "a"));
        raw.release();
        assertThat(jedis.keys(keys.prefix() + "*")).isEmpty();
    }

    @Test
    void whoeverBeginsTakesItFromTheOneBefore() {
        raw.hold();
        RawLedger other = new RawLedger(redis, keys, Engine.SORTED_SET, true);
        other.hold();
        assertLost(() -> raw.write(Command.SADD, key, "a"));
        other.write(Command.SADD, key, "b");
        raw.release();
        other.write(Command.SADD, key, "c");
        assertThat(jedis.smembers(key)).containsExactlyInAnyOrder("b", "c");
        assertThat(heldFor()).isPositive();
    }

    @Test
    void whereSomethingElseIsInItsPlaceNobodyAppends() {
        assertThat(jedis.lpush(keys.ledger(), "not ours")).isEqualTo(1);
        raw.unusable(keys.ledger());
        raw.hold();
        raw.write(Command.SADD, key, "a");
        assertThat(jedis.del(keys.ledger())).isEqualTo(1);
        assertLost(() -> raw.write(Command.SADD, key, "b"));
        raw.emptied(keys.ledger());
        raw.write(Command.SADD, key, "c");
        assertThat(jedis.smembers(key)).containsExactlyInAnyOrder("a", "c");
        assertThat(heldFor()).isPositive();
    }

    @Test
    void anExaminationHoldsNothing() {
        RawLedger examined = new RawLedger(redis, keys, Engine.SORTED_SET, false);
        examined.hold();
        assertThat(examined.exists(key)).isFalse();
        examined.requireHeld();
        examined.release();
        assertThat(jedis.keys(keys.prefix() + "*")).isEmpty();
    }

    @Test
    void aHashMayHaveVeryManyFields() {
        Map<String, String> fields = new HashMap<>();
        for (int n = 0; n < 20_001; n++) {
            String ignored = fields.put("agent:" + n, "");
        }
        String hash = keys.operations();
        raw.hold();
        raw.write(RawCommand.fields(hash, fields));
        assertThat(jedis.hlen(hash)).isEqualTo(fields.size());
        raw.write(RawCommand.each(Command.HDEL, hash, fields.keySet()));
        assertThat(jedis.exists(hash)).isFalse();
    }
}
