// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.ledger.trim.TrimmingContract;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

class InMemoryTrimmingTest extends TrimmingContract {
    private Instant now = Instant.parse("2030-03-01T00:00:00Z");

    @Override
    protected PartitionFixture fresh() {
        return new InMemoryFixture(new InMemoryLedger(new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        }));
    }

    @Override
    protected Trimming at(Instant time) {
        now = time;
        return ledger.trimming();
    }
}
