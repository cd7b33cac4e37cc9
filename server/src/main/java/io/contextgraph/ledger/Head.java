// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Position;

/**
 * The end of the ledger.
 *
 * @param seq number of the newest event; 0 when there is none
 * @param position its position; {@link Position#START} when there is none
 */
public record Head(long seq, Position position) {
    /** The head of an empty ledger. */
    public static final Head EMPTY = new Head(0, Position.START);
}
