// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.util.List;

/**
 * Appends of one writer, which does not wait until one is safe before it makes the next.
 *
 * <p><b>Guarantees.</b> Each is written behind the one before it, or not at all: once one has failed, or a Redis has taken over
 * that may not have what is not confirmed yet, nothing more is written.
 *
 * <p><b>Threads.</b> For one thread; what has been written may be awaited by another.
 */
@FunctionalInterface
public interface AppendStream {
    /**
     * Writes these events, and returns while their durability is perhaps still waited for.
     *
     * @param appends 1 to {@value EventLog#MAX_BATCH} events
     * @throws LedgerException as {@link EventLog#append} does, for a reason that shows in writing; also when an earlier one
     *     of this stream has failed
     */
    Written write(List<Append> appends);

    /** Events that have been written, and may not yet be as safe as asked. */
    @FunctionalInterface
    interface Written {
        /**
         * Blocks until they are, or that has failed; the same however often it is called.
         *
         * @throws LedgerException as {@link EventLog#append} does
         */
        AppendResult await();
    }
}
