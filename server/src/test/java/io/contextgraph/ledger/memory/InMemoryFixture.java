// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.ForwardingLedger;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.Sessions;
import java.time.Clock;
import java.time.Duration;

/** The in-memory ledger under test; another instance is the same one, as its storage is itself. */
public record InMemoryFixture(InMemoryLedger ledger) implements PartitionFixture, ForwardingLedger {
    public InMemoryFixture() {
        this(new InMemoryLedger(Clock.systemUTC()));
    }

    @Override
    public EventLog log() {
        return ledger;
    }

    @Override
    public EventSearch search() {
        return ledger;
    }

    @Override
    public Sessions sessions() {
        return ledger;
    }

    @Override
    public EventFeed feed(String group, Duration claimAfter) {
        return ledger.feed(group, claimAfter);
    }

    @Override
    public PartitionFixture another() {
        return this;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
