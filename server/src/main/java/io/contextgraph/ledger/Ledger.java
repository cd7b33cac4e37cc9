// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalData;
import java.util.List;

/**
 * What is asked of a ledger, however many partitions it has.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface Ledger {
    /** Appends events, and reads them by id. */
    EventLog log();

    /** Finds events by what they say. */
    EventSearch search();

    /** The directory of sessions. */
    Sessions sessions();

    /** What groups have set aside. */
    Parking parking();

    /** What is remembered of long work on it, and who may do it. */
    OperationStore operations();

    /** What it holds about persons. */
    PersonalData personal();

    /** The orders that its events stand in, by their numbers from 0 on; at least one. */
    List<Partition> partitions();

    /** The one that a session is in, or would be. */
    Partition partitionOf(SessionId session);
}
