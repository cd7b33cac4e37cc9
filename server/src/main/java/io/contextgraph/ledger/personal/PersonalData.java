// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import java.util.OptionalInt;

/**
 * What a ledger holds about persons, however many partitions it has: keeps new sealed payloads out, and counts those that are there.
 *
 * <p><b>Guarantees.</b> Each call is atomic within a partition, and may be repeated.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}; what was done in other partitions stays done.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface PersonalData {
    /**
     * Raises the fence of a person: from when this returns the ledger takes no new event that is sealed by a key up to that
     * generation.
     *
     * <p><b>Guarantees.</b> Never lowers it; a lower one, or the same again, changes nothing. Blocks until it is as durable as an
     * append that asks for no more.
     *
     * @param generation 1 to 999999999
     * @return how high the fence is now: everywhere, at least
     */
    int raise(SubjectPseudonym subject, int generation);

    /** How high the fence of a person is everywhere, at least; empty where there is none, be it in one partition. */
    OptionalInt fence(SubjectPseudonym subject);

    /** How many sealed payloads of a person there are. */
    long count(SubjectPseudonym subject);

    /** What is remembered of erasures. */
    ErasureRecords erasures();
}
