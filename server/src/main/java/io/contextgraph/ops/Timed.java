// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import io.contextgraph.ledger.LedgerException;
import java.time.Duration;
import java.util.function.Supplier;

/** Times a call of a store and counts it where the ledger fails. */
final class Timed {
    private Timed() {}

    static <T> T call(Metrics metrics, Metrics.Operation operation, Supplier<T> call) {
        long started = System.nanoTime();
        try {
            return call.get();
        } catch (LedgerException failed) {
            metrics.ledgerFailed(failed.reason(), 1);
            throw failed;
        } finally {
            metrics.timer(operation).record(Duration.ofNanos(System.nanoTime() - started));
        }
    }
}
