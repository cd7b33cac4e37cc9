// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

class MemoryKeyStoreTest extends KeyStoreContract {
    @Override
    protected Stores fresh() {
        KeyStore store = new MemoryKeyStore();
        return new Stores(store, store, () -> {});
    }
}
