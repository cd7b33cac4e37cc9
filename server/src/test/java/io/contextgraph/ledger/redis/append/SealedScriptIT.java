// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.RedisServers;
import java.net.URI;

class SealedScriptIT extends SealedScriptContract {
    SealedScriptIT() {
        super(Engine.SORTED_SET);
    }

    @Override
    URI url() {
        return RedisServers.seven();
    }
}
