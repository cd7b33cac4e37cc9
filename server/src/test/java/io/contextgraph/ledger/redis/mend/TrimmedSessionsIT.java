// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** More sessions than are kept at once: each is summed up once, and rightly. */
class TrimmedSessionsIT {
    private static final int SESSIONS = 40;

    private final RedisSettings settings = RedisSettings.defaults(RedisServers.seven())
            .withEngine(Engine.SORTED_SET)
            .withPrefix("sums-" + UUID.randomUUID() + ":");

    @Test
    void everySessionIsSummedUpOnce() {
        try (RedisLedger ledger = RedisLedger.connect(settings);
                Redis redis = new Redis(settings)) {
            assertThat(ledger.log()
                            .append(
                                    LongStream.rangeClosed(1, 400)
                                            .mapToObj(n -> Append.of(Events.event(n, "session-" + n % SESSIONS)))
                                            .toList(),
                                    Durability.MEMORY)
                            .outcomes())
                    .hasSize(400);
            TrimmedFixture.trim(ledger.trimming());
            RawLedger raw = new RawLedger(redis, new Keys(settings.prefix()), Engine.SORTED_SET, false);
            MendRun run = new MendRun(
                    raw,
                    damage -> {
                        throw new AssertionError(damage);
                    },
                    looked -> {});
            run.trimmed().settle(ledger.order().head());
            TrimmedSessions sums = new TrimmedSessions(run, 3);
            Map<SessionId, SessionSummary> seen = new HashMap<>();
            int shares = 0;
            do {
                sums.catchUp();
                Set<SessionId> share = sums.left();
                assertThat(share).hasSizeLessThanOrEqualTo(3);
                for (SessionId id : share) {
                    assertThat(seen.put(
                                    id,
                                    Optional.ofNullable(sums.look(id))
                                            .map(SessionEvents::summary)
                                            .orElseThrow()))
                            .isNull();
                }
                assertThat(sums.left()).isEmpty();
                shares++;
            } while (sums.next());
            assertThat(shares).isGreaterThanOrEqualTo(SESSIONS / 3);
            assertThat(seen).hasSize(SESSIONS);
            seen.forEach((id, summary) -> assertThat(ledger.sessions().find(id)).contains(summary));
        }
    }
}
