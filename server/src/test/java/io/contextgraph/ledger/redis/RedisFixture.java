// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.ForwardingLedger;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.mend.RedisMender;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A ledger in a real Redis, under a prefix of its own. */
public record RedisFixture(RedisSettings settings, RedisLedger ledger) implements PartitionFixture, ForwardingLedger {
    /** An empty ledger. */
    public static RedisFixture fresh(URI url, Engine engine) {
        return connect(RedisSettings.defaults(url).withEngine(engine).withPrefix("test-" + UUID.randomUUID() + ":"));
    }

    /** A ledger as the settings say. */
    public static RedisFixture connect(RedisSettings settings) {
        return new RedisFixture(settings, RedisLedger.connect(settings));
    }

    @Override
    public EventFeed feed(String group, Duration claimAfter) {
        return ledger.feed(group, claimAfter);
    }

    @Override
    public PartitionFixture another() {
        return connect(settings);
    }

    /** What examining the store finds. */
    public List<String> damages() {
        List<String> damages = new ArrayList<>();
        try (RedisMender mender = RedisMender.open(settings)) {
            Examined ignored = mender.examine(damage -> damages.add(damage.toString()), looked -> {});
        }
        return damages;
    }

    @Override
    public void close() {
        ledger.close();
    }
}
