// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.MemoryGuard;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Release;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.client.WaitAof;
import io.contextgraph.testing.Events;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitAofTest {
    private static final Release SOUND = new Release(Release.Product.REDIS, "7.4.3");
    private static final Release EARLY = new Release(Release.Product.REDIS, "7.4.2");

    @Test
    void onlyEverySecondMakesAnEarlyReleaseConfirmTooEarly() {
        for (String appendFsync : List.of("always", "no", "everysec")) {
            assertThat(WaitAof.of(true, SOUND, Optional.of(appendFsync))).isEqualTo(WaitAof.TRUSTED);
        }
        assertThat(WaitAof.of(true, EARLY, Optional.of("always"))).isEqualTo(WaitAof.TRUSTED);
        assertThat(WaitAof.of(true, EARLY, Optional.of("no"))).isEqualTo(WaitAof.TRUSTED);
        assertThat(WaitAof.of(true, EARLY, Optional.of("everysec"))).isEqualTo(WaitAof.EARLY);
    }

    @Test
    void whatIsHiddenIsTakenForEverySecond() {
        assertThat(WaitAof.of(true, SOUND, Optional.empty())).isEqualTo(WaitAof.TRUSTED);
        assertThat(WaitAof.of(true, EARLY, Optional.empty())).isEqualTo(WaitAof.EARLY);
        assertThat(WaitAof.of(false, SOUND, Optional.empty())).isEqualTo(WaitAof.MISSING);
    }

    /** Nothing is sent: there is no server. */
    @Test
    void nothingIsPromisedThatWouldBeConfirmedTooEarly() {
        RedisSettings settings = RedisSettings.defaults(URI.create("redis://127.0.0.1:1"))
                .withDurability(new DurabilitySettings(Durability.MEMORY, 1, Duration.ofSeconds(1)));
        ServerFacts server = new ServerFacts(
                EARLY,
                Engine.SORTED_SET,
                Optional.empty(),
                Map.of("aof_enabled", "1"),
                Map.of("appendfsync", "everysec"),
                WaitAof.EARLY,
                Set.of());
        assertThat(server.canWaitForDisk()).isFalse();
        try (Redis redis = new Redis(settings)) {
            Appender appender =
                    new Appender(redis, new Keys(""), settings, server, new MemoryGuard(redis), new Noticed());
            for (Durability level : List.of(Durability.FSYNC, Durability.REPLICATED)) {
                assertThatThrownBy(() -> appender.append(List.of(Append.of(Events.event(1, "s"))), level))
                        .isInstanceOfSatisfying(
                                LedgerException.class,
                                error -> assertThat(error.reason())
                                        .isEqualTo(LedgerException.Reason.DURABILITY_UNSUPPORTED))
                        .hasMessage(
                                level.wireName() + " cannot be confirmed: Redis 7.4.2 may confirm before the disk has"
                                        + " the write while appendfsync is everysec");
            }
        }
    }
}
