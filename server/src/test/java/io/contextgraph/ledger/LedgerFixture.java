// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.time.Duration;

/** A ledger as a contract kit sees it. */
public interface LedgerFixture extends Ledger, AutoCloseable {
    /** The feed of a group whose idle entries others take over after {@code claimAfter}. */
    EventFeed feed(String group, Duration claimAfter);

    @Override
    default EventFeed feed(String group) {
        return feed(group, Duration.ofSeconds(30));
    }

    /** Another instance on the same storage, as another process would have it. */
    LedgerFixture another();

    @Override
    void close();
}
