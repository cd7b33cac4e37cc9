// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.OperationStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/** A store that cannot be reached for a while. */
final class FailingOperationStore {
    private FailingOperationStore() {}

    /** Fails while {@code away} says so. */
    static OperationStore failing(AtomicBoolean away, OperationStore store) {
        return (OperationStore) Proxy.newProxyInstance(
                OperationStore.class.getClassLoader(), new Class<?>[] {OperationStore.class}, (self, method, given) -> {
                    if (away.get()) {
                        throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
                    }
                    try {
                        return method.invoke(store, given);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }
}
