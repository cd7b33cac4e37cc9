// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;

class RunIdentityTest extends RunIdentityContract {
    @Override
    LedgerFixture fresh() {
        return new InMemoryFixture();
    }
}
