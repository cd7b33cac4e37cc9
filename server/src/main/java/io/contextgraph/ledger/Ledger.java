// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;

/**
 * One ledger, whole in itself: one order of events, with everything that is asked of it.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface Ledger {
    /** Appends events, and reads them by id or in commit order. */
    EventLog log();

    /** Finds events by what they say. */
    EventSearch search();

    /** The directory of sessions. */
    Sessions sessions();

    /** What the consumers of a group are given; the group begins at the first event. */
    EventFeed feed(String group);

    /** What groups have set aside. */
    Parking parking();

    /** Which ledger it is. */
    Epochs epochs();

    /** What is remembered of long work on it. */
    OperationStore operations();

    /** Takes out of the streams what is old. */
    Trimming trimming();

    /** Takes events out of it for good. */
    Pruning pruning();

    /** What it holds about persons. */
    PersonalEvents personal();

    /** What its tiers hold. */
    Tiers tiers();

    /** What of it is there to stay, for whoever signs for it. */
    Sealing sealing();
}
