// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalData;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A ledger of several partitions under test. */
public record PartitionedFixture(List<PartitionFixture> parts, PartitionedLedger ledger) implements LedgerFixture {
    /** @param part each of them, by its number */
    public static PartitionedFixture of(int partitions, IntFunction<PartitionFixture> part) {
        return of(IntStream.range(0, partitions).mapToObj(part).toList());
    }

    private static PartitionedFixture of(List<PartitionFixture> parts) {
        return new PartitionedFixture(parts, new PartitionedLedger(parts));
    }

    @Override
    public LedgerFixture another() {
        return of(parts.stream().map(PartitionFixture::another).toList());
    }

    @Override
    public EventLog log() {
        return ledger.log();
    }

    @Override
    public EventSearch search() {
        return ledger.search();
    }

    @Override
    public Sessions sessions() {
        return ledger.sessions();
    }

    @Override
    public Parking parking() {
        return ledger.parking();
    }

    @Override
    public OperationStore operations() {
        return ledger.operations();
    }

    @Override
    public PersonalData personal() {
        return ledger.personal();
    }

    @Override
    public List<Partition> partitions() {
        return ledger.partitions();
    }

    @Override
    public Partition partitionOf(SessionId session) {
        return ledger.partitionOf(session);
    }

    @Override
    public void close() {
        ledger.close();
        parts.forEach(PartitionFixture::close);
    }
}
