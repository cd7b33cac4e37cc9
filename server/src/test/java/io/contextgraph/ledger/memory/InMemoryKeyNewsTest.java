// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.ledger.personal.KeyNewsContract;

class InMemoryKeyNewsTest extends KeyNewsContract {
    @Override
    protected KeyNews fresh() {
        return new InMemoryKeyNews();
    }

    @Override
    protected KeyNews another(KeyNews same) {
        return same;
    }

    @Override
    protected void close(KeyNews news) {
        // Nothing is open.
    }
}
