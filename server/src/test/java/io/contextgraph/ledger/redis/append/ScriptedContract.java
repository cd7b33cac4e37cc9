// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Engine;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;

/** What the contracts of the script share: an empty ledger for each test, and a client beside it. */
abstract class ScriptedContract {
    final Engine engine;

    @SuppressWarnings("NullAway.Init")
    ScriptedLedger ledger;

    @SuppressWarnings("NullAway.Init")
    Jedis jedis;

    ScriptedContract(Engine engine) {
        this.engine = engine;
    }

    abstract URI url();

    @BeforeEach
    final void open() {
        ledger = new ScriptedLedger(url(), engine);
        jedis = new Jedis(url());
    }

    @AfterEach
    final void close() {
        jedis.close();
        ledger.close();
    }
}
