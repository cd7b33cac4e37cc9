// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import java.util.List;
import java.util.Optional;

/**
 * What is remembered of the erasures of persons, under every pseudonym that they have: so that one that broke off is ended, and
 * one that is done is told of again.
 *
 * <p><b>Guarantees.</b> Each call is atomic, and may be repeated. Blocks until it is as durable as an append that asks for no more.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface ErasureRecords {
    /** Most pseudonyms of a person. */
    int MAX_NAMES = 1_000;

    /**
     * Remembers an erasure, in place of what was remembered under these pseudonyms.
     *
     * @param names all pseudonyms of the person, 1 to {@value #MAX_NAMES}
     * @param record a text of whoever erases; nothing here looks into it
     * @param open whether there is something left to do
     */
    void put(List<SubjectPseudonym> names, String record, boolean open);

    /** What is remembered under a pseudonym. */
    Optional<String> find(SubjectPseudonym name);

    /** The pseudonyms of those whose erasure is open, in the order of their texts. */
    List<SubjectPseudonym> open();

    /** @throws IllegalArgumentException when these are too few or too many for {@link #put} */
    static void requireNames(List<SubjectPseudonym> names) {
        if (names.isEmpty() || names.size() > MAX_NAMES) {
            throw new IllegalArgumentException("a person has 1 to " + MAX_NAMES + " pseudonyms: " + names.size());
        }
    }
}
