// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.LedgerException;

/**
 * Something that a look at the ledger itself has found.
 *
 * @param kind where
 * @param reason what a request that needs it fails with
 * @param message what it is, naming keys, events and numbers
 * @param mended whether it has been made again and is as it should be
 */
public record LedgerFault(Kind kind, LedgerException.Reason reason, String message, boolean mended) {
    /** Where something can be wrong. */
    public enum Kind {
        /** No event at all can be appended. */
        APPEND,
        /** The head is not that of the newest event. */
        HEAD,
        /** The pages of ids lack some. */
        NUMBERS,
        /** A document is missing, or not that of its place. */
        DOCUMENT,
        /** The entry or the stream of a session, or the directory. */
        SESSION,
        /** Queries by index are refused. */
        INDEX;
    }

    static LedgerFault of(Kind kind, LedgerException failed) {
        return new LedgerFault(kind, failed.reason(), failed.told().orElse(String.valueOf(failed.getMessage())), false);
    }
}
