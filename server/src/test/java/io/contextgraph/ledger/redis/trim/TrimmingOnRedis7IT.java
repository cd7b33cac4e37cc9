// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.trim.SecondLock;
import io.contextgraph.testing.RedisServers;
import java.net.URI;
import org.junit.jupiter.api.Test;

class TrimmingOnRedis7IT extends RedisTrimmingContract {
    TrimmingOnRedis7IT() {
        super(Engine.SORTED_SET);
    }

    @Override
    URI url() {
        return RedisServers.seven();
    }

    @Test
    void thereIsNoSecondLock() {
        SecondLock lock = ledger.trimming().secondLock();
        assertThat(lock.works()).isFalse();
        assertThat(lock.seen()).contains("XTRIM MINID = with ACKED", "syntax error");
        assertThat(lock.describe()).startsWith("the groups are asked; no second lock: ");
    }
}
