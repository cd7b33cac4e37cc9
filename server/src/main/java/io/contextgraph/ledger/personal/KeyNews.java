// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import java.util.List;
import java.util.function.Consumer;

/**
 * Tells all servers of one ledger whose keys are destroyed, so that they forget those that they remember.
 *
 * <p><b>Guarantees.</b> Whoever listens hears within moments of what is told meanwhile; a message may be lost, and nothing is told
 * twice: a server must notice by itself, if later.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}, for {@link #tell} alone.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface KeyNews {
    /** Tells whose keys are destroyed. */
    void tell(List<SubjectPseudonym> names);

    /**
     * Listens from now on, whether or not it can be reached just now.
     *
     * @param heard called for each pseudonym, by a thread that is not the caller's; must return at once and throw nothing
     */
    Listening listen(Consumer<SubjectPseudonym> heard);

    /** Ends with {@link #close}. */
    interface Listening extends AutoCloseable {
        @Override
        void close();
    }
}
