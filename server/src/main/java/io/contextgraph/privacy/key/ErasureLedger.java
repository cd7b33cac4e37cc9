// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.List;
import java.util.Optional;

/**
 * Which subjects were erased, and when. It is kept with the keys, not in Redis: no restore can forget it, and what is
 * restored is measured by it. It knows pseudonyms, never subjects; of them it keeps all for ever.
 *
 * <p><b>Guarantees, errors, threads.</b> As {@link WrappedKeyStore}.
 */
public interface ErasureLedger {
    /** What happened to a pseudonym; without steps where nothing did. */
    Erasures find(Pseudonym pseudonym);

    /** Adds a step; false where {@code was} is not what is kept. */
    boolean add(Erasures was, Erasures.Step step);

    /**
     * Those to whom something happened, each on one page exactly when it was there all the time.
     *
     * @param after the last one of the page before; empty for the first page
     * @param limit most on a page; a page with fewer is the last
     */
    List<Erasures> list(Optional<Pseudonym> after, int limit);

    /**
     * Stands for all of it: another text after each change, from when its call returns. Reading it is cheap, so that many
     * keys are known to be valid by one look.
     */
    String revision();
}
