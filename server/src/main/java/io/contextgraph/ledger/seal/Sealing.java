// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.seal;

import io.contextgraph.ledger.trim.Lease;
import java.util.Optional;

/**
 * Tells whoever signs for a ledger what of it is there to stay.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public interface Sealing {
    /** Who may sign: of several servers one. Another one than that of trimming. */
    Lease lease();

    /**
     * Waits until everything that is there now is on the disk, as far as the store can say that.
     *
     * @return how far it is there
     * @throws io.contextgraph.ledger.LedgerException when it is not in time
     */
    Settled settle();

    /** Whether the store is still the one that said so: where not, it may have lost what it has said. */
    boolean stands(Settled settled);

    /**
     * Remembers how far it was signed for, beside the events: so that nothing goes that was not, and a signer whose own record
     * was lost notices.
     */
    void remember(Seal seal);

    /**
     * What was remembered last; empty where nothing was.
     *
     * @throws io.contextgraph.ledger.LedgerException for {@code CORRUPT} where somebody has altered it
     */
    Optional<Seal> seal();
}
