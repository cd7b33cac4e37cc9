// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.time.Duration;

/** A ledger as a contract kit sees it. */
public interface LedgerFixture extends AutoCloseable {
    EventLog log();

    EventSearch search();

    Sessions sessions();

    /** The feed of a group whose idle entries others take over after {@code claimAfter}. */
    EventFeed feed(String group, Duration claimAfter);

    /** What the groups have set aside. */
    Parking parking();

    /** What is remembered of long work. */
    OperationStore operations();

    /** Another instance on the same storage, as another process would have it. */
    LedgerFixture another();

    @Override
    void close();
}
