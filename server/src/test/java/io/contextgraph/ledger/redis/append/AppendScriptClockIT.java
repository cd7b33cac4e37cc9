// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import java.net.URI;

class AppendScriptClockIT extends AppendScriptClockContract {
    AppendScriptClockIT() {
        super(Engine.SORTED_SET);
    }

    @Override
    URI url() {
        return RedisServers.seven();
    }
}
