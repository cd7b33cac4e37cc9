// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.epoch;

import io.contextgraph.event.Position;

/** What somebody has read is not what the ledger has any more: they cannot go on as if it were. */
public final class EpochEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Stable name for machines. */
    public static final String CODE = "epoch_ended";

    private final transient Position lastCommon;

    EpochEndedException(String message, Position lastCommon) {
        super(message);
        this.lastCommon = lastCommon;
    }

    /** The last position of what was read that the ledger still has; {@link Position#START} where there is none. */
    public Position lastCommon() {
        return lastCommon;
    }
}
