// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.partition;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Ledger;

/** What of something that is made of all partitions is of one of them: for whoever works on that partition and knows no other. */
public interface PartitionScope {
    /** Of a ledger that is one order all is of it. */
    PartitionScope ALL = new PartitionScope() {
        @Override
        public boolean has(SessionId session) {
            return true;
        }

        @Override
        public RecordedEvent named(RecordedEvent event) {
            return event;
        }
    };

    /** That of one of the partitions of a ledger. */
    static PartitionScope of(Partition partition, Ledger ledger) {
        return new PartitionScope() {
            @Override
            public boolean has(SessionId session) {
                return ledger.partitionOf(session).number() == partition.number();
            }

            @Override
            public RecordedEvent named(RecordedEvent event) {
                return event.at(partition.named(event.position()));
            }
        };
    }

    /** Whether a session is in it. */
    boolean has(SessionId session);

    /** An event of it as all others see it. */
    RecordedEvent named(RecordedEvent event);
}
