// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.util.List;

class InterruptionsIT extends InterruptionsContract {
    InterruptionsIT() {
        super(RunningRedis.start(RedisServers.bundled(), List.of("--appendfsync", "always")), Engine.SORTED_SET);
    }
}
