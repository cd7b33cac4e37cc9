// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalData;
import java.util.ArrayList;
import java.util.List;

/**
 * A ledger that lies in several partitions.
 *
 * <p><b>Guarantees.</b> A session is in one of them, for ever. Order is promised within a partition. What is asked of all is
 * answered completely, or fails and names the partition that is away; what is asked of a session needs its partition alone.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class PartitionedLedger implements Ledger, AutoCloseable {
    private final Partitions partitions;
    private final EventLog log;
    private final EventSearch search;
    private final Sessions sessions;
    private final Parking parking;
    private final PersonalData personal;

    /**
     * Closes none of them.
     *
     * @param partitions each as it is to itself, in the order of their numbers
     */
    public PartitionedLedger(List<? extends Partition> partitions) {
        List<Partition> named = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            named.add(new NamedPartition(i, partitions.get(i)));
        }
        this.partitions = new Partitions(named);
        this.log = new PartitionedLog(this.partitions);
        this.search = new PartitionedSearch(this.partitions);
        this.sessions = new PartitionedSessions(this.partitions);
        this.parking = new PartitionedParking(this.partitions);
        this.personal = new PartitionedPersonal(this.partitions);
    }

    @Override
    public EventLog log() {
        return log;
    }

    @Override
    public EventSearch search() {
        return search;
    }

    @Override
    public Sessions sessions() {
        return sessions;
    }

    @Override
    public Parking parking() {
        return parking;
    }

    /** {@inheritDoc} Kept in the first partition. */
    @Override
    public OperationStore operations() {
        return partitions.list().getFirst().operations();
    }

    @Override
    public PersonalData personal() {
        return personal;
    }

    /** {@inheritDoc} Their positions name them. */
    @Override
    public List<Partition> partitions() {
        return partitions.list();
    }

    @Override
    public Partition partitionOf(SessionId session) {
        return partitions.of(session);
    }

    @Override
    public void close() {
        partitions.close();
    }
}
