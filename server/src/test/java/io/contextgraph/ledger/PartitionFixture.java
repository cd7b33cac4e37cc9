// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.partition.Partition;
import java.time.Duration;

/** A partition as a contract kit sees it. */
public interface PartitionFixture extends LedgerFixture, Partition {
    /** The feed of a group whose idle entries others take over after {@code claimAfter}. */
    EventFeed feed(String group, Duration claimAfter);

    @Override
    default EventFeed feed(String group) {
        return feed(group, Duration.ofSeconds(30));
    }

    @Override
    PartitionFixture another();
}
