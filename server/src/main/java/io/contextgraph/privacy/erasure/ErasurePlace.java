// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.privacy.key.Pseudonym;
import java.util.List;

/**
 * A place, besides the ledger and its keys, where something of a person may be.
 *
 * <p><b>Guarantees.</b> May be swept again and again, also after a sweep that broke off.
 *
 * <p><b>Errors.</b> What cannot be swept now but may be later throws what the place throws: the erasure stands still then, and is
 * repeated. What nobody here can reach is told as remaining.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface ErasurePlace {
    /** A stable name for machines. */
    String name();

    /**
     * Takes out what is there of a person, once its keys are destroyed and its payloads are gone.
     *
     * @param names all pseudonyms of the person
     */
    Sweep sweep(List<Pseudonym> names);
}
